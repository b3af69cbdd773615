"""Units: printed figures in base units, exactly or not at all."""

from __future__ import annotations

import pytest

from tests.tiaowen.check.fixtures import library_of
from tiaowen.language.sentences import parse_number
from tiaowen.problems import Spot
from tiaowen.vocabulary.types import NONE, Type
from tiaowen.vocabulary.units import Figure, UnitError

UNITS = library_of().vocabulary.units


def figure(text: str) -> Figure:
    return UNITS.figure(parse_number(text, Spot()))


@pytest.mark.parametrize(
    ("text", "value", "dimension", "per"),
    [
        ("0.01 元", 1, "fen", ()),
        ("2.5 万元/人·月", 2_500_000, "fen", ("人", "月")),
        ("2.5 万元/人/月", 2_500_000, "fen", ("人", "月")),
        ("16.5 万人", 165_000, "人", ()),
        ("3 年", 36, "months", ()),
        ("16 岁", 192, "months", ()),
        ("36 个月", 36, "months", ()),
        ("30 天", 30, "days", ()),
        ("40", 40, "", ()),
        ("999999999999 亿元", 999_999_999_999 * 10**10, "fen", ()),
    ],
)
def test_a_printed_figure_is_a_whole_number_of_base_units(
    text: str, value: int, dimension: str, per: tuple[str, ...]
) -> None:
    found = figure(text)
    assert (found.value, found.dimension, found.per) == (value, dimension, per)


@pytest.mark.parametrize("text", ["0.005 元", "0.5 人", "0.3 个月", "1.5", "0.33333 年"])
def test_a_figure_that_is_not_whole_in_base_units_is_refused(text: str) -> None:
    with pytest.raises(UnitError, match="not-whole"):
        figure(text)


@pytest.mark.parametrize("text", ["3 圆", "3 元/圆", "3 元/人·圆"])
def test_an_unknown_unit_is_refused_wherever_it_stands(text: str) -> None:
    with pytest.raises(UnitError, match="unknown-unit"):
        figure(text)


def test_people_and_attendances_are_two_dimensions_but_people_have_two_words() -> None:
    assert figure("3 人").dimension == figure("3 名").dimension != figure("3 人次").dimension


def test_absent_is_one_value_and_a_type_says_whether_it_has_it() -> None:
    kind = Type("code", "level")
    assert kind.absent_too().words == "代码表 level or none"
    assert kind.absent_too().present() == kind
    assert repr(NONE) == "none"
