"""Bounds that once promised more than the facts do: each case is a small counterexample."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.tiaowen.check import documents
from tests.tiaowen.check.documents import FRONT, benefit, failures, library
from tests.tiaowen.check.fixtures import library_of
from tests.tiaowen.evaluate.asking import VOCABULARY
from tests.tiaowen.evaluate.test_stacking import stacking
from tiaowen.cases.format import CaseError, read_case
from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import read_suite
from tiaowen.evaluate.answers import answer_case

ONE = """  - case: 一张证
    covers: {{certificate: {covered}}}
    given:
      证: certificate, holder 甲, issuer 厂, level 高级工, issued_on 2024-02-01
    expect: {expect}
"""
CAP = "limits:\n  合计: at most 1000 元 per payee\n"
ONCE = "amount: 500 元/人次\nlimits:\n  一次: once per certificate.holder"


def test_a_cap_over_two_benefits_is_not_undone_by_the_limits_of_one() -> None:
    of = library(benefit("first", "amount: up to 900 元/人次"), benefit("second", ONCE), stacking("all are paid", CAP))
    expect = '{first: "0 to 900 元 to 甲", second: "100 to 500 元 to 甲"}'
    assert failures(of, ONE.format(covered="complete", expect=expect)) == []


def test_what_a_cap_over_two_benefits_used_up_is_not_paid() -> None:
    of = library(benefit("first", "amount: 1000 元/人次"), benefit("second", ONCE), stacking("all are paid", CAP))
    expect = '{first: "1000 元 to 甲", second: "not paid, for 合计"}'
    assert failures(of, ONE.format(covered="complete", expect=expect)) == []


def test_a_higher_one_may_come_after_the_last_day_that_is_covered() -> None:
    of = library(benefit("high", "amount: 800 元/人次\nlimits:\n  就高: highest per certificate.holder"))
    covered = "2024-01-01 to 2024-03-01"
    assert failures(of, ONE.format(covered=covered, expect='{high: "0 to 800 元 to 甲"}')) == []
    covered = "2024-01-01 to 2026-12-31"
    assert failures(of, ONE.format(covered=covered, expect='{high: "800 元 to 甲"}')) == []


def test_a_threshold_without_a_last_day_may_still_be_met_by_later_rows() -> None:
    text = FRONT.replace("expires: 2026-12-31", "expires: never") + benefit(
        "th", "threshold:\n  满两次: at least 2 人次 per certificate.holder\namount: 800 元/人次"
    )
    of = library_of(("a.md", text)).require()
    case = ONE.format(covered="2024-01-01 to 2024-03-01", expect='{th: "0 to 800 元 to 甲"}')
    suite = read_suite(documents.FACTS + case, "a.cases.yaml")
    assert [failure.said for failure in CaseRunner(of, "a").run(suite)] == []


def test_a_hire_of_the_year_before_may_use_up_the_months_of_this_year() -> None:
    of = library(
        "```benefit\nid: s\nname: 按月\nfor: hire\npays: hire.employer\nwhere:\n  在本区: hire.employer.place in here\n"
        "amount: 100 元/月\nschedule:\n  every: month\n  from: hire.started_on\n  at most: 24 个月\n"
        "  past expiry: continue\nlimits:\n  每年: at most 12 个月 per hire.employer and year\n```\n"
    )
    case = (
        "  - case: 前一年的名册不在\n    covers: {hire: 2025-01-01 to 2030-01-01}\n    given:\n"
        "      招: hire, worker 甲, employer 厂, started_on 2025-01-01, ended_on none\n"
        '    expect: {s: "0 to 2400 元 to 厂"}\n'
    )
    assert failures(of, case) == []


# -- asking why does not change what else is said -----------------------------------------
def test_explaining_one_answer_leaves_the_others_as_they_were() -> None:
    of = library(
        benefit("first", condition="certificate.hours >= 40"),
        benefit("second", "amount: 500 元/人次", "eligible(first)"),
        "```stacking\nid: both\nbetween: [first, second]\nsame: [payee]\nrule: all are paid\n```\n",
    )
    case: dict[str, Any] = {
        "region": "东区",
        "tables": {
            "organisation": [{"id": "厂", "place": "东区"}],
            "person": [{"id": "甲"}],
            "certificate": [
                {"id": f"证{n}", "holder": "甲", "issuer": "厂", "hours": 10, "issued_on": "2024-05-01"} for n in (1, 2)
            ],
        },
        "covers": [{"table": "all"}],
    }
    facts, region = read_case(of.vocabulary, case)
    answers = answer_case(of, facts, region)
    first, *_ = [each for each in answers if each.rule.id == "first"]
    verdicts = answers.evaluation.document("a").runner.scope.verdicts
    before = {name: dict(rows) for name, rows in verdicts.items()}
    assert answers.step_of(first) is not None
    assert verdicts == before


def test_the_column_that_leaves_an_existence_open_is_named() -> None:
    of = library(
        benefit(
            "first", condition="no certificate as other where other.holder is certificate.holder and other.hours >= 40"
        )
    )
    row = {"holder": "甲", "issuer": "厂", "issued_on": "2024-05-01"}
    case = {
        "region": "东区",
        "tables": {
            "organisation": [{"id": "厂", "place": "东区"}],
            "person": [{"id": "甲"}],
            "certificate": [{"id": "证一", **row, "hours": 10}, {"id": "证二", **row}],
        },
        "covers": [{"table": "all"}],
    }
    facts, region = read_case(of.vocabulary, case)
    answers = answer_case(of, facts, region)
    shown = answers.as_json(next(iter(answers)))
    (unknown,) = [each for each in shown["conditions"] if each["outcome"] == "unknown"]
    assert [(each["row"], each["column"]) for each in unknown["missing"]] == [("证二", "hours")]


# -- a case says what it covers, or is refused -----------------------------------------------
@pytest.mark.parametrize(
    ("case", "place"),
    [
        ([1], "应是"),
        ({"region": "东区", "tables": {}, "on": dt.datetime(2024, 1, 1, tzinfo=dt.UTC)}, "on:"),
        ({"region": "东区", "tables": {}, "covers": [{"table": "hire", "form": "2024-01-01"}]}, "covers[0].form"),
        ({"region": "东区", "tables": {"certificate": [{"level": "技师", "等级": "高级工"}]}}, "tables.certificate[0].等级"),
        ({"region": "东区", "tables": {"person": [{"id": 10**20}]}}, "tables.person[0].id"),
        ({"region": "东区", "tables": {"person": [{"id": ["a"]}]}}, "tables.person[0].id"),
    ],
)  # fmt: skip
def test_what_could_be_read_two_ways_is_refused_by_its_place(case: Any, place: str) -> None:
    with pytest.raises(CaseError) as error:
        read_case(VOCABULARY, case)
    assert [each.startswith(place) for each in error.value.problems] == [True]


def test_rows_without_a_name_are_told_apart() -> None:
    facts, _ = read_case(VOCABULARY, {"region": "东区", "tables": {"person": [{"id": None}, {"id": None}]}})
    assert len({row.id for row in facts.rows("person")}) == 2
