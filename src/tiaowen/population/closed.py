"""Completeness in SQL: which rows a folder is known to hold (law: unknown is not no)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaowen.plan import terms as t
from tiaowen.population.expr import Sql, absent, all_of, any_of, case, is_true, lit, null, op

if TYPE_CHECKING:
    from tiaowen.population.scope import Scope


def closed(scope: Scope, closure: t.Closure) -> Sql:
    """True where every row that the closure asks for is here, else false; never NULL.

    What does not hang on a row's dates is decided while the statement is made.
    """
    world = scope.world
    columns = {column for column, _ in closure.keys}
    if any(world.lacks(closure.table, column) for column in columns):
        low, high = _day(scope, closure.low), _day(scope, closure.high)
        return scope.bind(is_true(op(">", low, high)))  # a row of an unknown person may be anybody's
    inside = world.vocabulary.regions.inside
    entries = [
        each for each in world.coverage
        if each.table == closure.table
        and set(each.by) <= columns
        and (not each.place or (bool(closure.place) and closure.place in inside(each.place)))
    ]  # fmt: skip
    if any(each.since is None and each.until is None for each in entries):
        return lit(True)
    low = _day(scope, closure.low)
    high = _day(scope, closure.high)
    empty = scope.bind(is_true(op(">", low, high)))  # nothing can lie in an empty span
    if not entries:
        return empty
    if world.on is not None:
        on = lit(world.on)
        high = scope.bind(case((op("<=", high, on), high), default=on))
    ways = [
        all_of([
            *([is_true(op("<=", lit(each.since), low))] if each.since is not None else []),
            *([is_true(op("<=", high, lit(each.until)))] if each.until is not None else []),
        ])
        for each in entries
    ]  # fmt: skip
    return scope.bind(any_of([empty, *ways]), "closed")


def _day(scope: Scope, term: t.Term | None) -> Sql:
    """A day of the closure, NULL where it is unknown, absent or known only within bounds."""
    if term is None or term.type.kind != "date":
        return null("DATE")
    day = scope.value(term).plain(term.type)
    return scope.bind(case((op("is not", day, absent(term.type)), day), default=null("DATE")))
