"""Dated figures and lists in SQL: constants of the library, chosen by the day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tiaowen.plan import terms as t
from tiaowen.population import calendar
from tiaowen.population.expr import (
    ABSENT_TEXT,
    Sql,
    absent,
    all_of,
    among,
    any_of,
    call,
    case,
    is_null,
    lit,
    null,
    op,
)
from tiaowen.population.world import World

if TYPE_CHECKING:
    from tiaowen.population.scope import Scope


def in_directory(scope: Scope, term: t.InDirectory) -> Sql:
    """Whether a code stood in a list on the event date; from a list known in part only `yes` is known."""
    directory = scope.world.vocabulary.directories[term.directory]
    value = scope.value(term.inner).plain(term.inner.type)
    day = scope.value(t.Moment(term.type, t.EVENT_DATE)).low
    spans: dict[tuple[dt.date, dt.date | None], list[str]] = {}
    for row in directory.rows:
        for each in sorted({row.code, row.label} - {""}):
            spans.setdefault((row.since, row.until), []).append(each)
    listed = any_of(
        [
            all_of(
                [among(value, codes), op(">=", day, lit(since)),
                 *([op("<=", day, lit(until))] if until is not None else [])]
            )
            for (since, until), codes in spans.items()
        ]
    )  # fmt: skip
    first = min((row.since for row in directory.rows), default=None)
    rest = [(op(">=", day, lit(first)), lit(term.negated))] if directory.complete and first is not None else []
    return case(
        (op("is", value, lit(ABSENT_TEXT)), lit(term.negated)),
        (any_of([is_null(value), is_null(day)]), null("BOOLEAN")),
        (listed, lit(not term.negated)),
        *rest,
        default=null("BOOLEAN"),
    )


def parameter_at(scope: Scope, term: t.ParameterAt) -> Sql:
    """The figure in force on a day, for a key or the nearest place above it; NULL: not known."""
    day = scope.value(term.day).plain(term.day.type)
    if term.day.type.kind == "month":
        known = any_of([is_null(day), op("is", day, absent(term.day.type))])
        when = scope.bind(case((known, null("DATE")), default=calendar.month_start(day)))
    else:
        when = case((op("is", day, absent(term.day.type)), null("DATE")), default=day)
        when = scope.bind(when)
    key = scope.value(term.key).plain(term.key.type) if term.key is not None else None
    return figure(scope.world, term.parameter, key, when)


def figure(world: World, name: str, key: Sql | None, day: Sql) -> Sql:
    """`key` None: the parameter has no key."""
    parameter = world.vocabulary.parameters[name]
    keys = list(dict.fromkeys(row.key for row in parameter.rows))
    at = {each: _on_day([(row.since, row.value) for row in parameter.rows if row.key == each], day) for each in keys}
    if key is None:
        return at.get("", null("BIGINT"))
    if parameter.by != "region":
        pairs = [(op("is", key, lit(each)), at[each]) for each in keys]
        return case(*pairs, default=null("BIGINT")) if pairs else null("BIGINT")
    regions = world.vocabulary.regions
    chains: dict[tuple[Sql, ...], list[str]] = {}  # places whose figures, and those above them, are the same
    for code in dict.fromkeys([*regions.by_code, *keys]):
        chain = tuple(dict.fromkeys(at[each] for each in regions.chain(code) if each in at))
        if chain:
            chains.setdefault(chain, []).append(code)
    if not chains:
        return null("BIGINT")
    told = {chain: chain[0] if len(chain) == 1 else call("coalesce", *chain) for chain in chains}
    return case(*((among(key, codes), told[chain]) for chain, codes in chains.items()), default=null("BIGINT"))


def _on_day(rows: list[tuple[dt.date, int]], day: Sql) -> Sql:
    """The latest row that has begun; of two on one day the first."""
    ordered = sorted(rows, key=lambda row: row[0], reverse=True)
    return case(*((op(">=", day, lit(since)), lit(value)) for since, value in ordered), default=null("BIGINT"))
