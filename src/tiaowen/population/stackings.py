"""How benefits that pay the same thing add up or exclude each other, over whole tables of lines."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
from sqlglot import exp

from tiaowen.plan.rules import Limit, Stacking
from tiaowen.plan.together import may_exclude
from tiaowen.population.expr import (
    Sql,
    all_of,
    any_of,
    big,
    call,
    case,
    col,
    how_many,
    is_null,
    is_true,
    lit,
    named,
    no,
    not_false,
    not_null,
    null,
    op,
    over,
    table,
    total,
)
from tiaowen.population.limits import Lines, money
from tiaowen.population.program import Program, filter_, group, join, select, union
from tiaowen.population.rows import lines_of
from tiaowen.population.scope import Scope
from tiaowen.population.store import Connection, create, sql
from tiaowen.population.world import World

PAID = ("paid_low", "paid_high", "fallen", "doubted")
Ends = tuple[dict[str, Sql], dict[str, Sql]]  # what a line `l` and its span `s` say; new columns in terms of that


def read_of_lines(stackings: Iterable[Stacking]) -> tuple[str, ...]:
    """The columns of lines that stackings read besides their keys; what fell away is told where a cap tells it."""
    capped = any(limit.kind == "money" for each in stackings for limit in each.limits)
    told = [each for each in PAID if capped or each != "fallen"]
    return ("first row", "index", "verdict", *told, *(("line date",) if capped else ()))


def _possible(prefix: str = "") -> Sql:
    high = col("paid_high", prefix)
    return all_of([not_false(col("verdict", prefix)), any_of([is_null(high), op("is not", high, lit(0))])])


def apply_stacking(connection: Connection, world: World, stacking: Stacking, members: list[str]) -> None:
    """Apply one stacking to the lines that limits left; tables of lines are replaced."""
    if stacking.rule != "all are paid":
        _exclude(connection, stacking, members)
    for cap in stacking.limits:
        if cap.kind == "money":
            _cap(connection, world, stacking, cap, members)


def _exclude(connection: Connection, stacking: Stacking, members: list[str]) -> None:
    """Spans per key and member, then the rule, member by member."""
    key = f"stack:{stacking.id}"
    spans = f"spans {stacking.id}"
    _doubt(connection, stacking, members, key)
    parts: list[exp.Query] = []
    for n, member in enumerate(members):
        sure = all_of([is_true(col("verdict")), _possible(), no(col("doubted"))])
        parts.append(
            group(
                filter_(
                    select(
                        [named(col(key), "key"), named(lit(n), "member"),
                         named(total(case((sure, col("paid_low")), default=lit(0))), "low"),
                         named(total(call("coalesce", col("paid_high"), lit(0))), "high"),
                         named(op(">", how_many(is_null(col("paid_high"))), lit(0)), "open"),
                         named(op(">", how_many(sure), lit(0)), "sure")],
                        lines_of(member),
                    ),
                    all_of([_possible(), not_null(col(key))]),
                ),
                [col(key)],
            )
        )  # fmt: skip
    program = Program()
    apart = program.add(union(parts), "spans")
    pivot: list[Sql] = [col("key")]
    for n in range(len(members)):
        mine = op("is", col("member"), lit(n))
        for part in ("low", "high"):
            pivot.append(named(call("max", case((mine, col(part)))), f"{part} {n}"))
        for part in ("open", "sure"):
            pivot.append(named(call("bool_or", case((mine, col(part)))), f"{part} {n}"))
    final = group(select(pivot, apart), [col("key")])
    final.set("having", exp.Having(this=op(">", exp.Count(this=exp.Star()), lit(1))))
    create(connection, spans, program.statement(final))
    rivals = connection.table(table(spans).sql("duckdb")).limit(1).fetchall()
    if not rivals:  # nothing falls under two of them: every line stays as it is
        return
    decide = _difference if stacking.rule == "difference only" else _beaten
    for n, member in enumerate(members):
        _replace(connection, member, spans, key, decide(stacking, members, n))


def _doubt(connection: Connection, stacking: Stacking, members: list[str], key: str) -> None:
    """A line of an unknown key may exclude, or be excluded by, whatever the other members pay."""
    live: set[str] = set()
    strays: set[str] = set()
    for member in members:
        if not stacking.keys.get(member, ()):
            continue
        stray = all_of([_possible(), is_null(col(key))])
        counted = select([how_many(_possible()), how_many(stray)], lines_of(member))
        possible, unknown = connection.execute(sql(counted)).fetchall()[0]
        live |= {member} if possible else set()
        strays |= {member} if unknown else set()
    if not strays:
        return
    for at, member in enumerate(members):
        others = [other for n, other in enumerate(members) if may_exclude(stacking, n, at)]
        rival = next((other for other in others if other in strays), "")
        any_rival = next((other for other in others if other in live), "")
        if member not in live or not any_rival:
            continue
        known = not_null(col(key))
        told = case((known, lit(f"{stacking.id}|may be excluded by {rival}")),
                    default=lit(f"{stacking.id}|may be excluded by {any_rival}"))  # fmt: skip
        doubted = all_of([_possible(), any_of([is_null(col(key)), lit(bool(rival))])])
        reduced = all_of([doubted, op("is not", col("paid_low"), lit(0))])
        columns = {
            "paid_low": case((reduced, lit(0)), default=col("paid_low")),
            "fallen": case((reduced, call("list_append", col("fallen"), told)), default=col("fallen")),
            "doubted": any_of([col("doubted"), doubted]),
        }
        relation = lines_of(member)
        chosen = [
            named(columns.get(each, col(each)), each)
            for each in connection.table(table(relation).sql("duckdb")).columns
        ]
        create(connection, relation, select(chosen, relation))


def _beaten(stacking: Stacking, members: list[str], at: int) -> Ends:
    """Which other member takes this one's place, surely or perhaps; the last that does is named."""

    def mine(part: str, n: int = at) -> Sql:
        return col(f"{part} {n}", "s")

    beaten: list[tuple[Sql, Sql]] = []
    doubtful: list[tuple[Sql, Sql]] = []
    for other, member in enumerate(members):
        if other == at:
            continue
        there = not_null(mine("low", other))
        sure = is_true(mine("sure", other))
        earlier = lit(other < at)
        if stacking.rule == "in this order":
            won = all_of([there, earlier, sure])
            may = all_of([there, earlier, no(sure)])
        else:
            low, high = mine("low", other), mine("high", other)
            tie = all_of([earlier, op(">=", low, mine("high"))])
            won = all_of([there, no(is_true(mine("open"))), sure, any_of([op(">", low, mine("high")), tie])])
            above = [is_true(mine("open", other)), op(">", high, mine("low")),
                     all_of([earlier, op(">=", high, mine("low"))])]  # fmt: skip
            may = all_of([there, no(won), any_of(above)])
        beaten.insert(0, (is_true(won), lit(f"{stacking.id}|excluded by {member}")))
        doubtful.insert(0, (is_true(may), lit(f"{stacking.id}|may be excluded by {member}")))
    live = all_of([_possible("l"), not_null(col("key", "s"))])
    by, doubt = (case((no(live), null("VARCHAR")), *told, default=null("VARCHAR")) for told in (beaten, doubtful))
    gone, doubted = not_null(col("by")), all_of([is_null(col("by")), not_null(col("doubt"))])
    reduced = all_of([doubted, op("is not", col("paid_low"), lit(0))])
    return {"by": by, "doubt": doubt}, {
        "paid_low": case((any_of([gone, reduced]), lit(0)), default=col("paid_low")),
        "paid_high": case((gone, lit(0)), default=col("paid_high")),
        "fallen": case(
            (gone, call("list_append", col("fallen"), col("by"))),
            (reduced, call("list_append", col("fallen"), col("doubt"))),
            default=col("fallen"),
        ),
        "doubted": any_of([col("doubted"), doubted]),
    }


def _difference(stacking: Stacking, members: list[str], at: int) -> Ends:
    """Each member pays what goes beyond the most that the members before it pay."""
    before = range(at)
    lows = [call("coalesce", col(f"low {n}", "s"), lit(0)) for n in before]
    highs = [call("coalesce", col(f"high {n}", "s"), lit(0)) for n in before]
    top_low = call("greatest", lit(0), *lows)
    top_high = call("greatest", lit(0), *highs)
    top_open = any_of([is_true(col(f"open {n}", "s")) for n in before])
    live = all_of([_possible("l"), not_null(col("key", "s"))])
    by = [live, col("key", "s")]
    order = [col("first row", "l"), col("index", "l")]

    def sum_before(value: Sql) -> Sql:
        return big(call("coalesce", over(exp.Sum(this=value), by, order, "before"), lit(0)))

    high = col("paid_high", "l")
    opened = over(how_many(is_null(high)), by, order, "before")
    beside = {
        "live": live,
        "cut low": call("greatest", lit(0), op("-", top_low, sum_before(col("paid_low", "l")))),
        "cut high": call("greatest", lit(0), op("-", top_high, sum_before(call("coalesce", high, lit(0))))),
        "cut open": any_of([top_open, op(">", call("coalesce", opened, lit(0)), lit(0))]),
    }
    live, cut_low, cut_high, cut_open = map(col, beside)
    low, high = col("paid_low"), col("paid_high")
    more_high = case((is_null(high), null("BIGINT")), default=call("greatest", lit(0), op("-", high, cut_low)))
    more_low = case((cut_open, lit(0)), default=call("greatest", lit(0), op("-", low, cut_high)))
    changed = any_of([op("is not", more_low, low), is_true(op("is not", more_high, high))])
    told = call("list_append", col("fallen"), lit(f"{stacking.id}|difference"))
    doubted = all_of([live, op("is", more_low, lit(0)), any_of([cut_open, op(">", cut_high, lit(0))])])
    return beside, {
        "paid_low": case((live, more_low), default=low),
        "paid_high": case((live, more_high), default=high),
        "fallen": case((all_of([live, changed]), told), default=col("fallen")),
        "doubted": any_of([col("doubted"), doubted]),
    }


def _replace(connection: Connection, member: str, spans: str, key: str, ends: Ends) -> None:
    """The lines of a member with new ends; most lines are in dispute with none and stay where they are."""
    relation = lines_of(member)
    beside, columns = ends
    there = connection.table(exp.Table(this=table(relation).this).sql("duckdb")).columns
    told = isinstance(connection, duckdb.DuckDBPyConnection)  # Spark's tables are views: nothing is taken out of them
    program = Program()
    chosen = [*(col(each, "l") for each in there), *(named(value, each) for each, value in beside.items())]
    disputed = join(select(chosen, relation, "l"), spans, "s", op("is", col(key, "l"), col("key", "s")), left=not told)
    changed = [named(columns[each], each) if each in columns else col(each) for each in there]
    query = program.statement(select(changed, program.add(disputed)))
    if not told:
        create(connection, relation, query)
        return
    anew = f"ends {member}"
    create(connection, anew, query)
    where = exp.Where(this=exp.In(this=col(key), query=exp.Subquery(this=select([col("key")], spans))))
    connection.execute(sql(exp.Delete(this=table(relation), where=where)))
    connection.execute(sql(exp.Insert(this=table(relation), expression=select([exp.Star()], anew))))
    connection.execute(sql(exp.Drop(tables=[table(anew)], kind="TABLE")))


def _cap(connection: Connection, world: World, stacking: Stacking, cap: Limit, members: list[str]) -> None:
    """At most so much over all of them together, in order of date and row."""
    key = f"cap:{stacking.id}:{cap.label}"
    kept = ["first row", "index", "line date", "verdict", *PAID]
    program = Program()
    parts: list[exp.Query] = [
        filter_(
            select([named(col(key), "key"), named(lit(n), "member"), *(col(each) for each in kept)],
                   lines_of(member)),
            _possible(),
        )
        for n, member in enumerate(members)
        if stacking.limit_keys.get(member, {}).get(cap.label, ())
    ]  # fmt: skip
    if not parts:
        return
    together = program.add(union(parts), "together")
    scope = Scope(world, program, together, ("member", "first row", "index"), stacking.id)
    late = case((op("<", col("index"), lit(0)), lit(1)), default=lit(0))
    order = [col("line date"), col("first row"), late, col("index"), col("member")]
    stray = is_null(col("key"))  # it may use up what is there for any other
    whole = scope.bind(op("is", over(how_many(stray), []), lit(0)))
    apart = [scope.bind(case((stray, col(each)))) for each in ("member", "first row", "index")]
    lines = Lines(
        scope, [col("key"), *apart], order, whole, col("paid_low"), col("paid_high"), col("fallen"), col("verdict"),
        col("doubted"),
    )  # fmt: skip
    money(lines, cap.most, cap.label)
    ends = zip(PAID, (lines.low, lines.high, lines.fallen, lines.doubted), strict=True)
    relation = scope.flush()
    final = select(
        [*(col(each) for each in ("member", "first row", "index")), *(named(v, f"new {n}") for n, v in ends)], relation
    )
    capped = f"capped {stacking.id}"
    create(connection, capped, program.statement(final))
    for n, member in enumerate(members):
        name = lines_of(member)
        columns = connection.table(table(name).sql("duckdb")).columns
        there = not_null(col("member", "c"))
        chosen = [
            named(case((there, col(f"new {each}", "c")), default=col(each, "l")), each)
            if each in PAID
            else col(each, "l")
            for each in columns
        ]
        query = select(chosen, name, "l")
        on = all_of([op("is", col("member", "c"), lit(n)), op("is", col("first row", "l"), col("first row", "c")),
                     op("is", col("index", "l"), col("index", "c"))])  # fmt: skip
        join(query, capped, "c", on, left=True)
        create(connection, name, query)
