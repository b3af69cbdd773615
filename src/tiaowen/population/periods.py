"""Payments of a rule: one per row or group, per period of a schedule, or per instalment.

Every way ends in the same columns: index, begin, end, part, verdict, low, high,
pays, why, and the checks that it adds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlglot import exp

from tiaowen.plan.rules import Instalment, Schedule
from tiaowen.population import calendar
from tiaowen.population.amounts import ONE, Sum, amount_of
from tiaowen.population.certain import always_known
from tiaowen.population.expr import (
    ABSENT_DATE,
    Sql,
    absent,
    all_of,
    any_of,
    call,
    case,
    cast,
    col,
    half_up,
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
    says,
)
from tiaowen.population.program import filter_, group, join, select, union
from tiaowen.population.rows import Rows
from tiaowen.population.scope import Scope
from tiaowen.population.world import ROW
from tiaowen.vocabulary.types import DATE

LONGEST = {"day": 36_525, "month": 1_200, "year": 100}
BEGIN, NUMBER, END, REST = "起算日", "期数", "截止日", "尚未到期"
PAID_KEYS = (ROW, "index")


def single(rows: Rows) -> Scope:
    """One payment per row or group."""
    scope = rows.scope
    verdict, refused = scope.take(rows.verdict), rows.refused()
    assert rows.rule.amount is not None
    worth = amount_of(scope, rows.rule.amount, rows.counts or ONE)
    rows.exact = worth.exact
    if rows.rule.grouping is not None and not says(scope.take("several"), False):
        rows.exact = False
        boundless = all_of([scope.take("several"), any_of([is_null(worth.high), op("is not", worth.high, lit(0))])])
        worth = replace(worth, exact=False, high=case((boundless, null("BIGINT")), default=worth.high))
    _shape(scope)
    _pay(scope, worth, verdict, no(refused))
    return scope


def no_money(rows: Rows) -> Scope:
    """Lines of a rule that pays nothing: a treatment, a duty, a risk."""
    scope = rows.scope
    _shape(scope)
    scope.fix("verdict", scope.take(rows.verdict))
    scope.fix("low", lit(0))
    scope.fix("high", lit(0))
    scope.fix("pays", lit(True))
    scope.fix("why", lit(""))
    return scope


def _shape(scope: Scope) -> None:
    scope.fix("index", lit(-1))
    scope.fix("part", lit(""))
    scope.fix("begin", null("DATE"))
    scope.fix("end", null("DATE"))


def _pay(scope: Scope, worth: Sum, verdict: Sql, asked: Sql) -> None:
    """Put an amount on the lines where it is asked for; `not paid` refuses them."""
    refused = any_of([no(asked), no(not_false(worth.pays))])
    scope.fix("pays", case((asked, worth.pays), default=lit(True)))
    scope.fix("why", case((op("is", worth.why, lit("")), lit("金额")), default=worth.why))
    scope.fix("verdict", all_of([verdict, scope.take("pays")]))
    scope.fix("low", case((refused, lit(0)), default=worth.low))
    scope.fix("high", scope.take("low") if worth.exact else case((refused, lit(0)), default=worth.high))


# -- schedules -----------------------------------------------------------------------
def scheduled(rows: Rows, schedule: Schedule) -> Scope:
    """One line per period.  A refused row stays one line."""
    scope, program = rows.scope, rows.program
    verdict = scope.take(rows.verdict)
    begin = scope.value(schedule.begin)
    start = scope.bind(begin.plain(DATE))
    unknown = lit(False) if always_known(rows.world, schedule.begin, rows.dated) else is_null(start)
    begin_gone = op("is", start, absent(DATE)) if begin.absent else lit(False)
    until = scope.bind(scope.value(schedule.until).plain(DATE)) if schedule.until is not None else lit(ABSENT_DATE)
    endless = schedule.most is None
    on = rows.world.on
    if schedule.until is None:  # decided for every row
        open_end: Sql = lit(endless and not schedule.spread)
        last_day = lit(on) if says(open_end, True) and on is not None else null("DATE")
    else:
        open_end = scope.bind(op("is", until, absent(DATE)) if endless and not schedule.spread else lit(False))
        closes: list[tuple[Sql, Sql]] = [] if on is None else [(is_true(open_end), lit(on))]
        known = case(*closes, (op("is not", until, absent(DATE)), until), default=null("DATE"))
        last_day = scope.bind(known)
    branch = scope._keep(
        case(
            (rows.refused(), lit("refused")),
            (is_true(begin_gone), lit("no begin")),
            (unknown, lit("begin unknown")),
            default=lit("period"),
        )
    )
    most = _most(schedule, start, until, last_day, open_end, verdict, on)
    scope.fix("most", most)
    relation = scope.flush()
    periods = _periods(rows, schedule, scope, relation, branch, start, last_day, open_end)
    parts: list[exp.Query] = [select([exp.Star()], periods)]
    # of what is no period only a line whose begin is unknown may be owed anything
    chosen = (
        all_of([unknown, op("is", branch, lit("begin unknown"))]) if rows.owed else op("is not", branch, lit("period"))
    )
    if not says(chosen, False):
        parts.append(filter_(
            select([exp.Star(), named(branch, "branch"), named(lit(-1), "index"), named(null("DATE"), "begin"),
                    named(null("DATE"), "end")], relation),
            chosen,
        ))  # fmt: skip
    if not (rows.owed and says(open_end, False)):
        parts += _beyond(rows, schedule, relation, periods, branch, start, open_end)
    lines = program.add(union(parts), "lines")
    paid = scope.narrowed(lines, PAID_KEYS)
    if len(parts) == 1:
        paid.fixed["branch"] = lit("period")
    return _pay_periods(rows, schedule, paid, start, until, last_day, open_end)


def _beyond(
    rows: Rows, schedule: Schedule, relation: str, periods: str, branch: Sql, start: Sql, open_end: Sql
) -> list[exp.Query]:
    """What follows the last period that can be laid out, and rows that have none."""
    program = rows.program
    made = select([named(col(ROW), "row"), named(how_many(), "made")], periods)
    counted = program.add(group(made, [col(ROW)]))
    whole = select([exp.Column(this=exp.Star(), table=exp.to_identifier("e")), col("made", "c")], relation, "e")
    join(whole, counted, "c", op("is", col(ROW, "e"), col("row", "c")), left=True)
    each = program.add(filter_(whole, op("is", branch, lit("period"))))
    count = call("coalesce", col("made"), lit(0))
    first = _step(schedule, start, count)
    found: list[exp.Query] = []
    if not says(open_end, False):
        found.append(filter_(
            select([exp.Star(), named(lit("rest"), "branch"), named(count, "index"), named(first, "begin"),
                    named(null("DATE"), "end")], each),
            open_end,
        ))  # fmt: skip
    if not rows.owed:
        found.append(filter_(
            select([exp.Star(), named(lit("none"), "branch"), named(lit(-1), "index"), named(null("DATE"), "begin"),
                    named(null("DATE"), "end")], each),
            all_of([is_null(col("made")), no(open_end)]),
        ))  # fmt: skip
    return found


def _most(
    schedule: Schedule, start: Sql, until: Sql, last_day: Sql, open_end: Sql, verdict: Sql, on: dt.date | None
) -> Sql:
    """How many periods to lay out at most; what lies past the end is cut off afterwards."""
    if schedule.spread:
        return lit(schedule.spread)
    limit = LONGEST[schedule.every] if schedule.most is None else schedule.most
    match schedule.every:
        case "day":
            span = op("+", calendar.days_from(start, last_day), lit(1))
        case "year":
            span = op("+", op("-", calendar.year(last_day), calendar.year(start)), lit(1))
        case _:
            span = op("+", op("-", calendar.month(last_day), calendar.month(start)), lit(1))
    alone = [(is_null(until), lit(1))] if schedule.most is None else []
    # nothing sure and no end: the rest says all there is to say
    unsure = all_of([open_end, is_null(verdict)])
    nothing = [(is_true(open_end if on is None else unsure), lit(0))]
    return case(
        *nothing,
        (not_null(last_day), call("least", lit(limit), call("greatest", lit(0), span))),
        *alone,
        default=lit(limit),
    )


def _step(schedule: Schedule, start: Sql, count: Sql) -> Sql:
    if schedule.every == "day" and not schedule.spread:
        return calendar.add_days(start, count)
    months = 12 if schedule.every == "year" or schedule.spread else 1
    return calendar.add_months(start, op("*", count, lit(months)))


def _moved(schedule: Schedule, start: Sql, count: Sql) -> Sql:
    """The day `count` periods after the first, wherever that may be."""
    if schedule.every == "day" and not schedule.spread:
        return calendar.days_later(start, count)
    months = 12 if schedule.every == "year" or schedule.spread else 1
    return calendar.months_later(start, count if months == 1 else op("*", count, lit(months)))


def _periods(
    rows: Rows, schedule: Schedule, scope: Scope, relation: str, branch: Sql, start: Sql, last_day: Sql, open_end: Sql
) -> str:
    """A row per period that is due."""
    program, most = rows.program, scope.take("most")
    numbers = exp.Unnest(expressions=[call("range", most)])
    laid = program.add(
        filter_(select([exp.Star(), named(branch, "branch"), named(numbers, "index")], relation),
                all_of([op("is", branch, lit("period")), op(">", most, lit(0))]))
    )  # fmt: skip
    # a column of its own for what is used three times; a day beyond the calendar stops at its end
    moved = program.extend(laid, [("moved", _moved(schedule, start, col("index"))),
                                  ("next", _moved(schedule, start, op("+", col("index"), lit(1))))])  # fmt: skip
    following = op("-", calendar.within(col("next")), exp.Literal.number(1))
    dated = program.extend(moved, [("begin", calendar.within(col("moved"))), ("end", following)])
    kept: list[Sql] = []
    if not schedule.spread and not says(is_null(last_day), True):
        kept.append(not_false(op("<=", col("begin"), last_day)))
        if schedule.part == "drop":
            kept.append(any_of([open_end, not_false(op("<=", col("end"), last_day))]))
    if schedule.past_expiry == "stop" and rows.rule.expires is not None:
        kept.append(op("<=", col("begin"), lit(rows.rule.expires)))
    return program.add(filter_(select([exp.Star()], dated), all_of(kept)), "periods")


def _pay_periods(
    rows: Rows, schedule: Schedule, scope: Scope, start: Sql, until: Sql, last_day: Sql, open_end: Sql
) -> Scope:
    assert rows.rule.amount is not None

    def at(name: str) -> Sql:
        return op("is", scope.take("branch"), lit(name))

    period, rest = at("period"), at("rest")
    day = case((period, col("begin")), (rest, start), default=col(scope.event_date))
    scope.put("amount day", col(scope.event_date) if schedule.spread else day)
    priced = scope.at_period("amount day")
    worth = amount_of(priced, rows.rule.amount)
    tested = priced.at_period("begin")
    low, high = worth.low, worth.high
    if schedule.spread:
        low, high = (_share(each, schedule.spread) for each in (low, high))
    else:
        ends_early = all_of([period, no(open_end), is_true(op(">", col("end"), last_day))])
        low, high = _part(schedule, low, high, ends_early, last_day)
    refused = no(not_false(worth.pays))
    unknown_most = null("BIGINT") if schedule.most is None else op("*", worth.high, lit(schedule.most))
    boundless = is_null(until) if schedule.most is None and not schedule.spread else lit(False)
    rows.exact = worth.exact and low is worth.low and says(period, True)
    tested.fix("low", case((all_of([period, no(refused)]), low), default=lit(0)))
    tested.fix(
        "high",
        tested.take("low")
        if rows.exact
        else case(
            (all_of([period, boundless]), null("BIGINT")),
            (at("begin unknown"), unknown_most),
            (any_of([at("refused"), at("no begin"), at("none"), refused]), lit(0)),
            (period, high),
            (is_true(op("is", worth.high, lit(0))), lit(0)),
            default=null("BIGINT"),
        ),
    )
    paying = any_of([period, rest])
    tested.fix("pays", case((paying, worth.pays), default=lit(True)))
    why = case((any_of([rest, op("is", worth.why, lit(""))]), lit("金额")), default=worth.why)
    tested.fix("why", why)
    rows.scope = tested
    true = lit(True)
    rows.check(BEGIN, case((at("no begin"), lit(False)), (at("begin unknown"), null("BOOLEAN")), default=true))
    rows.check(NUMBER, no(at("none")))
    if not schedule.spread:
        rows.check(END, case((all_of([period, is_null(until)]), null("BOOLEAN")), default=true))
    for condition in schedule.conditions:
        rows.check(condition.label, case((period, tested.outcome(condition.term)), default=true))
    known = tested.bind(all_of([*rows.outcomes(), tested.take("pays")]))
    rows.check(REST, case((all_of([rest, is_true(known)]), null("BOOLEAN")), default=true))
    tested.fix("verdict", all_of([known, tested.take(rows.checks[REST])]))
    number = cast(op("+", col("index"), lit(1)), "VARCHAR")
    more = exp.DPipe(this=number, expression=lit("+"))
    tested.fix("part", case((period, number), (rest, more), default=lit("")))
    tested.flush()
    return tested.at_period(tested.event_date)


def _share(total: Sql, parts: int) -> Sql:
    """Each part half up of what is due so far, so that the parts add up to the total."""
    due = half_up(op("*", total, op("+", col("index"), lit(1))), lit(1), lit(parts))
    paid = half_up(op("*", total, col("index")), lit(1), lit(parts))
    return op("-", due, paid)


def _part(schedule: Schedule, low: Sql, high: Sql, early: Sql, last_day: Sql) -> tuple[Sql, Sql]:
    """A period that ends early: counted, dropped (already gone), by days, or anything up to whole."""
    if schedule.part == "by day":
        days = op("+", calendar.days_from(col("begin"), last_day), lit(1))
        whole = op("+", calendar.days_from(col("begin"), col("end")), lit(1))
        return (
            case((early, half_up(low, days, whole)), default=low),
            case((early, half_up(high, days, whole)), default=high),
        )
    if schedule.part == "undetermined":
        return case((early, lit(0)), default=low), high
    return low, high


# -- instalments ---------------------------------------------------------------------
def in_instalments(rows: Rows) -> Scope:
    """One line per instalment; its own conditions stand beside the benefit's."""
    scope, program, rule = rows.scope, rows.program, rows.rule
    dues = [scope.value(each.due) for each in rule.instalments]
    days = [scope.bind(due.plain(DATE)) for due in dues]
    relation = scope.flush()
    verdict = scope.take(rows.verdict)
    labels = list(dict.fromkeys([c.label for each in rule.instalments for c in each.conditions]))
    columns = ["index", "part", "begin", "end", "verdict", "low", "high", "pays", "why", "due",
               *(f"check:{label}" for label in labels), *(f"due:{each.label}" for each in rule.instalments)]  # fmt: skip
    kept = program.add(filter_(select([exp.Star()], relation), no(not_false(verdict))))
    refused = scope.narrowed(kept)
    for column, value in (("index", lit(-1)), ("part", lit("")), ("begin", null("DATE")), ("end", null("DATE")),
                          ("verdict", verdict), ("low", lit(0)), ("high", lit(0)), ("pays", lit(True)),
                          ("why", lit("")), ("due", null("DATE"))):  # fmt: skip
        refused.put(column, value)
    parts: list[exp.Query] = [select([exp.Star()], refused.flush())]
    live = program.add(filter_(select([exp.Star()], relation), not_false(verdict)))
    for index, instalment in enumerate(rule.instalments):
        made = _instalment(rows, scope.narrowed(live), instalment, index, days[index], dues[index].absent)
        parts.append(select([exp.Star()], made))
    lines = program.add(union(parts), "lines")
    for column in columns[10:]:
        rows.checks[column.removeprefix("check:").removeprefix("due:")] = column
    return scope.narrowed(lines, PAID_KEYS)


def _instalment(rows: Rows, scope: Scope, instalment: Instalment, index: int, due: Sql, absent_too: bool) -> str:
    gone = op("is", due, absent(DATE)) if absent_too else lit(False)
    first = case((no(gone), due), default=null("DATE"))
    for column, value in (("index", lit(index)), ("part", lit(instalment.label)), ("due", first)):
        scope.put(column, value)
    at_due = scope.at_period("due")
    at_due.put("begin", col("due"))
    at_due.put("end", col("due"))
    worth = amount_of(at_due, instalment.amount)
    checks = []
    for condition in instalment.conditions:
        outcome = at_due.outcome(condition.term)
        at_due.put(f"check:{condition.label}", outcome)
        checks.append(col(f"check:{condition.label}"))
    known = case((gone, lit(False)), (is_null(due), null("BOOLEAN")), default=lit(True))
    at_due.put(f"due:{instalment.label}", known)
    verdict = all_of([scope.take(rows.verdict), *checks, col(f"due:{instalment.label}")])
    refused = no(not_false(worth.pays))
    at_due.put("pays", worth.pays)
    at_due.put("why", case((op("is", worth.why, lit("")), lit("金额")), default=worth.why))
    at_due.put("verdict", all_of([verdict, worth.pays]))
    at_due.put("low", case((refused, lit(0)), default=worth.low))
    at_due.put("high", case((refused, lit(0)), default=worth.high))
    return at_due.flush()
