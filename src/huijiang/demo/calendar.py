"""The demo's calendar: twelve spans of thirty days up to today, and the clock that goes through them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from huijiang.documents import library
from huijiang.entitlements.models import Standing
from huijiang.present import HERE, Clock
from huijiang.registry.models import MODELS
from tiaowen.plan import terms as t

SPANS: Final = 12
DAYS: Final = 30
LAST: Final = SPANS - 1


@dataclass(frozen=True)
class Span:
    """Thirty days: the demo's month, from 0 (a year ago) to LAST (which ends today)."""

    number: int
    begins: dt.date

    def day(self, at: int) -> dt.date:
        """Its `at`-th day, from 0."""
        return self.begins + dt.timedelta(days=at)


class Calendar:
    """Spans and the clock.  Nothing happens after the moment at which the demo is made."""

    def __init__(self, clock: Clock, end: dt.datetime) -> None:
        self.clock, self.end = clock, end
        last = end.astimezone(HERE).date()
        self.spans = [Span(at, last - dt.timedelta(days=DAYS * (SPANS - at) - 1)) for at in range(SPANS)]

    @property
    def last(self) -> dt.date:
        return self.spans[-1].day(DAYS - 1)

    def on(self, day: dt.date, minutes: int = 0) -> None:
        """A working day from then on, `minutes` after nine (at most until five), or the last moment of all."""
        while day.weekday() >= 5:
            day += dt.timedelta(days=1)
        moment = dt.datetime.combine(day, dt.time(9), HERE) + dt.timedelta(minutes=minutes % 480)
        self.clock.at(min(moment.astimezone(dt.UTC), self.end))

    def workday_before_last(self) -> dt.date:
        day = self.last - dt.timedelta(days=1)
        while day.weekday() >= 5:
            day -= dt.timedelta(days=1)
        return day

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


def begun(start: dt.datetime) -> dt.datetime:
    """The moment from which the demo's year is lived, for a demo made at `start`."""
    return start - dt.timedelta(days=DAYS * SPANS)
