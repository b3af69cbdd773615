"""Amounts are written exactly, and unset is never zero."""

from __future__ import annotations

import pytest

from tiaowen.report.money import Sum, at_most, interval, total, yuan


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "0"),
        (5, "0.05"),
        (100, "1"),
        (123_456_7, "12,345.67"),
        (3_000_000, "30,000"),
        (100_000_000_00, "100,000,000"),
    ],
)
def test_fen_are_written_as_yuan_exactly(fen: int, said: str) -> None:
    assert yuan(fen) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0, None, "数额未定"), (400_000, None, "至少 4,000 元"), (0, 500_000, "0–5,000 元"), (50_000, 50_000, "500 元")],
)
def test_an_interval_says_which_ends_it_has(low: int, high: int | None, said: str) -> None:
    assert interval(low, high, "zh") == said


def test_a_sum_counts_apart_what_has_no_amount() -> None:
    made = Sum()
    made.add(100_00, 200_00)
    made.add(0, None)
    assert total(made, "zh") == "100–200 元，另有 1 笔数额未定"
    assert at_most(made, "en") == "up to 200 yuan, and 1 with no amount set"


def test_a_sum_of_unset_amounts_alone_is_not_zero() -> None:
    made = Sum()
    made.add(0, None)
    assert total(made, "zh") == "1 笔数额未定"
    assert not made.nothing
