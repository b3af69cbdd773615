"""Calendar arithmetic: leap days, ends of months, whole months completed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiaowen.evaluate.dates import (
    add_days,
    add_months,
    month_end,
    month_index,
    month_start,
    months_between,
    years_between,
)

DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-12-15", 1, "2025-01-15"),
        ("2025-03-01", 36, "2028-03-01"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_the_month(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2024-01-31", "2024-02-28", 0),
        ("2024-01-31", "2024-02-29", 1),  # the month has no later day
        ("2024-01-31", "2024-03-30", 1),
        ("2024-01-31", "2024-03-31", 2),
        ("2024-02-29", "2025-02-28", 12),
        ("2024-05-10", "2024-05-10", 0),
        ("2024-05-10", "2024-06-09", 0),
        ("2024-06-10", "2024-05-10", -1),
    ],
)
def test_a_month_is_complete_on_the_day_it_lands_on(first: str, last: str, months: int) -> None:
    assert months_between(day(first), day(last)) == months


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        ("2008-02-29", "2024-02-28", 15),
        ("2008-02-29", "2024-02-29", 16),
        ("2007-02-28", "2024-02-29", 17),
        ("2008-02-29", "2025-02-28", 17),
    ],
)
def test_a_birthday_on_a_leap_day_comes_each_year(born: str, on: str, years: int) -> None:
    assert years_between(day(born), day(on)) == years


@given(DAYS, st.integers(0, 600))
def test_as_many_months_are_complete_as_were_added(start: dt.date, months: int) -> None:
    assert months_between(start, add_months(start, months)) == months
    assert months_between(start, add_days(add_months(start, months), -1)) == (months - 1 if months else 0)


@given(DAYS)
def test_a_month_has_its_first_and_last_day(start: dt.date) -> None:
    index = month_index(start)
    assert month_start(index) <= start <= month_end(index)
    assert month_index(add_days(month_end(index), 1)) == index + 1


def test_no_date_leaves_the_calendar() -> None:
    assert add_months(day("9999-12-01"), 10**9) == dt.date.max
    assert add_months(day("0001-01-01"), -(10**9)) == dt.date.min
    assert (add_days(dt.date.max, 1), add_days(dt.date.min, -1)) == (dt.date.max, dt.date.min)
