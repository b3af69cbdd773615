"""Calendar arithmetic in SQL, equal to `evaluate/dates.py`: whole months completed, month ends kept."""

from __future__ import annotations

import datetime as dt

from sqlglot import exp

from tiaowen.population.expr import Sql, big, call, case, cast, lit, op

# 9999-12-31 means "absent" here, so a day beyond the calendar stops one day before it.
LAST_DAY = dt.date(9999, 12, 30)


def year(day: Sql) -> Sql:
    return big(call("year", day))


def month(day: Sql) -> Sql:
    """Months since year 0."""
    return op("-", op("+", op("*", year(day), lit(12)), big(call("month", day))), lit(1))


def month_start(index: Sql) -> Sql:
    return call("make_date", op("//", index, lit(12)), op("+", op("%", index, lit(12)), lit(1)), lit(1))


def month_end(index: Sql) -> Sql:
    return call("last_day", month_start(index))


def add_months(day: Sql, months: Sql) -> Sql:
    """DuckDB's own interval lands on the month's last day where there is no such day."""
    return within(months_later(day, months))


def add_days(day: Sql, days: Sql) -> Sql:
    return within(days_later(day, days))


def months_later(day: Sql, months: Sql) -> Sql:
    return cast(op("+", day, call("to_months", cast(months, "INTEGER"))), "DATE")


def days_later(day: Sql, days: Sql) -> Sql:
    return op("+", day, cast(days, "INTEGER"))


def within(day: Sql) -> Sql:
    """The day, or the calendar's own end where it lies beyond."""
    return case(
        (op(">", day, lit(LAST_DAY)), lit(LAST_DAY)),
        (op("<", day, lit(dt.date.min)), lit(dt.date.min)),
        default=day,
    )


def days_from(first: Sql, last: Sql) -> Sql:
    """Days from one date to another: a difference of dates is a plain count of days."""
    return big(exp.Paren(this=exp.Sub(this=last, expression=first)))


def months_between(first: Sql, last: Sql) -> Sql:
    """Whole months completed, negative when `last` is earlier."""
    forward = _completed(first, last)
    back = op("-", lit(0), _completed(last, first))
    return case((op("<", last, first), back), default=forward)


def _completed(first: Sql, last: Sql) -> Sql:
    months = op("-", month(last), month(first))
    lands = call("least", call("day", first), call("day", call("last_day", last)))
    short = case((op("<=", lands, call("day", last)), lit(0)), default=lit(1))
    return op("-", months, short)


def years_between(first: Sql, last: Sql) -> Sql:
    """Whole years completed, cut towards zero as `//` of DuckDB does."""
    return op("//", months_between(first, last), lit(12))
