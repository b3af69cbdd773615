"""The same ten clauses in tiaowen and in OpenFisca: totals that must be equal, CPU seconds, memory.

The ten are all clauses of 萧人社〔2025〕3号 that pay a definite sum and whose conditions are all
in the document.  OpenFisca knows no unknown: its missing values are its defaults, which pay
nothing, so its totals must equal the sums that are surely due, to the fen.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import Times, process
from bench.peers.environment import run, versions

TITLE = "Ten clauses of 萧山 beside OpenFisca"
PEOPLE = 1_000_000
MANY = 3_000_000  # where what a run costs before it reads a row no longer tells
CASES = 300
RUNS = 3
DOCUMENT = "xiaoshan-2025-3"
TO_PEOPLE = ("trainer-grant", "employer-grant", "chief-technician-allowance", "expert-title-award", "district-prize",
             "service-subsidy")  # fmt: skip
TO_FIRMS = ("self-certification-award", "star-award", "studio-start", "studio-running")
TEN = (*TO_PEOPLE, *TO_FIRMS)

FLAT = Path(__file__).resolve().parent / "flat"

# a fresh process: imports, the checked documents, then the sums; `calculation` is what comes after the imports
OURS = """
import time
from pathlib import Path
from tiaowen.files import open_library
from tiaowen.population import totals
import json
begun = time.process_time()
library = open_library({policies}, thorough=False, documents=[{document!r}]).require()
found = totals(library, {document!r}, Path({folder!r}), rules={ten!r}, threads=1, checked={checked})
spent = time.process_time() - begun
told = {{"calculation": spent, "totals": {{rule: total.low for rule, total in found.items()}}}}
Path({out!r}).write_text(json.dumps(told), encoding="utf-8")
"""


class Different(Exception):
    """Two engines that were given the same facts don't agree: nothing was measured."""


def rows(people: int = PEOPLE, many: int = MANY) -> list[tuple[str, str, str]]:
    """The population both ways, at two sizes, then single people."""
    found: list[tuple[str, str, str]] = []
    for size in sorted({people, many}):
        with tempfile.TemporaryDirectory() as scratch:
            folder, flat = Path(scratch) / "county", Path(scratch) / "flat"
            county(folder, size)
            columns = Path(scratch) / "columns.npz"
            run("openfisca", "flatten", folder, columns, flat)
            found += _population(folder, columns, flat, size)
            if size == people:
                cases = _cases(folder, columns)
    return [*found, *cases]


def county(folder: Path, people: int) -> None:
    """Synthetic people, with the gaps and defects of real data."""
    command = [sys.executable, "-m", "huijiang", "synth", "--people", str(people), "--seed", "1", "--region", "萧山区"]
    subprocess.run([*command, "--out", folder], check=True, stdout=subprocess.DEVNULL)


@dataclass(frozen=True)
class Spent:
    """Medians of fresh processes: CPU seconds of all of it and without imports; peak MiB; sums in fen by clause."""

    whole: float
    calculation: float
    peak: int
    totals: dict[str, int]

    def told(self, people: int) -> str:
        return (
            f"{self.calculation:.2f} CPU s, {people / self.calculation:,.0f} people per CPU s; whole process {self.whole:.2f} CPU s, "
            f"{people / self.whole:,.0f} people per CPU s, peak {self.peak} MiB"
        )


def _population(folder: Path, columns: Path, flat: Path, people: int) -> list[tuple[str, str, str]]:
    flat_ours, flat_looked = (_ours(flat, "ten", f"Path({str(FLAT)!r})", checked) for checked in (True, False))
    ours, looked = (_ours(folder, DOCUMENT, "None", checked) for checked in (True, False))
    ready, tables = _theirs("flat", columns), _theirs("tables", folder)
    for each in (flat_ours, flat_looked, looked, ready, tables):
        agree(ours.totals, each.totals)
    version = versions("openfisca")["openfisca-core"]
    return [
        (f"(a) OpenFisca {version}, from ready flattened columns (rows of integers, references followed, months set): columns read, "
         f"system, inputs, sums of the ten for {people:,} people; median of {RUNS}", ready.told(people), ""),
        ("(a) tiaowen, from the same rows and columns as Parquet (`flat/`: words for numbers; a firm's certificates one by one, "
         "not counted by month): documents read and checked, sums", flat_ours.told(people), ""),
        (f"(a) people per CPU second of {people:,}, tiaowen : OpenFisca, calculation against calculation", ratio(ready.calculation, flat_ours.calculation), "≥ 3 ×"),
        ("(a) whole process against whole process, imports and start counted", ratio(ready.whole, flat_ours.whole), "≥ 3 ×"),
        ("(a) the same with tiaowen's look at every id and reference, which OpenFisca has none of: calculation; whole process",
         f"{ratio(ready.calculation, flat_looked.calculation)}; {ratio(ready.whole, flat_looked.whole)}", ""),
        (f"(b) OpenFisca, {people:,} people from the event tables, flattened by hand-written DuckDB SQL in the same process", tables.told(people), ""),
        (f"(b) tiaowen, {people:,} people from the event tables: the vocabulary and the document read and checked, sums", ours.told(people), ""),
        (f"(b) people per CPU second of {people:,}, tiaowen : OpenFisca, calculation against calculation", ratio(tables.calculation, ours.calculation), "≥ 5 ×"),
        ("(b) whole process against whole process, imports and start counted", ratio(tables.whole, ours.whole), "≥ 5 ×"),
        ("(b) the same with tiaowen's look at every id and reference: calculation; whole process",
         f"{ratio(tables.calculation, looked.calculation)}; {ratio(tables.whole, looked.whole)}", ""),
        (f"peak memory for {people:,} people, tiaowen : OpenFisca, (a); (b)",
         f"{flat_looked.peak / ready.peak:.2f} ×; {looked.peak / tables.peak:.2f} ×", "< 1 ×"),
        (f"totals of the ten for {people:,} people in all of them", f"equal to the fen: {sum(ours.totals.values()) / 100:,.0f} 元", "equal"),
    ]  # fmt: skip


def _ours(folder: Path, document: str, policies: str, checked: bool) -> Spent:
    out = folder.parent / "totals.json"
    code = OURS.format(document=document, folder=str(folder), ten=TEN, out=str(out), policies=policies, checked=checked)
    found, peaks = [], []
    for _ in range(RUNS):
        _, cpus, peak = process(code, 1)
        told = json.loads(out.read_text(encoding="utf-8"))
        found.append((cpus[0], told["calculation"]))
        peaks.append(peak)
    whole, calculation = (statistics.median(each[at] for each in found) for at in (0, 1))
    return Spent(whole, calculation, max(peaks), told["totals"])


def _theirs(verb: str, source: Path) -> Spent:
    found = [run("openfisca", verb, source) for _ in range(RUNS)]
    whole, calculation = (statistics.median(each[what] for each in found) for what in ("cpu", "calculation"))
    sums = {name.replace("_", "-"): value for name, value in found[0]["totals"].items()}
    return Spent(whole, calculation, max(each["peak"] for each in found), sums)


def ratio(theirs: float, ours: float) -> str:
    """How many times as fast we are; below one we are slower, and it says so."""
    found = theirs / ours
    return f"{found:.2f} ×" if found >= 1 else f"{found:.2f} × (tiaowen is {1 / found:.1f} × slower)"


def agree(ours: dict[str, int], theirs: dict[str, int]) -> None:
    """Raise Different, naming each clause whose sums in fen differ."""
    wrong = [f"{each}: {ours.get(each)} / {theirs.get(each)}" for each in sorted({*ours, *theirs})
             if ours.get(each) != theirs.get(each)]  # fmt: skip
    if wrong:
        raise Different(f"分 fen, tiaowen / the other: {'; '.join(wrong)}")


# -- one person, explained -----------------------------------------------------------
def _cases(folder: Path, columns: Path) -> list[tuple[str, str, str]]:
    from tiaowen.files import open_library

    chosen = sample(folder, CASES)
    library = open_library().require()
    cases = own_cases(library, folder, [person for _, person in chosen])
    times, found = explained(library, cases)
    theirs = run("openfisca", "people", columns, *(str(number) for number, _ in chosen))
    for mine, other in zip(found, theirs["totals"], strict=True):
        agree(mine, {rule: other[rule.replace("-", "_")] for rule in TO_PEOPLE})
    traced = Times(tuple(sorted(theirs["times"])))
    paid = sum(any(each.values()) for each in found)
    return [
        (f"one person explained, tiaowen: their own rows and what these refer to; the document evaluated, the ten as JSON with "
         f"every condition, fact, missing fact, working and reading ({CASES} people with events since 2025-03, {paid} of them paid)",
         f"median {times.median:.1f} ms, p95 {times.percentile(0.95):.1f} ms", ""),
        ("the same people in OpenFisca, their firm's columns too: inputs set, the ten calculated with the tracer on, its log printed to memory "
         f"({theirs['letters'] // 1000} thousand letters each)",
         f"median {traced.median:.1f} ms, p95 {traced.percentile(0.95):.1f} ms", ""),
        ("OpenFisca's traced case : tiaowen's explained case, median (p95)",
         f"{traced.median / times.median:.1f} × ({traced.percentile(0.95) / times.percentile(0.95):.1f} ×)", "> 1 ×"),
    ]  # fmt: skip


def sample(folder: Path, count: int) -> list[tuple[int, str]]:
    """People with an event in the document's time, by lot: their place in order of id, and id.

    Half of them have one that a clause might pay for, as plain draws would hardly find any.
    """
    import duckdb

    with duckdb.connect() as connection:
        for table in ("person", "certificate", "contest_entry", "recognition", "service"):
            connection.read_parquet(str(folder / f"{table}.parquet")).create_view(table)
        order = connection.execute("SELECT id FROM person ORDER BY id").fetchall()
        likely = connection.execute(
            "SELECT DISTINCT holder FROM certificate WHERE issued_on >= DATE '2025-03-01' AND trained_directly "
            "AND level IN ('高级工', '技师', '高级技师') UNION SELECT contestant FROM contest_entry "
            "UNION SELECT person FROM recognition UNION SELECT person FROM service ORDER BY 1"
        ).fetchall()
        any_event = connection.execute(
            "SELECT DISTINCT holder FROM certificate WHERE issued_on >= DATE '2025-03-01' ORDER BY 1"
        ).fetchall()
    lot = random.Random(20261122)
    drawn = dict.fromkeys(person for (person,) in lot.sample(likely, min(count // 2, len(likely))))
    rest = [person for (person,) in any_event if person not in drawn]
    drawn |= dict.fromkeys(lot.sample(rest, min(count - len(drawn), len(rest))))
    number = {person: at for at, (person,) in enumerate(order)}
    return [(number[person], person) for person in drawn]


def own_cases(library: Any, folder: Path, people: list[str]) -> list[Any]:
    """Each person's own rows, whatever these refer to, and no one else's: what a case holds."""
    import duckdb

    from tiaowen.evaluate.facts import Facts
    from tiaowen.population.person import PersonCase, _Reach
    from tiaowen.population.store import read_manifest

    covers, on = read_manifest(folder)
    found = []
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE chosen AS SELECT unnest($1::VARCHAR[]) AS person", [people])
        for table in library.vocabulary.tables.values():
            relation = connection.read_parquet(str(folder / f"{table.id}.parquet"))
            theirs = [c.name for c in table.columns.values() if c.derived is None and c.type.name == "person"]
            wanted = ["id"] if table.id == "person" else theirs
            if wanted:
                relation = relation.filter(" OR ".join(f'"{each}" IN (SELECT person FROM chosen)' for each in wanted))  # noqa: S608
            relation.create(f"fact {table.id}")
        for person in people:
            reach = _Reach(connection, library.vocabulary, {}, set())
            own = reach.around(person)
            tables = reach.rows()
            row = next(each for each in tables["person"] if each.id == person)
            found.append(PersonCase(Facts(library.vocabulary, tables, list(covers), on), row, own))
    return found


def explained(library: Any, cases: list[Any]) -> tuple[Times, list[dict[str, int]]]:
    """Milliseconds per explained case, and what each person is surely due by clause."""
    region = library.plans[DOCUMENT].region

    def answer(case: Any) -> list[Any]:
        said = [pair for pair in answers_of(library, case, region) if pair[1].rule.id in TEN]
        return [(answers.as_json(each), each) for answers, each in said]

    for case in cases[:5]:
        answer(case)
    times, found = [], []
    for case in cases:
        start = time.perf_counter()
        told = answer(case)
        times.append(1_000 * (time.perf_counter() - start))
        due = dict.fromkeys(TO_PEOPLE, 0)
        for _, each in told:
            if each.rule.id in due and case.person in (each.payee, each.beneficiary):
                due[each.rule.id] += each.low
        found.append(due)
    return Times(tuple(sorted(times))), found


def answers_of(library: Any, case: Any, region: str, readings: bool = True) -> list[Any]:
    """The document's answers that are about the person, evaluated anew."""
    from tiaowen.evaluate.answers import Answers
    from tiaowen.evaluate.evaluation import Evaluation

    said = Answers(library, Evaluation(library, case.facts), region)
    return [(said, each) for each in said.of(library.plans[DOCUMENT], readings) if case.concerns(each)]
