"""Whether what a rule sees of a row has moved: its terms over that row alone, before and after, in SQL."""

from __future__ import annotations

from collections.abc import Iterable

from tiaowen.plan import terms as t
from tiaowen.population.expr import Sql, all_of, col, no, same, value_of
from tiaowen.population.program import Program
from tiaowen.population.reading import columns_of
from tiaowen.population.scope import Scope
from tiaowen.population.world import World, column_name
from tiaowen.vocabulary.types import DATE


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
