"""The working of an amount, as people read it in reports, pages and letters."""

from __future__ import annotations

import pytest

from tiaowen.explain.show import show_interval


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
