"""Targets counted over facts: a value within bounds, in the target's own unit.

`Tally` is what any execution counts; `measured` makes the value of it, so that the case
evaluator and SQL (`population/targets.py`) can differ in counting only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from tiaowen.evaluate.bound import Bound, bound
from tiaowen.evaluate.expressions import Compiler, Scope, compiler_of, half_up
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.evaluate.lines import kleene_and
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Target
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import NONE

SPARE_SLOTS = 8
STOCKS = ("stock", "ratio", "coverage")


@dataclass(frozen=True, slots=True)
class Measure:
    """What was counted: `value` in base units (a share in hundredths of a per cent).

    `value` is a number, a Bound, or None when it can't be counted (reported by lead).
    """

    target: Target
    value: Any
    numerator: Any = None
    denominator: Any = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of rows, persons or things: at least `low`, at most `high` of the rows that are here.

    `top_low` and `top_high` count those of them that a share asks for.  `total` adds up the
    path over the sure rows, None where one of them does not know it.  `whole`: no row is missing.
    """

    low: int
    high: int
    whole: bool
    top_low: int = 0
    top_high: int = 0
    total: int | None = None


def measure(plan: DocumentPlan, target: Target, facts: Facts) -> Measure:
    """Count a target over the facts, between its years or up to its deadline."""

    def counted(each: Target, on: dt.date | None) -> Tally:
        return _tally(each, facts if on == facts.on else replace(facts, on=on, _closed={}))

    return measured(target, facts.on, counted)


def measured(target: Target, on: dt.date | None, tally: Callable[[Target, dt.date | None], Tally]) -> Measure:
    """The value of a target on a day, from whatever counts (a target, a day)."""
    if target.mode == "reported":
        return Measure(target, None)
    if target.nature == "growth":
        return _growth(target, on, tally)
    found = tally(target, on)
    if target.share:
        value = _ratio(found.top_low, found.top_high, found.low, found.high, found.whole)
        return Measure(target, value, bound(found.top_low, found.top_high if found.whole else None),
                       bound(found.low, found.high if found.whole else None))  # fmt: skip
    if target.mode in ("averages", "sums"):
        return Measure(target, _money(target, found))
    low, high = found.low, found.high
    years = (target.years[1] - target.years[0] + 1) if target.years else 1
    if target.nature == "yearly average" and years < 100:
        low, high = half_up(low, years), half_up(high, years)
    return Measure(target, bound(low, high if found.whole else None))


Found = tuple[Row, bool | None, list[Any]]


def _tally(target: Target, facts: Facts) -> Tally:
    compiler = compiler_of(facts.vocabulary)
    sure, maybe, whole = _rows(compiler, target, facts)
    every = sure + maybe
    if target.mode in ("averages", "sums"):
        of = compiler.fn(target.path) if target.path is not None else None
        values = [of(env) for _, _, env in sure] if of is not None else []
        known = [value for value in values if isinstance(value, int)]
        return Tally(len(sure), len(every), whole, total=sum(known) if len(known) == len(values) else None)
    who = _who(compiler, target, facts.vocabulary)
    fns = [compiler.fn(c.term) for c in target.share]
    both = [(found, kleene_and([found[1], *(fn(found[2]) for fn in fns)])) for found in every] if fns else []
    return Tally(
        _at_least(who, sure), _at_most(who, every), whole,
        _at_least(who, [found for found, verdict in both if verdict is True]),
        _at_most(who, [found for found, verdict in both if verdict is not False]),
    )  # fmt: skip


def person_of(target: Target, vocabulary: Vocabulary) -> str:
    """The column whose distinct persons are counted; empty where rows are."""
    person = vocabulary.tables[target.table].person if target.mode == "persons" else ""
    return "" if person == "self" else person


def _who(compiler: Compiler, target: Target, vocabulary: Vocabulary) -> Callable[[Found], Any] | None:
    """What makes two rows the same person or thing; None where each row counts."""
    person = person_of(target, vocabulary)
    if person:
        return lambda found: found[0].values.get(person)
    if target.mode == "distinct" and target.path is not None:
        of = compiler.fn(target.path)
        return lambda found: of(found[2])
    return None


def _known(who: Callable[[Found], Any], found: Iterable[Found]) -> tuple[int, int]:
    """How many different ones, and of how many rows it is not known which; known to be absent is nobody."""
    seen: dict[Any, None] = {}
    unknown = 0
    for each in found:
        key = who(each)
        if key is None or isinstance(key, Bound):
            unknown += 1
        elif key is not NONE:
            seen[id(key) if isinstance(key, Row) else key] = None
    return len(seen), unknown


def _at_least(who: Callable[[Found], Any] | None, found: list[Found]) -> int:
    if who is None:
        return len(found)
    different, unknown = _known(who, found)
    return different or min(unknown, 1)  # an unknown one may be any of those known


def _at_most(who: Callable[[Found], Any] | None, found: list[Found]) -> int:
    return len(found) if who is None else sum(_known(who, found))


def _rows(compiler: Compiler, target: Target, facts: Facts) -> tuple[list[Found], list[Found], bool]:
    conditions = [compiler.fn(c.term) for c in target.conditions]
    date = compiler.fn(target.date) if target.date is not None else None
    since, until = window(target, facts.on)
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


def window(target: Target, on: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
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
    if target.nature in STOCKS:
        since = None
    return since, until


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


def _growth(target: Target, on: dt.date | None, tally: Callable[[Target, dt.date | None], Tally]) -> Measure:
    """The stock on the deadline (or on the day of the question) beside that of the base day.

    In hundredths of a per cent, half up; unknown before the base day or from nothing.
    """
    if target.base is None or target.deadline is None:
        return Measure(target, None)
    day = target.deadline if on is None else min(on, target.deadline)
    if day < target.base:
        return Measure(target, None)
    ends: list[tuple[int, int | None]] = []
    for at in (day, target.base):
        found = tally(replace(target, nature="stock", deadline=at, years=None), at)
        ends.append((found.low, found.high if found.whole else None))
    (now_low, now_high), (then_low, then_high) = ends
    counted = Measure(target, None, bound(now_low, now_high), bound(then_low, then_high))
    if not then_low or now_high is None or then_high is None:
        return counted
    low = half_up((now_low - then_high) * 10_000, then_high)
    high = half_up((now_high - then_low) * 10_000, then_low)
    return replace(counted, value=bound(low, high))


def _money(target: Target, found: Tally) -> Any:
    exact = found.whole and found.low == found.high and found.total is not None
    if target.mode == "sums":
        return None if found.total is None else bound(found.total, found.total if exact else None)
    if not exact or found.total is None or not found.low:
        return None
    return half_up(found.total, found.low)
