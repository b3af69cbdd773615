"""The registry as a folder of Parquet for the engine: one moment of it, no names, no numbers.

All tables are read in one repeatable-read transaction.  Ids are the database's own row numbers, which mean
nothing outside; names, credit codes and certificate numbers stay behind.  Rows stand in the order of their ids, so
that those of a later snapshot stand where they stood and a run since an earlier one has little to read.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import psycopg
from django.db import connection
from psycopg import sql

from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.linked import KINDS
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import stored_columns, vocabulary
from tiaowen.population.expr import ABSENT_DATE, ABSENT_TEXT, sql_type
from tiaowen.population.store import MANIFEST
from tiaowen.vocabulary.model import Column

LEFT_BEHIND: Final = frozenset({
    ("person", "name"), ("organisation", "name"), ("organisation", "uscc"), ("certificate", "number"),
})  # fmt: skip
PRIVATE: Final = 0o700


@dataclass(frozen=True)
class Snapshot:
    """A finished folder: rows by table, and the moment that it shows."""

    folder: Path
    rows: dict[str, int]
    taken_at: dt.datetime


def snapshot(folder: Path, on: dt.date, memory: str = "512MB") -> Snapshot:
    """Write the registry into a new private folder; the folder appears when it is whole.

    Raises FileExistsError when there is such a folder already.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        raise FileExistsError(f"{folder.name}: 已有这个文件夹 the folder is there already")
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        made.chmod(PRIVATE)
        with _one_moment() as reading:
            taken_at = reading.execute("SELECT now()").fetchall()[0][0]
            rows = _tables(reading, made, memory)
            _manifest(reading, made, on)
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)  # nothing is there any more once it was renamed
    return Snapshot(folder, rows, taken_at)


@contextmanager
def _one_moment() -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own, so that the caller's transaction has no say in what is seen."""
    told = {k: v for k, v in connection.get_connection_params().items() if k in _CONNECTS}
    with psycopg.connect(**told) as reading:
        reading.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reading.read_only = True
        yield reading


_CONNECTS: Final = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert")


def _tables(reading: psycopg.Connection[Any], made: Path, memory: str) -> dict[str, int]:
    """Each table as CSV, and while the next is being copied, as Parquet."""
    rows: dict[str, int] = {}
    duck = duckdb.connect(config={"memory_limit": memory, "threads": 1, "temp_directory": str(made / "spill")})
    ahead = threading.Semaphore(2)  # at most two CSV files lie about
    waiting: list[Future[None]] = []
    with ThreadPoolExecutor(1) as writer:
        for table in vocabulary().tables:
            ahead.acquire()
            path = made / f"{table}.csv"
            rows[table] = _copy_out(reading, table, path)
            waiting.append(writer.submit(_to_parquet, duck, table, path, bool(rows[table]), ahead))
    for each in waiting:
        each.result()
    duck.close()
    shutil.rmtree(made / "spill", ignore_errors=True)
    return rows


def _copy_out(reading: psycopg.Connection[Any], table: str, path: Path) -> int:
    # A record that is another's alias is not one more person: its facts stand under the other.  What both had stayed
    # with the alias, and is left out too: it would be a second certificate or honour of the same.
    query = sql.SQL(
        "COPY (SELECT {columns} FROM {table} AS kept WHERE {where} ORDER BY kept.id) TO STDOUT (FORMAT csv)"
    ).format(
        where=sql.SQL(
            "NOT EXISTS (SELECT FROM registry_merge AS alias WHERE alias.ended_at IS NULL AND alias.{gone} = kept.id)"
        ).format(gone=sql.Identifier(f"gone_{table}_id"))
        if table in KINDS
        else sql.SQL(
            "NOT EXISTS (SELECT FROM registry_moved AS line JOIN registry_merge AS alias ON alias.id = line.merge_id"
            ' WHERE alias.ended_at IS NULL AND line."left" AND line."table" = {name} AND line."row" = kept.id)'
        ).format(name=sql.Literal(table)),
        columns=sql.SQL(", ").join([sql.Identifier("id"), *(_shown(column) for column in _kept(table))]),
        table=sql.Identifier(MODELS[table]._meta.db_table),
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb", buffering=1 << 20) as target, reading.cursor() as cursor:
        with cursor.copy(query) as copy:
            for block in copy:
                target.write(block)
        return cursor.rowcount


def _to_parquet(
    duck: duckdb.DuckDBPyConnection, table: str, path: Path, filled: bool, ahead: threading.Semaphore
) -> None:
    try:
        if filled:
            kinds = {"id": "VARCHAR"} | {column.name: sql_type(column.type) for column in _kept(table)}
            rows = duck.read_csv(
                str(path), header=False, columns=kinds, na_values="", auto_detect=False, quotechar='"', escapechar='"'
            )
            rows.write_parquet(str(path.with_suffix(".parquet")))
    finally:
        path.unlink()
        ahead.release()


def _kept(table: str) -> list[Column]:
    return [c for c in stored_columns(vocabulary().tables[table]) if (table, c.name) not in LEFT_BEHIND]


def _shown(column: Column) -> sql.Composable:
    """A column as the engine's folders have it: `none` as a value, months counted since year 0."""
    kind = column.type
    stored: sql.Composable = sql.Identifier(f"{column.name}_id" if kind.kind in ("row", "region") else column.name)
    if kind.kind == "month":
        stored = sql.SQL("extract(year FROM {0})::bigint * 12 + extract(month FROM {0})::bigint - 1").format(stored)
    if not kind.or_none:
        return stored
    absent = sql.Literal(ABSENT_DATE) if kind.kind == "date" else sql.Literal(ABSENT_TEXT)
    if kind.kind == "row":
        stored = sql.SQL("{}::text").format(stored)
    return sql.SQL("CASE WHEN {none} THEN {absent} ELSE {stored} END").format(
        none=sql.Identifier(column.name + NONE_SUFFIX), absent=absent, stored=stored
    )


def _manifest(reading: psycopg.Connection[Any], made: Path, on: dt.date) -> None:
    found = reading.execute(
        "SELECT tab.table, tab.by, coalesce(region_id, ''), since, until FROM registry_coverage AS tab"
        " WHERE complete ORDER BY id"
    ).fetchall()
    covers = [
        {
            "table": table,
            "by": by.split(),
            "place": place,
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
        }
        for table, by, place, since, until in found
    ]
    text = json.dumps({"on": on.isoformat(), "covers": covers}, ensure_ascii=False, indent=1)
    (made / MANIFEST).write_text(text + "\n", encoding="utf-8")
