"""The documents of `policies/`: they check clean, their cases come out, no mutant survives."""

from __future__ import annotations

import pytest

from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import Suite, read_suite
from tiaowen.check.library import Library, load_library
from tiaowen.cli.check import equivalents
from tiaowen.files import default_folder, read_folder
from tiaowen.mutate.run import mutate

FILES = read_folder(default_folder())
SUITES = {
    suite.policy: suite
    for suite in (read_suite(text, name) for name, text in FILES.items() if name.endswith(".cases.yaml"))
}
FIVE = {"zhejiang-2023", "huzhou-2023-55", "xiaoshan-2025-3", "shangyu-2022-3", "yuyao-2021-draft"}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(FILES)


def test_the_library_has_no_errors(library: Library) -> None:
    assert [found.show("en") for found in library.errors] == []


def test_the_five_documents_are_there_each_with_cases(library: Library) -> None:
    assert set(library.plans) >= FIVE
    assert set(library.whole) == set(SUITES)


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES.keys())
def test_every_case_comes_out_as_worked_by_hand(library: Library, suite: Suite) -> None:
    assert suite.problems == []
    failures = CaseRunner(library.holding(suite.policy), suite.policy).run(suite)
    assert [failure.show() for failure in failures] == []
    assert suite.cases


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES.keys())
def test_no_small_change_goes_unnoticed(library: Library, suite: Suite) -> None:
    report = mutate(library.holding(suite.policy), suite.policy, suite, equivalents(default_folder(), suite.file))
    assert [mutant.key for mutant in report.survivors] == []
    assert report.stale == []
    assert report.killed > 20


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES.keys())
def test_an_unchanged_document_is_not_called_a_mutant(library: Library, suite: Suite) -> None:
    """The killing is done by the change: the same blocks, lowered again, pass every case."""
    from dataclasses import replace

    from tiaowen.check.document import build
    from tiaowen.check.library import order_rules

    source = library.holding(suite.policy).sources[suite.policy]
    plan, problems = build(replace(source, problems=[]))
    order_rules(plan, problems)
    assert [found.show("en") for found in problems if found.severity == "error"] == []
    runner = CaseRunner(library.holding(suite.policy), suite.policy)
    assert runner.run(suite, plan) == []
