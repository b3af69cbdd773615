"""The working of an amount, as people read it in reports, pages and letters."""

from __future__ import annotations

import pytest

from tiaowen.explain.show import show_interval, show_quantity
from tiaowen.vocabulary.types import Type


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (3_050_000, 3_050_000, "30,500 元"),
        (0, 500_000, "0–5,000 元"),
        (40_000_005, None, "至少 400,000.05 元"),
        (5, 5, "0.05 元"),
        (0, None, "未定（原文留待他处）"),
    ],
)
def test_the_steps_of_an_amount_separate_thousands(low: int, high: int | None, said: str) -> None:
    assert show_interval(low, high) == said


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        (Type("quantity", "fen", unit="元"), 3_600_050, "36,000.50 元"),
        (Type("quantity", "fen", unit="元"), 99_900, "999 元"),
        (Type("quantity", "人次", unit="人次"), 1_200, "1,200 人次"),
        (Type("quantity", "months", unit="年"), 36, "3 年"),
    ],
)
def test_the_facts_of_a_condition_separate_thousands_too(unit: Type, value: int, said: str) -> None:
    assert show_quantity(unit, value) == said
