"""Limits over lines, exact under unknowns: the total of a group is kept beside its rows.

Lines come in order of event date, then row id.  A line of unknown verdict may or
may not take its place, so what stands before it is counted twice: surely, possibly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import reduce
from itertools import accumulate
from typing import Any

from tiaowen.evaluate.lines import Line, Total, least, plus

# group key → its lines in order, and whether all rows that compete are known
Group = tuple[tuple[Any, ...], list[Line], bool]
OPEN = 2**62  # fen above any sum: an open upper end among others


def count_limit(group: Group, most: int, label: str, events: bool = False) -> Total:
    """`once` (most 1) or at most N rows or periods; with `events`, N events of any periods."""
    key, lines, closed = group
    sure = possible = 0
    kept: list[tuple[int, int | None, bool]] = []
    for unit in _units([line for line in lines if line.possible], events):
        if sure >= most:
            for line in unit:
                line.fall(label, "used up")
            continue
        was_sure = any(line.sure for line in unit)
        high: int | None = 0
        for line in unit:
            high = plus(high, line.paid_high)
        kept.append((_least(unit, was_sure), high, was_sure))
        for line in unit:
            if possible >= most:
                line.doubt(label, "may be used up")
            elif not closed:
                line.doubt(label, "not all rows known")
        possible += 1
        sure += was_sure
    low = _first_few([(low, sure) for low, _, sure in kept], most, min) if closed else 0
    return Total(label, key, low, _highest(kept, most), lines)


def _least(unit: list[Line], was_sure: bool) -> int:
    """What a unit comes to at least when it takes its place: all that is sure, else one of its lines."""
    if was_sure:
        return sum(line.paid_low for line in unit)
    return min(line.least_if_payable for line in unit)


def _units(lines: list[Line], events: bool) -> list[list[Line]]:
    """What a count counts: lines, or all lines of one event, by the event's date."""
    if not events:
        return [[line] for line in lines]
    found: dict[int, list[Line]] = {}
    for line in lines:
        found.setdefault(id(line.row), []).append(line)
    return sorted(found.values(), key=lambda unit: (_day(unit[0]), unit[0].order[1:2]))


def _day(line: Line) -> dt.date:
    """The date of the event; one that is unknown may stand before any other."""
    return line.date if isinstance(line.date, dt.date) else dt.date.min


def _first_few(kept: list[tuple[int, bool]], most: int, pick: Callable[[int, int], int]) -> int:
    """The least (min) or most (max) that the first `most` come to, whichever possible ones hold."""
    sums: list[int | None] = [0, *[None] * most]  # the best sum with so many taken
    for value, sure in kept:
        after = list(sums)
        if sure:  # it takes its place while there is one
            after[:most] = [None] * most
        for taken, at in enumerate(sums[:most]):
            if at is not None:
                there = after[taken + 1]
                after[taken + 1] = at + value if there is None else pick(there, at + value)
        sums = after
    ends = [each for each in sums if each is not None]
    return reduce(pick, ends)


def _highest(kept: list[tuple[int, int | None, bool]], most: int) -> int | None:
    closed = [(high, sure) for _, high, sure in kept if high is not None]
    return _first_few(closed, most, max) if len(closed) == len(kept) else None


def money_limit(group: Group, cap: int, label: str) -> Total:
    """At most `cap` fen, in order: total low = min(cap, Σ low of sure), high likewise."""
    key, lines, closed = group
    before_low = 0
    before_high: int | None = 0
    for line in lines:
        if not line.possible:
            continue
        low = line.paid_low if line.sure else 0
        high = line.paid_high
        left = cap - min(cap, before_low)
        line.paid_high = least(high, left)
        worst = 0 if before_high is None or not closed else cap - min(cap, before_high)
        reduced = min(low, worst)
        line.floor = min(line.least_if_payable, worst)
        line.doubted |= worst == 0
        if line.paid_high == 0:
            line.fall(label, "used up")
        elif (high is None and line.paid_high is not None) or (
            high is not None and line.paid_high is not None and line.paid_high < high
        ):
            line.fallen.append((label, "capped"))
        elif reduced < low:
            line.fallen.append((label, "may be capped"))
        line.paid_low = min(reduced, line.paid_high if line.paid_high is not None else reduced)
        before_low += low
        before_high = plus(before_high, high)
    total_low = min(cap, before_low) if closed else 0
    total_high = cap if before_high is None else min(cap, before_high)
    return Total(label, key, total_low, total_high, lines)


def highest_limit(group: Group, label: str) -> Total:
    """Only the highest is paid; of equals the earliest."""
    key, lines, closed = group
    live = [line for line in lines if line.possible]
    low = max((line.paid_low for line in live if line.sure), default=0)
    highs = [line.paid_high for line in live]
    high = None if None in highs else max((h for h in highs if h is not None), default=0)
    floors = [line.paid_low if line.sure else -1 for line in live]
    tops = [OPEN if line.paid_high is None else line.paid_high for line in live]
    sure_before, top_before = _running(floors), _running(tops)
    sure_after, top_after = _running(floors[::-1])[::-1], _running(tops[::-1])[::-1]
    for at, line in enumerate(live):
        mine_low = max(0, floors[at])
        beaten = line.paid_high is not None and (sure_before[at] >= tops[at] or sure_after[at] > tops[at])
        doubtful = top_before[at] >= mine_low or top_after[at] > mine_low
        if beaten:
            line.fall(label, "not the highest")
        elif doubtful or not closed:
            line.doubt(label, "may not be the highest")
    return Total(label, key, low if closed else 0, high, lines)


def _running(values: list[int]) -> list[int]:
    """The highest of those before each, -1 before the first."""
    return list(accumulate(values[:-1], max, initial=-1)) if values else []


def difference_limit(group: Group, label: str) -> Total:
    """Each row pays only what goes beyond the highest before it (补差)."""
    key, lines, closed = group
    top_low = 0
    top_high: int | None = 0
    for line in lines:
        if not line.possible:
            continue
        low, high = (line.paid_low if line.sure else 0), line.paid_high
        more_high = None if high is None else max(0, high - top_low)
        more_low = 0 if top_high is None or not closed else max(0, low - top_high)
        if more_high == 0:
            line.fall(label, "nothing beyond the earlier one")
        else:
            if top_high != 0 and (more_high != high or more_low != low):
                line.fallen.append((label, "difference"))
            line.floor = 0 if top_high is None or not closed else max(0, line.least_if_payable - top_high)
            line.doubted |= more_low == 0 and (top_high != 0 or not closed)
            line.paid_low, line.paid_high = more_low, more_high
        top_low = max(top_low, low)
        top_high = None if top_high is None or high is None else max(top_high, high)
    return Total(label, key, top_low if closed else 0, top_high, lines)


def groups(
    lines: Iterable[Line],
    key_of: Callable[[Line], tuple[Any, ...]],
    closed: Callable[[Line], bool],
) -> list[Group]:
    """Lines by key, each group in order.  A line whose key is unknown stands alone, open;
    while it may be paid, the groups that it may belong to are not all known."""
    found: dict[tuple[Any, ...], list[Line]] = {}
    alone: list[Group] = []
    for line in sorted(lines, key=lambda each: each.order):
        key = key_of(line)
        if any(part is None for part in key):
            alone.append((key, [line], False))
        else:
            found.setdefault(key, []).append(line)
    may_join = strays(key for key, members, _ in alone if members[0].possible)
    grouped = [
        (key, members, not may_join(key) and all(closed(each) for each in members)) for key, members in found.items()
    ]
    return [*grouped, *alone]


def strays(keys: Iterable[tuple[Any, ...]]) -> Callable[[tuple[Any, ...]], bool]:
    """Whether a group may gain a row whose key is known in part only: all that is known of it agrees."""
    found: dict[tuple[int, ...], set[tuple[Any, ...]]] = {}
    for key in keys:
        known = tuple(n for n, part in enumerate(key) if part is not None)
        if len(known) < len(key):
            found.setdefault(known, set()).add(tuple(key[n] for n in known))
    return lambda key: any(tuple(key[n] for n in known) in seen for known, seen in found.items())
