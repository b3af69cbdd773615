"""Amounts compiled to closures: an interval of fen and whether it pays at all.

`pays` is True, False (refused: `not paid`) or None (unknown).  An open upper end
is None: undetermined is never zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tiaowen.evaluate.bound import Bound, ends
from tiaowen.evaluate.expressions import Compiler, Env
from tiaowen.plan import amounts as a
from tiaowen.plan import terms as t
from tiaowen.vocabulary.types import NONE


@dataclass(frozen=True, slots=True)
class Sum:
    """From `low` to `high` fen (None: open); `pays` three-valued; `why` labels a refusal."""

    low: int
    high: int | None
    pays: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows and distinct persons of a group: surely, and at most (None: open)."""

    rows: tuple[int, int | None] = (1, 1)
    persons: tuple[int, int | None] = (1, 1)


ONE = Counts()
AmountFn = Callable[[Env, Counts], Sum]
NOTHING = Sum(0, 0, False)
OPEN = Sum(0, None, True)


def compile_amount(compiler: Compiler, amount: a.Amount) -> AmountFn:
    """The closure of an amount node."""
    match amount:
        case a.Fixed(low, high):
            fixed = Sum(low, high, True)
            return lambda env, counts: fixed
        case a.Refused():
            return lambda env, counts: NOTHING
        case a.Worth():
            return _worth(compiler, amount)
        case a.StandardRate(parameter):
            return _standard(compiler, parameter)
        case a.ByCode():
            return _by_code(compiler, amount)
        case a.FirstTrue():
            return _first_true(compiler, amount)
        case a.Added(rows):
            return _added([(label, compile_amount(compiler, row)) for label, row in rows])
        case a.Provided(inner, when):
            return _provided(compile_amount(compiler, inner), compiler.fn(when))
        case a.PerCount():
            return _per_count(compile_amount(compiler, amount.amount), amount)
    raise AssertionError(amount)


def _worth(compiler: Compiler, amount: a.Worth) -> AmountFn:
    low = compiler.fn(amount.low) if amount.low is not None else None
    high = compiler.fn(amount.high) if amount.high is not None else None

    def worth(env: Env, counts: Counts) -> Sum:
        floor = ends(low(env))[0] if low else 0
        ceiling = ends(high(env))[1] if high else None
        floor = floor if isinstance(floor, int) else 0
        ceiling = ceiling if isinstance(ceiling, int) else None
        return Sum(floor, ceiling, True)

    return worth


def _standard(compiler: Compiler, parameter: str) -> AmountFn:
    def rate(env: Env, counts: Counts) -> Sum:
        day = env[t.EVENT_DATE]
        value = compiler.parameter(parameter, "", day) if isinstance(day, dt.date) else None
        return OPEN if value is None else Sum(value, value, True)

    return rate


def hull(parts: list[Sum], why: str = "") -> Sum:
    """The widest of several possible sums."""
    highs = [part.high for part in parts]
    high = None if None in highs else max(h for h in highs if h is not None)
    verdicts = {part.pays for part in parts}
    pays = verdicts.pop() if len(verdicts) == 1 else None
    return Sum(min(part.low for part in parts), high, pays, why)


def _by_code(compiler: Compiler, amount: a.ByCode) -> AmountFn:
    value_of = compiler.fn(amount.term)
    table: dict[object, AmountFn] = {}
    for codes, row in amount.rows:
        fn = compile_amount(compiler, row)
        table.update(dict.fromkeys(codes, fn))
    rest = compile_amount(compiler, amount.otherwise) if amount.otherwise is not None else None
    listed = compiler.vocabulary.codes[amount.term.type.name]
    every = list(listed.codes)
    name = amount.name

    def pick(code: object, env: Env, counts: Counts) -> Sum:
        fn = table.get(code, rest)
        return fn(env, counts) if fn is not None else NOTHING

    def by_code(env: Env, counts: Counts) -> Sum:
        value = value_of(env)
        if value is not None and not isinstance(value, Bound):
            found = pick(value, env, counts)
        else:
            codes: list[object] = list(_between(value, every))
            parts = [pick(code, env, counts) for code in codes]
            if rest is not None and (listed.open or amount.term.type.or_none):
                parts.append(rest(env, counts))
            found = hull(parts or [NOTHING])
        return Sum(found.low, found.high, found.pays, found.why or name)

    return by_code


def _between(value: Any, every: list[str]) -> list[str]:
    if not isinstance(value, Bound):
        return every
    low = every.index(str(value.low)) if value.low is not None else 0
    high = every.index(str(value.high)) if value.high is not None else len(every) - 1
    return every[low : high + 1]


def _first_true(compiler: Compiler, amount: a.FirstTrue) -> AmountFn:
    rows = [
        (label, compile_amount(compiler, row), compiler.fn(when) if when is not None else None)
        for label, row, when in amount.rows
    ]

    def first(env: Env, counts: Counts) -> Sum:
        possible: list[Sum] = []
        for label, fn, when in rows:
            value = True if when is None else when(env)
            if value is False:
                continue
            found = fn(env, counts)
            possible.append(Sum(found.low, found.high, found.pays, found.why or label))
            if value is True:
                break
        return possible[0] if len(possible) == 1 else hull(possible, possible[-1].why)

    return first


def _added(rows: list[tuple[str, AmountFn]]) -> AmountFn:
    def added(env: Env, counts: Counts) -> Sum:
        low, why = 0, ""
        high: int | None = 0
        pays: bool | None = False
        for label, fn in rows:
            part = fn(env, counts)
            low += part.low
            high = None if high is None or part.high is None else high + part.high
            if part.pays is True:
                pays = True
            elif part.pays is None and pays is False:
                pays = None
            why = why or ("" if part.pays is True else label)
        return Sum(low, high, pays, why)

    return added


def _provided(inner: AmountFn, when: Callable[[Env], Any]) -> AmountFn:
    def provided(env: Env, counts: Counts) -> Sum:
        value = when(env)
        if value is False:
            return NOTHING
        found = inner(env, counts)
        return found if value is True else Sum(0, found.high, None)

    return provided


def _per_count(inner: AmountFn, amount: a.PerCount) -> AmountFn:
    mode, figure, persons = amount.mode, amount.figure, amount.persons

    def per_count(env: Env, counts: Counts) -> Sum:
        each = inner(env, counts)
        low_n, high_n = counts.persons if persons else counts.rows
        if mode == "once":
            if low_n >= figure:
                return each
            if high_n is not None and high_n < figure:
                return NOTHING
            return Sum(0, each.high, None)
        beyond_low = max(0, low_n - figure)
        beyond_high = None if high_n is None else max(0, high_n - figure)
        high = None if beyond_high is None or each.high is None else each.high * beyond_high
        if beyond_high == 0:
            return NOTHING
        return Sum(each.low * beyond_low, high, True if beyond_low else None)

    return per_count


__all__ = ["NONE", "ONE", "AmountFn", "Counts", "Sum", "compile_amount", "hull"]
