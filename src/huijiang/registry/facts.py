"""The live facts of one person or one firm, for the engine: few queries, however much is asked.

    case = facts_of_person(person.pk, on=today, ties=Ties.of(vocabulary, plans))
    case.facts      what tiaowen evaluates
    case.origins    (table, row id) → register, day and managing region, for explanations

First the rows that name the person, then whatever these refer to, then (by `ties`) the rows of others that
conditions and limits look through, as `tiaowen.population.person` does over Parquet.  A row's id is its
primary key as text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.models import MODELS
from huijiang.registry.models import Coverage as StoredCoverage
from huijiang.registry.vocabulary import stored_columns, vocabulary
from tiaowen.evaluate.facts import Coverage, Facts, Row
from tiaowen.plan.rules import DocumentPlan
from tiaowen.population.person import MOST, PERSON, ROUNDS, Edge, PersonCase, edges
from tiaowen.vocabulary.model import Column, Vocabulary
from tiaowen.vocabulary.types import NONE

ORGANISATION = "organisation"


class NoSuchRow(LookupError):
    """No person or firm has this number in the registry."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row comes from: its register (empty columns' own source is in the vocabulary), its day."""

    source: str
    as_of: dt.date
    managed_by: str


@dataclass
class RegistryCase(PersonCase):
    """A case whose rows know where they come from.  `person` is the row asked about, also if it is a firm."""

    origins: dict[tuple[str, str], Origin] = field(default_factory=dict)


@dataclass(frozen=True)
class Ties:
    """Through which tables the rules look for rows of others.  Make it once for a set of plans."""

    through: dict[Edge, set[str]] = field(default_factory=dict)
    asked: frozenset[Edge] = frozenset()

    @classmethod
    def of(cls, words: Vocabulary, plans: Iterable[DocumentPlan]) -> Ties:
        through, asked = edges(words, plans)
        return cls(through, frozenset(asked))


NO_TIES = Ties()


def facts_of_person(
    pk: int, on: dt.date, ties: Ties = NO_TIES, words: Vocabulary | None = None, most: int = MOST
) -> RegistryCase:
    """Everything that concerns a person.  Raises NoSuchRow.

    A question about others that would bring in more than `most` rows is left out, and the rules that ask it
    stand in `beyond`: their answer comes from the nightly run.
    """
    return _case(PERSON, pk, on, ties, words, most)


def facts_of_organisation(
    pk: int, on: dt.date, ties: Ties = NO_TIES, words: Vocabulary | None = None, most: int = MOST
) -> RegistryCase:
    """Everything that concerns a firm, school or body.  Raises NoSuchRow."""
    return _case(ORGANISATION, pk, on, ties, words, most)


def coverage() -> list[Coverage]:
    """What the registry is complete for, as the engine reads it; incomplete entries promise nothing."""
    return [
        Coverage(each.table, tuple(each.by.split()), each.region_id or "", each.since, each.until)
        for each in StoredCoverage.objects.filter(complete=True)
    ]


def _case(table: str, pk: int, on: dt.date, ties: Ties, words: Vocabulary | None, most: int) -> RegistryCase:
    known = words or vocabulary()
    with transaction.atomic():
        reach = _Reach(known, ties, most)
        own = reach.around(table, pk)
        facts = Facts(known, reach.sorted(), coverage(), on)
    return RegistryCase(facts, reach.rows[table][pk], own, reach.beyond, reach.origins)


class _Reach:
    """The rows found so far, by table and number."""

    def __init__(self, words: Vocabulary, ties: Ties, most: int) -> None:
        self.words, self.ties, self.most = words, ties, most
        self.rows: dict[str, dict[int, Row]] = {}
        self.origins: dict[tuple[str, str], Origin] = {}
        self.beyond: dict[str, int] = {}
        self.fresh: dict[str, set[int]] = {}
        self.open: list[tuple[Row, Column, int]] = []  # references whose row may not be here yet

    def around(self, table: str, pk: int) -> set[tuple[str, str]]:
        """Find everything; gives the rows that name the one asked about."""
        wanted: list[tuple[str, str, list[int]]] = [(table, "id", [pk])]
        wanted += [(each.table, each.name, [pk]) for each in _references(self.words, table)]
        self._read([_matching(each, name, ids) for each, name, ids in wanted])
        if pk not in self.rows.get(table, {}):
            raise NoSuchRow(f"registry {table} {pk}: 没有这一行 no such row")
        own = {(name, str(each)) for name, rows in self.rows.items() for each in rows}
        self._unplaced()
        self._forward()
        for number in range(ROUNDS if self.ties.through else 0):
            self._look_through(number)
            self._forward()
        return own

    def sorted(self) -> dict[str, list[Row]]:
        return {name: sorted(rows.values(), key=lambda row: row.id) for name, rows in self.rows.items() if rows}

    def _look_through(self, number: int) -> None:
        fresh, self.fresh = self.fresh, {}
        wanted = []
        for (table, name), _ in self.ties.through.items():
            target = self.words.tables[table].columns[name].type.name if name else ""
            if number and target != PERSON and (table, name) not in self.ties.asked:
                continue  # what shares a limit with others at their firms would lead on to everybody
            if fresh.get(target):
                wanted.append((table, name, sorted(fresh[target])))
        many = self._too_many([_matching(*each, count=self.most) for each in wanted])
        for at, count in many.items():
            self.beyond.update(dict.fromkeys(self.ties.through[wanted[at][0], wanted[at][1]], count))
        self._read([_matching(*each) for at, each in enumerate(wanted) if at not in many])

    def _unplaced(self) -> None:
        """Rows that may be anybody's; without a column, all rows of a table."""
        edges_ = list(self.ties.through)
        many = self._too_many([_unknown(self.words, *each, count=self.most) for each in edges_])
        for at, count in many.items():
            self.beyond.update(dict.fromkeys(self.ties.through[edges_[at]], count))
        self._read([
            _unknown(self.words, *each, most=1 if at in many else self.most) for at, each in enumerate(edges_)
        ])  # fmt: skip

    def _too_many(self, counts: list[sql.Composable]) -> dict[int, int]:
        """Which of some questions would bring in more than `most` rows, and how many they have at least."""
        if not counts:
            return {}
        queries = [
            sql.SQL("SELECT {at}::int, count(*) FROM ({inner}) AS few").format(at=sql.Literal(at), inner=inner)
            for at, inner in enumerate(counts)
        ]
        return {at: count for at, count in _fetch(queries) if count > self.most}

    def _forward(self) -> None:
        """Whatever these rows refer to, and so on."""
        while self.open:
            missing: dict[str, set[int]] = {}
            for _, column, pk in self.open:
                if pk not in self.rows.get(column.type.name, {}):
                    missing.setdefault(column.type.name, set()).add(pk)
            waiting, self.open = self.open, []
            self._read([_matching(table, "id", sorted(ids)) for table, ids in sorted(missing.items())])
            for row, column, pk in waiting:
                row.values[column.name] = self.rows[column.type.name][pk]

    def _read(self, queries: list[sql.Composable]) -> None:
        for table, pk, source, as_of, managed_by, values in _fetch(queries):
            found = self.rows.setdefault(table, {})
            if pk in found:
                continue
            row = found[pk] = Row(table, str(pk), {})
            self.origins[table, row.id] = Origin(source, as_of, managed_by)
            self.fresh.setdefault(table, set()).add(pk)
            for column, value in zip(stored_columns(self.words.tables[table]), values, strict=True):
                if value is not None:
                    self._know(row, column, value)

    def _know(self, row: Row, column: Column, value: Any) -> None:
        kind = column.type
        if kind.or_none and value is False:
            row.values[column.name] = NONE
        elif kind.kind == "row":
            self.open.append((row, column, value))
        elif kind.kind == "date":
            row.values[column.name] = dt.date.fromisoformat(value)
        elif kind.kind == "month":
            first = dt.date.fromisoformat(value)
            row.values[column.name] = first.year * 12 + first.month - 1
        else:
            row.values[column.name] = value


def _references(words: Vocabulary, to: str) -> Iterator[Column]:
    for table in words.tables.values():
        for column in stored_columns(table):
            if column.type.kind == "row" and column.type.name == to:
                yield column


def _fetch(queries: list[sql.Composable]) -> list[tuple[Any, ...]]:
    """All of them in one round trip."""
    if not queries:
        return []
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join([sql.SQL("({})").format(each) for each in queries]))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _matching(table: str, name: str, ids: list[int], count: int = 0) -> sql.Composable:
    """The rows of a table whose column `name` is one of the numbers."""
    column = sql.Identifier("id" if name == "id" else f"{name}_id")
    where = sql.SQL("{column} = ANY({ids}::bigint[])").format(column=column, ids=sql.Literal(ids))
    return _some(table, where, count + 1) if count else _rows(table, where, None)


def _unknown(words: Vocabulary, table: str, name: str, count: int = 0, most: int = MOST) -> sql.Composable:
    """The rows of a table whose reference `name` is unknown; all rows without a name."""
    where: sql.Composable = sql.SQL("true")
    if name:
        where = sql.SQL("{} IS NULL").format(sql.Identifier(f"{name}_id"))
        if words.tables[table].columns[name].type.or_none:
            where = sql.SQL("{} AND NOT {}").format(where, sql.Identifier(name + NONE_SUFFIX))
    return _some(table, where, count + 1) if count else _rows(table, where, most)


def _some(table: str, where: sql.Composable, most: int) -> sql.Composable:
    return sql.SQL("SELECT 1 FROM {table} WHERE {where} LIMIT {most}").format(
        table=_relation(table), where=where, most=sql.Literal(most)
    )


def _rows(table: str, where: sql.Composable, most: int | None) -> sql.Composable:
    """Table, number, register, day, managing region, and the columns as a JSON array: `false` where the
    vocabulary allows `none` and it is."""
    values = [_value(column) for column in stored_columns(vocabulary().tables[table])]
    query = sql.SQL(
        "SELECT {word}::text, id, source::text, as_of, managed_by_id::text, json_build_array({values})"
        " FROM {table} WHERE {where}"
    ).format(word=sql.Literal(table), values=sql.SQL(", ").join(values), table=_relation(table), where=where)
    return query if most is None else sql.SQL("{} LIMIT {}").format(query, sql.Literal(most))


def _value(column: Column) -> sql.Composable:
    stored = sql.Identifier(f"{column.name}_id" if column.type.kind in ("row", "region") else column.name)
    if not column.type.or_none:
        return stored
    return sql.SQL("CASE WHEN {none} THEN to_json(false) ELSE to_json({stored}) END").format(
        none=sql.Identifier(column.name + NONE_SUFFIX), stored=stored
    )


def _relation(table: str) -> sql.Identifier:
    return sql.Identifier(MODELS[table]._meta.db_table)
