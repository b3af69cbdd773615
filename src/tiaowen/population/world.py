"""What every step of a population run knows: vocabulary, coverage, the day, which columns lack values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from tiaowen.evaluate.facts import Coverage
from tiaowen.plan import terms as t
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import Type


@dataclass(frozen=True)
class World:
    """`lacks(table, column)`: whether some row does not know that column (counted once per run).

    `vague(table, column, codes)`: whether some row's place is one of these, or may be (None: nobody has looked).
    """

    vocabulary: Vocabulary
    coverage: tuple[Coverage, ...]
    on: dt.date | None
    lacks: Callable[[str, str], bool]
    vague: Callable[[str, str, tuple[str, ...]], bool] | None = None

    def type_of(self, table: str, column: str) -> Type:
        return self.vocabulary.tables[table].columns[column].type

    def target(self, table: str, hops: tuple[str, ...]) -> str:
        """The table that reference columns lead to."""
        for hop in hops:
            table = self.type_of(table, hop).name
        return table

    def hops_absent(self, table: str, hops: tuple[str, ...]) -> bool:
        """Whether some reference on the way may be `none`."""
        return any(self.type_of(self.target(table, hops[:at]), hop).or_none for at, hop in enumerate(hops))

    def hops_lack(self, table: str, hops: tuple[str, ...]) -> bool:
        """Whether some reference on the way is unknown for some row."""
        return any(self.lacks(self.target(table, hops[:at]), hop) for at, hop in enumerate(hops))


def facts_of(table: str) -> str:
    """The relation that holds a table of the vocabulary."""
    return f"fact {table}"


def column_name(slot: int, hops: tuple[str, ...], column: str) -> str:
    """How a step names what it read: `2.holder.birth_date`."""
    return ".".join((str(slot), *hops, column))


ROW = column_name(t.EVENT, (), "id")  # the event row's id
EVENTS = "r"  # the event rows of a rule where they are read

Reads = dict[int, dict[tuple[tuple[str, ...], str], None]]


def reads(terms: list[t.Term]) -> Reads:
    """Slot → the columns (with the references that lead there) that terms read, in order."""
    found: Reads = {}

    def note(slot: int, hops: tuple[str, ...], column: str) -> None:
        found.setdefault(slot, {})[hops, column] = None

    for term in terms:
        for each in t.walk(term):
            if isinstance(each, t.Column):
                note(each.slot, each.hops, each.column)
            elif isinstance(each, t.RowOf) and each.hops:
                note(each.slot, each.hops[:-1], each.hops[-1])
            elif isinstance(each, t.Covers):
                if each.hops:
                    note(each.slot, each.hops[:-1], each.hops[-1])
                note(each.slot, each.hops, each.first)
                note(each.slot, each.hops, each.last)
            elif isinstance(each, t.MonthsInRow):
                note(each.slot, (), each.first)
                note(each.slot, (), each.last)
            if isinstance(each, t.Exists | t.Aggregate | t.MonthsInRow):
                for column, _ in each.closure.keys:
                    note(each.slot, (), column)
                for inner in closure_terms(each.closure):
                    for slot, columns in reads([inner]).items():
                        found.setdefault(slot, {}).update(columns)
    return found


def closure_terms(closure: t.Closure) -> list[t.Term]:
    """What a closure asks of the row that looks."""
    edges = [each for each in (closure.low, closure.high) if each is not None]
    return [*(term for _, term in closure.keys), *edges]
