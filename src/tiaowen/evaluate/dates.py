"""Calendar arithmetic of the law: months, years and part months by dates."""

from __future__ import annotations

import calendar
import datetime as dt


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day `months` later, or that month's last day when there is no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        return dt.date.max if year > 9999 else dt.date.min
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_days(day: dt.date, days: int) -> dt.date:
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return dt.date.max if days > 0 else dt.date.min


def months_between(first: dt.date, last: dt.date) -> int:
    """Whole months completed from one day to another (negative when `last` is earlier).

    A month is complete on the day `add_months` lands on.
    """
    if last < first:
        return -months_between(last, first)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if add_months(first, months) <= last else months - 1


def years_between(first: dt.date, last: dt.date) -> int:
    """Whole years completed."""
    months = months_between(first, last)
    return months // 12 if months >= 0 else -((-months) // 12)


def month_index(day: dt.date) -> int:
    """Months since year 0: comparable, and one per calendar month."""
    return day.year * 12 + day.month - 1


def month_start(index: int) -> dt.date:
    return dt.date(index // 12, index % 12 + 1, 1)


def month_end(index: int) -> dt.date:
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, calendar.monthrange(year, month)[1])
