"""Whether the cases of a document stand on both sides of its figures and tell its readings apart."""

from __future__ import annotations

import pytest

from tests.tiaowen.check.documents import FACTS, benefit, library
from tiaowen.cases.suite import read_suite
from tiaowen.check.boundaries import cases_at_boundaries
from tiaowen.check.library import Library

THRESHOLD = benefit("grant", rest="threshold:\n  满三张: at least 3 人次 per certificate.issuer\n")
GROUP = (
    "```benefit\nid: award\nname: 奖励\nfor each: [certificate.issuer, year]\ncounting: certificate\n"
    "pays: certificate.issuer\nwhere:\n  在本区: certificate.issuer.place in here\n"
    "amount:\n  满五张: 1 万元 once 5 人次\n  之后每张: 500 元/人次 beyond 5 人次\n```\n"
)
QUESTION = (
    "```question\nid: q\nasks: 怎样算\nabout: [grant]\nreadings:\n  照写: as written\n"
    "  课时够的: {grant: {where: {课时: certificate.hours >= 40}}}\nruns: 照写\ndecided by: nobody yet\n```\n"
)


def case(count: int, block: str, hours: int = 40) -> str:
    return (
        f"  - case: {count} 张\n    given:\n      证: {count} × certificate, holder a new person, issuer 厂, "
        f"issued_on 2024-05-01, hours {hours}\n    expect: {{{block}: unknown}}\n"
    )


def said(of: Library, *cases: str) -> list[tuple[str, str]]:
    found = cases_at_boundaries(of, "a", read_suite(FACTS + "".join(cases), "a.cases.yaml"))
    return [(problem.code, dict(problem.values).get("missing", "")) for problem in found]


@pytest.mark.parametrize(("counts", "missing"), [([], "2、3"), ([3], "2"), ([2], "3"), ([1, 4], "2、3"), ([2, 3], "")])
def test_a_threshold_needs_a_case_at_its_figure_and_one_below(counts: list[int], missing: str) -> None:
    expected = [("boundary-case", missing)] if missing else []
    assert said(library(THRESHOLD), *(case(count, "grant") for count in counts)) == expected


@pytest.mark.parametrize(
    ("counts", "missing"), [([5, 6], ["4"]), ([4, 5], ["6"]), ([4, 5, 6], []), ([], ["4、5", "5、6"])]
)
def test_the_steps_of_a_group_need_cases_on_both_sides(counts: list[int], missing: list[str]) -> None:
    found = said(library(GROUP), *(case(count, "award") for count in counts))
    assert found == [("boundary-case", each) for each in missing]


def test_a_case_that_expects_nothing_of_a_block_does_not_count_for_it() -> None:
    assert said(
        library(THRESHOLD, GROUP),
        case(3, "award"),
        case(2, "award"),
        case(4, "award"),
        case(5, "award"),
        case(6, "award"),
    ) == [("boundary-case", "2、3")]


@pytest.mark.parametrize(("hours", "codes"), [(40, ["reading-idle"]), (39, [])])
def test_readings_must_differ_in_some_case(hours: int, codes: list[str]) -> None:
    found = said(library(benefit("grant"), QUESTION), case(1, "grant", hours))
    assert [code for code, _ in found] == codes


def test_the_words_name_label_and_figures() -> None:
    found = cases_at_boundaries(library(THRESHOLD), "a", read_suite(FACTS + case(3, "grant"), "a.cases.yaml"))
    assert [problem.words("en") for problem in found] == ["满三张: no case stands at 2. Add one for each."]
    assert {problem.severity for problem in found} == {"warning"}


def test_a_suite_that_is_no_suite_says_so() -> None:
    assert [problem.code for problem in read_suite("只有一行字", "a.cases.yaml").problems] == ["case-facts"]
