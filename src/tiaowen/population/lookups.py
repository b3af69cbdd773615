"""Terms that look through a table, decorrelated: candidates are joined, counted per row, joined back.

Candidates stand where a key is equal; rows whose key is unknown may be anybody's,
and a row that does not know its own key may go with any.  Those two are only read
where a column really lacks values, so that whole data runs on hash joins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sqlglot import exp

from tiaowen.plan import terms as t
from tiaowen.population import calendar
from tiaowen.population.certain import always_known
from tiaowen.population.closed import closed
from tiaowen.population.expr import (
    ABSENT_TEXT,
    Sql,
    absent,
    all_of,
    any_of,
    big,
    call,
    case,
    col,
    filtered,
    how_many,
    is_null,
    is_true,
    lit,
    name,
    named,
    no,
    not_false,
    not_null,
    null,
    op,
    over,
    says,
    sql_type,
    table,
    total,
)
from tiaowen.population.program import filter_, group, select, union
from tiaowen.population.world import World, column_name, reads

if TYPE_CHECKING:
    from tiaowen.population.scope import Pair, Scope

MANY_MONTHS = 12_000
Look = t.Exists | t.Aggregate | t.MonthsInRow


def look(scope: Scope, term: Look) -> Pair:
    """The value of a term over the rows of a table."""
    if isinstance(term, t.Exists):
        return _exists(scope, term)
    if isinstance(term, t.MonthsInRow):
        return _months_in_row(scope, term)
    return _aggregate(scope, term)


# -- candidates ------------------------------------------------------------------------
def candidates(
    scope: Scope, closure: t.Closure, slot: int, terms: list[t.Term],
    also: Mapping[tuple[tuple[str, ...], str], None] | None = None,
) -> Scope:  # fmt: skip
    """Every pair of a row of the scope and a row of the table that may matter.

    `also` names further columns of the table to carry along.
    """
    from tiaowen.population.scope import Scope as NewScope
    from tiaowen.population.scope import source

    world, program = scope.world, scope.program
    for term in terms:
        _outer_first(scope, term, slot)
    asked_for = scope.value(closure.keys[0][1]) if closure.keys else None
    key = asked_for.low if asked_for is not None else None
    wanted = {**reads(terms).get(slot, {}), **(also or {})}
    for column, _ in closure.keys:
        wanted[(), column] = None
    mine = scope.flush()
    rows, columns = source(world, program, closure.table, slot, wanted)
    if key is None:
        made = _pairs(scope, mine, rows, lit(True))
    else:
        column, term = closure.keys[0]
        other = col(column_name(slot, (), column), "c")
        asked = exp.Column(this=name(key.name), table=name("e"))
        some = op("is not", asked, lit(ABSENT_TEXT)) if asked_for is None or asked_for.absent else lit(True)
        parts: list[exp.Query] = [_pair_query(mine, rows, all_of([op("is", asked, other), some]))]
        if world.lacks(closure.table, column):
            known = all_of([not_null(asked), op("is not", asked, lit(ABSENT_TEXT)), is_null(other)])
            parts.append(_pair_query(mine, rows, known))
        if may_be_unknown(world, term):
            parts.append(_pair_query(mine, rows, is_null(asked)))
        made = program.add(union(parts), "cand")
    inner = NewScope(world, program, made, (*scope.keys, f"{slot}.id"), scope.rule, {**scope.columns, **columns})
    inner.known = dict(scope.known)
    inner.event_date, inner.period = scope.event_date, scope.period
    return inner


def _narrowed(inner: Scope, where: t.Term, slot: int) -> Scope:
    """Candidates without those that a part of the condition refuses that is never unknown: they count for nothing."""
    parts = where.parts if isinstance(where, t.Both) and where.op == "and" else (where,)
    known = [each for each in parts if always_known(inner.world, each, False, (t.EVENT, slot))]
    kept = all_of([inner.outcome(each) for each in known])
    if says(kept, True):
        return inner
    relation = inner.flush()
    found = inner.narrowed(inner.program.add(filter_(select([exp.Star()], relation), kept), "met"))
    for each in known:
        found.settle(each)
    return found


def may_be_unknown(world: World, term: t.Term) -> bool:
    """Whether a key may be NULL, judged by the columns that it is read from."""
    if not isinstance(term, t.RowOf):
        return True
    if not term.hops:
        return term.slot != t.EVENT
    return term.slot != t.EVENT or world.hops_lack(term.root, term.hops)


def _pair_query(mine: str, rows: str, on: Sql) -> exp.Select:
    query = select(
        [exp.Column(this=exp.Star(), table=name("e")), exp.Column(this=exp.Star(), table=name("c"))], mine, "e"
    )
    query.append("joins", exp.Join(this=table(rows, "c"), on=on))
    return query


def _pairs(scope: Scope, mine: str, rows: str, on: Sql) -> str:
    return scope.program.add(_pair_query(mine, rows, on), "cand")


def _outer_first(scope: Scope, term: t.Term, slot: int) -> None:
    """Work out what does not hang on the inner row before the rows are joined."""
    if isinstance(term, Look) and slot not in t.slots_used(term):
        scope.value(term)
        return
    for inner in t.children(term):
        _outer_first(scope, inner, slot)


def _grouped(inner: Scope, outer: Scope, measures: dict[str, Sql]) -> dict[str, Sql]:
    """Aggregate candidates per row of the outer scope and join the results back."""
    columns = {as_: inner.program.fresh(f"{as_}_") for as_ in measures}
    relation = inner.flush()
    query = select(
        [*(col(key) for key in outer.keys), *(named(value, columns[as_]) for as_, value in measures.items())],
        relation,
    )  # fmt: skip
    made = inner.program.add(group(query, [col(key) for key in outer.keys]), "found")
    outer.join_back(made, columns.values())
    return {as_: col(column) for as_, column in columns.items()}


def _count(value: Sql) -> Sql:
    return call("coalesce", value, lit(0))


# -- exists, aggregates -------------------------------------------------------------------
def _exists(scope: Scope, term: t.Exists) -> Pair:
    from tiaowen.population.scope import Pair as NewPair

    inner = _narrowed(candidates(scope, term.closure, term.slot, [term.where]), term.where, term.slot)
    where = inner.bind(inner.outcome(term.where))
    found = _grouped(inner, scope, {"sure": how_many(where), "maybe": how_many(is_null(where))})
    whole = closed(scope, term.closure)
    return NewPair(
        case(
            (op(">", _count(found["sure"]), lit(0)), lit(True)),
            (any_of([op(">", _count(found["maybe"]), lit(0)), no(whole)]), null("BOOLEAN")),
            default=lit(False),
        )
    )


def _aggregate(scope: Scope, term: t.Aggregate) -> Pair:
    from tiaowen.population.scope import Pair as NewPair

    terms = [each for each in (term.where, term.value) if each is not None]
    inner = candidates(scope, term.closure, term.slot, terms)
    if term.where is not None:
        inner = _narrowed(inner, term.where, term.slot)
    where = inner.bind(inner.outcome(term.where)) if term.where is not None else lit(True)
    if term.op == "count" or term.value is None:
        found = _grouped(inner, scope, {"sure": how_many(where), "maybe": how_many(is_null(where))})
        low = _count(found["sure"])
        whole = closed(scope, term.closure)
        high = case((whole, op("+", low, _count(found["maybe"]))), default=null("BIGINT"))
        return NewPair(low, high)
    value = inner.value(term.value)
    kind = term.value.type
    exact = value.plain(kind)
    known = all_of([not_null(exact), op("is not", exact, absent(kind))])
    measured = inner.bind(
        case((known, _ordinal(exact, term.codes)), default=null("BIGINT" if term.codes else sql_type(kind)))
    )
    sure, maybe = where, is_null(where)
    if term.op == "sum":
        return _added(scope, term, inner, measured, value.unknown(), where)
    pick: Callable[[Sql], Sql] = (
        (lambda of: call("max", of)) if term.op in ("highest", "latest") else (lambda of: call("min", of))
    )
    found = _grouped(
        inner, scope,
        {
            "near": filtered(pick(measured), sure),
            "far": filtered(pick(measured), not_false(where)),
            "vague": how_many(all_of([not_false(where), value.unknown()])),
            "others": how_many(all_of([maybe, not_null(measured)])),
        },
    )  # fmt: skip
    whole = closed(scope, term.closure)
    unknown = scope.bind(any_of([no(whole), op(">", _count(found["vague"]), lit(0))]))
    near, far = _code(found["near"], term), _code(found["far"], term)
    none = absent(term.type)
    plain = scope.bind(all_of([no(unknown), op("is", _count(found["others"]), lit(0))]))
    close = case((plain, call("coalesce", near, none)), default=near)
    open_end = case((plain, call("coalesce", near, none)), (unknown, null(sql_type(term.type))), default=far)
    if term.op in ("highest", "latest"):
        return NewPair(close, open_end, True)
    return NewPair(open_end, close, True)


def _ordinal(value: Sql, codes: tuple[str, ...]) -> Sql:
    from tiaowen.population.terms import rank

    return rank(codes, value) if codes else value


def _code(found: Sql, term: t.Aggregate) -> Sql:
    """Back from the place in the ladder to the code."""
    if not term.codes:
        return found
    return case(*((op("is", found, lit(n)), lit(code)) for n, code in enumerate(term.codes)), default=null("VARCHAR"))


def _added(scope: Scope, term: t.Aggregate, inner: Scope, value: Sql, unknown: Sql, where: Sql) -> Pair:
    from tiaowen.population.scope import Pair as NewPair

    maybe = is_null(where)
    found = _grouped(
        inner, scope,
        {
            "low": total(case((where, value), default=null("BIGINT"))),
            "more": total(case((maybe, value), default=null("BIGINT"))),
            "vague": how_many(all_of([not_false(where), unknown])),
        },
    )  # fmt: skip
    whole = closed(scope, term.closure)
    low = _count(found["low"])
    exact = all_of([whole, op("is", _count(found["vague"]), lit(0))])
    return NewPair(low, case((exact, op("+", low, _count(found["more"]))), default=null("BIGINT")))


# -- months in a row ----------------------------------------------------------------------
def _months_in_row(scope: Scope, term: t.MonthsInRow) -> Pair:
    from tiaowen.population.scope import Pair as NewPair

    start = scope.value(term.begin)
    begin = scope.bind(start.plain(term.begin.type))
    day = absent(term.begin.type)
    where_terms = [term.where] if term.where is not None else []
    ends_of: dict[tuple[tuple[str, ...], str], None] = {((), column): None for column in (term.first, term.last)}
    inner = candidates(scope, term.closure, term.slot, where_terms, ends_of)
    where = inner.bind(inner.outcome(term.where)) if term.where is not None else lit(True)
    first = col(column_name(term.slot, (), term.first))
    last = col(column_name(term.slot, (), term.last))
    latest = lit(dt.date.max)
    runs = lit(scope.world.on) if scope.world.on is not None else latest
    until = inner.bind(case((op("is", last, day), runs), default=last))
    inner.put("since", first)
    inner.put("until", until)
    inner.put("sure", all_of([is_true(where), not_null(first), not_null(until)]))
    counts = all_of([not_false(where), no(is_true(op("is", first, day))), not_null(begin), op("is not", begin, day)])
    relation = inner.flush()
    kept = [*(col(key) for key in scope.keys), named(begin, "begin")]
    known = filter_(select([*kept, col("since"), col("until")], relation), all_of([counts, col("sure")]))
    possible = filter_(
        select(
            [*kept, named(call("coalesce", col("since"), lit(dt.date.min)), "since"),
             named(call("coalesce", col("until"), latest), "until")], relation,
        ), counts,
    )  # fmt: skip
    ends = [_run(scope, scope.program.add(known, "spells"))]
    # where every spell and whether it counts is known, what is possible is what is sure
    ends.append(ends[0] if _all_known(scope, term) else _run(scope, scope.program.add(possible, "spells")))
    low, high = (_months(scope, begin, end) for end in ends)
    whole = closed(scope, term.closure)
    known_begin = op("is not", begin, day)

    def told(value: Sql) -> Sql:
        return case((is_null(begin), null("BIGINT")), (known_begin, value), default=lit(0))

    return NewPair(
        told(low),
        told(case((whole, high), default=null("BIGINT"))),
    )


def _all_known(scope: Scope, term: t.MonthsInRow) -> bool:
    """Whether each row knows its ends and whether it counts."""
    world, table = scope.world, term.closure.table
    lacks = any(world.lacks(table, column) for column in (term.first, term.last))
    return not lacks and (term.where is None or always_known(world, term.where, False, (t.EVENT, term.slot)))


def _run(scope: Scope, spells: str) -> Sql:
    """The last day of the run that begins at `begin`, per row of the scope, as a column."""
    program = scope.program
    keys = [col(key) for key in scope.keys]
    before = op("-", col("begin"), exp.Literal.number(1))
    reach = call(
        "greatest",
        before,
        call("coalesce", over(exp.Max(this=col("until")), keys, [col("since"), col("until")], "before"), before),
    )
    gap = program.extend(
        spells, [("gap", op(">", big(exp.Paren(this=exp.Sub(this=col("since"), expression=reach))), lit(1)))]
    )
    gaps = over(how_many(col("gap")), keys, [col("since"), col("until")], "to here")
    chained = program.extend(gap, [("gaps", gaps)])
    made = program.fresh("end_")
    query = select([*keys, named(call("max", call("greatest", before, col("until"))), made)], chained)
    found = program.add(group(filter_(query, op("is", col("gaps"), lit(0))), keys), "run")
    scope.join_back(found, [made])
    return col(made)


def _months(scope: Scope, begin: Sql, end: Sql) -> Sql:
    """Whole months from the first day to the day after the last; none covered is 0."""
    after = scope.bind(op("+", end, exp.Literal.number(1)))
    months = call("greatest", lit(0), calendar.months_between(begin, after))
    return scope.bind(case((is_null(end), lit(0)), (op("is", end, lit(dt.date.max)), lit(MANY_MONTHS)), default=months))
