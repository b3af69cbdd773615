"""Writes tables through DuckDB: one thread, fixed groups of rows, so that the bytes are always the same."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from huijiang.synth.defects import MISSING
from huijiang.synth.errors import SynthError
from tiaowen.population.expr import Sql, call, case, cast, col, how_many, lit, named, null, sql_type
from tiaowen.population.program import select
from tiaowen.population.store import sql
from tiaowen.vocabulary.model import Vocabulary

GROUP = 61_440  # rows of a row group: a multiple of DuckDB's vectors, small enough to hold


class Writer:
    """A database of its own that makes one table after the other."""

    def __init__(self, vocabulary: Vocabulary, connection: duckdb.DuckDBPyConnection) -> None:
        self.vocabulary = vocabulary
        self.connection = connection

    def set(self, name: str, value: Any) -> None:
        """A variable that the queries read: a number, a text, a day, a list, or a dict (becomes a map)."""
        query = exp.Set(
            expressions=[
                exp.SetItem(this=exp.EQ(this=exp.to_identifier(name), expression=_literal(value)), kind="VARIABLE")
            ]
        )
        self.connection.execute(sql(query))

    def define(self, macro: str) -> None:
        self.connection.execute(f"CREATE OR REPLACE {macro}")

    def write(self, table_id: str, query: str, folder: Path) -> int:
        """Write one table as the vocabulary has it; returns its rows.  Columns that the query lacks are unknown."""
        table = self.vocabulary.tables[table_id]
        made = f"made {table_id}"
        raw = self.connection.sql(query)
        raw.create_view(made, replace=True)
        kinds = {c.name: c.type for c in table.columns.values() if c.derived is None}
        strange = sorted(set(raw.columns) - {"id", "k", *kinds})
        if strange:
            raise SynthError(f"{table_id}: 词汇里没有这些列 no such columns: {'、'.join(strange)}")
        chosen: list[Sql] = [named(cast(col("id"), "VARCHAR"), "id")]
        for name, kind in kinds.items():
            to = sql_type(kind)
            value = cast(col(name), to) if name in raw.columns else null(to)
            rate = MISSING.get((table_id, name))
            if rate is not None:
                value = case(
                    (call("chance", col("k"), lit(f"missing {table_id}.{name}"), lit(rate)), null(to)), default=value
                )
            chosen.append(named(value, name))
        path = folder / f"{table_id}.parquet"
        unfinished = path.with_suffix(".unfinished")
        self.connection.sql(sql(select(chosen, made))).write_parquet(
            str(unfinished), compression="zstd", row_group_size=GROUP
        )
        unfinished.replace(path)
        self.connection.read_parquet(str(path)).create_view(table_id, replace=True)
        return int(self.rows(sql(select([how_many()], table_id)))[0][0])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query over the tables written so far."""
        return [tuple(each) for each in self.connection.execute(query).fetchall()]

    def close(self) -> None:
        self.connection.close()


def open_writer(vocabulary: Vocabulary, scratch: Path, memory: str) -> Writer:
    settings: dict[str, Any] = {
        "threads": 1, "memory_limit": memory, "preserve_insertion_order": "true",
        "temp_directory": str(scratch / "spill"), "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }  # fmt: skip
    return Writer(vocabulary, duckdb.connect(":memory:", config=settings))


def _literal(value: Any) -> Sql:
    if isinstance(value, dict):
        return call("map", _literal(list(value)), _literal(list(value.values())))
    if isinstance(value, list):
        return exp.Array(expressions=[_literal(each) for each in value])
    if isinstance(value, dt.date | int | str):
        return lit(value)
    raise SynthError(f"{value!r}: 不能作变量 can't be a variable")
