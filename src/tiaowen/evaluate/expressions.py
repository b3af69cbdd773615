"""Terms compiled to Python closures over an environment.

An environment is a list: slot 0 the event date, slot 1 the day of the period,
slot 2 the scope (facts and verdicts), then rows.  Closures keep nothing of a run,
so that a plan is compiled once and used for every case.  A closure gives a value in base units, None (unknown) or NONE (absent).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tiaowen.evaluate import aggregates
from tiaowen.evaluate.bound import Bound, bound, compare_bounds, ends
from tiaowen.evaluate.dates import (
    add_days,
    add_months,
    month_end,
    month_index,
    month_start,
    months_between,
    years_between,
)
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.evaluate.rounding import half_up
from tiaowen.plan import terms as t
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import NONE, Absent

Env = list[Any]
Fn = Callable[[Env], Any]


@dataclass(slots=True)
class Scope:
    """What one run is about: its facts, and verdicts so far for `eligible`."""

    facts: Facts
    verdicts: dict[str, dict[Row, bool | None]] = field(default_factory=dict)
    memo: dict[int, dict[tuple[Any, ...], Any]] = field(default_factory=dict)

    def env(self, size: int, row: Row) -> Env:
        """A fresh environment for an event row."""
        env: Env = [None] * size
        env[t.SCOPE] = self
        env[t.EVENT] = row
        return env


@dataclass
class Compiler:
    """Compiles terms against a vocabulary; equal terms are compiled once."""

    vocabulary: Vocabulary
    _known: dict[t.Term, Fn] = field(default_factory=dict)

    def fn(self, term: t.Term) -> Fn:
        found = self._known.get(term)
        if found is None:
            found = self._known[term] = self._compile(term)
        return found

    def _compile(self, term: t.Term) -> Fn:
        match term:
            case t.Const(_, value):
                return lambda env: value
            case t.Moment(_, slot):
                return lambda env: env[slot]
            case t.RowOf(_, slot, hops):
                return _row(slot, hops)
            case t.Column():
                return _column(term)
            case t.Open():
                return lambda env: None
            case t.Both(_, op, parts):
                return _both(op, tuple(self.fn(part) for part in parts))
            case t.Negation(_, inner):
                return _negation(self.fn(inner))
            case t.Comparison():
                return self._comparison(term)
            case t.IsAbsent(_, inner, negated):
                return _absent(self.fn(inner), negated)
            case t.InRegion():
                return self._in_region(term)
            case t.InValues(_, inner, values, negated):
                return _in_values(self.fn(inner), frozenset(values), negated)
            case t.InDirectory():
                return self._in_directory(term)
            case t.Sum(_, op, left, right):
                return _sum(op, self.fn(left), self.fn(right))
            case t.Percent(_, numerator, denominator, inner):
                return _percent(numerator, denominator, self.fn(inner))
            case t.Later():
                return self._later(term)
            case t.Call(_, name, args):
                return self._call(name, tuple(self.fn(arg) for arg in args))
            case t.ParameterAt():
                return self._parameter(term)
            case t.Exists():
                return aggregates.remembered(self, term, aggregates.exists(self, term))
            case t.Aggregate():
                return aggregates.remembered(self, term, aggregates.aggregate(self, term))
            case t.MonthsInRow():
                return aggregates.remembered(self, term, aggregates.months_in_row(self, term))
            case t.Covers():
                return self._covers(term)
            case t.Eligible(_, benefit):
                return lambda env: env[t.SCOPE].verdicts.get(benefit, {}).get(env[t.EVENT])
            case t.StillOpen(_, deadline):
                return _still_open(self.fn(deadline))
            case t.Stated(_, stated, otherwise):
                return _stated(self.fn(stated), self.fn(otherwise))
        raise AssertionError(term)

    # -- comparisons ------------------------------------------------------------
    def _comparison(self, term: t.Comparison) -> Fn:
        left, right, op = self.fn(term.left), self.fn(term.right), term.op
        ranks = {code: n for n, code in enumerate(term.codes)}
        if t.is_wide(term.left) or t.is_wide(term.right):
            if not ranks and term.left.type.kind == "code":
                codes = self.vocabulary.codes[term.left.type.name].codes
                ranks = {code: n for n, code in enumerate(codes)}
            return _wide(op, left, right, ranks)
        if ranks:
            return _ranked(op, left, right, ranks)
        return _plain(op, left, right)

    def _in_region(self, term: t.InRegion) -> Fn:
        inner, negated = self.fn(term.inner), term.negated
        regions = self.vocabulary.regions
        if isinstance(term.region, t.Const):
            code = str(term.region.value)
            inside, above = regions.inside(code), frozenset(regions.above(code))

            def fixed(env: Env) -> bool | None:
                value = inner(env)
                if value is None or value in above:
                    return None  # "somewhere in the city" may or may not be in the district
                return (value in inside) != negated

            return fixed
        region = self.fn(term.region)

        def moving(env: Env) -> bool | None:
            value, place = inner(env), region(env)
            if value is None or place is None or place is NONE:
                return None
            if value in regions.above(place):
                return None
            inside: bool = value in regions.inside(place)
            return inside != negated

        return moving

    def _in_directory(self, term: t.InDirectory) -> Fn:
        inner, negated = self.fn(term.inner), term.negated
        directory = self.vocabulary.directories[term.directory]
        spans: dict[object, list[tuple[dt.date, dt.date]]] = {}
        for row in directory.rows:
            for name in {row.code, row.label} - {""}:
                spans.setdefault(name, []).append((row.since, row.until or dt.date.max))
        first = min((row.since for row in directory.rows), default=None)

        def look(env: Env) -> bool | None:
            value, day = inner(env), env[t.EVENT_DATE]
            if value is NONE:
                return negated
            if value is None or not isinstance(day, dt.date):
                return None
            if any(since <= day <= until for since, until in spans.get(value, ())):
                return not negated
            if directory.complete and first is not None and day >= first:
                return negated
            return None

        return look

    # -- dates, functions, parameters ---------------------------------------------
    def _later(self, term: t.Later) -> Fn:
        date, by, sign = self.fn(term.date), self.fn(term.by), term.sign
        add = add_months if term.by.type.name == "months" else add_days

        def later(env: Env) -> Any:
            day, amount = date(env), by(env)
            if day is None or amount is None or isinstance(amount, Bound):
                return None
            if day is NONE or amount is NONE:
                return NONE
            if isinstance(day, Bound):
                edges: tuple[Any, Any] = ends(day)
                return bound(*(None if each is None else add(each, sign * amount) for each in edges))
            return add(day, sign * amount)

        return later

    def _call(self, name: str, args: tuple[Fn, ...]) -> Fn:
        regions = self.vocabulary.regions
        simple: dict[str, Callable[..., Any]] = {
            "year": lambda day: day.year,
            "month": month_index,
            "year_start": lambda day: dt.date(day.year, 1, 1),
            "year_end": lambda day: dt.date(day.year, 12, 31),
            "city": regions.city,
            "province": regions.province,
            "years_between": lambda a, b: 12 * years_between(a, b),
            "months_between": months_between,
            "min": min,
            "max": max,
        }
        apply = simple[name]

        def call(env: Env) -> Any:
            values = [arg(env) for arg in args]
            if any(value is None or isinstance(value, Bound) for value in values):
                return None
            if any(value is NONE for value in values):
                return NONE
            return apply(*values)

        return call

    def _parameter(self, term: t.ParameterAt) -> Fn:
        day = self.fn(term.day)
        key = self.fn(term.key) if term.key is not None else None
        by_month = term.day.type.kind == "month"

        def look(env: Env) -> Any:
            when = day(env)
            if when is None or when is NONE or isinstance(when, Bound):
                return None
            if by_month:
                when = month_start(when)
            return self.parameter(term.parameter, key(env) if key else "", when)

        return look

    def parameter(self, name: str, key: object, day: dt.date) -> int | None:
        """The figure in force on a day for a key or the nearest place above it; None: unknown."""
        rows = self.vocabulary.parameters[name].rows
        keys: tuple[object, ...] = (key,)
        if self.vocabulary.parameters[name].by == "region" and isinstance(key, str):
            keys = self.vocabulary.regions.chain(key)
        for each in keys:
            found = [row for row in rows if row.key == each and row.since <= day]
            if found:
                return max(found, key=lambda row: row.since).value
        return None

    def _covers(self, term: t.Covers) -> Fn:
        row_of = _row(term.slot, term.hops)
        when = self.fn(term.when)
        by_month = term.when.type.kind == "month"
        first, last = term.first, term.last

        def covers(env: Env) -> bool | None:
            row, value = row_of(env), when(env)
            if row is NONE or value is NONE:
                return False
            if row is None or value is None or isinstance(value, Bound):
                return None
            begin, end = (month_start(value), month_end(value)) if by_month else (value, value)
            since, until = row.values.get(first), row.values.get(last)
            if since is NONE or (since is not None and since > end):
                return False
            if until is not None and until is not NONE and until < begin:
                return False
            if since is None or until is None:
                return None
            on = env[t.SCOPE].facts.on
            if until is NONE and on is not None and begin > on:
                return None  # the spell still runs today; tomorrow is not known
            return True

        return covers


def compiler_of(vocabulary: Vocabulary) -> Compiler:
    """The one compiler of a vocabulary."""
    if vocabulary.compiled is None:
        vocabulary.compiled = Compiler(vocabulary)
    found: Compiler = vocabulary.compiled
    return found


# -- closures that need no facts --------------------------------------------------
def _row(slot: int, hops: tuple[str, ...]) -> Fn:
    if not hops:
        return lambda env: env[slot]

    def follow(env: Env) -> Any:
        row = env[slot]
        for hop in hops:
            if row is None or row is NONE:
                return row
            row = row.values.get(hop)
        return row

    return follow


def _column(term: t.Column) -> Fn:
    slot, name = term.slot, term.column
    if not term.hops:
        if slot == t.EVENT:
            return lambda env: env[slot].values.get(name)

        def column(env: Env) -> Any:  # no joined row was found: nothing is known of it
            row = env[slot]
            return None if row is None else row.values.get(name)

        return column
    row_of = _row(slot, term.hops)
    absent = False if term.type.kind == "bool" else NONE  # what is not there has no yes

    def read(env: Env) -> Any:
        row = row_of(env)
        if row is NONE:
            return absent
        return None if row is None else row.values.get(name)

    return read


def _both(op: str, parts: tuple[Fn, ...]) -> Fn:
    stop: bool = op == "or"

    def both(env: Env) -> bool | None:
        unknown = False
        for part in parts:
            value = part(env)
            if value is stop:
                return op == "or"
            if value is None:
                unknown = True
        return None if unknown else not stop

    return both


def _negation(inner: Fn) -> Fn:
    def negation(env: Env) -> bool | None:
        value = inner(env)
        return None if value is None else not value

    return negation


def _plain(op: str, left: Fn, right: Fn) -> Fn:
    def compare(env: Env) -> bool | None:
        a, b = left(env), right(env)
        if a is None or b is None:
            return None
        if a is NONE or b is NONE:
            return op == "is not"
        return _ordered(op, a, b)

    return compare


def _ordered(op: str, a: Any, b: Any) -> bool:
    if op == "is":
        return bool(a == b)
    if op == "is not":
        return bool(a != b)
    if op == ">=":
        return bool(a >= b)
    if op == "<=":
        return bool(a <= b)
    return bool(a > b) if op == ">" else bool(a < b)


def _ranked(op: str, left: Fn, right: Fn, ranks: dict[str, int]) -> Fn:
    def compare(env: Env) -> bool | None:
        a, b = left(env), right(env)
        if a is None or b is None:
            return None
        if a is NONE or b is NONE:
            return op == "is not"
        return _ordered(op, ranks[a], ranks[b])

    return compare


def _wide(op: str, left: Fn, right: Fn, ranks: dict[str, int]) -> Fn:
    def key(value: Any) -> int:
        if ranks:
            return ranks[value]
        return value.toordinal() if isinstance(value, dt.date) else int(value)

    def compare(env: Env) -> bool | None:
        a, b = left(env), right(env)
        if a is None or b is None:
            return None
        if a is NONE or b is NONE:
            return op == "is not"
        return compare_bounds(op, a, b, key)

    return compare


def _absent(inner: Fn, negated: bool) -> Fn:
    def absent(env: Env) -> bool | None:
        value = inner(env)
        if value is None or (isinstance(value, Bound) and value.low is None):
            return None
        return (value is NONE) != negated

    return absent


def _in_values(inner: Fn, values: frozenset[object], negated: bool) -> Fn:
    def among(env: Env) -> bool | None:
        value = inner(env)
        if value is None or isinstance(value, Bound):
            return None
        return (value in values) != negated

    return among


def _still_open(deadline: Fn) -> Fn:
    def still_open(env: Env) -> bool | None:
        on, last = env[t.SCOPE].facts.on, deadline(env)
        if on is None or last is NONE:
            return True
        return None if last is None or isinstance(last, Bound) else bool(on <= last)

    return still_open


def _stated(stated: Fn, otherwise: Fn) -> Fn:
    def read(env: Env) -> Any:
        value = stated(env)
        return otherwise(env) if value is None else value

    return read


def _sum(op: str, left: Fn, right: Fn) -> Fn:
    def combine(env: Env) -> Any:
        a, b = left(env), right(env)
        if a is None or b is None:
            return None
        if isinstance(a, Absent) or isinstance(b, Absent):
            return NONE
        (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
        if op == "-":
            return bound(_minus(a_low, b_high), _minus(a_high, b_low))
        return bound(_apply(op, a_low, b_low), _apply(op, a_high, b_high))

    return combine


def _apply(op: str, a: Any, b: Any) -> Any:
    if a is None or b is None:
        return None
    return a + b if op == "+" else a * b


def _minus(a: Any, b: Any) -> Any:
    return None if a is None or b is None else a - b


def _percent(numerator: int, denominator: int, inner: Fn) -> Fn:
    def part(value: Any) -> Any:
        return None if value is None else half_up(value * numerator, denominator)

    def percent(env: Env) -> Any:
        value = inner(env)
        if value is None or value is NONE:
            return value
        low, high = ends(value)
        return bound(part(low), part(high))

    return percent


__all__ = ["Compiler", "Env", "Fn", "add_days", "add_months", "half_up"]
