"""Targets counted over facts: a value within bounds, in the target's own unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from tiaowen.evaluate.bound import Bound, bound
from tiaowen.evaluate.expressions import Compiler, Scope, compiler_of, half_up
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.evaluate.lines import kleene_and
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Target

SPARE_SLOTS = 8


@dataclass(frozen=True, slots=True)
class Measure:
    """What was counted: `value` in base units (a share in hundredths of a per cent).

    `value` is a number, a Bound, or None when it can't be counted (reported by lead).
    """

    target: Target
    value: Any
    numerator: Any = None
    denominator: Any = None


def measure(plan: DocumentPlan, target: Target, facts: Facts) -> Measure:
    """Count a target over the facts, between its years or up to its deadline."""
    if target.mode == "reported":
        return Measure(target, None)
    if target.nature == "growth":
        return _growth(plan, target, facts)
    compiler = compiler_of(facts.vocabulary)
    sure, maybe, whole = _rows(compiler, target, facts)
    if target.share:
        fns = [compiler.fn(c.term) for c in target.share]
        both = [(row, kleene_and([verdict, *(fn(env) for fn in fns)])) for row, verdict, env in sure + maybe]
        top_low = len(_distinct([r for r, v in both if v is True], target, facts))
        top_high = len(_distinct([r for r, v in both if v is not False], target, facts))
        low_n = len(_distinct([r for r, _, _ in sure], target, facts))
        high_n = len(_distinct([r for r, _, _ in sure + maybe], target, facts))
        return Measure(target, _ratio(top_low, top_high, low_n, high_n, whole),
                       bound(top_low, top_high if whole else None),
                       bound(low_n, high_n if whole else None))  # fmt: skip
    if target.mode in ("averages", "sums"):
        return Measure(target, _money(compiler, target, sure, maybe, whole))
    low = len(_distinct([r for r, _, _ in sure], target, facts, compiler, sure))
    high = len(_distinct([r for r, _, _ in sure + maybe], target, facts, compiler, sure + maybe))
    value = bound(low, high if whole else None)
    years = (target.years[1] - target.years[0] + 1) if target.years else 1
    if target.nature == "yearly average" and years < 100:
        value = bound(half_up(low, years), half_up(high, years) if whole else None)
    return Measure(target, value)


Found = tuple[Row, bool | None, list[Any]]


def _rows(compiler: Compiler, target: Target, facts: Facts) -> tuple[list[Found], list[Found], bool]:
    conditions = [compiler.fn(c.term) for c in target.conditions]
    date = compiler.fn(target.date) if target.date is not None else None
    since, until = _window(target, facts.on)
    sure: list[Found] = []
    maybe: list[Found] = []
    scope = Scope(facts)
    for row in facts.rows(target.table):
        env = scope.env(target.slots + SPARE_SLOTS, row)
        inside: bool | None = True
        if date is not None:
            day = date(env)
            env[t.EVENT_DATE] = env[t.PERIOD] = day if isinstance(day, dt.date) else None
            inside = None
            if isinstance(day, dt.date):
                inside = (since is None or since <= day) and (until is None or day <= until)
        else:
            env[t.EVENT_DATE] = env[t.PERIOD] = facts.on or target.deadline or until
        verdict = kleene_and([inside, *(fn(env) for fn in conditions)])
        if verdict is True:
            sure.append((row, verdict, env))
        elif verdict is None:
            maybe.append((row, verdict, env))
    whole = True
    if target.closure is not None:
        whole = facts.closed(target.closure, since, until)
    return sure, maybe, whole


def _window(target: Target, on: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
    """Which dates count: stock has no start; annual and cumulative run over their years."""
    since = until = None
    if target.years is not None:
        since = dt.date(target.years[0], 1, 1)
        until = dt.date(min(target.years[1], 9999), 12, 31)
    if target.deadline is not None:
        until = target.deadline
    if on is not None and target.nature == "annual":
        first, last = dt.date(on.year, 1, 1), dt.date(on.year, 12, 31)
        since = first if since is None else max(since, first)
        until = last if until is None else min(until, last)
    if target.nature in ("stock", "ratio", "coverage"):
        since = None
    return since, until


def _distinct(
    rows: list[Row], target: Target, facts: Facts, compiler: Compiler | None = None,
    found: list[Found] | None = None,
) -> list[Any]:  # fmt: skip
    if target.mode == "persons":
        person = facts.vocabulary.tables[target.table].person
        if person and person != "self":
            seen: dict[int, Any] = {}
            unknown = []
            for row in rows:
                who = row.values.get(person)
                if who is None:
                    unknown.append(row)
                else:
                    seen[id(who)] = who
            return [*seen.values(), *unknown]
    if target.mode == "distinct" and compiler is not None and target.path is not None:
        of = compiler.fn(target.path)
        keys = [of(env) for _, _, env in found or []]
        return list({id(key) if isinstance(key, Row) else key: key for key in keys}.values())
    return rows


def _ratio(top_low: int, top_high: int, low_n: int, high_n: int, whole: bool) -> Any:
    """A share in hundredths of a per cent, half up; unknown when nothing is counted for sure."""
    if not whole:
        return None
    if top_low == top_high and low_n == high_n:
        return half_up(top_low * 10_000, low_n) if low_n else None
    if not high_n or not (top_high or low_n):  # nothing is counted for sure, above or below
        return None
    least_other = low_n - top_low if low_n >= top_low else 0
    most_other = high_n - top_low
    worst = half_up(top_low * 10_000, top_low + most_other) if top_low + most_other else 0
    best = half_up(top_high * 10_000, top_high + max(0, least_other - (top_high - top_low)))
    return bound(min(worst, best), best)


def _growth(plan: DocumentPlan, target: Target, facts: Facts) -> Measure:
    """The stock on the deadline (or on the day of the question) beside that of the base day.

    In hundredths of a per cent, half up; unknown before the base day or from nothing.
    """
    if target.base is None or target.deadline is None:
        return Measure(target, None)
    day = target.deadline if facts.on is None else min(facts.on, target.deadline)
    if day < target.base:
        return Measure(target, None)
    ends: list[tuple[int | None, int | None]] = []
    for at in (day, target.base):
        stock = replace(target, nature="stock", deadline=at, years=None)
        value = measure(plan, stock, replace(facts, on=at, _closed={})).value
        low, high = (value.low, value.high) if isinstance(value, Bound) else (value, value)
        ends.append((low, high))  # type: ignore[arg-type]
    (now_low, now_high), (then_low, then_high) = ends
    counted = Measure(target, None, bound(now_low, now_high), bound(then_low, then_high))
    if not then_low or now_low is None or now_high is None or then_high is None:
        return counted
    low = half_up((now_low - then_high) * 10_000, then_high)
    high = half_up((now_high - then_low) * 10_000, then_low)
    return replace(counted, value=bound(low, high))


def _money(compiler: Compiler, target: Target, sure: list[Found], maybe: list[Found], whole: bool) -> Any:
    assert target.path is not None
    of = compiler.fn(target.path)
    values = [of(env) for _, _, env in sure]
    if maybe or not whole or None in values or not values:
        if target.mode == "sums" and None not in values:
            return bound(sum(values), None)
        return None
    total = sum(values)
    return half_up(total, len(values)) if target.mode == "averages" else total
