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
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from huijiang import prepared
from huijiang.registry import statements
from huijiang.registry.statements import DIRECT, Read
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


@dataclass
class Surroundings:
    """Facts around several people and rows, with the rows by table and number, and the rules that reach too far."""

    facts: Facts
    rows: dict[str, dict[int, Row]]
    beyond: dict[str, int]
    origins: dict[tuple[str, str], Origin]


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


def facts_around(
    people: Iterable[int], named: Mapping[str, Collection[int]], on: dt.date, ties: Ties = NO_TIES,
    words: Vocabulary | None = None, most: int = MOST,
) -> Surroundings:  # fmt: skip
    """Everything that concerns some people, and single rows of tables (`named`) without what names them: a firm
    without its staff.  Rows that are not there are left out."""
    reach = _Reach(ties, most)
    reach.around_all(people, named)
    return Surroundings(
        Facts(words or vocabulary(), reach.sorted(), coverage(), on), reach.rows, reach.beyond, reach.origins
    )


def coverage() -> list[Coverage]:
    """What the registry is complete for, as the engine reads it; incomplete entries promise nothing."""
    return [
        Coverage(table, tuple(by.split()), region, since, until)
        for table, by, region, since, until in prepared.rows(statements.COVERAGE)
    ]


def _case(table: str, pk: int, on: dt.date, ties: Ties, words: Vocabulary | None, most: int) -> RegistryCase:
    reach = _Reach(ties, most)
    own = reach.around(table, pk)
    facts = Facts(words or vocabulary(), reach.sorted(), coverage(), on)
    return RegistryCase(facts, reach.rows[table][pk], own, reach.beyond, reach.origins)


class _Reach:
    """The rows found so far, by table and number."""

    def __init__(self, ties: Ties, most: int) -> None:
        self.ties, self.most = ties, most
        self.rows: dict[str, dict[int, Row]] = {}
        self.origins: dict[tuple[str, str], Origin] = {}
        self.beyond: dict[str, int] = {}
        self.fresh: dict[str, set[int]] = {}
        self.open: list[tuple[Row, Column, int]] = []  # references whose row may not be here yet

    def around(self, table: str, pk: int) -> set[tuple[str, str]]:
        """Find everything; gives the rows that name the one asked about."""
        edges_ = tuple(self.ties.through)
        found = statements.read(statements.around(table, edges_, self.most), str(pk))
        self._take([each for each in found if each.at == DIRECT])
        if pk not in self.rows.get(table, {}):
            raise NoSuchRow(f"registry {table} {pk}: 没有这一行 no such row")
        own = {(name, str(each)) for name, rows in self.rows.items() for each in rows}
        self._too_many(edges_, found)
        self._take([each for each in found if each.at != DIRECT])  # rows that may be anybody's
        self._forward()
        for number in range(ROUNDS if edges_ else 0):
            self._look_through(number)
            self._forward()
        return own

    def around_all(self, people: Iterable[int], named: Mapping[str, Collection[int]]) -> None:
        """What concerns each of the people, the named rows, and what ties lead to."""
        for pk in people:
            self._take(statements.read(statements.around(PERSON, (), self.most), str(pk)))
        wanted = {table: ids for table, ids in sorted(named.items()) if ids}
        if wanted:
            self._take(statements.read(statements.by_number(tuple(wanted)), *map(statements.numbers, wanted.values())))
        edges_ = tuple(self.ties.through)
        if edges_:
            found = statements.read(statements.unplaced(edges_, self.most))
            self._too_many(edges_, found)
            self._take(found)
        self._forward()
        for number in range(ROUNDS if edges_ else 0):
            self._look_through(number)
            self._forward()

    def sorted(self) -> dict[str, list[Row]]:
        return {name: sorted(rows.values(), key=lambda row: row.id) for name, rows in self.rows.items() if rows}

    def _look_through(self, number: int) -> None:
        fresh, self.fresh = self.fresh, {}
        wanted: list[Edge] = []
        ids: list[str] = []
        for table, name in self.ties.through:
            target = vocabulary().tables[table].columns[name].type.name if name else ""
            if number and target != PERSON and (table, name) not in self.ties.asked:
                continue  # what shares a limit with others at their firms would lead on to everybody
            if fresh.get(target):
                wanted.append((table, name))
                ids.append(statements.numbers(fresh[target]))
        if not wanted:
            return
        edges_ = tuple(wanted)
        found = statements.read(statements.through(edges_, self.most), *ids)
        many = self._too_many(edges_, found)
        self._take([each for each in found if each.at not in many])

    def _too_many(self, edges_: tuple[Edge, ...], found: list[Read]) -> set[int]:
        """Which edges have more than `most` rows; the rules that look through them reach too far."""
        many = {each.at: each.count for each in found if each.count > self.most}
        for at, count in many.items():
            self.beyond.update(dict.fromkeys(self.ties.through[edges_[at]], count))
        return set(many)

    def _forward(self) -> None:
        """Whatever these rows refer to, and so on."""
        while self.open:
            missing: dict[str, set[int]] = {}
            for _, column, pk in self.open:
                if pk not in self.rows.get(column.type.name, {}):
                    missing.setdefault(column.type.name, set()).add(pk)
            waiting, self.open = self.open, []
            if missing:
                tables = tuple(sorted(missing))
                ids = [statements.numbers(missing[each]) for each in tables]
                self._take(statements.read(statements.by_number(tables), *ids))
            for row, column, pk in waiting:
                row.values[column.name] = self.rows[column.type.name][pk]

    def _take(self, found: Iterable[Read]) -> None:
        for each in found:
            known = self.rows.setdefault(each.table, {})
            if each.id in known:
                continue
            row = known[each.id] = Row(each.table, str(each.id), {})
            self.origins[each.table, row.id] = Origin(each.source, each.as_of, each.managed_by)
            self.fresh.setdefault(each.table, set()).add(each.id)
            values = row.values
            for column, value in zip(_columns(each.table), each.values, strict=True):
                if value is not None:
                    kind = column.type
                    if value is False and kind.or_none:
                        values[column.name] = NONE
                    elif kind.kind == "row":
                        self.open.append((row, column, value))
                    elif kind.kind == "date":
                        values[column.name] = dt.date.fromisoformat(value)
                    elif kind.kind == "month":
                        first = dt.date.fromisoformat(value)
                        values[column.name] = first.year * 12 + first.month - 1
                    else:
                        values[column.name] = value


@cache
def _columns(table: str) -> tuple[Column, ...]:
    """In the order in which a statement gives them."""
    return tuple(stored_columns(vocabulary().tables[table]))
