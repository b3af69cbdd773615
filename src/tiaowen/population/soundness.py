"""Whether the rows of a table are sound: each has an id of its own, and every reference leads to a row.

Ids mostly stand in order, as whoever writes a table gives them out: rising from row to row, in a
few runs that do not overlap.  Then no two are the same, and nothing has to be gathered to say
so.  Otherwise they are counted.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import Any

import duckdb
from sqlglot import exp

from tiaowen.population.errors import PopulationError
from tiaowen.population.expr import (
    ABSENT_TEXT,
    all_of,
    any_of,
    call,
    col,
    how_many,
    is_null,
    lit,
    name,
    named,
    no,
    not_null,
    op,
    over,
)
from tiaowen.population.program import filter_, join, select, union
from tiaowen.population.world import facts_of
from tiaowen.vocabulary.model import Column, Table

RUNS = 4_096  # of rising ids; more are no order


def claims(table: Table, opened: Collection[str]) -> list[str]:
    """What there is to be looked at: `table` (its ids), `table.column` (a reference to a table that is open)."""
    return [table.id, *(f"{table.id}.{each.name}" for each in _references(table, opened))]


def check_rows(
    connection: Any, tables: Collection[Table], opened: Collection[str], sound: Collection[str] = ()
) -> None:
    """Raise PopulationError for an id that is missing or stands twice, or a reference to no row.

    `sound`: claims that are known to hold.
    """
    for table in tables:
        _check_ids(connection, table, sound)
    referring: dict[str, list[tuple[Table, Column]]] = {}
    for table in tables:
        for column in _references(table, opened):
            if f"{table.id}.{column.name}" not in sound:
                referring.setdefault(column.type.name, []).append((table, column))
    for target, columns in referring.items():  # together, so that the ids of a large table are gathered once
        if _stray(connection, target, columns) is None:
            continue
        for table, column in columns:
            stray = _stray(connection, target, [(table, column)])
            if stray is not None:
                raise PopulationError(
                    f"{table.id}.parquet {column.name}: {stray} 不在 {target} 里 (no such row)；"
                    f"不知道的写 NULL，没有的写 {ABSENT_TEXT} (unknown is NULL, none is {ABSENT_TEXT})"
                )


def _check_ids(connection: Any, table: Table, sound: Collection[str]) -> None:
    if table.id not in sound and not in_order(connection, facts_of(table.id)):
        different = exp.Count(this=exp.Distinct(expressions=[col("id")]))
        counted = _rows(connection, select([how_many(), different], facts_of(table.id)))[0]
        if counted[0] != counted[1]:
            raise PopulationError(
                f"{table.id}.parquet id: {counted[0]} 行只有 {counted[1]} 个 id (ids missing or twice)；每行一个 one per row"
            )


def _stray(connection: Any, target: str, columns: Collection[tuple[Table, Column]]) -> str | None:
    """The first value of some columns that is the id of no row of the table they refer to."""
    told: list[exp.Query] = []
    for table, column in columns:
        mine = col(column.name)
        known = all_of([not_null(mine), op("is not", mine, lit(ABSENT_TEXT))])
        told.append(filter_(select([named(mine, "told")], facts_of(table.id)), known))
    query = exp.Select(expressions=[call("min", col("told", "r"))])
    query.set("from_", exp.From(this=exp.Subquery(this=union(told), alias=exp.TableAlias(this=name("r")))))
    join(query, facts_of(target), "j", op("is", col("told", "r"), col("id", "j")))
    query.args["joins"][-1].set("kind", "ANTI")
    ((found,),) = _rows(connection, query)
    return None if found is None else str(found)


def in_order(connection: Any, relation: str) -> bool:
    """Whether ids rise in runs that do not overlap, in whatever order rows come: then each stands once.

    False says nothing.  Ids are compared by length, then by their bytes.
    """
    if not isinstance(connection, duckdb.DuckDBPyConnection):
        return False
    ((rows,),) = _rows(connection, select([how_many()], relation))
    here, before = col("id"), col("before")
    beside = [col("id"), named(over(call("lag", col("id")), []), "before"), named(over(exp.RowNumber(), []), "at")]
    longer = op(">", call("strlen", here), call("strlen", before))
    higher = all_of([op("is", call("strlen", here), call("strlen", before)), op(">", here, before)])
    breaks = any_of([is_null(here), is_null(before), no(any_of([longer, higher])), op("is", col("at"), lit(rows))])
    query = exp.Select(expressions=[col("at"), before.copy(), here.copy()])
    query.set("from_", exp.From(this=exp.Subquery(this=select(beside, relation), alias=exp.TableAlias(this="b"))))
    found = sorted(_rows(connection, filter_(query, breaks).limit(RUNS, copy=False)))
    if len(found) >= RUNS or any(each is None for _, _, each in found):
        return False
    runs: list[tuple[tuple[int, bytes], tuple[int, bytes]]] = []
    first: tuple[int, bytes] | None = None
    for at, previous, each in found:
        mine, last = _order(each), _order(previous) if previous is not None else None
        if first is not None and last is not None and (at < rows or mine <= last):
            runs.append((first, last))
            first = mine
        first = mine if first is None else first
        if at == rows:
            runs.append((first, mine))
    runs.sort()
    return all(one[1] < other[0] for one, other in pairwise(runs))


def _order(each: str) -> tuple[int, bytes]:
    told = each.encode()
    return len(told), told


def _references(table: Table, opened: Collection[str]) -> list[Column]:
    return [each for each in table.columns.values()
            if each.derived is None and each.type.kind == "row" and each.type.name in opened]  # fmt: skip


def _rows(connection: Any, query: exp.Query) -> list[Any]:
    found: list[Any] = connection.execute(query.sql(dialect="duckdb")).fetchall()
    return found


__all__ = ["check_rows", "claims", "in_order"]
