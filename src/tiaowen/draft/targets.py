"""Targets of a draft against those of documents in force above, beside and below it.

Two targets have one indicator where they count the same table on the same conditions, the place
aside, and the same share of it.  In one place they must agree.  A part that promises a lower share or
average than the whole leaves more to the others; a count of a part can't be above that of the whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tiaowen.check.library import Library
from tiaowen.draft.beside import neighbours
from tiaowen.draft.finding import Finding, finding
from tiaowen.evaluate.standing import promised, when
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Condition, DocumentPlan, Target

RATES = ("ratio", "coverage", "growth")
Indicator = tuple[object, ...]


def in_targets(library: Library, document: str, on: dt.date) -> Iterator[Finding]:
    """Targets that can't both be meant, in the draft's order."""
    draft = library.plans[document]
    around = neighbours(library, draft, on)
    for mine in draft.targets:
        for plan in around:
            for other in plan.targets:
                code = _clash(library, draft, mine, plan, other)
                if code:
                    yield finding(code, mine.clause, f"{mine.id}/{other.id}", mine.spot.line, name=_name(mine),
                                  other=_name(other), number=plan.number, clause=other.clause, mine=_said(mine),
                                  theirs=_said(other))  # fmt: skip


def indicator(target: Target) -> Indicator:
    """What is counted, whatever the place, the figure and its unit."""
    money = target.mode if target.mode in ("averages", "sums", "distinct") else ""
    return target.table, money, target.path, _parts(target.conditions), _parts(target.share)


def _parts(conditions: tuple[Condition, ...]) -> frozenset[t.Term]:
    parts = (part for condition in conditions for part in t.conjuncts(condition.term))
    return frozenset(part for part in parts if not (isinstance(part, t.InRegion) and not part.negated))


def _clash(library: Library, draft: DocumentPlan, mine: Target, plan: DocumentPlan, other: Target) -> str:
    """The code of what is wrong with a pair, or nothing."""
    if "reported" in (mine.mode, other.mode) or mine.low is None or other.low is None:
        return ""
    if mine.nature != other.nature or indicator(mine) != indicator(other):
        return ""
    if _dimension(library, mine) != _dimension(library, other):
        return "target-unit"
    first, second = _until(mine), _until(other)
    if draft.region == plan.region:
        return _at_odds(mine, other, first, second)
    inside = draft.region in library.vocabulary.regions.inside(plan.region)
    part, whole = (mine, other) if inside else (other, mine)
    assert part.low is not None
    assert whole.low is not None
    if mine.nature in RATES or mine.mode == "averages":
        return "target-below" if part.low < whole.low and _until(part) >= _until(whole) else ""
    return "target-part" if part.low > whole.low and first == second else ""


def _at_odds(mine: Target, other: Target, first: dt.date, second: dt.date) -> str:
    """Another figure for one day, another day for one figure, or less for later."""
    assert mine.low is not None
    assert other.low is not None
    if mine.nature == "annual" and not _years(mine) & _years(other):
        return ""
    same = (mine.low, mine.high, mine.value.qualifier) == (other.low, other.high, other.value.qualifier)
    if first == second or mine.nature == "annual":
        return "" if same else "target-value"
    if same:
        return "target-date"
    less_later = mine.low < other.low if first > second else other.low < mine.low
    return "target-value" if less_later else ""


def _dimension(library: Library, target: Target) -> str:
    """人 and 名 are one dimension, 人次 another."""
    known = library.vocabulary.units.known.get(target.unit)
    return known.dimension if known is not None else target.unit


def _years(target: Target) -> frozenset[int]:
    """The years that an annual target runs over; up to its deadline, from the first day on."""
    first, last = target.years if target.years is not None else (0, _until(target).year)
    return frozenset(range(first, min(last, 2200) + 1))


def _until(target: Target) -> dt.date:
    if target.deadline is not None:
        return target.deadline
    return dt.date(min(target.years[1], 9999), 12, 31) if target.years else dt.date.max


def _name(target: Target) -> str:
    return f"{target.name} {target.row}".strip()


def _said(target: Target) -> str:
    by = when(target)
    return f"{promised(target, 'zh')}，到 {by}‖{promised(target, 'en')} by {by}"
