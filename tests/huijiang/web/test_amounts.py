"""Money as people read it."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils.translation import override

from huijiang.web.components.amount import Amount, grouped


@pytest.mark.parametrize(
    ("low", "high", "chinese", "english"),
    [
        (200_000, 200_000, "2,000 元", "2,000 yuan"),
        (2_000_000, 2_000_000, "2 万元", "20,000 yuan"),
        (18_600_000, 18_600_000, "186,000 元", "186,000 yuan"),
        (200_050, 200_050, "2,000.50 元", "2,000.50 yuan"),
        (0, 0, "0 元", "0 yuan"),
        (50_000, 80_000, "500–800 元", "500–800 yuan"),
        (0, 5_000_000, "0–5 万元", "0–50,000 yuan"),
        (1_000_000, 1_500_000, "10,000–15,000 元", "10,000–15,000 yuan"),
        (None, 350_000, "最高 3,500 元", "up to 3,500 yuan"),
        (400_000, None, "至少 4,000 元", "at least 4,000 yuan"),
        (None, None, "数额未定", "amount not set"),
    ],
)
def test_an_amount_is_said_in_both_languages(low: int | None, high: int | None, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert str(Amount(low, high)) == chinese
    with override("en"):
        assert str(Amount(low, high)) == english


def test_an_amount_per_month_says_so() -> None:
    with override("zh-hans"):
        assert str(Amount.exactly(80_000, per="月")) == "800 元/月"


def test_an_amount_whose_ends_are_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(ValueError, match="low 5 > high 4"):
        Amount(5, 4)


def test_fen_are_never_rounded() -> None:
    assert grouped(123_456_789) == "1,234,567.89"
    assert grouped(-5) == "-0.05"


def test_a_missing_amount_in_a_column_is_not_zero() -> None:
    template = Template("{% load huijiang %}{{ a|yuan }} {{ b|yuan }} {{ c|money }}")
    with override("zh-hans"):
        assert template.render(Context({"a": None, "b": 0, "c": 300_000_000})) == "未定 0 300 万元"
