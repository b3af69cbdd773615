"""How a target stands: the count beside what was promised, on a day."""

from __future__ import annotations

import datetime as dt
from typing import Final

from tiaowen.evaluate.bound import ends
from tiaowen.evaluate.targets import Measure
from tiaowen.plan.rules import Target

MET, ON_THE_WAY, MISSED, UNKNOWN = "met", "on the way", "missed", "can't be known"
STANDINGS: Final = (MET, ON_THE_WAY, MISSED, UNKNOWN)
WORDS: Final = {
    MET: ("已达到", "met"),
    ON_THE_WAY: ("还差", "on the way"),
    MISSED: ("没有达到", "missed"),
    UNKNOWN: ("无法判定", "can't be known"),
}
QUALIFIERS: Final = {
    "exactly": ("", ""),
    "about": ("左右", "about "),
    "at least": ("以上", "at least "),
    "more than": ("超过", "more than "),
    "at most": ("以内", "at most "),
    "undetermined": ("没有写数", "no figure"),
}


def standing(measure: Measure, on: dt.date) -> str:
    """One of STANDINGS.  Unknown is not no: a count that may still reach the value is not known to fall short.

    `about` and a plain figure are met from the figure on; an upper bound only holds when its time is over.
    """
    target = measure.target
    if target.low is None or target.mode == "reported":
        return UNKNOWN
    low, high = (None if each is None else int(str(each)) for each in ends(measure.value))
    over = _over(target, on)
    if target.value.qualifier == "at most":
        most = target.high if target.high is not None else target.low
        if low is not None and low > most:
            return MISSED
        return UNKNOWN if high is None or high > most else (MET if over else ON_THE_WAY)
    least = target.low + (target.value.qualifier == "more than")
    if low is not None and low >= least:
        return MET
    if high is not None and high < least:
        return MISSED if over else ON_THE_WAY
    return UNKNOWN


def _over(target: Target, on: dt.date) -> bool:
    last = target.deadline or (dt.date(min(target.years[1], 9999), 12, 31) if target.years else None)
    return last is not None and on > last


def promised(target: Target, lang: str) -> str:
    """The promise with its qualifier: `450,000 人以上`, `at least 450,000 人`, `力争 20–30 %`."""
    zh = lang == "zh"
    before, after = ("", QUALIFIERS[target.value.qualifier][0]) if zh else (QUALIFIERS[target.value.qualifier][1], "")
    if target.value.striving:
        before = ("力争 " if zh else "striving for ") + before
    if target.low is None:
        return f"{before}{after}".strip()
    if zh and target.value.qualifier == "more than":
        before, after = f"{before}超过 ", ""
    figure = amount(target.low, target)
    if target.high is not None and target.high != target.low:
        figure = f"{figure}–{amount(target.high, target)}"
    return f"{before}{figure} {target.unit}{after}"


def seen(measure: Measure, lang: str) -> str:
    """What was counted: `9,004 人`, `9,004–9,120 人`, `至少 12 人`, `不知道`."""
    zh, target = lang == "zh", measure.target
    low, high = (None if each is None else int(str(each)) for each in ends(measure.value))
    unit = target.unit or ""
    if target.mode == "reported":
        return "由责任单位上报" if zh else "reported by its lead"
    if low is None and high is None:
        return "不知道" if zh else "not known"
    if low is not None and low == high:
        return f"{amount(low, target)} {unit}".strip()
    if high is None:
        return f"{'至少' if zh else 'at least'} {amount(low or 0, target)} {unit}".strip()
    return f"{amount(low or 0, target)}–{amount(high, target)} {unit}".strip()


def amount(value: int, target: Target) -> str:
    """A count as it is, a share and money from hundredths."""
    if target.unit != "%" and not target.unit.startswith("元"):
        return f"{value:,}"
    sign, value = ("-", -value) if value < 0 else ("", value)
    rest = f".{value % 100:02d}".rstrip("0") if value % 100 else ""
    return f"{sign}{value // 100:,}{rest}"


def when(target: Target) -> str:
    """The deadline, or the years that it runs over."""
    if target.deadline is not None:
        return target.deadline.isoformat()
    return "–".join(dict.fromkeys(str(year) for year in target.years)) if target.years else ""
