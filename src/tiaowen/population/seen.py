"""What a rule sees of a row that it looks up, and whether that has moved: terms over the row alone, before and after."""

from __future__ import annotations

from collections.abc import Iterable

from tiaowen.plan import terms as t
from tiaowen.population.expr import Sql, all_of, col, no, same, value_of
from tiaowen.population.program import Program
from tiaowen.population.scope import Scope
from tiaowen.population.world import World, closure_terms, column_name
from tiaowen.vocabulary.types import DATE

# Terms that say nothing of a row but what the terms inside them say.
PLAIN = (t.Const, t.Comparison, t.InValues, t.IsAbsent, t.Negation, t.Both, t.Sum, t.Percent, t.Later, t.Call, t.Stated)


def seen(slot: int, terms: Iterable[t.Term], dated: bool) -> tuple[t.Term | str, ...]:
    """All that terms read of the row in a slot: the largest terms over that row alone, else its columns.

    `dated`: whether the day of the event differs from row to row; else it is the day of the question.
    """
    found: dict[t.Term | str, None] = {}

    def read(term: t.Term) -> tuple[bool, bool]:
        """Whether a term reads the row, and whether it reads nothing else; what is no part of a larger one is kept."""
        inside = [*t.children(term)]
        if isinstance(term, t.Exists | t.Aggregate | t.MonthsInRow):
            inside += closure_terms(term.closure)
            if term.slot == slot:
                found.update(dict.fromkeys(column for column, _ in term.closure.keys))
                if isinstance(term, t.MonthsInRow):
                    found.update(dict.fromkeys((term.first, term.last)))
        told = [(each, *read(each)) for each in inside]
        here = isinstance(term, t.Column | t.RowOf | t.Covers) and term.slot == slot
        if _plain(term, slot, dated) and all(alone for _, _, alone in told):
            return here or any(reads_it for _, reads_it, _ in told), True
        if here:
            found.update(dict.fromkeys(_own(term)))
        found.update((each, None) for each, reads_it, alone in told if reads_it and alone)
        return False, False

    for term in terms:
        if all(read(term)):
            found[term] = None
    return tuple(found)


def columns_of(term: t.Term) -> set[str]:
    """The columns that a term over one row reads of it."""
    return {column for each in t.walk(term) for column in _own(each)}


def _own(term: t.Term) -> tuple[str, ...]:
    """The columns of the row itself that a term reads, without the terms inside it."""
    if isinstance(term, t.Column | t.RowOf | t.Covers) and term.hops:
        return term.hops[:1]
    if isinstance(term, t.Column):
        return (term.column,)
    return (term.first, term.last) if isinstance(term, t.Covers) else ()


def _plain(term: t.Term, slot: int, dated: bool) -> bool:
    """Whether a term reads no row but the one in a slot, and none that it refers to, if so do the terms inside it."""
    if isinstance(term, t.Column | t.Covers):
        return term.slot == slot and not term.hops
    if isinstance(term, t.RowOf):
        return term.slot == slot and len(term.hops) < 2
    return isinstance(term, PLAIN) or (isinstance(term, t.Moment) and term.slot == t.EVENT_DATE and not dated)


# -- whether it has moved, in SQL ----------------------------------------------------------
def differing(
    world: World, table_id: str, sees: Iterable[t.Term | str], read: frozenset[str], compared: set[str]
) -> list[Sql]:  # fmt: skip
    """Conditions over `moved <table>`, one of which holds if something that is seen of a row has moved.

    `read`: the columns that are read at all; `compared`: those that both states are known of.
    """
    found: list[Sql] = []
    moved: set[str] = set()
    for each in sees:
        columns = {each} if isinstance(each, str) else columns_of(each)
        if isinstance(each, str) or not columns <= compared or world.on is None:
            moved |= columns & read
        else:
            found.append(no(_same(world, table_id, each, sorted(columns))))
    return [*(col(f"moved {each}") for each in sorted(moved)), *found]


def _same(world: World, table_id: str, term: t.Term, columns: list[str]) -> Sql:
    """Whether a term comes to the same over the row as it was (`a …`) and as it is (`b …`)."""
    slot = next(iter(t.slots_used(term) - {t.EVENT_DATE}))
    kinds = {column_name(slot, (), each): world.type_of(table_id, each).or_none for each in columns if each != "id"}
    scope = Scope(world, Program(), "", (), "", {column_name(slot, (), "id"): False, **kinds})
    value = scope.value(term)

    def at(side: str, end: Sql) -> Sql:
        facts = {each: col(f"{side} {each.partition('.')[2]}") for each in kinds}
        return scope.spelled(end, {**facts, column_name(slot, (), "id"): col("id"),
                                   scope.event_date: value_of(world.on, DATE)})  # fmt: skip

    ends = [value.low] if value.high is None else [value.low, value.high]
    return all_of([same(at("a", each), at("b", each)) for each in ends])
