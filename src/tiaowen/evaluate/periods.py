"""Schedules expanded into periods, and instalments into payments."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from tiaowen.evaluate.amounts import ONE, AmountFn, Sum, compile_amount
from tiaowen.evaluate.bound import Bound
from tiaowen.evaluate.dates import add_days, add_months
from tiaowen.evaluate.expressions import Compiler, Fn, half_up
from tiaowen.evaluate.lines import Check, Line, kleene_and
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule, Schedule
from tiaowen.vocabulary.types import NONE

LONGEST = {"day": 36_525, "month": 1_200, "year": 100}  # periods of a hundred years


def step(every: str, begin: dt.date, count: int) -> dt.date:
    """First day of the period `count` periods after `begin`."""
    if every == "day":
        return add_days(begin, count)
    return add_months(begin, count * (12 if every == "year" else 1))


def expand_schedule(
    compiler: Compiler, rule: Rule, schedule: Schedule, amount: AmountFn, lines: list[Line]
) -> list[Line]:
    """One line per period.  A refused line stays one line."""
    found: list[Line] = []
    conditions = [compiler.fn(c.term) for c in schedule.conditions]
    begin_of = compiler.fn(schedule.begin)
    until_of = compiler.fn(schedule.until) if schedule.until is not None else None
    for line in lines:
        if line.verdict is False:
            found.append(line)
            continue
        begin = _exact(begin_of(line.env))
        until = _exact(until_of(line.env)) if until_of else NONE
        if begin is NONE:
            line.checks.append(Check("起算日", False, "while"))
            line.verdict = False
            found.append(line)
        elif begin is None:
            found.append(_unknown_begin(line, schedule, amount))
        elif schedule.spread:
            found += _spread(rule, schedule, amount, line, begin, conditions)
        else:
            found += _periods(compiler, rule, schedule, amount, line, begin, until, conditions)
    return found


def _exact(day: object) -> Any:
    """A day known only within bounds is not known."""
    return None if isinstance(day, Bound) else day


def _unknown_begin(line: Line, schedule: Schedule, amount: AmountFn) -> Line:
    """How many periods is unknown: nothing sure, at most all of them."""
    worth = amount(line.env, ONE)
    most = schedule.most
    line.low = 0
    line.high = None if worth.high is None or most is None else worth.high * most
    line.checks.append(Check("起算日", None, "while"))
    line.verdict = kleene_and([line.verdict, None])
    return line


def _periods(
    compiler: Compiler, rule: Rule, schedule: Schedule, amount: AmountFn, line: Line,
    begin: dt.date, until: object, conditions: list[Fn],
) -> list[Line]:  # fmt: skip
    on = line.env[t.SCOPE].facts.on
    open_end = until is NONE and schedule.most is None
    sure_end = until if isinstance(until, dt.date) else None
    if open_end and on is not None:
        sure_end = on
    made: list[Line] = []
    limit = LONGEST[schedule.every] if schedule.most is None else schedule.most
    if open_end and line.verdict is None:
        limit = 0  # nothing sure and no end: the rest says all there is to say
    for index in range(limit):
        first = step(schedule.every, begin, index)
        last = add_days(step(schedule.every, begin, index + 1), -1)
        if open_end and on is None:
            break
        if sure_end is not None and first > sure_end:
            break
        if schedule.past_expiry == "stop" and rule.expires is not None and first > rule.expires:
            break
        worth = _worth(amount, line, first)
        if sure_end is not None and last > sure_end and not open_end:
            part = _part(schedule, worth, first, sure_end, last)
            if part is None:
                break
            worth = part
        period = _period(line, worth, index, first, last)
        if until is None:  # the end is unknown: each period is possible, none is sure
            period.checks = [*period.checks, Check("截止日", None, "while")]
        _while(schedule, conditions, period, first)
        made.append(period)
        if until is None and schedule.most is None:
            period.high = None
            period.paid_high = None
            break
    if open_end:
        made.append(_rest(line, amount, begin, len(made), schedule))
    if not made:
        return _no_period(line)
    return made


def _no_period(line: Line) -> list[Line]:
    """Not one period falls due: the line stays, refused."""
    line.checks.append(Check("期数", False, "while"))
    line.verdict = False
    return [line]


def _rest(line: Line, amount: AmountFn, begin: dt.date, count: int, schedule: Schedule) -> Line:
    """What an allowance without an end may still come to: open."""
    worth = _worth(amount, line, begin)
    first = step(schedule.every, begin, count)
    rest = _period(line, Sum(0, None if worth.high != 0 else 0, worth.pays), count, first, first)
    rest.part = f"{rest.part}+"
    rest.end = None
    if rest.verdict is True:
        rest.checks = [*rest.checks, Check("尚未到期", None, "while")]
        rest.verdict = None
    return rest


def _worth(amount: AmountFn, line: Line, first: dt.date) -> Sum:
    before = line.env[t.PERIOD]
    line.env[t.PERIOD] = first
    try:
        return amount(line.env, ONE)
    finally:
        line.env[t.PERIOD] = before


def _part(schedule: Schedule, worth: Sum, first: dt.date, end: dt.date, last: dt.date) -> Sum | None:
    """A period that ends early: counted, dropped, by days, or anything up to whole."""
    if schedule.part == "drop":
        return None
    if schedule.part == "by day":
        days, whole = (end - first).days + 1, (last - first).days + 1
        high = None if worth.high is None else half_up(worth.high * days, whole)
        return replace(worth, low=half_up(worth.low * days, whole), high=high)
    if schedule.part == "undetermined":
        return replace(worth, low=0)
    return worth


def _period(line: Line, worth: Sum, index: int, first: dt.date, last: dt.date) -> Line:
    period = Line(
        line.rule, line.row, (*line.key, index), line.date, list(line.checks), line.verdict,
        line.env, part=str(index + 1), begin=first, end=last,
        order=(first, *line.order[1:], index), counts=line.counts, members=line.members,
    )  # fmt: skip
    period.low, period.high = worth.low, worth.high
    if worth.pays is not True:
        period.checks.append(Check(worth.why or "金额", worth.pays, "amount"))
        if worth.pays is False:
            period.low, period.high = 0, 0
    period.verdict = kleene_and([check.outcome for check in period.checks])
    return period


def _while(schedule: Schedule, conditions: list[Fn], period: Line, first: dt.date) -> None:
    before = period.env[t.PERIOD]
    period.env[t.PERIOD] = first
    for condition, fn in zip(schedule.conditions, conditions, strict=True):
        period.checks.append(Check(condition.label, fn(period.env), "while"))
    period.env[t.PERIOD] = before
    period.verdict = kleene_and([check.outcome for check in period.checks])


def _spread(
    rule: Rule, schedule: Schedule, amount: AmountFn, line: Line, begin: dt.date,
    conditions: list[Fn],
) -> list[Line]:  # fmt: skip
    """A total in equal yearly parts."""
    worth = amount(line.env, ONE)
    years = schedule.spread
    made = []
    for index in range(years):
        first = step("year", begin, index)
        last = add_days(step("year", begin, index + 1), -1)
        if schedule.past_expiry == "stop" and rule.expires is not None and first > rule.expires:
            break
        share = replace(
            worth, low=_share(worth.low, index, years),
            high=None if worth.high is None else _share(worth.high, index, years),
        )  # fmt: skip
        period = _period(line, share, index, first, last)
        _while(schedule, conditions, period, first)
        made.append(period)
    return made or _no_period(line)


def _share(total: int, index: int, parts: int) -> int:
    """Each part half up of what is due so far, so that the parts add up to the total."""
    return half_up(total * (index + 1), parts) - half_up(total * index, parts)


def expand_instalments(compiler: Compiler, rule: Rule, lines: list[Line]) -> list[Line]:
    """One line per instalment; its own conditions stand beside the benefit's."""
    found: list[Line] = []
    for line in lines:
        if line.verdict is False:
            found.append(line)
            continue
        for index, instalment in enumerate(rule.instalments):
            due = _exact(compiler.fn(instalment.due)(line.env))
            amount = compile_amount(compiler, instalment.amount)
            first = due if isinstance(due, dt.date) else None
            env = line.env
            before = env[t.PERIOD]
            env[t.PERIOD] = first
            worth = amount(env, ONE)
            made = _period(line, worth, index, first or dt.date.min, first or dt.date.min)
            made.begin = made.end = first
            made.part = instalment.label
            for condition in instalment.conditions:
                outcome = compiler.fn(condition.term)(env)
                made.checks.append(Check(condition.label, outcome, "while"))
            if due is NONE:
                made.checks.append(Check(instalment.label, False, "while"))
            elif due is None:
                made.checks.append(Check(instalment.label, None, "while"))
            env[t.PERIOD] = before
            made.verdict = kleene_and([check.outcome for check in made.checks])
            found.append(made)
    return found
