"""Rows of an unknown holder, day or key: what they may be is never counted as what they are."""

from __future__ import annotations

import pytest

from tests.tiaowen.check.documents import benefit, failures, library
from tests.tiaowen.evaluate.test_stacking import stacking

KNOWN = "      证: certificate, holder 甲, issuer 厂, issued_on 2024-05-01\n"
UNKNOWN = "      本: certificate, issuer 厂, issued_on 2024-06-01\n"
OTHER = "      页: certificate, issuer 厂, issued_on 2024-07-01\n"
LATER = "      书: certificate, holder 甲, issuer 厂, issued_on 2024-08-01\n"
TO_ISSUER = ("pays: certificate.holder", "pays: certificate.issuer")


def case(rows: str, **expect: str) -> str:
    told = "".join(f'      {name}: "{value}"\n' for name, value in expect.items())
    return f"  - case: 几张证\n    given:\n{rows}    expect:\n{told}"


def threshold(least: str, key: str) -> str:
    return f"threshold:\n  满数: at least {least} per {key}\namount: 800 元/人次"


# -- how long a schedule runs --------------------------------------------------------------
def test_an_allowance_by_days_runs_for_all_of_its_days() -> None:
    of = library(
        "```benefit\nid: s\nname: 按日\nfor: hire\npays: hire.employer\nwhere:\n  在本区: hire.employer.place in here\n"
        "amount: 10 元/天\nschedule:\n  every: day\n  from: hire.started_on\n  until: hire.ended_on\n"
        "  past expiry: continue\n```\n"
    )
    row = "      招: hire, worker 甲, employer 厂, started_on 2024-01-01, ended_on 2027-12-31\n"
    assert failures(of, case(row, s="14610 元 to 厂")) == []


# -- distinct persons -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rows", "least", "said"),
    [
        (KNOWN + UNKNOWN, "2 人", "0 to 1600 元 to undetermined"),
        (KNOWN + UNKNOWN, "1 人", "1600 元"),
        (UNKNOWN, "1 人", "800 元"),
        (KNOWN + LATER, "2 人", "not paid, for 满数"),
    ],
)
def test_an_unknown_holder_may_be_the_known_one(rows: str, least: str, said: str) -> None:
    of = library(
        benefit("th", threshold(least, "certificate.issuer")).replace(
            "pays: certificate.holder", "pays: certificate.issuer"
        )
    )
    said = said.replace("undetermined", "厂") if "to" in said else said if "not" in said else f"{said} to 厂"
    assert failures(of, case(rows, th=said)) == []


# -- thresholds ------------------------------------------------------------------------------
def test_rows_of_unknown_holders_are_not_surely_of_one_group() -> None:
    of = library(
        benefit("th", threshold("2 人次", "certificate.holder")).replace(
            "pays: certificate.holder", "pays: certificate.issuer"
        )
    )
    assert failures(of, case(UNKNOWN + OTHER, th="0 to 1600 元 to 厂")) == []
    assert failures(of, case(KNOWN + LATER, th="1600 元 to 厂")) == []


def test_a_second_threshold_counts_without_the_first() -> None:
    two = (
        "threshold:\n  满二: at least 2 人次 per certificate.holder\n  满三: at least 3 人次 per certificate.issuer\n"
        "amount: 800 元/人次"
    )
    of = library(benefit("th", two).replace("pays: certificate.holder", "pays: certificate.issuer"))
    assert failures(of, case(KNOWN + LATER + UNKNOWN, th="1600 to 2400 元 to 厂")) == []


# -- which row comes first ---------------------------------------------------------------------
LEVELS = "amount:\n  by: certificate.level\n  高级工: 800 元/人次\n  技师: 3000 元/人次\n  otherwise: not paid\n"
ONCE = "limits:\n  一次: once per certificate.holder\n"


def test_a_row_without_a_day_may_stand_before_one_with_a_day() -> None:
    of = library(benefit("once", LEVELS + ONCE))
    dated = "      证: certificate, holder 甲, issuer 厂, level 高级工, issued_on 2024-05-01\n"
    undated = "      本: certificate, holder 甲, issuer 厂, level 技师\n"
    assert failures(of, case(dated + undated, once="800 to 3000 元 to 甲")) == []


# -- rows that may belong to a group -----------------------------------------------------------
UNDATED = "      本: certificate, holder 甲, issuer 厂\n"
YEARLY = "certificate.holder and year"


def test_a_row_of_an_unknown_year_may_complete_the_group_of_a_known_one() -> None:
    of = library(benefit("th", threshold("2 人次", YEARLY)))
    assert failures(of, case(KNOWN + UNDATED, th="0 to 1600 元 to 甲")) == []


def test_a_row_of_an_unknown_year_may_have_used_up_the_limit_of_a_known_one() -> None:
    of = library(benefit("once", f"amount: 800 元/人次\nlimits:\n  每年: at most 1 人次 per {YEARLY}\n"))
    assert failures(of, case(KNOWN + UNDATED, once="0 to 1600 元 to 甲")) == []


def test_a_row_of_an_unknown_year_of_another_person_leaves_a_group_complete() -> None:
    of = library(benefit("th", threshold("2 人次", YEARLY)).replace(*TO_ISSUER))
    other = "      乙: person\n" + UNDATED.replace("甲", "乙")
    assert failures(of, case(KNOWN + other, th="0 to 800 元 to 厂")) == []


# -- stacking ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ("only the highest", "0 to 800 元 to 甲", "0 to 500 元"),
        ("in this order", "800 元 to 甲", "0 to 500 元"),
        ("difference only", "800 元 to 甲", "0 to 500 元"),
        ("all are paid", "800 元 to 甲", "500 元"),
    ],
)
def test_what_is_paid_to_an_unknown_holder_may_be_paid_for_the_same(rule: str, first: str, second: str) -> None:
    of = library(
        benefit("first", "amount: 800 元/人次", "certificate.level is 高级工"),
        benefit("second", "amount: 500 元/人次", "certificate.level is 技师"),
        stacking(rule),
    )
    rows = KNOWN.replace("issued_on", "level 高级工, issued_on") + UNKNOWN.replace("issued_on", "level 技师, issued_on")
    assert failures(of, case(rows, first=first, second=f"{second} to unknown")) == []


def test_what_is_paid_to_an_unknown_holder_may_use_up_a_cap_over_both() -> None:
    cap = "limits:\n  合计: at most 1000 元 per payee\n"
    of = library(
        benefit("first", "amount: 800 元/人次", "certificate.level is 高级工"),
        benefit("second", "amount: 500 元/人次", "certificate.level is 技师"),
        stacking("all are paid", cap),
    )
    rows = KNOWN.replace("issued_on", "level 高级工, issued_on") + UNKNOWN.replace("issued_on", "level 技师, issued_on")
    assert failures(of, case(rows, first="0 to 800 元 to 甲")) == []
