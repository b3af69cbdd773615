"""Tokens: ASCII names things, Chinese is a value, a unit stands right after its number."""

from __future__ import annotations

import pytest

from tiaowen.language.lexer import MAX_LENGTH, LexicalError, Token, tokens
from tiaowen.problems import Spot


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(text, Spot())][:-1]


def number(text: str) -> Token:
    return tokens(text, Spot())[0]


def test_a_path_a_comparison_and_a_value_are_told_apart() -> None:
    assert kinds("certificate.level >= 高级工") == [
        ("name", "certificate"), ("sign", "."), ("name", "level"), ("sign", ">="), ("value", "高级工"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "digits", "scale", "unit"),
    [
        ("2.5 万元/人·月", "2.5", "万", "元/人·月"),
        ("16.5万人", "16.5", "万", "人"),
        ("3 亿元", "3", "亿", "元"),
        ("20 %", "20", "", "%"),
        ("20%", "20", "", "%"),
        ("36 个月", "36", "", "个月"),
        ("40", "40", "", ""),
    ],
)
def test_a_number_carries_its_multiple_and_its_unit(text: str, digits: str, scale: str, unit: str) -> None:
    token = number(text)
    assert (token.text, token.scale, token.unit, token.end) == (digits, scale, unit, len(text))


def test_a_word_after_a_number_that_is_not_chinese_is_not_its_unit() -> None:
    assert kinds("300 to 500 万元") == [("number", "300"), ("name", "to"), ("number", "500")]


def test_a_date_is_one_token_and_no_subtraction() -> None:
    assert kinds("2025-03-01") == [("date", "2025-03-01")]


def test_a_name_may_hold_hyphens_and_a_spaced_minus_is_a_sign() -> None:
    assert kinds("eligible(trainer-grant)")[2] == ("name", "trainer-grant")
    assert kinds("a - b") == [("name", "a"), ("sign", "-"), ("name", "b")]


def test_quotes_hold_what_would_not_be_a_value_otherwise() -> None:
    assert kinds("「4.0版人才政策」") == [("quoted", "「4.0版人才政策」")]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("技工院校（含中职）", ["技工院校（含中职）"]),
        ("directory(紧缺职业)", ["紧缺职业"]),
        ("(a is 高级工)", ["高级工"]),
        ("高级工）", ["高级工"]),
    ],
)
def test_a_closing_bracket_belongs_to_the_value_only_if_the_value_opened_it(text: str, values: list[str]) -> None:
    try:
        found = [token.text for token in tokens(text, Spot()) if token.kind == "value"]
    except LexicalError as error:
        found = [text[: error.problem.spot.column - 1]]
    assert found == values


@pytest.mark.parametrize(("char", "instead"), [("≥", ">="), ("，", ","), ("＝", "is"), ("&", "and"), ("（", "(")])
def test_a_look_alike_is_refused_with_the_sign_that_was_meant(char: str, instead: str) -> None:
    with pytest.raises(LexicalError) as caught:
        tokens(f"a {char} b", Spot())
    found = caught.value.problem
    assert (found.code, found.spot.column, dict(found.values)["instead"]) == ("bad-character", 3, instead)


def test_full_width_digits_are_no_number() -> None:
    with pytest.raises(LexicalError):
        tokens("a >= ４０", Spot())


def test_an_expression_longer_than_the_limit_is_refused() -> None:
    with pytest.raises(LexicalError) as caught:
        tokens("a" * (MAX_LENGTH + 1), Spot())
    assert caught.value.problem.code == "expression-long"
    assert tokens("a" * MAX_LENGTH, Spot())
