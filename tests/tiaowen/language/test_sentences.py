"""The short sentences of a block, and how their words decide what they mean."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tiaowen.language.expressions import ExpressionError
from tiaowen.language.sentences import (
    parse_amount,
    parse_limit,
    parse_path,
    parse_share,
    parse_target_value,
    parse_threshold,
)
from tiaowen.language.syntax import Number
from tiaowen.problems import Spot

SPOT = Spot("a.md", 1)


def money(expr: object) -> tuple[Decimal, str] | None:
    return (expr.value, expr.unit) if isinstance(expr, Number) else None


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("800 元", "exactly", (800, "元"), (800, "元")),
        ("up to 3 万元", "up to", None, (30_000, "元")),
        ("at least 3 万元", "at least", (30_000, "元"), None),
        ("300 to 500 万元", "between", (3_000_000, "元"), (5_000_000, "元")),  # 万 and 元 hold for both
        ("3 万元 to 5 万元", "between", (30_000, "元"), (50_000, "元")),
        ("undetermined", "undetermined", None, None),
        ("not paid", "not paid", None, None),
    ],
)
def test_an_amount_is_read_with_its_bounds(text: str, kind: str, low: object, high: object) -> None:
    found = parse_amount(text, SPOT)
    assert (found.kind, money(found.low), money(found.high)) == (kind, low, high)


def test_the_tail_of_an_amount_is_kept() -> None:
    beyond = parse_amount("500 元/人次 beyond 50 人次 when a is b", SPOT)
    assert beyond.beyond is not None
    assert (int(beyond.beyond.digits), beyond.beyond.unit) == (50, "人次")
    assert beyond.when is not None


def test_a_standard_and_another_block_are_named() -> None:
    assert parse_amount("set by 上级标准", SPOT).name == "上级标准"
    assert parse_amount("set by 「4.0 标准」", SPOT).name == "4.0 标准"
    assert parse_amount("same as trainer-grant", SPOT).name == "trainer-grant"


@pytest.mark.parametrize(
    ("text", "kind", "keys"),
    [
        ("once per a.b and a.c", "once", ["a.b", "a.c"]),
        ("at most 5 万元 per a and year", "at most", ["a", "year"]),
        ("highest per a", "highest", ["a"]),
        ("difference per a.b, earliest first", "difference", ["a.b"]),
    ],
)
def test_a_limit_is_read_with_its_keys(text: str, kind: str, keys: list[str]) -> None:
    found = parse_limit(text, SPOT)
    assert (found.kind, [key.text for key in found.keys]) == (kind, keys)


def test_a_threshold_may_leave_conditions_out_of_the_count() -> None:
    found = parse_threshold("at least 10 人 ignoring 「本科 以上」 在本区 per a.b and year", SPOT)
    assert (int(found.least.digits), found.ignoring, [key.text for key in found.keys]) == (
        10,
        ("本科 以上", "在本区"),
        ["a.b", "year"],
    )


@pytest.mark.parametrize(("text", "up_to"), [("20 % to a.b", False), ("up to 20 % to a.b", True)])
def test_a_share_is_exact_or_at_most(text: str, up_to: bool) -> None:
    found = parse_share(text, SPOT)
    assert (found.up_to, int(found.percent.digits), found.to.text) == (up_to, 20, "a.b")


@pytest.mark.parametrize(
    ("text", "striving", "qualifier", "low", "high"),
    [
        ("at least 16.5 万人", False, "at least", 165_000, None),
        ("striving for about 37.5 %", True, "about", Decimal("37.5"), None),
        ("more than 3 家", False, "more than", 3, None),
        ("100 to 200 人次", False, "exactly", 100, 200),
    ],
)
def test_a_target_says_how_firm_it_is(text: str, striving: bool, qualifier: str, low: object, high: object) -> None:
    found = parse_target_value(text, SPOT)
    assert (found.striving, found.qualifier) == (striving, qualifier)
    assert found.low is not None
    assert found.low.value == low
    assert (found.high.value if found.high is not None else None) == high


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (parse_amount, "at most 5 万元", "at-most-in-amount"),
        (parse_limit, "up to 5 万元 per a", "limit-start"),
        (parse_limit, "once", "unexpected"),
        (parse_threshold, "10 人 per a", "unexpected"),
        (parse_share, "20 元 to a", "unexpected"),
        (parse_path, "a.b is c", "unexpected"),
        (parse_amount, "800 元 800 元", "unexpected"),
    ],
)
def test_a_sentence_with_the_wrong_word_is_refused(read: object, text: str, code: str) -> None:
    assert callable(read)
    with pytest.raises(ExpressionError) as caught:
        read(text, SPOT)
    assert caught.value.problem.code == code
