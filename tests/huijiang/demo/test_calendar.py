"""The demo's days: officers act on worked days, in the order of what they do, and nothing lies in the future."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, cast

import pytest

from huijiang.accounts.models import User
from huijiang.claims.models import DayOverride
from huijiang.demo.calendar import DAYS, LAST, Calendar, begun, ended
from huijiang.present import HERE, Clock, day_of
from huijiang.regions import tree
from huijiang.regions.models import Region
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed import keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def xiaoshan(settings: Any, tmp_path: Path) -> Region:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    tree.sync(vocabulary().regions)
    return Region.objects.get(code="330109")


class Hands:
    """A clock's hands, without a database behind them."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)

    def at(self, moment: dt.datetime) -> None:
        self.moment = moment


def here(year: int, month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=HERE).astimezone(dt.UTC)


def calendar(region: Region, end: dt.datetime) -> Calendar:
    return Calendar(cast(Clock, Hands()), end, region)


def test_nobody_works_on_a_statutory_holiday_and_the_days_worked_instead_are_worked(xiaoshan: Region) -> None:
    """State Council, holidays of 2026: Spring Festival from 15 to 23 February, worked on the Saturdays 14 and 28; National
    Day from 1 to 7 October, worked on Sunday 20 September and Saturday 10 October."""
    made = calendar(xiaoshan, here(2026, 11, 27, 18))
    assert made.moment(dt.date(2026, 2, 14), 60) == here(2026, 2, 14, 10)
    assert [day_of(made.moment(dt.date(2026, 2, day), 60)).day for day in (15, 20, 23)] == [24, 24, 24]
    assert day_of(made.moment(dt.date(2026, 10, 1))) == dt.date(2026, 10, 8)
    assert made.moment(dt.date(2026, 9, 20)) == here(2026, 9, 20, 9)
    assert made.moment(dt.date(2026, 11, 21)) == here(2026, 11, 23, 8, 50)  # a Saturday: on Monday, first thing


def test_what_is_done_later_is_never_earlier_over_any_holiday(xiaoshan: Region) -> None:
    made = calendar(xiaoshan, here(2026, 11, 27, 18))
    first = made.spans[0].begins
    planned = [
        (first + dt.timedelta(days=at), minutes) for at in range(DAYS * (LAST + 1)) for minutes in (0, 60, 300, 479)
    ]
    moments = [made.moment(*each) for each in planned]
    assert moments == sorted(moments)
    assert max(moments) <= made.end
    made.after(here(2026, 3, 2, 11), dt.date(2026, 3, 2), 60, 20)
    assert made.clock.moment == here(2026, 3, 2, 11, 20)
    made.after(here(2026, 3, 2, 9, 59), dt.date(2026, 3, 2), 60, 20)
    assert made.clock.moment == here(2026, 3, 2, 10)


def test_the_year_ends_when_its_office_last_closed(xiaoshan: Region) -> None:
    """2026-11-29 is a Sunday, -11-30 a Monday."""
    closed = here(2026, 11, 27, 18)
    assert ended(here(2026, 11, 29, 20), xiaoshan) == closed
    assert ended(here(2026, 11, 30, 8, 59), xiaoshan) == closed
    assert ended(here(2026, 11, 30, 11), xiaoshan) == here(2026, 11, 30, 11)
    assert ended(here(2026, 11, 30, 23), xiaoshan) == here(2026, 11, 30, 18)
    assert ended(here(2026, 10, 7, 12), xiaoshan) == here(2026, 9, 30, 18)
    by = User.objects.create_user("office", None, name="办公室")
    DayOverride.objects.create(region=xiaoshan, day=dt.date(2026, 11, 28), works=True, words="补班", made_by=by)
    assert ended(here(2026, 11, 29, 20), xiaoshan) == here(2026, 11, 28, 18)
    made = calendar(xiaoshan, ended(here(2026, 11, 29, 20), xiaoshan))
    assert made.moment(dt.date(2026, 11, 28)) == here(2026, 11, 28, 9)
    assert made.spans[0].begins == dt.date(2025, 12, 4)
    assert begun(made.end).astimezone(HERE).date() == dt.date(2025, 12, 3)
