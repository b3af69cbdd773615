"""Amounts as SQL: an interval of fen (`high` NULL: open), whether it pays, and what decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tiaowen.plan import amounts as a
from tiaowen.plan import terms as t
from tiaowen.population.certain import always_known
from tiaowen.population.dated import figure
from tiaowen.population.errors import Unsupported
from tiaowen.population.expr import (
    Sql,
    absent,
    all_of,
    among,
    any_of,
    call,
    case,
    col,
    is_null,
    is_true,
    lit,
    no,
    not_false,
    not_null,
    null,
    op,
)
from tiaowen.population.scope import Pair, Scope
from tiaowen.population.terms import rank
from tiaowen.vocabulary.types import BOOL


@dataclass(frozen=True)
class Sum:
    """`low` never NULL; `high` NULL is open; `pays` three-valued; `why` names a refusal.

    `exact`: it is known of every row whether it pays, and `high` is `low`.
    """

    low: Sql
    high: Sql
    pays: Sql
    why: Sql
    exact: bool = False


@dataclass(frozen=True)
class Counts:
    """Rows and distinct persons of a group: surely, and at most (NULL: open)."""

    rows: tuple[Sql, Sql]
    persons: tuple[Sql, Sql]


ONE = Counts((lit(1), lit(1)), (lit(1), lit(1)))


def nothing() -> Sum:
    return Sum(lit(0), lit(0), lit(False), lit(""), exact=True)


def codes_paid(amount: a.Amount | None) -> t.Term | None:
    """The condition that a table by code pays at all, where it pays for the codes that it lists and no other."""
    if not isinstance(amount, a.ByCode) or amount.otherwise not in (None, a.Refused()):
        return None
    listed = tuple(code for codes, row in amount.rows if row != a.Refused() for code in codes)
    return t.InValues(BOOL, amount.term, listed, False) if listed else None


def amount_of(scope: Scope, amount: a.Amount, counts: Counts = ONE) -> Sum:
    """An amount over a scope, its parts bound to columns."""
    found = _lower(scope, amount, counts)
    keep = scope._keep
    low = keep(found.low)
    high = low if found.exact else keep(found.high)
    return Sum(low, high, keep(found.pays), keep(found.why), found.exact)


def _lower(scope: Scope, amount: a.Amount, counts: Counts) -> Sum:
    match amount:
        case a.Fixed(low, high):
            return Sum(lit(low), null("BIGINT") if high is None else lit(high), lit(True), lit(""), low == high)
        case a.Refused():
            return nothing()
        case a.Worth():
            return _worth(scope, amount)
        case a.StandardRate(parameter):
            rate = scope.bind(figure(scope.world, parameter, None, col(scope.event_date)))
            return Sum(call("coalesce", rate, lit(0)), rate, lit(True), lit(""))
        case a.ByCode():
            return _by_code(scope, amount, counts)
        case a.FirstTrue():
            return _first_true(scope, amount, counts)
        case a.Added(rows):
            return _added([(label, amount_of(scope, row, counts)) for label, row in rows])
        case a.Provided(inner, when):
            return _provided(amount_of(scope, inner, counts), scope.outcome(when))
        case a.PerCount():
            return _per_count(amount_of(scope, amount.amount, counts), amount, counts)
    raise Unsupported(scope.rule, type(amount).__name__)


def _worth(scope: Scope, amount: a.Worth) -> Sum:
    low: Sql = lit(0)
    high: Sql = null("BIGINT")
    if amount.low is not None:
        pair = scope.value(amount.low)
        low = call("coalesce", _present(pair.low, pair, amount.low), lit(0))
    if amount.high is not None:
        pair = scope.value(amount.high)
        high = _present(pair.top, pair, amount.high)
    return Sum(low, high, lit(True), lit(""))


def _present(end: Sql, pair: Pair, term: t.Term) -> Sql:
    return call("nullif", end, absent(term.type)) if pair.absent else end


# -- tables ----------------------------------------------------------------------------
def hull(parts: Sequence[tuple[Sql, Sum]]) -> Sum:
    """The widest of the sums whose guard is true; nothing if none is."""
    low = call("least", *(case((guard, part.low)) for guard, part in parts))
    open_end = any_of([all_of([guard, is_null(part.high)]) for guard, part in parts])
    high = call("greatest", *(case((guard, part.high)) for guard, part in parts))
    guarded = [(is_true(guard), part.pays) for guard, part in parts]
    all_true = all_of([any_of([no(guard), is_true(pays)]) for guard, pays in guarded])
    all_false = all_of([any_of([no(guard), no(not_false(pays))]) for guard, pays in guarded])
    some = any_of([guard for guard, _ in guarded])
    return Sum(
        call("coalesce", low, lit(0)),
        case((open_end, null("BIGINT")), default=call("coalesce", high, lit(0))),
        case((no(some), lit(False)), (all_true, lit(True)), (all_false, lit(False)), default=null("BOOLEAN")),
        lit(""),
    )


def _by_code(scope: Scope, amount: a.ByCode, counts: Counts) -> Sum:
    pair = scope.value(amount.term)
    rows = [(codes, amount_of(scope, row, counts)) for codes, row in amount.rows]
    rest = amount_of(scope, amount.otherwise, counts) if amount.otherwise is not None else nothing()
    listed = scope.world.vocabulary.codes[amount.term.type.name]
    every = tuple(listed.codes)
    value = scope.bind(pair.plain(amount.term.type))
    owner: dict[str, int] = {}
    for index, (codes, _) in enumerate(rows):
        owner.update(dict.fromkeys(codes, index))
    mine = [[code for code, at in owner.items() if at == index] for index in range(len(rows))]

    # which rows are possible while the code is unknown, or known within bounds
    low_rank: Sql = lit(0)
    high_rank: Sql = lit(len(every) - 1)
    if pair.high is not None:
        low_rank = scope.bind(call("coalesce", rank(every, pair.low), lit(0)))
        high_rank = scope.bind(call("coalesce", rank(every, pair.top), lit(len(every) - 1)))

    def possible(codes: Sequence[str]) -> Sql:
        places = [n for n, code in enumerate(every) if code in set(codes)]
        if pair.high is None:
            return lit(bool(places))
        return any_of([all_of([op("<=", low_rank, lit(n)), op(">=", high_rank, lit(n))]) for n in places])

    parts = [(possible(codes), row) for codes, (_, row) in zip(mine, rows, strict=True)]
    others = [code for code in every if code not in owner]
    beyond = amount.otherwise is not None and (listed.open or amount.term.type.or_none)
    parts.append((lit(True) if beyond else possible(others), rest))
    known = pair.high is None and always_known(scope.world, amount.term, False)
    wide = nothing() if known else hull(parts)
    paid = codes_paid(amount)
    listed_only = paid is not None and scope.meets(paid)

    def pick(part: str) -> Sql:
        unknown = [] if known else [(is_null(value), getattr(wide, part))]
        told = [(among(value, codes), getattr(row, part)) for codes, (_, row) in zip(mine, rows, strict=True)]
        every = [*unknown, *told, *([] if listed_only else [(lit(True), getattr(rest, part))])]
        last = every.pop()[1]
        return last if all(then == last for _, then in every) else case(*every, default=last)

    decided = pick("why")
    why = case((op("is", decided, lit("")), lit(amount.name)), default=decided)
    exact = known and rest.exact and all(row.exact for _, row in rows)
    return Sum(pick("low"), pick("high"), pick("pays"), why, exact)


def _first_true(scope: Scope, amount: a.FirstTrue, counts: Counts) -> Sum:
    parts: list[tuple[Sql, Sum]] = []
    labels: list[Sql] = []
    done: Sql = lit(False)
    for label, row, when in amount.rows:
        outcome = lit(True) if when is None else scope.outcome(when)
        part = amount_of(scope, row, counts)
        guard = scope.bind(all_of([no(done), not_false(outcome)]))
        done = scope.bind(any_of([done, is_true(outcome)]))
        parts.append((guard, part))
        labels.append(case((op("is", part.why, lit("")), lit(label)), default=part.why))
    found = hull(parts)
    last = [(guard, why) for (guard, _), why in reversed(list(zip(parts, labels, strict=True)))]
    return Sum(found.low, found.high, found.pays, case(*last, default=lit("")))


# -- sums ------------------------------------------------------------------------------
def _added(rows: list[tuple[str, Sum]]) -> Sum:
    low: Sql = lit(0)
    high: Sql = lit(0)
    for _, part in rows:
        low, high = op("+", low, part.low), op("+", high, part.high)
    refused = [(no(is_true(part.pays)), lit(label)) for label, part in rows]
    exact = all(part.exact for _, part in rows)
    return Sum(low, high, any_of([part.pays for _, part in rows]), case(*refused, default=lit("")), exact)


def _provided(inner: Sum, when: Sql) -> Sum:
    unknown = is_null(when)

    def pick(false: Sql, null_: Sql, true: Sql) -> Sql:
        return case((unknown, null_), (when, true), default=false)

    return Sum(
        pick(lit(0), lit(0), inner.low),
        pick(lit(0), inner.high, inner.high),
        pick(lit(False), null("BOOLEAN"), inner.pays),
        pick(lit(""), lit(""), inner.why),
    )


def _per_count(each: Sum, amount: a.PerCount, counts: Counts) -> Sum:
    low_n, high_n = counts.persons if amount.persons else counts.rows
    least = lit(amount.figure)
    exact = each.exact and low_n == high_n  # both ends are one column
    if amount.mode == "once":
        enough = op(">=", low_n, least)
        if exact:
            paid = case((enough, each.low), default=lit(0))
            why = case((enough, each.why), default=lit(""))
            return Sum(paid, paid, case((enough, each.pays), default=lit(False)), why, exact=True)
        never = is_true(op("<", high_n, least))
        return Sum(
            case((enough, each.low), default=lit(0)),
            case((enough, each.high), (never, lit(0)), default=each.high),
            case((enough, each.pays), (never, lit(False)), default=null("BOOLEAN")),
            case((enough, each.why), default=lit("")),
        )
    low_beyond = call("greatest", lit(0), op("-", low_n, least))
    high_beyond = case((not_null(high_n), call("greatest", lit(0), op("-", high_n, least))), default=null("BIGINT"))
    if exact:
        more = op("*", each.low, low_beyond)
        return Sum(more, more, op(">", low_n, least), lit(""), exact=True)
    never = is_true(op("<=", high_n, least))
    return Sum(
        case((never, lit(0)), default=op("*", each.low, low_beyond)),
        case((never, lit(0)), default=op("*", each.high, high_beyond)),
        case((never, lit(False)), (op(">", low_n, least), lit(True)), default=null("BOOLEAN")),
        lit(""),
    )
