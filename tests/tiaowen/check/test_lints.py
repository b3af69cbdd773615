"""Checks over a whole document: which pairs, conditions and clauses they name, and which they leave alone."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.tiaowen.check.documents import FRONT, benefit, document
from tests.tiaowen.check.fixtures import library_of
from tiaowen.check.lints import lint_document, past_expiry, yuan

# what a document as a whole is blamed for: loading the library finds these too
LOOKED_FOR = {"never-true", "no-stacking", "clause-unread"}


def said(text: str) -> list[str]:
    """The codes of the findings, notes left out."""
    library = library_of(("a.md", text))
    assert [problem.show("en") for problem in library.errors if problem.code not in LOOKED_FOR] == []
    found = lint_document(library.sources["a"], library.plans["a"], library)
    return [problem.code for problem in found if problem.severity != "note"]


def pair(one: str, two: str) -> list[str]:
    return said(document(benefit("first", condition=one), benefit("second", condition=two)))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("certificate.level is 高级工", "certificate.level is 技师"),
        ("certificate.level >= 技师", "certificate.level < 技师"),
        ("certificate.level in [初级工, 中级工]", "certificate.level in [高级工, 技师]"),
        ("certificate.level not in [高级工, 技师]", "certificate.level >= 高级工"),
        ("certificate.hours >= 40", "certificate.hours < 40"),
        ("certificate.hours > 39", "certificate.hours < 40"),
        ("certificate.hours is 40", "certificate.hours is not 40"),
        ("certificate.issued_on >= 2025-01-01", "certificate.issued_on <= 2024-12-31"),
        ("certificate.holder.pay > 5 万元", "certificate.holder.pay <= 5 万元"),
        ("certificate.holder.works_in in here", "certificate.holder.works_in not in 甲市"),
        ("certificate.holder.works_in in 西区", "certificate.holder.works_in in 东区"),
        ("certificate.trainer is none", "certificate.trainer is not none"),
        ("certificate.issuer.filed", "not certificate.issuer.filed"),
        ("certificate.occupation is 钳工", "certificate.occupation is 焊工"),
        ("certificate.holder.level >= 技师", "not (certificate.holder.level >= 技师)"),
        ("certificate.holder.level >= 技师", "certificate.holder.level <= 高级工"),
        ("certificate.level is 高级工 or certificate.level is 技师", "certificate.level is 初级工"),
        ("not eligible(second)", "certificate.issuer.filed"),
        ("eligible(second) and certificate.hours >= 40", "certificate.hours < 40"),
        ("certificate.trainer is certificate.issuer", "certificate.trainer is not certificate.issuer"),
    ],
)
def test_benefits_whose_conditions_exclude_each_other_need_no_stacking(one: str, two: str) -> None:
    assert "no-stacking" not in pair(one, two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("certificate.level is 高级工", "certificate.level >= 高级工"),
        ("certificate.hours >= 40", "certificate.hours <= 40"),
        ("certificate.holder.works_in in here", "certificate.holder.works_in in 甲市"),
        ("certificate.issuer.filed", "certificate.hours < 40"),
        ("certificate.occupation is not 钳工", "certificate.occupation is not 焊工"),
        ("certificate.level is 高级工 or certificate.issuer.filed", "certificate.level is 技师"),
        ("certificate.trainer.kind is 企业", "certificate.issuer.kind is 学校"),
    ],
)
def test_benefits_that_one_row_can_meet_are_asked_about(one: str, two: str) -> None:
    assert pair(one, two) == ["no-stacking"]


def test_a_stacking_that_names_both_settles_the_pair() -> None:
    stacking = "```stacking\nid: both\nbetween: [first, second]\nsame: [payee]\nrule: all are paid\n```\n"
    assert said(document(benefit("first"), benefit("second"), stacking)) == []


def test_levels_that_a_table_does_not_pay_exclude_each_other_too() -> None:
    table = "amount:\n  by: certificate.level\n  {}: 800 元/人次\n  otherwise: not paid"
    assert said(document(benefit("first", table.format("高级工")), benefit("second", table.format("技师")))) == []


def test_other_payees_are_no_pair() -> None:
    other = benefit("second").replace("pays: certificate.holder", "pays: certificate.issuer")
    assert said(document(benefit("first"), other)) == []


@pytest.mark.parametrize(
    "condition",
    [
        "certificate.hours > 39 and certificate.hours < 40",
        "certificate.level >= 技师 and certificate.level < 技师",
        "certificate.issued_on > 9999-12-31 and certificate.issued_on is 9999-12-31",
        "certificate.issuer.place in 西区",
        "certificate.trainer is none and certificate.trainer is not none",
    ],
)
def test_conditions_that_no_row_can_meet_are_named(condition: str) -> None:
    assert "never-true" in said(document(benefit("first", condition=condition)))


@pytest.mark.parametrize(
    "condition", ["certificate.hours >= 40 and certificate.hours <= 40", "certificate.issuer.place in 甲市"]
)
def test_conditions_that_some_row_can_meet_are_left_alone(condition: str) -> None:
    assert said(document(benefit("first", condition=condition))) == []


def test_a_heading_above_read_clauses_needs_no_block_of_its_own() -> None:
    assert said(FRONT + "### (一)小节\n有摘要。\n\n" + benefit("first")) == []


def test_every_heading_at_the_end_of_the_tree_is_a_clause() -> None:
    assert (
        said(document(benefit("first")) + "\n## 二、宣传\n\n### (一)报纸\n登报。\n\n### (二)电视\n播出。\n")
        == ["clause-unread"] * 2
    )


@pytest.mark.parametrize(("on", "codes"), [("2026-12-31", []), ("2027-01-01", ["past-expiry"])])
def test_a_document_is_past_its_end_from_the_day_after(on: str, codes: list[str]) -> None:
    library = library_of(("a.md", document(benefit("first"))))
    found = past_expiry(library.sources["a"], library.plans["a"], dt.date.fromisoformat(on))
    assert [problem.code for problem in found] == codes
    assert all("2026-12-31" in problem.words("en") for problem in found)


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0"), (5, "0.05"), (50, "0.5"), (100, "1"), (123_456, "1234.56"), (3_000_000, "30000")]
)
def test_fen_are_shown_in_yuan_exactly(fen: int, text: str) -> None:
    assert yuan(fen) == text
