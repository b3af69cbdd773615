"""Working days, and the office's clock: it runs while the office has the claim, and stands while others do.

The day on which something arrives is not counted.  A claim of a round that is ranked can't be decided before the others
are in: its clock begins when the round ends, or when its panel's last day is over (`places.begins_on`).  Days are worked as the national calendar says (`holidays`), unless an override of the
place, of a place above it, or of everywhere says otherwise.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import holidays
from django.db import connection
from django.db.models import F, Q

from huijiang.claims import places
from huijiang.claims.models import Claim, DayOverride
from huijiang.claims.states import PAUSED, RUNNING, State
from huijiang.regions.models import Region

ONE = dt.timedelta(days=1)


@lru_cache(maxsize=32)
def _calendar(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("CN", years=year)


def overrides(region: Region, since: dt.date, until: dt.date) -> dict[dt.date, bool]:
    """Day → whether it is worked, where an override says so; the nearest place decides."""
    above = region.path.strip("/").split("/")
    rank = {code: at for at, code in enumerate(above)}
    found = DayOverride.objects.filter(Q(region=None) | Q(region__in=above), day__range=(since, until))
    said = sorted(found, key=lambda each: rank.get(each.region_id or "", -1))
    return {each.day: each.works for each in said}


def is_worked(day: dt.date, said: dict[dt.date, bool]) -> bool:
    """Whether a day is worked, given the overrides around it."""
    worked = said.get(day)
    return _calendar(day.year).is_working_day(day) if worked is None else worked


def add_working_days(start: dt.date, days: int, region: Region) -> dt.date:
    """The day on which so many working days after `start` have passed; `start` itself for none."""
    said = overrides(region, start, start + dt.timedelta(days=days * 2 + 60))
    day = start
    while days > 0:
        day += ONE
        days -= is_worked(day, said)
    return day


def working_days_between(start: dt.date, end: dt.date, region: Region) -> int:
    """Working days after `start` up to and with `end`."""
    said = overrides(region, start, end)
    count, day = 0, start
    while day < end:
        day += ONE
        count += is_worked(day, said)
    return count


def turned(claim: Claim, source: str, target: str, on: dt.date, anew: bool = False) -> None:
    """Set the clock after a move on a day.  `anew`: the office gets all its days again (a decision was overturned)."""
    was, runs = source in RUNNING, target in RUNNING
    if was and not runs:
        _stop(claim, on, keep=target in PAUSED)
    elif runs and not was and claim.clock_days is not None:
        if anew or source == State.DRAFT:
            claim.used_days = 0
        claim.running_since = begins = max(on, places.begins_on(claim) or on)
        claim.deadline = add_working_days(begins, max(claim.clock_days - claim.used_days, 0), claim.region)
    else:
        return
    Claim.objects.filter(pk=claim.pk).update(
        used_days=claim.used_days, running_since=claim.running_since, deadline=claim.deadline
    )


def _stop(claim: Claim, on: dt.date, keep: bool) -> None:
    if keep and claim.running_since is not None:
        claim.used_days += working_days_between(claim.running_since, on, claim.region)
    claim.running_since = claim.deadline = None


_RECOUNTED = """
UPDATE claims_claim AS c SET deadline = told.deadline
FROM unnest(%s::text[], %s::date[], %s::int[], %s::date[]) AS told (region, since, rest, deadline)
WHERE c.region_id = told.region AND c.running_since = told.since AND c.clock_days - c.used_days = told.rest
  AND c.deadline IS NOT NULL AND c.deadline <> told.deadline
"""


def recount(day: dt.date, region: Region | None) -> int:
    """After an override of a day was entered or changed: the deadlines of the place that it moves; how many moved.

    What an applicant was given days for in writing (a correction) keeps its day.
    """
    open_ = Claim.objects.filter(deadline__gte=day - ONE, running_since__lt=day)
    if region is not None:
        open_ = open_.filter(region__path__startswith=region.path)
    groups = (
        open_.order_by().annotate(rest=F("clock_days") - F("used_days"))
        .values_list("region", "running_since", "rest").distinct()
    )  # fmt: skip
    found = list(groups)
    places_ = Region.objects.in_bulk({code for code, _since, _rest in found})
    told = [(code, since, rest, add_working_days(since, max(rest, 0), places_[code]))
            for code, since, rest in found if since is not None]  # fmt: skip
    if not told:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNTED, [list(each) for each in zip(*told, strict=True)])
        return int(cursor.rowcount)


def days_left(claim: Claim, on: dt.date) -> int | None:
    """Working days until the deadline, negative when it is over; None while the clock stands."""
    if claim.deadline is None:
        return None
    if on <= claim.deadline:
        return working_days_between(on, claim.deadline, claim.region)
    return -working_days_between(claim.deadline, on, claim.region)
