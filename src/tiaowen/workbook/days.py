"""Dates as people write them in workbooks."""

import re
import unicodedata
from datetime import date, timedelta
from typing import Final

_WRITTEN = re.compile(
    r"(?P<y>\d{4})(?:[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?|(?P<m2>\d{2})(?P<d2>\d{2}))"
    r"(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?Z?)?",
    re.ASCII,
)
_SERIAL = re.compile(r"\d{1,7}(?:\.\d+)?", re.ASCII)
_FIRST: Final = 61  # 1900-03-01; the serials before it carry a leap day that never was
_LAST: Final = 73_415  # 2100-12-31


def written_date(text: str) -> date | None:
    """A date written as text: 2025-03-01, 2025/3/1, 2025.3.1, 2025年3月1日, 20250301.

    Full-width digits and stray spaces are accepted. None if it is no such date.
    """
    plain = re.sub(r"(?<=[^\dT])\s+|\s+(?=[^\d])", "", unicodedata.normalize("NFKC", text).strip())
    match = _WRITTEN.fullmatch(plain)
    if match is None:
        return None
    month = match["m"] or match["m2"]
    day = match["d"] or match["d2"]
    try:
        return date(int(match["y"]), int(month), int(day))
    except ValueError:
        return None


def serial_date(text: str, *, from_1904: bool = False) -> date | None:
    """The day of a spreadsheet's serial number; the time of day is dropped.

    >>> serial_date("45717")
    datetime.date(2025, 3, 1)
    """
    if not _SERIAL.fullmatch(text):
        return None
    number = int(text.split(".")[0]) + (1462 if from_1904 else 0)
    if not _FIRST <= number <= _LAST:
        return None
    return date(1899, 12, 30) + timedelta(days=number)
