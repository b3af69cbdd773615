"""A what-if beside a full run: CPU seconds in fresh processes, over one made-up county.

Each patch touches one benefit.  `since`: from the results of an earlier `evaluate`, which is
how an analyst works; the first time cuts each rule for the report, the second finds the cuts.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import environment

TITLE = "A what-if"
PEOPLE = 200_000
RUNS = 3
REGION = "萧山区"
DOCUMENT = "xiaoshan-2025-3"
PATCHES = {
    "an amount (star-award)": "star-award: {amount: {五星: 4 万元}}",
    "an amount over every certificate (digital-grant)": "digital-grant: {amount: 2000 元/人}",
    "a cap (self-certification-award)": "self-certification-award: {limits: {每家每年封顶: at most 8 万元 per certificate.issuer and year}}",
    "a benefit removed (apprenticeship-subsidy)": "apprenticeship-subsidy: removed",
    "an amount that shares an exclusion, so two run (employer-grant)": "employer-grant: {amount: {高级工: 2000 元/人}}",
}
RUN = """
import resource, sys
from pathlib import Path
from tiaowen.files import open_library
library = open_library(thorough=False)
spent = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
facts, results, out = (Path(each) for each in sys.argv[1:4])
before = spent()
if sys.argv[4]:
    from tiaowen.simulate import read_scenario, simulate
    from tiaowen.simulate.page import render
    since = results if sys.argv[5] else None
    found = simulate(library, facts, [read_scenario(sys.argv[4], "bench.yaml")], out, region="REGION", since=since)
    render(found, library.vocabulary)
else:
    from tiaowen.population.run_folder import run_folder
    run_folder(library, facts, results, region="REGION")
print(spent() - before)
""".replace("REGION", REGION)


def rows(people: int = PEOPLE, runs: int = RUNS) -> list[tuple[str, str, str]]:
    """What-ifs over `people` people against the full run over the same."""
    with tempfile.TemporaryDirectory() as folder:
        facts = Path(folder) / "facts"
        subprocess.run([sys.executable, "-m", "huijiang", "synth", "--people", str(people), "--seed", "1",
                        "--region", REGION, "--out", str(facts)], check=True, capture_output=True)  # fmt: skip
        return measured(facts, Path(folder), people, runs)


def measured(facts: Path, folder: Path, people: int, runs: int) -> list[tuple[str, str, str]]:
    """The rows over a folder of facts that is there."""
    full = _median([_run(facts, folder / "full", folder / "sim", "", "", wipe=True) for _ in range(runs)])
    found = [(f"all benefits of {REGION}, {people:,} people", f"{full:.2f} CPU s", "")]
    shares = []
    first = 0.0
    for name, block in PATCHES.items():
        patch = f"{DOCUMENT}: {{{block}}}"
        told = [_run(facts, folder / "full", folder / "sim", patch, "since") for _ in range(runs + 1)]
        first = first or told[0]
        mine = _median(told[1:])
        shares.append(mine / full)
        found.append((f"what if {name}, from earlier results", f"{mine:.2f} CPU s, {mine / full:.2f} of the full run",
                      "≤ 0.20"))  # fmt: skip
    found.append(
        ("the first of them, which cuts every rule for the report", f"{first:.2f} CPU s, {first / full:.2f}", "")
    )
    found.append(("median of these", f"{_median(shares):.2f} of the full run", "≤ 0.20"))
    patch = f"{DOCUMENT}: {{{next(iter(PATCHES.values()))}}}"
    both = _median([_run(facts, folder / "full", folder / "sim", patch, "") for _ in range(runs)])
    found.append(("base and scenario together, no earlier results: beyond the base",
                  f"{both - full:.2f} CPU s, {(both - full) / full:.2f} of the full run", "≤ 0.20"))  # fmt: skip
    return found


def _run(facts: Path, results: Path, out: Path, patch: str, since: str, *, wipe: bool = False) -> float:
    """CPU seconds of one run in a fresh process, without opening the library."""
    shutil.rmtree(out, ignore_errors=True)
    if wipe:
        shutil.rmtree(results, ignore_errors=True)
    done = subprocess.run([sys.executable, "-c", RUN, str(facts), str(results), str(out), patch, since],
                          check=True, capture_output=True, text=True, env=environment())  # fmt: skip
    return float(json.loads(done.stdout.strip().splitlines()[-1]))


def _median(values: list[float]) -> float:
    return statistics.median(values)
