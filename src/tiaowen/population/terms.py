"""Terms of the plan as SQL, with the meaning of `evaluate/expressions.py`: NULL is unknown."""

from __future__ import annotations

from tiaowen.plan import terms as t
from tiaowen.population import calendar
from tiaowen.population.dated import in_directory, parameter_at
from tiaowen.population.errors import Unsupported
from tiaowen.population.expr import (
    ABSENT_TEXT,
    Sql,
    absent,
    all_of,
    among,
    any_of,
    call,
    case,
    col,
    half_up,
    is_null,
    lit,
    no,
    not_null,
    null,
    op,
    sql_type,
    value_of,
)
from tiaowen.population.lookups import look
from tiaowen.population.places import city_of, in_region, province_of
from tiaowen.population.scope import Pair, Scope
from tiaowen.population.world import column_name
from tiaowen.vocabulary.types import NONE, Type


def lower(scope: Scope, term: t.Term) -> Pair:
    """One term; the terms inside it are worked out (and bound to columns) first."""
    match term:
        case t.Const(kind, value):
            return Pair(value_of(value, kind), absent=value is NONE)
        case t.Moment(_, slot):
            return Pair(col(scope.event_date if slot == t.EVENT_DATE else scope.period))
        case t.RowOf(_, slot, hops):
            return _read(scope, slot, hops[:-1], hops[-1]) if hops else Pair(col(f"{slot}.id"))
        case t.Column(_, slot, hops, column):
            return _read(scope, slot, hops, column)
        case t.Open():
            return Pair(null("BOOLEAN"))
        case t.Both(_, word, parts):
            outcomes = [scope.outcome(part) for part in parts]
            return Pair(all_of(outcomes) if word == "and" else any_of(outcomes))
        case t.Negation(_, inner):
            return Pair(no(scope.outcome(inner)))
        case t.Comparison():
            return Pair(_comparison(scope, term))
        case t.IsAbsent(_, inner, negated):
            return Pair(_is_absent(scope, inner, negated))
        case t.InRegion(_, inner, region, negated):
            return Pair(in_region(scope, inner, region, negated))
        case t.InValues(_, inner, values, negated):
            value = scope.value(inner).plain(inner.type)
            found = among(value, values) if values else case((not_null(value), lit(False)), default=null("BOOLEAN"))
            return Pair(no(found) if negated else found)
        case t.InDirectory():
            return Pair(in_directory(scope, term))
        case t.Sum(kind, word, left, right):
            return _sum(scope, word, left, right, kind)
        case t.Percent(_, numerator, denominator, inner):
            return _percent(scope, numerator, denominator, inner)
        case t.Later():
            return _later(scope, term)
        case t.Call(kind, function, args):
            return _call(scope, kind, function, args)
        case t.ParameterAt():
            return Pair(parameter_at(scope, term))
        case t.Exists() | t.Aggregate() | t.MonthsInRow():
            return look(scope, term)
        case t.Covers():
            return Pair(_covers(scope, term))
        case t.Eligible(_, benefit):
            return Pair(col(f"eligible {benefit}"))
        case t.StillOpen(_, deadline):
            return Pair(_still_open(scope, deadline))
        case t.Stated(_, stated, otherwise):
            return _stated(scope, stated, otherwise)
    raise Unsupported(scope.rule, type(term).__name__)


def _read(scope: Scope, slot: int, hops: tuple[str, ...], column: str) -> Pair:
    at = column_name(slot, hops, column)
    return Pair(col(at), absent=scope.columns.get(at, True))


def is_absent_value(pair: Pair, kind: Type) -> Sql:
    """Whether a known value is `none`."""
    return op("is", pair.low, absent(kind)) if pair.absent else lit(False)


def strict(args: list[tuple[Pair, Type]], gives: Type, then: Sql) -> Sql:
    """NULL if an argument is unknown or only within bounds, `none` if one is absent, else `then`."""
    unknown = any_of([is_null(pair.plain(kind)) for pair, kind in args])
    missing = [is_absent_value(pair, kind) for pair, kind in args if pair.absent]
    pairs = [(unknown, null(sql_type(gives)))]
    if missing:
        pairs.append((any_of(missing), absent(gives)))
    return case(*pairs, default=then)


# -- comparisons -----------------------------------------------------------------------
def _comparison(scope: Scope, term: t.Comparison) -> Sql:
    a, b = scope.value(term.left), scope.value(term.right)
    codes = term.codes
    wide = t.is_wide(term.left) or t.is_wide(term.right)
    if wide and not codes and term.left.type.kind == "code":
        codes = tuple(scope.world.vocabulary.codes[term.left.type.name].codes)
    missing = [is_absent_value(pair, side.type) for pair, side in ((a, term.left), (b, term.right)) if pair.absent]
    pairs = [(any_of([a.unknown(), b.unknown()]), null("BOOLEAN"))]
    if missing:
        pairs.append((any_of(missing), lit(term.op == "is not")))

    def key(value: Sql) -> Sql:
        return rank(codes, value) if codes else value

    if not wide or (a.high is None and b.high is None):
        ordered = bool(codes) and term.op not in ("is", "is not")
        if not ordered and not b.absent and (not missing or isinstance(term.right, t.Const)):
            return _plain(term, a, b)
        if ordered and isinstance(term.right, t.Const) and term.right.value in codes:
            return _at_level(term, codes, a)
        compared = op(term.op, key(a.low), key(b.low)) if ordered else op(term.op, a.low, b.low)
        return case(*pairs, default=compared)
    ends = [scope.bind(key(each)) for each in (a.low, a.top, b.low, b.top)]
    return case(*pairs, default=_bounds(term.op, *ends))


def _plain(term: t.Comparison, a: Pair, b: Pair) -> Sql:
    """SQL's own comparison, which is NULL as soon as a side is; `none` is before and after nothing."""
    compared = op(term.op, a.low, b.low)
    if term.op in ("is", "is not") or not a.absent:
        return compared
    return all_of([compared, op("is not", a.low, absent(term.left.type))])


def _at_level(term: t.Comparison, codes: tuple[str, ...], a: Pair) -> Sql:
    """A code against a constant of its ladder: one list of those that pass, one of those that don't."""
    assert isinstance(term.right, t.Const)
    at = codes.index(str(term.right.value))
    compare = {">=": at.__le__, ">": at.__lt__, "<=": at.__ge__, "<": at.__gt__}[term.op]
    passing = [code for n, code in enumerate(codes) if compare(n)]
    others = [code for code in codes if code not in passing] + [ABSENT_TEXT]
    return case((among(a.low, passing), lit(True)), (among(a.low, others), lit(False)), default=null("BOOLEAN"))


def rank(codes: tuple[str, ...], value: Sql) -> Sql:
    """The place of a code in its ladder; NULL for one that is not in it."""
    return case(*((op("is", value, lit(code)), lit(n)) for n, code in enumerate(codes)), default=null("BIGINT"))


def _bounds(word: str, a_low: Sql, a_high: Sql, b_low: Sql, b_high: Sql) -> Sql:
    """Three-valued comparison of values known within bounds; a NULL end is open."""
    if word in ("<=", "<"):
        return _bounds(">=" if word == "<=" else ">", b_low, b_high, a_low, a_high)
    if word in (">=", ">"):
        sure = op(word, a_low, b_high)
        never = op("<" if word == ">=" else "<=", a_high, b_low)
        return case((sure, lit(True)), (never, lit(False)), default=null("BOOLEAN"))
    apart = any_of([op(">", a_low, b_high), op("<", a_high, b_low)])
    equal = all_of([op("is", a_low, a_high), op("is", b_low, b_high), op("is", a_low, b_low)])
    return case((apart, lit(word != "is")), (equal, lit(word == "is")), default=null("BOOLEAN"))


def _is_absent(scope: Scope, inner: t.Term, negated: bool) -> Sql:
    pair = scope.value(inner)
    if inner.type.kind == "bool" or not pair.absent:
        found: Sql = lit(negated)
    else:
        found = op("is not" if negated else "is", pair.low, absent(inner.type))
    return case((is_null(pair.low), null("BOOLEAN")), default=found)


# -- arithmetic ----------------------------------------------------------------------
def _sum(scope: Scope, word: str, left: t.Term, right: t.Term, gives: Type) -> Pair:
    a, b = scope.value(left), scope.value(right)
    missing = [is_absent_value(pair, side.type) for pair, side in ((a, left), (b, right)) if pair.absent]
    unknown = any_of([a.unknown(), b.unknown()])

    def end(x: Sql, y: Sql) -> Sql:
        pairs = [(unknown, null("BIGINT"))]
        if missing:
            pairs.append((any_of(missing), absent(gives)))
        return case(*pairs, default=op(word, x, y))

    if a.high is None and b.high is None:
        return Pair(end(a.low, b.low), None, bool(missing))
    if word == "-":
        return Pair(end(a.low, b.top), end(a.top, b.low), bool(missing))
    return Pair(end(a.low, b.low), end(a.top, b.top), bool(missing))


def _percent(scope: Scope, numerator: int, denominator: int, inner: t.Term) -> Pair:
    value = scope.value(inner)

    def part(end: Sql) -> Sql:
        share = half_up(end, lit(numerator), lit(denominator))
        if not value.absent:
            return share
        return case((op("is", end, absent(inner.type)), end), default=share)

    return Pair(part(value.low), None if value.high is None else part(value.high), value.absent)


def _later(scope: Scope, term: t.Later) -> Pair:
    date, by = scope.value(term.date), scope.value(term.by)
    add = calendar.add_months if term.by.type.name == "months" else calendar.add_days
    count = by.plain(term.by.type)
    signed = count if term.sign == 1 else op("-", lit(0), count)
    missing = [is_absent_value(date, term.date.type)] if date.absent else []
    if by.absent:
        missing.append(is_absent_value(by, term.by.type))

    def end(day: Sql) -> Sql:
        pairs = [(any_of([is_null(count), date.unknown()]), null("DATE"))]
        if missing:
            # an open end stays open: only a known value can be absent
            pairs.append((call("coalesce", any_of(missing), lit(False)), absent(term.type)))
        return case(*pairs, default=add(day, signed))

    return Pair(end(date.low), None if date.high is None else end(date.high), bool(missing))


def _call(scope: Scope, kind: Type, function: str, args: tuple[t.Term, ...]) -> Pair:
    pairs = [(scope.value(arg), arg.type) for arg in args]
    values = [pair.plain(each) for pair, each in pairs]
    match function:
        case "year":
            found = calendar.year(values[0])
        case "month":
            found = calendar.month(values[0])
        case "year_start":
            found = call("make_date", calendar.year(values[0]), lit(1), lit(1))
        case "year_end":
            found = call("make_date", calendar.year(values[0]), lit(12), lit(31))
        case "city":
            found = city_of(scope.world, values[0])
        case "province":
            found = province_of(scope.world, values[0])
        case "years_between":
            found = op("*", lit(12), calendar.years_between(values[0], values[1]))
        case "months_between":
            found = calendar.months_between(values[0], values[1])
        case "min" | "max":
            found = call("least" if function == "min" else "greatest", *values)
        case _:
            raise Unsupported(scope.rule, f"函数 {function}")
    return Pair(strict(pairs, kind, found), None, any(pair.absent for pair, _ in pairs))


def _still_open(scope: Scope, deadline: t.Term) -> Sql:
    on = scope.world.on
    if on is None:
        return lit(True)
    last = scope.value(deadline).plain(deadline.type)
    return op(">=", last, lit(on))  # known to be absent is the last of all dates


def _stated(scope: Scope, stated: t.Term, otherwise: t.Term) -> Pair:
    first, second = scope.value(stated), scope.value(otherwise)
    absent_too = first.absent or second.absent
    if first.high is None and second.high is None:
        return Pair(call("coalesce", first.low, second.low), None, absent_too)
    use = first.unknown()
    return Pair(case((use, second.low), default=first.low), case((use, second.top), default=first.top), absent_too)


# -- spells --------------------------------------------------------------------------
def _covers(scope: Scope, term: t.Covers) -> Sql:
    when = scope.value(term.when)
    value = when.plain(term.when.type)
    hops, slot = term.hops, term.slot
    row = col(column_name(slot, hops[:-1], hops[-1]) if hops else f"{slot}.id")
    since = _read(scope, slot, hops, term.first)
    until = _read(scope, slot, hops, term.last)
    begin, end = value, value
    if term.when.type.kind == "month":
        begin, end = scope.bind(calendar.month_start(value)), scope.bind(calendar.month_end(value))
    day = absent(Type("date"))
    on = scope.world.on
    runs: list[tuple[Sql, Sql]] = []
    if on is not None:  # the spell still runs today; tomorrow is not known
        runs.append((all_of([op("is", until.low, day), op(">", begin, lit(on))]), null("BOOLEAN")))
    gone = any_of([op("is", row, lit(ABSENT_TEXT)), is_absent_value(when, term.when.type)])
    late = any_of([op("is", since.low, day), op(">", since.low, end)])
    over = all_of([op("is not", until.low, day), op("<", until.low, begin)])
    return case(
        (gone, lit(False)),
        (any_of([is_null(row), is_null(value)]), null("BOOLEAN")),
        (late, lit(False)),
        (over, lit(False)),
        (any_of([is_null(since.low), is_null(until.low)]), null("BOOLEAN")),
        *runs,
        default=lit(True),
    )
