"""Places in SQL: the tree is constant, so containment is membership in a list of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from tiaowen.plan import terms as t
from tiaowen.population.certain import clear_of
from tiaowen.population.expr import (
    ABSENT_TEXT,
    Sql,
    among,
    any_of,
    call,
    case,
    is_null,
    lit,
    no,
    null,
    op,
)
from tiaowen.population.world import World

if TYPE_CHECKING:
    from tiaowen.population.scope import Scope

BETWEEN = ">"


def in_region(scope: Scope, inner: t.Term, region: t.Term, negated: bool) -> Sql:
    """Whether a place lies in another; a place above it may or may not be inside: unknown."""
    regions = scope.world.vocabulary.regions
    value = scope.value(inner).low
    if isinstance(region, t.Const):
        code = str(region.value)
        inside = _listed(value, sorted(regions.inside(code)))
        if clear_of(scope.world, inner, code):  # an unknown place is still unknown
            return no(inside) if negated else inside
        vague = any_of([is_null(value), among(value, regions.above(code))])
        return case((vague, null("BOOLEAN")), default=no(inside) if negated else inside)
    place = scope.value(region).low
    pair = _pair(place, value)
    below = [f"{code}{BETWEEN}{each}" for code in regions.by_code for each in sorted(regions.inside(code))]
    above = [f"{code}{BETWEEN}{each}" for code in regions.by_code for each in regions.above(code)]
    inside = any_of([op("is", place, value), among(pair, below)])
    vague = any_of([is_null(value), is_null(place), op("is", place, lit(ABSENT_TEXT)), among(pair, above)])
    return case((vague, null("BOOLEAN")), default=no(inside) if negated else inside)


def _listed(value: Sql, codes: list[str]) -> Sql:
    """As a list that is a constant: a long IN becomes a join for every place where the condition is used."""
    return call("list_contains", exp.Array(expressions=[lit(each) for each in codes]), value)


def _pair(first: Sql, second: Sql) -> Sql:
    return exp.DPipe(this=exp.DPipe(this=first, expression=lit(BETWEEN)), expression=second)


def city_of(world: World, value: Sql) -> Sql:
    return _above(world, value, world.vocabulary.regions.city)


def province_of(world: World, value: Sql) -> Sql:
    return _above(world, value, world.vocabulary.regions.province)


def _above(world: World, value: Sql, of: object) -> Sql:
    assert callable(of)
    members: dict[str, list[str]] = {}
    for code in world.vocabulary.regions.by_code:
        place = of(code)
        if place is not None:
            members.setdefault(str(place), []).append(code)
    if not members:
        return null("VARCHAR")
    return case(*((among(value, codes), lit(place)) for place, codes in members.items()), default=null("VARCHAR"))
