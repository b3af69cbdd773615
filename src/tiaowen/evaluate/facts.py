"""Facts of a case in memory: rows, references, and what each table covers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from tiaowen.plan.terms import Closure
from tiaowen.vocabulary.model import Vocabulary


class Row:
    """One row.  `values` holds what is known: a column that is not there is unknown.

    References are other rows; `NONE` is "known to be absent".
    """

    __slots__ = ("id", "table", "values")

    def __init__(self, table: str, row_id: str, values: dict[str, object]) -> None:
        self.table = table
        self.id = row_id
        self.values = values

    def __repr__(self) -> str:
        return f"{self.table}:{self.id}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """All rows of `table` are here that lie in `place`, dated `since` to `until`.

    With `by`, all rows that these columns point to a listed row with.  Empty and
    None mean without bound; `until` None means up to the day of the question.
    """

    table: str
    by: tuple[str, ...] = ()
    place: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(slots=True)
class Facts:
    """The rows of a case.  `on` is the day of the question (None: no clock).

    `assume` names conditions to take as met where they are unknown, `grant` those to
    take as met whatever the facts say: "what if".  With `brief` the conditions of rows
    out of force are not looked at: their answer is the same, and nobody asks for more.
    """

    vocabulary: Vocabulary
    tables: dict[str, list[Row]] = field(default_factory=dict)
    coverage: list[Coverage] = field(default_factory=list)
    on: dt.date | None = None
    assume: frozenset[str] = frozenset()
    grant: frozenset[str] = frozenset()
    brief: bool = False
    _index: dict[tuple[str, str], dict[object, list[Row]]] = field(default_factory=dict)
    _closed: dict[tuple[object, ...], bool] = field(default_factory=dict)

    def rows(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def index(self, table: str, column: str) -> dict[object, list[Row]]:
        """Rows by the value of a column; rows where it is unknown stand under None."""
        found = self._index.get((table, column))
        if found is None:
            found = {}
            for row in self.rows(table):
                found.setdefault(row.values.get(column), []).append(row)
            self._index[table, column] = found
        return found

    def candidates(self, table: str, column: str, value: object) -> Iterable[Row]:
        """Rows that may have this value in a column: those that do, and those unknown."""
        if value is None:
            return self.rows(table)
        index = self.index(table, column)
        known, unknown = index.get(value), index.get(None)
        if unknown is None:
            return known or ()
        return [*(known or ()), *unknown]

    def closed(self, closure: Closure, low: dt.date | None, high: dt.date | None) -> bool:
        """Whether every row that the closure asks for is here (law: unknown is not no)."""
        columns = tuple(sorted(column for column, _ in closure.keys))
        if self.on is not None and (high is None or high > self.on):
            high = self.on
        key = (closure.table, columns, closure.place, low, high)
        found = self._closed.get(key)
        if found is None:
            found = self._closed[key] = self._is_closed(closure.table, columns, closure.place, low, high)
        return found

    def _is_closed(
        self, table: str, columns: tuple[str, ...], place: str, low: dt.date | None,
        high: dt.date | None,
    ) -> bool:  # fmt: skip
        if any(None in self.index(table, column) for column in columns):
            return False  # a row of an unknown person may be anybody's
        for each in self.coverage:
            if (
                each.table == table
                and set(each.by) <= set(columns)
                and (not each.place or self._inside(place, each.place))
                and (each.since is None or (low is not None and each.since <= low))
                and (each.until is None or (high is not None and high <= each.until))
            ):
                return True
        return False

    def _inside(self, place: str, outer: str) -> bool:
        return bool(place) and place in self.vocabulary.regions.inside(outer)
