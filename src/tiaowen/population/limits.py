"""Limits in SQL: windows in the order of event date, row id, period; surely and possibly.

What stands before a line is summed twice, once over the lines that surely count
and once over all that may, as in `evaluate/limits.py`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlglot import exp

from tiaowen.plan.rules import Limit
from tiaowen.population.closed import closed
from tiaowen.population.errors import Unsupported
from tiaowen.population.expr import (
    Sql,
    all_of,
    any_of,
    big,
    call,
    case,
    cast,
    col,
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
    says,
)
from tiaowen.population.program import filter_, select, union
from tiaowen.population.rows import ORDER, Rows, may_join
from tiaowen.population.scope import Scope, is_constant
from tiaowen.population.world import ROW

LEFT = ("left low", "left high", "left fallen", "left doubted")


@dataclass
class Lines:
    """Lines of one group per partition: what is left of each, and whether all rivals are known.

    `doubted`: an earlier limit may have taken the line away, so it does not surely take its place.
    """

    scope: Scope
    by: list[Sql]
    order: list[Sql]
    whole: Sql
    low: Sql
    high: Sql
    fallen: Sql
    verdict: Sql
    doubted: Sql
    closed_end: bool = False  # whether every highest sum is known
    alone: bool = False  # whether no partition has more than one line
    _possible: Sql | None = None

    @property
    def possible(self) -> Sql:
        if self._possible is None:
            opened = lit(False) if self.closed_end else is_null(self.high)
            left = any_of([opened, op("is not", self.high, lit(0))])
            self._possible = self.scope.bind(all_of([not_false(self.verdict), left]))
        return self._possible

    @property
    def sure(self) -> Sql:
        return self.scope.bind(all_of([self.possible, is_true(self.verdict), no(self.doubted)]))

    def before(self, value: Sql) -> Sql:
        """A sum of what stands before each line in its group."""
        if self.alone:
            return lit(0)
        if value == lit(1):
            return self.scope.bind(op("-", over(exp.RowNumber(), self.by, self.order), lit(1)))
        if is_constant(value):
            return lit(0) if value == lit(0) else self.before(self.scope.bind(value))
        windowed = over(exp.Sum(this=value), self.by, self.order, "before")
        return self.scope.bind(big(call("coalesce", windowed, lit(0))))

    def top(self, value: Sql, rows: str) -> Sql:
        return self.scope.bind(over(exp.Max(this=value), self.by, self.order, rows))

    def set(self, low: Sql, high: Sql, doubted: Sql, *reasons: tuple[Sql, str]) -> None:
        """New ends for the possible lines, whether they may be gone, and why they changed."""
        scope, possible = self.scope, self.possible
        told = [(all_of([possible, when]), call("list_append", self.fallen, lit(how)))
                for when, how in reasons if not says(when, False)]  # fmt: skip
        fallen = scope._keep(case(*told, default=self.fallen)) if told else self.fallen
        one = self.low == self.high and low == high
        new_low = scope._keep(case((possible, low), default=self.low))
        new_high = new_low if one else scope._keep(case((possible, high), default=self.high))
        self._possible = None
        self.doubted = scope.bind(any_of([self.doubted, all_of([possible, doubted])]))
        self.low, self.high, self.fallen = new_low, new_high, fallen


def paid(rows: Rows, scope: Scope) -> tuple[Sql, Sql, Sql, Sql]:
    """What limits leave of each line: low, high, the list of what took the rest away, and whether it may be gone."""
    verdict, begin = scope.take("verdict"), scope.take("begin")
    never = says(is_null(begin), True)
    begun = lit(dt.date.min) if never else call("coalesce", begin, lit(dt.date.min))
    scope.fix("line date", case((op("<", scope.take("index"), lit(0)), scope.take("odate")), default=begun))
    # bound by name: the day of the period is read as a column
    day = col(scope.event_date)
    scope.put("limit day", day if never else call("coalesce", begin, day))
    low = scope._keep(case((is_true(verdict), scope.take("low")), default=lit(0)))
    high = scope._keep(case((not_false(verdict), scope.take("high")), default=lit(0)))
    before = dict(scope.known)
    fallen: Sql = cast(exp.Array(expressions=[]), "VARCHAR[]")
    doubted: Sql = lit(False)
    if not rows.rule.limits:
        return low, high, fallen, doubted
    closed_end = rows.exact
    if rows.owed and rows.exact and all(says(each, True) for each in rows.outcomes()):
        # nothing is left open: a line that is live is due, with its one sum
        low = high = scope.take("low")
    relation = scope.flush()
    program = scope.program
    # only lines that may be paid compete: most rows of a population never reach the windows
    scope.relation = program.add(filter_(select([exp.Star()], relation), not_false(verdict)), "live")
    if low is high:
        scope.fixed["verdict"] = verdict = lit(True)
    left = zip(LEFT, (low, high, fallen, doubted), strict=True)
    refused = filter_(select([exp.Star(), *(named(v, c) for c, v in left)], relation), no(not_false(verdict)))
    tie = [each for each in map(scope.take, ORDER[1:]) if not is_constant(each)]
    order = [each for each in (scope.take("line date"), *tie) if not is_constant(each)]
    grouping = rows.rule.grouping
    for limit in rows.rule.limits:
        keys, unknown, parts = rows.key_columns(scope.at_period("limit day"), limit.keys)
        scope.at_period(scope.event_date)
        # a group has one line, as groups have no periods
        alone = grouping is not None and not rows.rule.instalments and set(grouping.keys) <= set(limit.keys)
        complete = lit(True) if alone else closed(scope, limit.closure)
        apart = [] if says(unknown, False) else [scope.bind(case((unknown, each))) for each in tie]
        by = [*apart, *keys]
        opened = lit(False) if closed_end else is_null(high)
        possible = scope.bind(all_of([not_false(verdict), any_of([opened, op("is not", high, lit(0))])]))
        stray = may_join(scope, parts, possible)
        every = complete if says(complete, True) else over(call("bool_and", complete), by)
        whole = scope.bind(all_of([no(any_of([unknown, stray])), every]))
        lines = Lines(scope, by, order, whole, low, high, fallen, verdict, doubted, closed_end, alone)
        apply(lines, limit, rows.rule.key)
        low, high, fallen, doubted = lines.low, lines.high, lines.fallen, lines.doubted
    scope.known = before  # what was worked out for live lines alone is not there for the rest
    if rows.owed:
        scope.flush()
        return low, high, fallen, doubted
    for column, value in zip(LEFT, (low, high, fallen, doubted), strict=True):
        scope.put(column, value)
    scope.relation = program.add(union([select([exp.Star()], scope.flush()), refused]))
    return col(LEFT[0]), col(LEFT[1]), col(LEFT[2]), col(LEFT[3])


def apply(lines: Lines, limit: Limit, rule: str) -> None:
    match limit.kind:
        case "count":
            _count(lines, limit, rule)
        case "money":
            money(lines, limit.most, limit.label)
        case "highest":
            _highest(lines, limit.label)
        case "difference":
            _difference(lines, limit.label)
        case _:
            raise Unsupported(rule, f"限制 {limit.kind}")


def _number(of: Sql) -> Sql:
    return case((of, lit(1)), default=lit(0))


def _count(lines: Lines, limit: Limit, rule: str) -> None:
    """At most so many lines, or so many events whatever their periods."""
    scope, most = lines.scope, lit(limit.most)
    possible, sure = lines.possible, lines.sure
    if limit.events:
        event = [*lines.by, col(ROW)]
        first = scope.bind(op("is", over(exp.RowNumber(), [*event, possible], lines.order), lit(1)))
        unit = scope.bind(all_of([possible, first]))
        surely = scope.bind(is_true(over(call("bool_or", sure), event)))
        in_order = [scope.take("odate"), col(ROW)]

        def before(which: Sql, mine: Sql) -> Sql:
            upto = over(exp.Sum(this=_number(which)), lines.by, in_order)
            return scope.bind(op("-", big(upto), mine))

        taken = before(scope.bind(all_of([unit, surely])), _number(surely))
        asked = before(unit, lit(1))
    else:
        if sure == possible:
            taken = asked = lines.before(_number(sure))
        else:
            first, second = scope.together([_number(sure), _number(possible)])
            taken, asked = lines.before(first), lines.before(second)
    used = scope.bind(op(">=", taken, most))
    beyond = lit(False) if taken == asked else op(">=", asked, most)  # beyond what is used up
    doubtful = any_of([beyond, no(lines.whole)])
    doubt = scope.bind(all_of([no(used), doubtful]))
    some = op("is not", lines.low, lit(0))
    lines.set(
        case((any_of([used, doubt]), lit(0)), default=lines.low),
        case((used, lit(0)), default=lines.high),
        doubt,
        (used, f"{limit.label}|used up"),
        (all_of([doubt, some, beyond]), f"{limit.label}|may be used up"),
        (all_of([doubt, some]), f"{limit.label}|not all rows known"),
    )


def money(lines: Lines, most: int, label: str) -> None:
    """At most `most` fen, in order."""
    scope, cap = lines.scope, lit(most)
    possible = lines.possible
    if lines.closed_end and lines.sure == possible and lines.low == lines.high and says(lines.whole, True):
        left = op("-", cap, call("least", cap, lines.before(scope._keep(case((possible, lines.low), default=lit(0))))))
        left = scope.bind(left)
        high = scope.bind(call("least", lines.high, left))
        reasons = (op("is", high, lit(0)), f"{label}|used up"), (op("<", high, lines.high), f"{label}|capped")
        lines.set(high, high, op("is", left, lit(0)), *reasons)
        return
    low = scope.bind(case((lines.sure, lines.low), default=lit(0)))
    lows, highs, opens = scope.together([
        case((possible, low), default=lit(0)),
        case((possible, call("coalesce", lines.high, lit(0))), default=lit(0)),
        _number(all_of([possible, is_null(lines.high)])),
    ])  # fmt: skip
    before_low, before_high, open_before = lines.before(lows), lines.before(highs), lines.before(opens)
    left = op("-", cap, call("least", cap, before_low))
    high = scope.bind(call("least", lines.high, left))
    no_worst = any_of([op(">", open_before, lit(0)), no(lines.whole)])
    worst = case((no_worst, lit(0)), default=op("-", cap, call("least", cap, before_high)))
    worst = scope.bind(worst)
    reduced = scope.bind(call("least", low, worst))
    capped = any_of([is_null(lines.high), op("<", high, lines.high)])
    lines.set(
        call("least", reduced, high), high, op("is", worst, lit(0)),
        (op("is", high, lit(0)), f"{label}|used up"),
        (capped, f"{label}|capped"),
        (op("<", reduced, low), f"{label}|may be capped"),
    )  # fmt: skip


def _highest(lines: Lines, label: str) -> None:
    """Only the highest is paid; of equals the earliest."""
    scope, possible = lines.scope, lines.possible
    low = scope.bind(case((lines.sure, lines.low), default=lit(0)))
    sure_low = scope.bind(case((lines.sure, lines.low), default=null("BIGINT")))
    most = lit(2**62)
    top = scope.bind(case((possible, call("coalesce", lines.high, most)), default=null("BIGINT")))
    earlier, later = lines.top(sure_low, "before"), lines.top(sure_low, "after")
    beaten = is_true(any_of([op(">=", earlier, lines.high), op(">", later, lines.high)]))
    before, after = lines.top(top, "before"), lines.top(top, "after")
    doubtful = any_of([is_true(op(">=", before, low)), is_true(op(">", after, low)), no(lines.whole)])
    beaten, doubtful = scope.bind(beaten), scope.bind(doubtful)
    lines.set(
        case((any_of([beaten, doubtful]), lit(0)), default=lines.low),
        case((beaten, lit(0)), default=lines.high),
        all_of([doubtful, no(beaten)]),
        (beaten, f"{label}|not the highest"),
        (all_of([doubtful, op("is not", lines.low, lit(0))]), f"{label}|may not be the highest"),
    )


def _difference(lines: Lines, label: str) -> None:
    """Each line pays only what goes beyond the highest before it."""
    scope, possible = lines.scope, lines.possible
    low = scope.bind(case((lines.sure, lines.low), default=lit(0)))
    top_low = scope.bind(call("coalesce", lines.top(case((possible, low)), "before"), lit(0)))
    top_high = scope.bind(call("coalesce", lines.top(case((possible, lines.high)), "before"), lit(0)))
    open_before = scope.bind(op(">", lines.before(_number(all_of([possible, is_null(lines.high)]))), lit(0)))
    more_high = scope.bind(
        case((is_null(lines.high), null("BIGINT")), default=call("greatest", lit(0), op("-", lines.high, top_low)))
    )
    more_low = case(
        (any_of([open_before, no(lines.whole)]), lit(0)),
        default=call("greatest", lit(0), op("-", low, top_high)),
    )
    more_low = scope.bind(more_low)
    gone = scope.bind(is_true(op("is", more_high, lit(0))))
    some_before = any_of([open_before, op("is not", top_high, lit(0))])
    doubt = all_of([no(gone), op("is", more_low, lit(0)), any_of([some_before, no(lines.whole)])])
    changed = any_of([op("is not", more_low, low), all_of([not_null(more_high), op("is not", more_high, lines.high)])])
    lines.set(
        case((gone, lit(0)), default=more_low), more_high, doubt,
        (gone, f"{label}|nothing beyond the earlier one"),
        (all_of([some_before, changed]), f"{label}|difference"),
    )  # fmt: skip
