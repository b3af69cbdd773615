"""What is known of every row before any is read: then no row has to be asked whether it is."""

from __future__ import annotations

from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule
from tiaowen.population.world import World


def always_dated(world: World, rule: Rule) -> bool:
    """Whether every event row of a rule has a day."""
    if rule.date is None:
        return (world.on or rule.effective) is not None
    return always_known(world, rule.date, False) and not rule.date.type.or_none


def always_known(world: World, term: t.Term, dated: bool) -> bool:
    """Whether a term over the event row is never unknown; `dated`: every event row has a day."""
    match term:
        case t.Const(_, value):
            return value is not None
        case t.Moment(_, slot):
            return dated and slot in (t.EVENT_DATE, t.PERIOD)
        case t.RowOf(_, slot, hops):
            return slot == t.EVENT and not world.hops_lack(term.root, hops)
        case t.Column(_, slot, hops, column):
            return slot == t.EVENT and not world.hops_lack(term.root, (*hops, column))
        case t.Call(_, function, args):
            return function in ("year", "month") and all(always_known(world, each, dated) for each in args)
        case t.Comparison(_, _, left, right) if not (t.is_wide(left) or t.is_wide(right)):
            return always_known(world, left, dated) and always_known(world, right, dated) and not term.codes
        case t.InValues(_, inner) | t.IsAbsent(_, inner) | t.Negation(_, inner):
            return always_known(world, inner, dated)
        case t.Both(_, _, parts):
            return all(always_known(world, each, dated) for each in parts)
    return False
