"""How a target stands: met, on the way, missed, or not to be known; and how promise and count are written."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tiaowen.evaluate.bound import Bound
from tiaowen.evaluate.standing import MET, MISSED, ON_THE_WAY, UNKNOWN, promised, seen, standing, when
from tiaowen.evaluate.targets import Measure
from tiaowen.files import open_library
from tiaowen.language.sentences import TargetValue
from tiaowen.plan.rules import Target

LIBRARY = open_library(thorough=False)
STOCK = next(each for each in LIBRARY.plans["xiaoshan-2025-3"].targets if each.id == "skilled-stock")
SHARE = next(each for each in LIBRARY.plans["zhejiang-2023"].targets if each.id == "high-skilled-share-2025")
BEFORE, AFTER = dt.date(2027, 12, 31), dt.date(2028, 1, 1)  # the last day of the stock's deadline, and the day after


def with_value(qualifier: str, target: Target = STOCK) -> Target:
    return replace(target, value=replace(target.value, qualifier=qualifier))


@pytest.mark.parametrize(
    ("count", "on", "expected"),
    [
        (450_000, BEFORE, MET),
        (449_999, BEFORE, ON_THE_WAY),
        (449_999, AFTER, MISSED),
        (Bound(450_000, None), AFTER, MET),
        (Bound(449_999, 450_000), AFTER, UNKNOWN),
        (Bound(0, 449_999), AFTER, MISSED),
        (Bound(10, None), AFTER, UNKNOWN),
        (None, BEFORE, UNKNOWN),
    ],
)
def test_at_least_is_met_from_the_figure_on_and_missed_only_when_its_day_is_over(
    count: object, on: dt.date, expected: str
) -> None:
    assert standing(Measure(STOCK, count), on) == expected


def test_more_than_is_not_met_by_the_figure_itself() -> None:
    assert SHARE.low == 3600
    assert standing(Measure(SHARE, 3600), dt.date(2025, 12, 31)) == ON_THE_WAY
    assert standing(Measure(SHARE, 3601), dt.date(2025, 12, 31)) == MET


def test_an_upper_bound_holds_only_when_its_time_is_over() -> None:
    target = with_value("at most")
    assert standing(Measure(target, 450_000), BEFORE) == ON_THE_WAY
    assert standing(Measure(target, 450_000), AFTER) == MET
    assert standing(Measure(target, 450_001), BEFORE) == MISSED
    assert standing(Measure(target, Bound(1, None)), AFTER) == UNKNOWN


def test_a_target_without_a_figure_or_reported_by_its_lead_can_not_be_known() -> None:
    empty = replace(STOCK, low=None, high=None, value=TargetValue(False, "undetermined", None, None))
    assert standing(Measure(empty, 5), AFTER) == UNKNOWN
    assert standing(Measure(replace(STOCK, mode="reported"), None), AFTER) == UNKNOWN


def test_a_promise_is_written_with_its_qualifier() -> None:
    assert (promised(STOCK, "zh"), promised(STOCK, "en")) == ("450,000 人以上", "at least 450,000 人")
    assert (promised(SHARE, "zh"), promised(SHARE, "en")) == ("超过 36 %", "more than 36 %")
    striving = replace(STOCK, value=replace(STOCK.value, striving=True))
    assert (promised(striving, "zh"), promised(striving, "en")) == (
        "力争 450,000 人以上",
        "striving for at least 450,000 人",
    )


def test_a_count_is_written_within_its_bounds() -> None:
    assert seen(Measure(STOCK, 9_000), "zh") == "9,000 人"
    assert seen(Measure(STOCK, Bound(9_000, 9_120)), "en") == "9,000–9,120 人"
    assert seen(Measure(STOCK, Bound(12, None)), "zh") == "至少 12 人"
    assert seen(Measure(STOCK, None), "en") == "not known"
    assert seen(Measure(SHARE, 3641), "zh") == "36.41 %"
    assert seen(Measure(SHARE, 3650), "zh") == "36.5 %"


def test_a_target_ends_on_its_day_or_with_its_years() -> None:
    assert when(STOCK) == "2027-12-31"
    assert when(replace(STOCK, deadline=None, years=(2025, 2027))) == "2025–2027"
    assert when(replace(STOCK, deadline=None, years=(2025, 2025))) == "2025"
