"""The statements that read facts: made once for a process, planned once for a connection.

A page asks the same few questions of the same tables each time.  Composing their text and having PostgreSQL plan
it took three times as long as answering, so each text is kept and run by `huijiang.prepared`.

Every row is `Read`: which edge it answers, how many rows that edge has, and the row itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any, Final, NamedTuple

from psycopg import sql

from huijiang import prepared
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import references, stored_columns, vocabulary
from tiaowen.population.person import Edge
from tiaowen.vocabulary.model import Column

DIRECT: Final = -1  # rows that were asked for by themselves, through no edge
COVERAGE: Final = b"SELECT \"table\", by, coalesce(region_id, ''), since, until FROM registry_coverage WHERE complete"


class Read(NamedTuple):
    """A row of the registry.  `values`: as `stored_columns`, `false` where the vocabulary allows `none` and it is."""

    at: int
    count: int  # type: ignore[assignment]  # a name that tuples have too; nobody counts in these
    table: str
    id: int
    source: str
    as_of: dt.date
    managed_by: str
    values: list[Any]


def read(statement: bytes, *values: str) -> list[Read]:
    """Run one of the statements below in one round trip."""
    return [Read(*each) for each in prepared.rows(statement, *values)]


def numbers(ids: Iterable[int]) -> str:
    """Row numbers as a parameter: always a text, so that one plan serves few and many, small and large."""
    return f"{{{','.join(map(str, sorted(ids)))}}}"


@cache
def around(table: str, edges: tuple[Edge, ...], most: int) -> bytes:
    """The row `$1` of a table and those that name it; then, by edge, the rows that may be anybody's.

    An edge with more than `most` rows gives one of them: enough to know that there are such rows.
    """
    found = [_rows(table, sql.SQL("id = $1::bigint"))]
    for each in vocabulary().tables.values():
        for column in references(each, table):
            found.append(_rows(each.id, sql.SQL("{} = $1::bigint").format(_column(column.name))))
    for at, (through, name) in enumerate(edges):
        found.append(_counted(at, through, _unknown(through, name), most))
    return _all(found)


@cache
def unplaced(edges: tuple[Edge, ...], most: int) -> bytes:
    """By edge, the rows that may be anybody's, as in `around`."""
    return _all([_counted(at, through, _unknown(through, name), most) for at, (through, name) in enumerate(edges)])


@cache
def through(edges: tuple[Edge, ...], most: int) -> bytes:
    """By edge, the rows that refer to one of the numbers `$1`, `$2` …, one parameter for each edge; too many: one."""
    found = []
    for at, (table, name) in enumerate(edges):
        where = sql.SQL(f"{{}} = ANY(${at + 1}::bigint[])").format(_column(name))
        found.append(_counted(at, table, where, most))
    return _all(found)


@cache
def by_number(tables: tuple[str, ...]) -> bytes:
    """The rows with the numbers `$1`, `$2` … of each table."""
    return _all([
        _rows(each, sql.SQL(f"id = ANY(${at}::bigint[])")) for at, each in enumerate(tables, 1)
    ])  # fmt: skip


def _all(parts: list[sql.Composable]) -> bytes:
    return sql.SQL(" UNION ALL ").join([sql.SQL("({})").format(each) for each in parts]).as_bytes(None)


def _counted(at: int, table: str, where: sql.Composable, most: int) -> sql.Composable:
    """The rows of a table, or, where they are more than `most`, one of them; each with their count."""
    return sql.SQL(
        "SELECT {at}::int, few.count, kept.* FROM (SELECT count(*) FROM (SELECT FROM {table} WHERE {where} LIMIT {more})"
        " AS counted) AS few, LATERAL ({rows} LIMIT CASE WHEN few.count > {most} THEN 1 ELSE {most} END) AS kept"
    ).format(
        at=sql.Literal(at), table=_relation(table), where=where, more=sql.Literal(most + 1), most=sql.Literal(most),
        rows=_select(table, where),
    )  # fmt: skip


def _rows(table: str, where: sql.Composable) -> sql.Composable:
    return sql.SQL("SELECT {at}::int, 0::bigint, kept.* FROM ({rows}) AS kept").format(
        at=sql.Literal(DIRECT), rows=_select(table, where)
    )


def _select(table: str, where: sql.Composable) -> sql.Composable:
    values = [_value(column) for column in stored_columns(vocabulary().tables[table])]
    return sql.SQL(
        "SELECT {word}::text, id, source::text, as_of, managed_by_id::text, json_build_array({values})"
        " FROM {table} WHERE {where}"
    ).format(word=sql.Literal(table), values=sql.SQL(", ").join(values), table=_relation(table), where=where)


def _unknown(table: str, name: str) -> sql.Composable:
    """Rows whose reference `name` is unknown; all rows without a name."""
    if not name:
        return sql.SQL("true")
    where: sql.Composable = sql.SQL("{} IS NULL").format(_column(name))
    if vocabulary().tables[table].columns[name].type.or_none:
        where = sql.SQL("{} AND NOT {}").format(where, sql.Identifier(name + NONE_SUFFIX))
    return where


def _value(column: Column) -> sql.Composable:
    stored = _column(column.name) if column.type.kind in ("row", "region") else sql.Identifier(column.name)
    if not column.type.or_none:
        return stored
    return sql.SQL("CASE WHEN {none} THEN to_json(false) ELSE to_json({stored}) END").format(
        none=sql.Identifier(column.name + NONE_SUFFIX), stored=stored
    )


def _column(reference: str) -> sql.Identifier:
    return sql.Identifier(f"{reference}_id")


def _relation(table: str) -> sql.Identifier:
    return sql.Identifier(MODELS[table]._meta.db_table)
