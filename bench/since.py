"""`evaluate --since` after one row in a hundred has changed, against a whole run over the same facts.

Equality of every line and figure is asserted before anything is reported.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import duckdb

from bench.measure import process

TITLE = "Only what changed (`evaluate FOLDER --since EARLIER`)"
PEOPLE = [int(each) for each in os.environ.get("BENCH_PEOPLE", "1000000,3000000").split(",")]
REGION = "萧山区"
# What people's rows are changed in; 1 % of the people, all their rows.
CHANGES = (
    ("person", "id", "birth_date", "birth_date + 31"),
    ("certificate", "holder", "issued_on", "issued_on + 31"),
    ("employment", "worker", "started_on", "started_on - 31"),
    ("insurance", "worker", "started_on", "started_on - 31"),
)


def rows() -> list[tuple[str, str, str]]:
    return [row for people in PEOPLE for row in _rows(people)]


def _rows(people: int) -> list[tuple[str, str, str]]:
    """A whole run, a run since it, a whole run of the changed facts; CPU seconds of fresh processes."""
    with tempfile.TemporaryDirectory() as made:
        here = Path(made)
        process(f"from huijiang.cli import main\nmain(['synth', '--people', '{people}', '--seed', '1', "
                f"'--region', {REGION!r}, '--out', {str(here / 'facts')!r}])", 1)  # fmt: skip
        changed = change(here / "facts", here / "changed")  # writes the earlier rows anew, too
        _evaluate(here / "facts", here / "earlier")
        since, since_peak = _evaluate(here / "changed", here / "since", here / "earlier")
        whole, whole_peak = _evaluate(here / "changed", here / "whole")
        compare(here / "since", here / "whole")
        ledger = json.loads((here / "whole" / "run.json").read_text(encoding="utf-8"))
    size = f"{people:,} people, {len(ledger['rules'])} rules, {changed:,} rows changed"
    return [
        (f"whole run, {size}", f"{whole:.1f} s CPU, {whole_peak} MiB", ""),
        (f"run since an earlier one, 1 % of {people:,} people changed", f"{since:.1f} s CPU, {since_peak} MiB", ""),
        (f"ratio at {people:,}; every line and figure equal", f"{since / whole:.3f}", "≤ 0.1"),
    ]


def change(folder: Path, to: Path) -> int:
    """The same facts with 1 % of the people changed in their rows; how many rows that are.

    Both states are written as the registry's snapshot writes them: by one writer, in order of the rows' ids.
    """
    to.mkdir()
    for path in folder.iterdir():
        (to / path.name).hardlink_to(path)
    changed = 0
    with duckdb.connect(config={"memory_limit": "1GB", "threads": 1}) as connection:
        people = connection.read_parquet(str(folder / "person.parquet"))
        people.filter("hash(id) % 100 = 0").select("id").create("chosen")
        for table, who, column, value in CHANGES:
            source = folder / f"{table}.parquet"
            rows = connection.read_parquet(str(source))
            mine = f"{who} IN (FROM chosen) AND {column} < DATE '9999-01-01'"
            changed += int(rows.filter(mine).aggregate("count(*)").fetchall()[0][0])
            replaced = rows.select(
                f"* REPLACE (CASE WHEN {mine} THEN CAST({value} AS DATE) ELSE {column} END AS {column})"
            )
            (to / source.name).unlink()
            replaced.order("id").write_parquet(str(to / source.name))
            earlier = source.with_suffix(".earlier")
            rows.order("id").write_parquet(str(earlier))
            earlier.replace(source)
    return changed


def _evaluate(folder: Path, out: Path, since: Path | None = None) -> tuple[float, int]:
    given = f", since=Path({str(since)!r})" if since is not None else ""
    code = (
        "from pathlib import Path\n"
        "from tiaowen.files import open_library\n"
        "from tiaowen.population.run_folder import run_folder\n"
        f"run_folder(open_library(thorough=False), Path({str(folder)!r}), Path({str(out)!r}), region={REGION!r}{given})\n"
    )
    _, cpus, peak = process(code, 1)
    return cpus[0], peak


def compare(one: Path, other: Path) -> None:
    """Raise AssertionError where two runs differ."""
    from tiaowen.population.ledger import read_ledger
    from tiaowen.population.results import relation_of

    mine, theirs = read_ledger(one).rules, read_ledger(other).rules
    assert mine.keys() == theirs.keys()
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        for key in mine:
            relation_of(connection, one, key).create_view("one", replace=True)
            relation_of(connection, other, key).create_view("other", replace=True)
            for query in ("FROM one EXCEPT ALL FROM other", "FROM other EXCEPT ALL FROM one"):
                assert not connection.sql(query).fetchall(), key
            assert mine[key].figures == theirs[key].figures, key
