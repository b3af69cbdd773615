"""The public case format, as its page describes it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tiaowen.cases.format import CaseError, read_case
from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import read_suite
from tiaowen.check.library import Library
from tiaowen.conformance.run import conformance_library
from tiaowen.evaluate.answers import answer_case
from tiaowen.vocabulary.types import NONE

ROOT = Path(__file__).parents[3]
LIBRARY: Library = conformance_library(ROOT / "policies", ROOT / "conformance")


def example(page: str, language: str) -> str:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = re.search(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found
    return found.group(1)


def answer(case: dict[str, Any], benefit: str) -> dict[str, Any]:
    facts, region = read_case(LIBRARY.vocabulary, case)
    answers = answer_case(LIBRARY, facts, region)
    (found,) = [each for each in answers if each.rule.key == benefit]
    return answers.as_json(found)


def problems(case: dict[str, Any]) -> list[str]:
    with pytest.raises(CaseError) as error:
        read_case(LIBRARY.vocabulary, case)
    return error.value.problems


def values(table: str, row: dict[str, Any]) -> dict[str, object]:
    facts, _ = read_case(LIBRARY.vocabulary, {"region": "萧山区", "tables": {table: [row]}})
    return facts.rows(table)[0].values


@pytest.mark.parametrize("page", ["case-format.md", "case-format.en.md"])
def test_the_pages_example_is_answered_with_an_interval_and_the_missing_column(page: str) -> None:
    found = answer(json.loads(example(page, "json")), "xiaoshan-2025-3#trainer-grant")
    assert (found["outcome"], found["low"], found["high"]) == ("unknown", 0, 150_000)
    (unknown,) = [each for each in found["conditions"] if each["outcome"] == "unknown"]
    assert [each["column"] for each in unknown["missing"]] == ["level"]


@pytest.mark.parametrize("page", ["language.md", "language.en.md"])
def test_the_example_of_a_cases_file_runs(page: str) -> None:
    suite = read_suite(example(page, "yaml"), page)
    assert suite.problems == []
    assert [each.show() for each in CaseRunner(LIBRARY, suite.policy).run(suite)] == []


def test_a_column_that_is_not_written_is_unknown() -> None:
    assert values("hire", {"id": "招", "insured": "unknown", "ended_on": None}) == {}


def test_none_is_known_to_be_absent() -> None:
    assert values("hire", {"ended_on": "none"}) == {"ended_on": NONE}


def test_none_is_refused_where_a_column_is_never_absent() -> None:
    (said,) = problems({"region": "萧山区", "tables": {"hire": [{"insured": "none"}]}})
    assert said.startswith("tables.hire[0].insured")


def test_money_is_exact_and_a_float_is_refused() -> None:
    assert values("education_fund", {"wages": "3000.05"}) == {"wages": 300_005}
    (said,) = problems({"region": "萧山区", "tables": {"education_fund": [{"wages": 3000.05}]}})
    assert "3000.05" in said


def test_units_of_one_dimension_are_converted_and_others_refused() -> None:
    assert values("hire", {"contract_length": "1 年"}) == {"contract_length": 12}
    (said,) = problems({"region": "萧山区", "tables": {"hire": [{"contract_length": "30 天"}]}})
    assert "30 天" in said


def test_chinese_labels_and_other_spellings_are_read() -> None:
    table = LIBRARY.vocabulary.tables["certificate"]
    assert values("certificate", {table.columns["level"].label: "三级"})["level"] == "高级工"


def test_all_mistakes_are_listed_at_once_with_their_places() -> None:
    found = problems(
        {
            "region": "无此地",
            "on": "昨天",
            "tables": {"hire": [{"workr": "甲"}, {"started_on": "2025-13-01"}], "nothing": []},
            "covers": [{"table": "hire", "by": "started_on"}],
        }
    )
    places = [each.split(":")[0].split("（")[0] for each in found]
    assert places == [
        "region", "on", "tables.nothing", "tables.hire[0].workr", "tables.hire[1].started_on", "covers[0].by",
    ]  # fmt: skip


def test_a_row_that_is_referred_to_must_be_there() -> None:
    (said,) = problems({"region": "萧山区", "tables": {"hire": [{"worker": "甲"}]}})
    assert "tables.hire[0].worker" in said


def once(covers: list[dict[str, str]]) -> str:
    case = {
        "region": "杭州市",
        "tables": {
            "organisation": [{"id": "杭厂", "place": "杭州市"}],
            "person": [{"id": "小林"}],
            "certificate": [
                {"id": "证", "issuer": "杭厂", "holder": "小林", "level": "技师", "issued_on": "2025-03-01"}
            ],
        },
        "covers": covers,
    }
    found = answer(case, "specimen#once-per-person")
    return f"{found['low']} to {found['high']}"


@pytest.mark.parametrize(
    "cover",
    [
        {"table": "all"},
        {"table": "全部"},
        {"table": "certificate"},
        {"table": "证书"},
        {"table": "certificate", "by": "holder"},
        {"table": "certificate", "place": "浙江省"},
        {"table": "certificate", "from": "2025-01-01", "to": "2025-03-01"},
    ],
)
def test_a_cover_that_holds_the_whole_question_settles_it(cover: dict[str, str]) -> None:
    assert once([cover]) == "100000 to 100000"


@pytest.mark.parametrize(
    "cover",
    [
        {"table": "hire"},
        {"table": "certificate", "by": "issuer"},
        {"table": "certificate", "place": "萧山区"},
        {"table": "certificate", "from": "2025-01-02"},
        {"table": "certificate", "to": "2025-02-28"},
    ],
)
def test_a_cover_that_leaves_some_of_it_open_does_not(cover: dict[str, str]) -> None:
    assert once([cover]) == "0 to 100000"


def test_two_covers_are_not_pieced_together() -> None:
    halves = [
        {"table": "certificate", "from": "2025-01-01", "to": "2025-01-31"},
        {"table": "certificate", "from": "2025-02-01"},
    ]
    assert once(halves) == "0 to 100000"
