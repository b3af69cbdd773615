"""Reference numbers that people read out: place, day, sequence, check digit — 330109-20261128-000001-7."""

from __future__ import annotations

import datetime as dt

from stdnum import luhn

from huijiang.claims import locks
from huijiang.regions.models import Region

PLACE = 6


def place_of(region: Region) -> str:
    """The six digits of GB/T 2260 of a place; of a zone or street, those of what it lies in."""
    codes = region.path.strip("/").split("/")
    return next(each for each in reversed(codes) if len(each) == PLACE and each.isdigit())


def give(region: Region, day: dt.date) -> str:
    """The next number of a place on a day."""
    return written(place_of(region), day, locks.number(place_of(region), day))


def written(place: str, day: dt.date, sequence: int) -> str:
    body = f"{place}{day:%Y%m%d}{sequence:06d}"
    return f"{place}-{day:%Y%m%d}-{sequence:06d}-{luhn.calc_check_digit(body)}"


def read(said: str) -> str | None:
    """The number that somebody typed, with or without dashes and spaces; None when its check digit is wrong."""
    digits = "".join(each for each in said if each.isascii() and each.isdigit())
    if len(digits) != 21 or not luhn.is_valid(digits):
        return None
    return f"{digits[:6]}-{digits[6:14]}-{digits[14:20]}-{digits[20]}"
