"""Stacking: what is left when several benefits pay the same thing."""

from __future__ import annotations

import pytest

from tests.tiaowen.check.documents import benefit, failures, library

CASE = """  - case: 一张证
    given:
      证: certificate, holder 甲, issuer 厂, level {level}, issued_on 2024-05-01{more}
    expect:
      first: "{first}"
      second: "{second}"
"""


def stacking(rule: str, rest: str = "", between: str = "[first, second]") -> str:
    return f"```stacking\nid: both\nbetween: {between}\nsame: [payee]\nrule: {rule}\n{rest}```\n"


@pytest.mark.parametrize(
    ("rule", "one", "two", "first", "second"),
    [
        ("all are paid", "800 元/人次", "500 元/人次", "800 元 to 甲", "500 元 to 甲"),
        ("only the highest", "800 元/人次", "500 元/人次", "800 元 to 甲", "not paid, for both"),
        ("only the highest", "500 元/人次", "800 元/人次", "not paid, for both", "800 元 to 甲"),
        ("only the highest", "500 元/人次", "500 元/人次", "500 元 to 甲", "not paid, for both"),
        ("in this order", "500 元/人次", "800 元/人次", "500 元 to 甲", "not paid, for both"),
        ("difference only", "500 元/人次", "800 元/人次", "500 元 to 甲", "300 元 to 甲"),
        ("difference only", "800 元/人次", "500 元/人次", "800 元 to 甲", "not paid, for both"),
        ("only the highest", "up to 900 元/人次", "500 元/人次", "0 to 900 元 to 甲", "0 to 500 元 to 甲"),
        ("in this order", "up to 900 元/人次", "500 元/人次", "0 to 900 元 to 甲", "not paid, for both"),
        ("difference only", "400 to 900 元/人次", "500 元/人次", "400 to 900 元 to 甲", "0 to 100 元 to 甲"),
    ],
)  # fmt: skip
def test_of_two_benefits_for_one_payee(rule: str, one: str, two: str, first: str, second: str) -> None:
    of = library(benefit("first", f"amount: {one}"), benefit("second", f"amount: {two}"), stacking(rule))
    assert failures(of, CASE.format(level="高级工", more="", first=first, second=second)) == []


def test_one_that_may_fail_does_not_surely_exclude_the_other() -> None:
    unknown = benefit("first", "amount: 800 元/人次", "certificate.hours >= 40")
    of = library(unknown, benefit("second", "amount: 500 元/人次"), stacking("only the highest"))
    case = CASE.format(level="高级工", more="{more}", first="unknown, for 某条件", second="0 to 500 元 to 甲")
    assert failures(of, case.format(more="")) == []
    case = CASE.format(level="高级工", more=", hours 39", first="not paid, for 某条件", second="500 元 to 甲")
    assert failures(of, case) == []


@pytest.mark.parametrize(
    ("limit", "first"),
    [("highest per payee", "400 to 900 元 to 甲"), ("at most 900 元 per payee", "800 to 900 元 to 甲")],
)
@pytest.mark.parametrize("rule", ["in this order", "only the highest"])
def test_one_that_a_limit_may_take_away_does_not_surely_exclude_the_other(limit: str, first: str, rule: str) -> None:
    of = library(
        benefit("first", "amount: 400 to 900 元/人次", rest=f"limits:\n  上限: {limit}\n"),
        benefit("second", "amount: 300 元/人次"),
        stacking(rule).replace("[payee]", "[certificate]"),
    )
    two = CASE.replace("    expect:", "      本: certificate, holder 甲, issuer 厂, issued_on 2024-06-01\n    expect:")
    second = "0 to 300 元 to 甲" if "at most" in limit else "0 to 600 元 to 甲"
    assert failures(of, two.format(level="高级工", more="", first=first, second=second)) == []


def test_a_cap_over_both_counts_what_both_pay() -> None:
    cap = "limits:\n  合计: at most 1000 元 per payee\n"
    of = library(benefit("first"), benefit("second", "amount: 500 元/人次"), stacking("all are paid", cap))
    assert failures(of, CASE.format(level="高级工", more="", first="800 元 to 甲", second="200 元 to 甲")) == []


def test_what_is_paid_to_others_is_left_alone() -> None:
    of = library(
        benefit("first", "amount: 800 元/人次", "certificate.level is 高级工"),
        benefit("second", "amount: 500 元/人次", "certificate.level is 技师"),
        stacking("only the highest"),
    )
    assert failures(of, CASE.format(level="技师", more="", first="not paid, for 某条件", second="500 元 to 甲")) == []
