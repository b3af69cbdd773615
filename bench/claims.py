"""Claims: a night's ready claims, submission through the server, decisions on selections, the desk with a long queue.

`HUIJIANG_BENCH_CLAIMS` sets another size than 100,000, `HUIJIANG_BENCH_SECONDS` how long each load lasts (30).  The
cases are made in sets, every row of them under the triggers; nothing is switched off.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from bench.load import load
from bench.serving import installation, under, web
from bench.steps import Spent, step

TITLE = "Claims: ready claims, submission, decisions, the queue"
CLAIMS = int(os.environ.get("HUIJIANG_BENCH_CLAIMS", "100000"))
SECONDS = int(os.environ.get("HUIJIANG_BENCH_SECONDS", "30"))
SUBMISSIONS = 15  # a second
DECISIONS = 500
LOOKS = 5  # a second, of each view
DEEDS = ("accept", "checked", "review", "approve")
Row = tuple[str, str, str]


def rows() -> list[Row]:
    """What, measured, promised."""
    with installation() as (home, server):
        _step("seed", home, server)
        ready = _step("ready", home, server)
        _step("prepare", home, server)
        decided = {deed: _step(deed, home, server) for deed in DEEDS}
        _step("spread", home, server)
        return [
            (f"{ready.said} made by the night's run, and who has an account told", ready.told(), "< 60 s"),
            *(_decisions(deed, spent) for deed, spent in decided.items()),
            *_served(home, server),
        ]


def _step(name: str, home: Path, server: int) -> Spent:
    told = [name, str(CLAIMS), str(DECISIONS), str(SUBMISSIONS * SECONDS), str(home)]
    return step(f"claims: {name}", ["bench.claims_steps", *told], home, server)


def _decisions(deed: str, spent: Spent) -> Row:
    return (
        f"{DECISIONS} × {deed} on selections, as the desk's job does them",
        f"{spent.said}; {spent.told()}",
        "≥ 500 a minute",
    )


def _served(home: Path, server: int) -> list[Row]:
    """The desk's views, taking the next, and submission, each under its own load."""
    listed: dict[str, dict[str, Any]] = json.loads((home / "requests.json").read_text(encoding="utf-8"))
    found: list[Row] = []
    with web(home) as (address, process):
        for name, told in listed.items():
            sys.stderr.write(f"·   claims: {name}\n")
            load(address, 2, told["warm"])  # each process reads the policies once
            done, spent = under(address, told["rate"], told["requests"], process.pid, server)
            wrong = f", {len(done.wrong)} answered otherwise" if done.wrong else ""
            found.append((f"{name}, {told['rate']} a second, p95 of {len(done.times)}{wrong}", spent, told["promised"]))
    return found


if __name__ == "__main__":
    sys.exit("./run bench claims")
