"""What is known of every row before any is read: then no row has to be asked whether it is."""

from __future__ import annotations

from collections.abc import Collection

from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule
from tiaowen.population.world import World


def always_dated(world: World, rule: Rule) -> bool:
    """Whether every event row of a rule has a day."""
    if rule.date is None:
        return (world.on or rule.effective) is not None
    return always_known(world, rule.date, False) and not rule.date.type.or_none


def always_known(world: World, term: t.Term, dated: bool, slots: Collection[int] = (t.EVENT,)) -> bool:
    """Whether a term over rows that are there is never unknown; `dated`: every event row has a day."""

    def known(*terms: t.Term) -> bool:
        return all(always_known(world, each, dated, slots) for each in terms)

    match term:
        case t.Const(_, value):
            return value is not None
        case t.Moment(_, slot):
            return dated and slot in (t.EVENT_DATE, t.PERIOD)
        case t.RowOf(_, slot, hops):
            return slot in slots and not world.hops_lack(term.root, hops)
        case t.Column(_, slot, hops, column):
            return slot in slots and not world.hops_lack(term.root, (*hops, column))
        case t.Call(_, function, args):
            return function in ("year", "month") and known(*args)
        case t.Comparison(_, _, left, right) if not (t.is_wide(left) or t.is_wide(right)):
            return known(left, right) and not term.codes
        case t.InValues(_, inner) | t.IsAbsent(_, inner) | t.Negation(_, inner):
            return known(inner)
        case t.InRegion(_, inner, t.Const(_, code)):
            return known(inner) and clear_of(world, inner, str(code))
        case t.Both(_, _, parts):
            return known(*parts)
    return False


def clear_of(world: World, term: t.Term, region: str) -> bool:
    """Whether no row's place (behind a term) lies above a region, where it would be unknown whether it is inside."""
    if world.vague is None or not isinstance(term, t.Column):
        return False
    table = world.target(term.root, term.hops)
    return not world.vague(table, term.column, tuple(world.vocabulary.regions.above(region)))
