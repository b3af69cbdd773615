"""The demo's calendar: twelve spans of thirty days up to the last worked day, and the clock that goes through them.

Officers act on worked days only: weekends, statutory holidays and the days worked instead of them are the platform's own
(`claims.clock`), with the overrides of the demo's place.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from huijiang.claims.clock import is_worked, overrides
from huijiang.documents import library
from huijiang.entitlements.models import Standing
from huijiang.present import HERE, Clock, day_of
from huijiang.regions.models import Region
from huijiang.registry.models import MODELS
from tiaowen.plan import terms as t

SPANS: Final = 12
DAYS: Final = 30
LAST: Final = SPANS - 1
ONE: Final = dt.timedelta(days=1)
OPENS, CLOSES, MINUTES = dt.time(9), dt.time(18), 480  # of a day in which something is done
LONGEST: Final = 15  # days off in a row, at most: Spring Festival has nine
FIRST_THING: Final = 5  # minutes before nine for each day that is left of a holiday


@dataclass(frozen=True)
class Span:
    """Thirty days: the demo's month, from 0 (a year ago) to LAST (which ends today)."""

    number: int
    begins: dt.date

    def day(self, at: int) -> dt.date:
        """Its `at`-th day, from 0."""
        return self.begins + dt.timedelta(days=at)


class Calendar:
    """Spans and the clock.  Nothing happens after the moment at which the year ends (`ended`)."""

    def __init__(self, clock: Clock, end: dt.datetime, region: Region) -> None:
        self.clock, self.end = clock, end
        last = day_of(end)
        self.spans = [Span(at, last - dt.timedelta(days=DAYS * (SPANS - at) - 1)) for at in range(SPANS)]
        self.said = overrides(region, self.spans[0].begins, last + dt.timedelta(days=LONGEST))

    @property
    def last(self) -> dt.date:
        return self.spans[-1].day(DAYS - 1)

    def moment(self, day: dt.date, minutes: int = 0) -> dt.datetime:
        """`minutes` after nine on a worked day.  What falls on a day off is done on the next worked one before nine, the
        older the earlier: two moments are never in another order than their days.  Nothing after the end."""
        at, off = minutes % MINUTES, 0
        while not is_worked(day, self.said):
            day, off = day + ONE, off + 1
        if off:
            at = at * FIRST_THING // MINUTES - off * FIRST_THING
        moment = dt.datetime.combine(day, OPENS, HERE) + dt.timedelta(minutes=at)
        return min(moment.astimezone(dt.UTC), self.end)

    def on(self, day: dt.date, minutes: int = 0) -> None:
        """The clock is set to the moment of a day."""
        self.clock.at(self.moment(day, minutes))

    def after(self, moment: dt.datetime, day: dt.date, minutes: int, step: int) -> None:
        """The same, and later than a moment: at least so many minutes (`step`) where the day's moment is not."""
        planned = self.moment(day, minutes)
        self.clock.at(planned if planned > moment else min(moment + dt.timedelta(minutes=step), self.end))

    def workday_before_last(self) -> dt.date:
        return _worked_until(self.last - ONE, self.said)

    def span_of(self, day: dt.date) -> int:
        """The first span that begins after a day; 0 for what was before them all, SPANS for what is too late for any."""
        return next((each.number for each in self.spans if each.begins > day), SPANS)


def event_day(region: str, standing: Standing) -> dt.date | None:
    """The day of a result's event, where the rule dates it by the event's own row; None where it does not."""
    rule = library.placed(region).rule(standing.benefit)
    table, _sep, row = standing.holder.partition(":")
    if not isinstance(rule.date, t.Column) or rule.date.hops or table != rule.date.table or not row.isdigit():
        return None
    day = MODELS[table]._default_manager.filter(pk=row).values_list(rule.date.column, flat=True).first()
    return day if isinstance(day, dt.date) else None


def ended(now: dt.datetime, region: Region) -> dt.datetime:
    """When the year of a demo made at a moment ends: then, or when its office last closed."""
    opened = day_of(now) if now >= dt.datetime.combine(day_of(now), OPENS, HERE) else day_of(now) - ONE
    last = _worked_until(opened, overrides(region, opened - dt.timedelta(days=LONGEST), opened))
    return min(now, dt.datetime.combine(last, CLOSES, HERE).astimezone(dt.UTC))


def begun(end: dt.datetime) -> dt.datetime:
    """The moment from which a year that ends at `end` is lived."""
    return end - dt.timedelta(days=DAYS * SPANS)


def _worked_until(day: dt.date, said: dict[dt.date, bool]) -> dt.date:
    """The last worked day up to and with a day."""
    while not is_worked(day, said):
        day -= ONE
    return day
