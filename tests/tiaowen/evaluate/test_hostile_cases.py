"""Whatever stands in a case, reading it ends, and ends in facts or in named problems."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiaowen.check.fixtures import HERE, library_of
from tests.tiaowen.language.test_hostile_files import EDITS, edited
from tiaowen.cases.format import CaseError, read_case
from tiaowen.cases.run import CaseRunner, check_work
from tiaowen.cases.suite import MAX_ROWS, FactBuilder, read_suite
from tiaowen.cases.values import ValueProblem
from tiaowen.check.library import Library
from tiaowen.evaluate.evaluation import evaluate_plan

GOOD = (HERE / "good" / "everything.md").read_text(encoding="utf-8")
SUITE = """policy: everything
suppose:
  厂: organisation, place 东区, kind 企业, filed yes
cases:
  - case: 拿到高级工证书的得八百元
    given:
      证: certificate, holder a new person, issuer 厂, trainer 厂, level 高级工, occupation 钳工, issued_on 2024-05-01, hours 40
    expect:
      training: 800 元 to （新1）
    work: 800 + 0 = 800
    variants:
      - case: 没备案的不付
        change: {厂.filed: no}
        expect: {training: "not paid, for 已备案"}
      - case: 不知道课时的不知道
        change: {证.hours: unknown, 厂.kind: 学校}
        expect: {training: "not paid, for 不是学校"}
  - case: 招用三人
    given:
      招: 3 × hire, worker a new person, employer 厂, started_on 2024-02-01, ended_on none
    covers: {insurance: incomplete}
    on: 2024-09-01
    expect:
      monthly: unknown
"""


@cache
def library() -> Library:
    return library_of(("everything.md", GOOD)).require()


def test_the_unmangled_suite_passes() -> None:
    suite = read_suite(SUITE, "everything.cases.yaml")
    assert suite.problems == []
    assert [failure.show() for failure in CaseRunner(library(), "everything").run(suite)] == []


@settings(max_examples=250)
@given(EDITS)
def test_a_mangled_suite_runs_to_its_end(edits: list[tuple[str, float, float, str, str]]) -> None:
    suite = read_suite(edited(SUITE, edits), "mangled.cases.yaml")
    assert all(problem.show("zh") for problem in suite.problems)
    for failure in CaseRunner(library(), "everything").run(suite):
        assert failure.show()


def test_the_rows_of_one_case_are_counted() -> None:
    given = "".join(f"      名{n}: 9999 × person\n" for n in range(MAX_ROWS // 9_999 + 2))
    suite = read_suite(f"policy: a\ncases:\n  - case: 太多\n    given:\n{given}    expect: {{}}\n", "many.cases.yaml")
    builder = FactBuilder(library().vocabulary)
    with pytest.raises(ValueProblem):
        builder.build(suite.cases[0])
    assert len(builder.facts.rows("person")) <= MAX_ROWS


@pytest.mark.parametrize(
    "line",
    ["9**9**9 = 1", "(" * 5_000 + "1" + ")" * 5_000 + " = 1", "-" * 9_000 + "1 = 1", "9" * 5_000 + " = 9", "1 + " * 4_000 + "1 = 4001",
     "__import__('os').getpid() = 1", "1 / 2 = 0", "1", "= =", "True + 1 = 2", "\0 = 0"],
)  # fmt: skip
def test_arithmetic_that_is_not_plain_whole_numbers_is_refused_in_a_short_message(line: str) -> None:
    said = check_work([line])
    assert len(said) == 1
    assert len(said[0]) < 500


def test_arithmetic_that_is_wrong_says_both_sides() -> None:
    assert check_work(["3 * 800 = 2400", "30000 + 1 * 500 = 30501"]) == ["30000 + 1 * 500 = 30501: 30500 ≠ 30501"]


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.dates(), st.just(6_000).map(lambda digits: 10**digits),
    st.sampled_from(["yes", "none", "unknown", "2024-05-01", "高级工", "三级", "东区", "甲省/甲市/东区", "1 万元", "9" * 40, "-1", "40", "x"]),
)  # fmt: skip
NAMES = st.sampled_from(
    ["certificate", "证书", "person", "hire", "招用", "holder", "持证人", "level", "issued_on", "employer", "worker", "hours",
     "started_on", "ended_on", "id", "place", "from", "to", "by", "table", "tables", "covers", "region", "on", "no such"]
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=25
)


@settings(max_examples=400)
@given(st.dictionaries(NAMES, ANYTHING, max_size=6))
def test_any_data_as_a_case_gives_facts_or_named_problems(case: dict[str, Any]) -> None:
    problems: list[str] = []
    try:
        facts, region = read_case(library().vocabulary, case)
    except CaseError as error:
        problems = error.problems
    else:
        assert region in library().vocabulary.regions.by_code
        assert evaluate_plan(library().plans["everything"], facts).results
        return
    assert problems
    assert all(len(each) < 5_000 for each in problems)


@pytest.mark.parametrize("depth", [50, 900])
def test_a_value_nested_deep_is_refused_by_its_place(depth: int) -> None:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    with pytest.raises(CaseError, match=r"certificate\[0\]\.hours"):
        read_case(library().vocabulary, {"region": "东区", "tables": {"certificate": [{"hours": value}]}})


# -- whatever the facts are, the engine answers -------------------------------------------
DAYS = st.one_of(
    st.none(),
    st.dates(dt.date(2023, 12, 25), dt.date(2027, 1, 5)),
    st.sampled_from([dt.date(1, 1, 1), dt.date(9999, 12, 31)]),
)
KNOWN: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "person": {"birth_date": DAYS, "works_in": st.sampled_from([None, "none", "东区", "甲市", "南区"]), "level_stated": st.sampled_from([None, "none", "技师", "初级工"])},
    "organisation": {"place": st.sampled_from([None, "东区", "甲市", "西区"]), "kind": st.sampled_from([None, "企业", "学校"]), "filed": st.sampled_from([None, True, False])},
    "certificate": {"holder": st.sampled_from([None, "p1", "p2"]), "issuer": st.sampled_from([None, "o1", "o2"]), "trainer": st.sampled_from([None, "none", "o1"]),
                    "level": st.sampled_from([None, "高级工", "技师", "初级工"]), "occupation": st.sampled_from([None, "钳工"]), "issued_on": DAYS, "hours": st.sampled_from([None, 39, 40])},
    "hire": {"worker": st.sampled_from([None, "p1", "p2"]), "employer": st.sampled_from([None, "o1"]), "started_on": DAYS, "ended_on": st.one_of(DAYS, st.just("none"))},
    "insurance": {"person": st.sampled_from([None, "p1", "p2"]), "place": st.sampled_from([None, "东区", "甲省"]), "began_on": DAYS, "stopped_on": st.one_of(DAYS, st.just("none"))},
}  # fmt: skip


@settings(max_examples=150)
@given(
    st.fixed_dictionaries({name: st.lists(st.fixed_dictionaries(columns), max_size=4) for name, columns in KNOWN.items()}),
    st.lists(st.sampled_from(sorted(KNOWN)), max_size=5, unique=True),
    st.one_of(st.none(), st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31))),
)  # fmt: skip
def test_any_facts_get_an_answer_whose_bounds_are_in_order(
    tables: dict[str, list[dict[str, Any]]], covered: list[str], on: dt.date | None
) -> None:
    people = [{"id": f"p{n}", **(tables["person"][n - 1] if len(tables["person"]) >= n else {})} for n in (1, 2)]
    firms = [
        {"id": f"o{n}", **(tables["organisation"][n - 1] if len(tables["organisation"]) >= n else {})} for n in (1, 2)
    ]
    case = {
        "region": "东区", "on": on, "covers": [{"table": name} for name in covered],
        "tables": {**tables, "person": people, "organisation": firms},
    }  # fmt: skip
    facts, _ = read_case(library().vocabulary, case)
    result = evaluate_plan(library().plans["everything"], facts)
    for block in result.results.values():
        for line in block.lines:
            assert line.paid_low <= line.low or line.verdict is not True
            assert line.paid_high is None or line.paid_low <= line.paid_high
            assert line.verdict is True or line.paid_low == 0
        for totals in block.totals:
            assert all(total.high is None or total.low <= total.high for total in totals)
