"""Terms that look through a table: exists, counts, sums, extremes, months in a row.

Where rows may be missing the answer keeps its bounds: "exists" is never false,
a count is open above.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from tiaowen.evaluate.bound import Bound, bound
from tiaowen.evaluate.dates import months_between
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.plan import terms as t
from tiaowen.vocabulary.types import NONE

if TYPE_CHECKING:
    from tiaowen.evaluate.expressions import Compiler

Env = list[Any]
Fn = Callable[[Env], Any]
MANY_MONTHS = 12_000


def source(compiler: Compiler, closure: t.Closure) -> Callable[[Env], Iterable[Row]]:
    """The rows that can matter for a closure, by its first key."""
    table = closure.table
    if not closure.keys:
        return lambda env: rows_of(env, table)
    column, term = closure.keys[0]
    key = compiler.fn(term)

    def rows(env: Env) -> Iterable[Row]:
        value = key(env)
        if value is NONE:
            return ()
        found: Iterable[Row] = env[t.SCOPE].facts.candidates(table, column, value)
        return found

    return rows


def rows_of(env: Env, table: str) -> Iterable[Row]:
    found: Iterable[Row] = env[t.SCOPE].facts.rows(table)
    return found


def covered(compiler: Compiler, closure: t.Closure) -> Callable[[Env], bool]:
    """Whether every row that the closure asks for is known, in an environment."""
    low = compiler.fn(closure.low) if closure.low is not None else None
    high = compiler.fn(closure.high) if closure.high is not None else None

    def closed(env: Env) -> bool:
        facts: Facts = env[t.SCOPE].facts
        since = low(env) if low else None
        until = high(env) if high else None
        if isinstance(since, dt.date) and isinstance(until, dt.date) and since > until:
            return True  # nothing can lie in an empty span
        return facts.closed(
            closure,
            since if isinstance(since, dt.date) else None,
            until if isinstance(until, dt.date) else None,
        )

    return closed


def remembered(compiler: Compiler, term: t.Exists | t.Aggregate | t.MonthsInRow, look: Fn) -> Fn:
    """The same look through a table, done once per run for the same subject and day.

    Only where nothing but the closure's keys and the event date comes from outside.
    """
    keys = tuple(key for _, key in term.closure.keys)
    if not keys or not all(_only_from(inner, term.slot, keys) for inner in t.children(term)):
        return look
    parts = [compiler.fn(key) for key in keys]
    name = id(look)

    def once(env: Env) -> Any:
        memo = env[t.SCOPE].memo.setdefault(name, {})
        key = (env[t.EVENT_DATE], *[part(env) for part in parts])
        if key not in memo:
            memo[key] = look(env)
        return memo[key]

    return once


def _only_from(term: t.Term, slot: int, keys: tuple[t.Term, ...]) -> bool:
    """Whether a term reads its own row, the keys and the event date, and nothing else."""
    if term in keys or (isinstance(term, t.Moment) and term.slot == t.EVENT_DATE):
        return True
    if isinstance(term, t.RowOf | t.Column | t.Covers):
        inner = list(t.children(term))
        return term.slot == slot and all(_only_from(each, slot, keys) for each in inner)
    if isinstance(term, t.Moment | t.Exists | t.Aggregate | t.MonthsInRow | t.Eligible):
        return False
    return all(_only_from(each, slot, keys) for each in t.children(term))


def exists(compiler: Compiler, term: t.Exists) -> Fn:
    rows, closed = source(compiler, term.closure), covered(compiler, term.closure)
    where, slot = compiler.fn(term.where), term.slot

    def look(env: Env) -> bool | None:
        unknown = False
        for row in rows(env):
            env[slot] = row
            value = where(env)
            if value is True:
                return True
            if value is None:
                unknown = True
        return None if unknown or not closed(env) else False

    return look


def _split(rows: Iterable[Row], env: Env, slot: int, where: Fn | None) -> tuple[list[Row], list[Row]]:
    """Rows that surely count, and those that may."""
    sure: list[Row] = []
    maybe: list[Row] = []
    for row in rows:
        env[slot] = row
        value = True if where is None else where(env)
        if value is True:
            sure.append(row)
        elif value is None:
            maybe.append(row)
    return sure, maybe


def aggregate(compiler: Compiler, term: t.Aggregate) -> Fn:
    rows, closed = source(compiler, term.closure), covered(compiler, term.closure)
    where = compiler.fn(term.where) if term.where is not None else None
    value = compiler.fn(term.value) if term.value is not None else None
    slot, op = term.slot, term.op
    ranks = {code: n for n, code in enumerate(term.codes)}

    def order(item: Any) -> Any:
        return ranks[item] if ranks else item

    def compute(env: Env) -> Any:
        sure, maybe = _split(rows(env), env, slot, where)
        whole = closed(env)
        if op == "count" or value is None:
            return bound(len(sure), len(sure) + len(maybe) if whole else None)

        def values(of: list[Row]) -> list[Any]:
            found = []
            for row in of:
                env[slot] = row
                found.append(value(env))
            return found

        surely, possibly = values(sure), values(maybe)
        if op == "sum":
            low = sum(v for v in surely if isinstance(v, int))
            exact = whole and None not in surely
            if not exact or None in possibly:
                return bound(low, None)
            return bound(low, low + sum(v for v in possibly if isinstance(v, int)))
        return _extreme(op, surely, possibly, whole, order)

    return compute


def _extreme(op: str, surely: list[Any], possibly: list[Any], whole: bool, order: Callable[[Any], Any]) -> Any:
    """The highest (or lowest) value, bounded by what is known."""
    pick = max if op in ("highest", "latest") else min
    known = [v for v in surely if v is not None and v is not NONE]
    unknown = None in surely or None in possibly or not whole
    others = [v for v in possibly if v is not None and v is not NONE]
    if not unknown and not others:
        return pick(known, key=order) if known else NONE
    near = pick(known, key=order) if known else None
    far = None if unknown else pick([*known, *others], key=order)
    if near is None and far is None:
        return None
    if near is not None and far is not None and near == far:
        return near
    return Bound(near, far) if pick is max else Bound(far, near)


def months_in_row(compiler: Compiler, term: t.MonthsInRow) -> Fn:
    rows, closed = source(compiler, term.closure), covered(compiler, term.closure)
    where = compiler.fn(term.where) if term.where is not None else None
    begin, slot, first, last = compiler.fn(term.begin), term.slot, term.first, term.last

    def compute(env: Env) -> Any:
        day = begin(env)
        if day is None or isinstance(day, Bound):
            return None  # counted from an unknown day, no number of months is sure
        if day is NONE:
            return 0
        sure, maybe = _split(rows(env), env, slot, where)
        known, possible = [], []
        for row in (*sure, *maybe):
            since, until = row.values.get(first), row.values.get(last)
            if since is NONE:
                continue
            if until is NONE:
                until = env[t.SCOPE].facts.on or dt.date.max
            possible.append((since or dt.date.min, until or dt.date.max))
            if since is not None and until is not None and row not in maybe:
                known.append((since, until))
        low = run_of_months(day, known)
        high = run_of_months(day, possible) if closed(env) else None
        return bound(low, high)

    return compute


def run_of_months(day: dt.date, spells: list[tuple[Any, Any]]) -> int:
    """Whole months from `day` covered by spells (inclusive ends) without a gap of a day."""
    end = day - dt.timedelta(days=1)
    for since, until in sorted(spells):
        if since > end and (since - end).days > 1:
            break
        end = max(end, until)
    if end == dt.date.max:
        return MANY_MONTHS
    return max(0, months_between(day, end + dt.timedelta(days=1)))
