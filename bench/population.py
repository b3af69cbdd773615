"""Ten benefits of different shapes over a million people, against the same ten written by hand in SQL.

Both sides read the same Parquet and write, per benefit, the lines that may be paid
(row, payee, day, low, high in fen) as Parquet; EXCEPT ALL is empty both ways.  Every
side is a process of its own on one thread; CPU seconds and peak memory are the
process's.  Checking the folder (ids, references), which plain SQL leaves out, is
counted apart.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import population_data
from bench.measure import environment, peak_mib

TITLE = "Populations: the plan against SQL by hand"
PEOPLE = 1_000_000
RUNS = 3
FLOOR = Path(__file__).resolve().parent / "floor"
TEN = {
    "xiaoshan-2025-3": ["trainer-grant", "self-certification-award", "digital-grant", "chief-technician-allowance"],
    "shangyu-2022-3": ["new-hire-subsidy", "internship-subsidy", "agency-reward"],
    "huzhou-2023-55": ["graduate-support", "student-support"],
    "yuyao-2021-draft": ["living-allowance"],
}


@dataclass(frozen=True)
class Side:
    """A process: CPU seconds of all of it and of the queries alone, peak memory in MiB."""

    whole: float
    queries: float
    peak: int


def rows() -> list[tuple[str, str, str]]:
    """Both sides over the same people, the same with all conditions, and with little memory."""
    with tempfile.TemporaryDirectory(prefix="tiaowen-bench-") as scratch:
        home = Path(scratch)
        facts = home / "facts"
        population_data.write(facts, PEOPLE)
        plan = _median([side("plan", facts, home / "plan") for _ in range(RUNS)])
        floor = _median([side("floor", facts, home / "floor") for _ in range(RUNS)])
        lines = same_lines(home / "plan", home / "floor")
        explained = side("conditions", facts, home / "conditions")
        small = side("plan", facts, home / "small", memory="600MB")
        every = side("documents", facts, home / "documents")
        tight = side("documents", facts, home / "tight", memory="600MB")
    return [
        (f"ten benefits, {PEOPLE:,} people, SQL by hand, median of {RUNS}", f"{_told(floor)}", ""),
        (f"the same from the plan, the same {lines:,} lines both ways", _told(plan), "< 1 GB"),
        ("ratio, queries with their making and planning", f"{plan.queries / floor.queries:.2f}", "≤ 1.3"),
        ("ratio, whole process, with Python, the library and the check of the folder",
         f"{plan.whole / floor.whole:.2f}", ""),
        ("the ten with every row and every condition written", _told(explained), ""),
        ("the ten with memory=600MB, peak of the process", _told(small), "< 600 MB"),
        ("all rules of the library (the five documents and the province's), every row and condition", _told(every), "stated"),
        ("the same with memory=600MB, peak of the process", _told(tight), "< 600 MB"),
    ]  # fmt: skip


def _told(found: Side) -> str:
    return f"{found.queries:.1f} CPU s ({found.whole:.1f} whole process), {found.peak} MiB"


def _median(sides: list[Side]) -> Side:
    return Side(
        statistics.median(each.whole for each in sides),
        statistics.median(each.queries for each in sides),
        max(each.peak for each in sides),
    )


def side(kind: str, facts: Path, out: Path, memory: str = "700MB") -> Side:
    """Run one side in a fresh process."""
    out.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "bench.population", kind, str(facts), str(out), memory]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    if done.returncode:
        raise RuntimeError(f"bench.population {kind}: {done.stderr[-2000:]}")
    return Side(**json.loads(done.stdout.splitlines()[-1]))


def same_lines(plan: Path, floor: Path) -> int:
    """How many lines both sides wrote; says so if one has a line that the other has not."""
    import duckdb

    lines = 0
    with duckdb.connect(config={"memory_limit": "700MB"}) as connection:
        for name in (each for names in TEN.values() for each in names):
            mine, theirs = f"FROM '{plan / name}.parquet'", f"FROM '{floor / name}.parquet'"
            for here, there in ((mine, theirs), (theirs, mine)):
                apart = connection.execute(f"SELECT count(*) FROM ({here} EXCEPT ALL {there})").fetchall()[0][0]  # noqa: S608 names of our own
                if apart:
                    raise RuntimeError(f"{name}: {apart} lines of one side are not lines of the other")
            lines += connection.execute(f"SELECT count(*) {mine}").fetchall()[0][0]
    return lines


# -- inside a process ----------------------------------------------------------------------
def main(arguments: list[str]) -> None:
    kind, facts, out, memory = arguments[0], Path(arguments[1]), Path(arguments[2]), arguments[3]
    queries = {"floor": by_hand, "documents": documents}.get(kind)
    found = queries(facts, out, memory) if queries else by_plan(facts, out, memory, kind == "plan")
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {"whole": used.ru_utime + used.ru_stime, "queries": found, "peak": peak_mib()}
    print(json.dumps(told))


def by_hand(facts: Path, out: Path, memory: str) -> float:
    """CPU seconds of the ten files of bench/floor."""
    import duckdb

    with duckdb.connect(config={"memory_limit": memory, "threads": 1, "preserve_insertion_order": False}) as connection:
        for table in population_data.TABLES:
            connection.execute(f"CREATE VIEW {table} AS FROM '{facts / table}.parquet/*.parquet'")
        start = time.process_time()
        for names in TEN.values():
            for name in names:
                query = (FLOOR / f"{name}.sql").read_text(encoding="utf-8")
                connection.execute(f"COPY ({query}) TO '{out / name}.parquet'")
        return time.process_time() - start


def by_plan(facts: Path, out: Path, memory: str, owed: bool) -> float:
    """CPU seconds of making and running the ten statements; the check of the folder is not in them."""
    from tiaowen.files import open_library
    from tiaowen.population.execution import read_manifest
    from tiaowen.population.lines import lines_statement
    from tiaowen.population.rows import tables_read
    from tiaowen.population.store import Lacks, connect, open_tables, sql
    from tiaowen.population.world import World

    library = open_library()
    with tempfile.TemporaryDirectory() as scratch:
        connection = connect(memory, Path(scratch), threads=1)
        rules = [library.plans[document].rules[name] for document, names in TEN.items() for name in names]
        open_tables(connection, library.vocabulary, facts, tables_read(library.vocabulary, rules, []))
        start = time.process_time()
        covers, on = read_manifest(facts)
        lacks = Lacks(connection, facts)
        world = World(library.vocabulary, covers, on, lacks, lacks.vague)
        for document, names in TEN.items():
            for name in names:
                statement = lines_statement(world, library.plans[document].rules[name], [], [name], owed)
                query = sql(statement.query)
                if owed:
                    query = _as_by_hand(query, statement.keys)
                connection.execute(f"COPY ({query}) TO '{out / name}.parquet'")
        spent = time.process_time() - start
        connection.close()
    return spent


def _as_by_hand(query: str, keys: tuple[str, ...]) -> str:
    row = " || ' ' || ".join(f'"{key}"' for key in keys) or '"row"'
    return f'SELECT {row} AS "row", payee, coalesce("begin", "date") AS day, paid_low AS low, paid_high AS high FROM ({query})'  # noqa: S608 names of our own


def documents(facts: Path, out: Path, memory: str) -> float:
    """CPU seconds of every rule of the five documents, as `tiaowen evaluate FOLDER` runs them."""
    from tiaowen.files import open_library
    from tiaowen.population.run_folder import run_folder

    library: Any = open_library()
    start = time.process_time()
    run_folder(library, facts, out, drafts=True, memory=memory, threads=1)
    return time.process_time() - start


if __name__ == "__main__":
    main(sys.argv[1:])
