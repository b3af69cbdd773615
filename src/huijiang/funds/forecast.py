"""How fast a line is used, and when it runs dry at that pace: a statement with its basis, not a promise."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from huijiang.accounts.viewers import HERE, today
from huijiang.funds.models import Line, Reservation

BASIS_MONTHS = 3


@dataclass(frozen=True)
class Month:
    """What was approved in a month of the year, and all up to its end, in fen."""

    month: int
    approved: int
    up_to: int


@dataclass(frozen=True)
class Forecast:
    """`pace`: fen a month, the mean of the last months with their days counted; `dry_on`: at that pace, or None when
    the money lasts the year (or nothing was used yet); `warn`: more is used than the line's own warning says."""

    months: tuple[Month, ...]
    pace: int
    dry_on: dt.date | None
    used_thousandths: int
    warn: bool


def forecast(line: Line, on: dt.date | None = None) -> Forecast:
    """From the reservations that stand (held or spent), by the month in which they were made."""
    day = on or today()
    found = (
        Reservation.objects.filter(line=line).exclude(state=Reservation.State.RELEASED)
        .annotate(month=TruncMonth("made_at", tzinfo=HERE)).values("month").annotate(amount=Sum("amount")).order_by("month")
    )  # fmt: skip
    approved = {each["month"].month: int(each["amount"]) for each in found if each["month"].year == line.year}
    earlier = sum(int(each["amount"]) for each in found if each["month"].year < line.year)
    last = 12 if day.year > line.year else day.month if day.year == line.year else 0
    months, total = [], earlier
    for month in range(1, last + 1):
        total += approved.get(month, 0)
        months.append(Month(month, approved.get(month, 0), total))
    used = line.reserved + line.spent
    thousandths = used * 1000 // line.allotted if line.allotted else (1000 if used else 0)
    pace = _pace(approved, line.year, day)
    return Forecast(tuple(months), pace, _dry(line, pace, day), thousandths, thousandths >= line.warn_at)


def _pace(approved: dict[int, int], year: int, day: dt.date) -> int:
    """Fen a month over the last full months and the days of this one."""
    if day.year != year:
        return 0
    first = max(1, day.month - BASIS_MONTHS + 1)
    days = (day - dt.date(year, first, 1)).days + 1
    used = sum(amount for month, amount in approved.items() if month >= first)
    return used * 365 // (12 * days)


def _dry(line: Line, pace: int, day: dt.date) -> dt.date | None:
    if pace <= 0 or day.year != line.year:
        return None
    days = line.free * 365 // (12 * pace)
    found = day + dt.timedelta(days=days)
    return found if found.year == line.year else None
