"""Local rules: a bureau chooses inside the interval that a text leaves, in its place and its time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tiaowen.check.fixtures import library_of
from tiaowen.cases.format import read_case
from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import read_suite
from tiaowen.check.library import Library
from tiaowen.evaluate.answers import answer_case

CITY = """---
document: 甲政办发〔2024〕1号
title: 甲市技能人才的若干意见
region: 甲省/甲市
status: in force
issued: 2024-01-01
effective: 2024-01-01
expires: never
fund: 专项资金
---

# 甲市技能人才的若干意见

## 一、招用
招来的工人每月有租房补贴，最高一千五；培养有奖励，按等级，各有上限；还有一笔补贴，条件另定。

```benefit
id: rent
name: 租房补贴
for: hire
pays: hire.employer
beneficiary: hire.worker
where:
  本市企业: hire.employer.place in here
amount: up to 1500 元/人·月
schedule: {every: month, from: hire.started_on, at most: 2 个月}
```
```benefit
id: training-award
name: 培养奖励
for: certificate
pays: certificate.issuer
beneficiary: certificate.holder
where:
  本市单位: certificate.issuer.place in here
amount:
  by: certificate.level
  高级工: up to 1000 元/人
  技师: 1000 to 2000 元/人
  otherwise: not paid
limits:
  一人一次: once per certificate.holder
```
```benefit
id: open-grant
name: 一次性补贴
for: hire
pays: hire.worker
where:
  本市企业: hire.employer.place in here
  符合条件: set elsewhere
amount: 2000 元
```
```stacking
id: all-three
between: [rent, open-grant]
same: [beneficiary]
rule: all are paid
because: 用途不同
```
"""

LOCAL = """---
document: 东人社〔2025〕2号
title: 东区实施细则
region: 甲省/甲市/东区
status: {status}
issued: 2025-01-10
effective: 2025-02-01
expires: 2025-12-31
fund: 专项资金
---

# 东区实施细则

## 一、标准
把市里留的数定下来。

{blocks}
"""

RENT = """```fix
id: east-rent
fixes: city-2024-1#rent
amount: {amount}
because: 区财力所限
```"""

AWARD = """```fix
id: east-award
fixes: city-2024-1#training-award
amount:
  高级工: {senior} 元/人
  技师: {technician} 元/人
because: 按成本核定
```"""

GRANT = """```fix
id: east-grant
fixes: city-2024-1#open-grant
where:
  符合条件: hire.worker.skilled and hire.employer.place in here
because: 市里留给各区
```"""


def library(*blocks: str, status: str = "in force") -> Library:
    local = LOCAL.format(status=status, blocks="\n".join(blocks))
    return library_of(("city-2024-1.md", CITY), ("east-2025-2.md", local))


def messages(found: Library) -> list[str]:
    return [each.show("zh") for each in found.problems if each.code.startswith("fix") or each.severity == "error"]


def rent(found: Library, place: str, day: str, region: str = "甲市") -> tuple[int, int | None]:
    case = {
        "region": region,
        "tables": {
            "organisation": [{"id": "甲厂", "place": place, "kind": "企业"}],
            "person": [{"id": "小林", "skilled": True}],
            "hire": [{"id": "招", "worker": "小林", "employer": "甲厂", "started_on": day}],
        },
        "covers": [{"table": "hire"}],
    }
    (answer,) = answers(found, case, "rent")
    return answer["low"], answer["high"]


def answers(found: Library, case: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    facts, region = read_case(found.vocabulary, case)
    made = answer_case(found, facts, region)
    return [made.as_json(each) for each in made if each.rule.id == rule]


def test_a_figure_inside_the_interval_is_accepted() -> None:
    assert messages(library(RENT.format(amount="1200 元/人·月"))) == []


def test_in_its_place_and_time_the_local_rule_makes_a_point() -> None:
    assert rent(library(RENT.format(amount="1200 元/人·月")), "东区", "2025-06-01") == (240_000, 240_000)


@pytest.mark.parametrize("day", ["2025-01-31", "2026-01-01"])
def test_outside_its_dates_the_text_keeps_its_interval(day: str) -> None:
    assert rent(library(RENT.format(amount="1200 元/人·月")), "东区", day) == (0, 300_000)


@pytest.mark.parametrize("day", ["2025-02-01", "2025-12-31"])
def test_its_first_and_its_last_day_count(day: str) -> None:
    assert rent(library(RENT.format(amount="1200 元/人·月")), "东区", day) == (240_000, 240_000)


def test_a_firm_of_another_district_of_the_city_is_not_touched() -> None:
    assert rent(library(RENT.format(amount="1200 元/人·月")), "西区", "2025-06-01") == (0, 300_000)


def test_asked_from_another_district_the_text_stands_as_written() -> None:
    assert rent(library(RENT.format(amount="1200 元/人·月")), "西区", "2025-06-01", "西区") == (0, 300_000)


def test_a_draft_of_a_local_rule_pays_nothing_yet() -> None:
    drafted = library(RENT.format(amount="1200 元/人·月"), status="draft")
    assert rent(drafted, "东区", "2025-06-01", "东区") == (0, 300_000)


def test_the_answer_names_the_local_rule_that_settled_it() -> None:
    found = library(RENT.format(amount="1200 元/人·月"))
    case = {
        "region": "东区",
        "tables": {
            "单位": [{"id": "甲厂", "place": "东区"}],
            "hire": [{"id": "招", "employer": "甲厂", "started_on": "2025-06-01"}],
        },
    }
    (answer,) = answers(found, case, "rent")
    assert answer["fixed_by"] == [
        {"fix": "east-2025-2#east-rent", "document": "东人社〔2025〕2号", "clause": "一", "outcome": "true"}
    ]


def test_a_figure_outside_the_interval_is_refused_with_the_clause_and_both_places() -> None:
    (said,) = messages(library(RENT.format(amount="1800 元/人·月")))
    assert "east-2025-2.md" in said
    assert "east-rent：1800 元 超出了 甲政办发〔2024〕1号 一 的区间 [0, 1500] 元" in said
    assert "另见 city-2024-1.md" in said
    assert "up to 1500 元/人·月" in said


def test_a_refused_local_rule_changes_nothing() -> None:
    assert rent(library(RENT.format(amount="1800 元/人·月")), "东区", "2025-06-01") == (0, 300_000)


def test_a_table_by_level_may_split_one_interval() -> None:
    table = "{by: hire.worker.level, 初级工、中级工: 600 元/人·月, 高级工: 900 元/人·月, otherwise: 1500 元/人·月}"
    assert messages(library(RENT.format(amount=table))) == []


def test_of_a_table_only_the_row_that_leaves_the_interval_is_named() -> None:
    table = "{by: hire.worker.level, 初级工、中级工: 600 元/人·月, 高级工: 1501 元/人·月, otherwise: 1500 元/人·月}"
    (said,) = messages(library(RENT.format(amount=table)))
    assert "east-rent · 高级工：1501 元" in said


def test_each_code_is_held_to_its_own_row() -> None:
    (said,) = messages(library(AWARD.format(senior=900, technician=900)))
    assert "east-award · 技师：900 元" in said
    assert "[1000, 2000] 元" in said


def test_rows_that_the_local_rule_leaves_out_stay_as_they_were() -> None:
    found = library(AWARD.format(senior=900, technician=1500))
    assert messages(found) == []
    case = {
        "region": "东区",
        "tables": {
            "organisation": [{"id": "甲校", "place": "东区"}],
            "certificate": [
                {"id": "证", "issuer": "甲校", "holder": "小林", "level": "中级工", "issued_on": "2025-05-01"}
            ],
            "person": [{"id": "小林"}],
        },
    }
    (answer,) = answers(found, case, "training-award")
    assert (answer["outcome"], answer["low"], answer["high"]) == ("refused", 0, 0)


def test_a_condition_left_to_others_is_filled_in() -> None:
    found = library(GRANT)
    assert messages(found) == []
    case = {
        "region": "东区",
        "tables": {
            "organisation": [{"id": "甲厂", "place": "东区"}],
            "person": [{"id": "小林", "skilled": True}, {"id": "老王", "skilled": False}],
            "hire": [
                {"id": "甲", "worker": "小林", "employer": "甲厂", "started_on": "2025-05-01"},
                {"id": "乙", "worker": "老王", "employer": "甲厂", "started_on": "2025-05-01"},
                {"id": "丙", "worker": "小林", "employer": "甲厂", "started_on": "2024-05-01"},
            ],
        },
    }
    outcomes = {each["holder"]["id"]: each["outcome"] for each in answers(found, case, "open-grant")}
    assert outcomes == {"甲": "entitled", "乙": "refused", "丙": "unknown"}


def test_a_condition_that_the_text_wrote_itself_is_not_the_bureaus_to_change() -> None:
    (said,) = messages(library(GRANT.replace("符合条件:", "本市企业:")))
    assert "本市企业 不是原文留给别处规定的条件" in said
    assert "city-2024-1.md" in said


def test_another_counting_is_not_the_same_sum() -> None:
    (said,) = messages(library(RENT.format(amount="1200 元/人")))
    assert "east-2025-2.md" in said


def test_a_range_is_no_point_and_the_checker_says_so() -> None:
    (said,) = messages(library(RENT.format(amount="1000 to 1200 元/人·月")))
    assert "[1000, 1200] 元" in said


def test_a_place_outside_the_documents_region_can_fix_nothing() -> None:
    local = LOCAL.format(status="in force", blocks=RENT.format(amount="1200 元/人·月")).replace(
        "甲省/甲市/东区", "乙省/乙市/南区"
    )
    found = library_of(("city-2024-1.md", CITY), ("south.md", local))
    (said,) = messages(found)
    assert "乙省/乙市/南区 的细则管不到 甲省/甲市 的文件" in said


def test_two_figures_for_one_place_and_time_clash_and_both_are_shown() -> None:
    twice = RENT.format(amount="900 元/人·月").replace("east-rent", "east-rent-again")
    (said,) = messages(library(RENT.format(amount="1200 元/人·月"), twice))
    assert "rent 被定了两次" in said
    assert said.count("east-2025-2.md") == 2


def test_a_benefit_that_does_not_exist_is_named_with_the_nearest_one() -> None:
    (said,) = messages(library(RENT.format(amount="1200 元/人·月").replace("#rent", "#rents")))
    assert "rents" in said
    assert "是否想写 rent" in said


def test_a_fix_in_the_same_document_holds_at_once() -> None:
    own = CITY + "\n" + RENT.format(amount="1200 元/人·月").replace("city-2024-1#rent", "rent")
    assert rent(library_of(("city-2024-1.md", own)), "西区", "2025-06-01") == (240_000, 240_000)


QUESTION = """
```question
id: which-ceiling
asks: 上限是一千五还是两千
about: [rent]
readings:
  一千五: as written
  两千: {rent: {amount: up to 2000 元/人·月}}
runs: 一千五
decided by: nobody yet
```
"""


@pytest.mark.parametrize(("place", "readings"), [("东区", [240_000, 240_000]), ("西区", [300_000, 400_000])])
def test_under_every_reading_the_local_figure_holds_where_it_is_in_effect(place: str, readings: list[int]) -> None:
    local = LOCAL.format(status="in force", blocks=RENT.format(amount="1200 元/人·月"))
    found = library_of(("city-2024-1.md", CITY + QUESTION), ("east-2025-2.md", local))
    case = {
        "region": "甲市",
        "tables": {
            "organisation": [{"id": "甲厂", "place": place}],
            "hire": [{"id": "招", "employer": "甲厂", "started_on": "2025-06-01"}],
        },
    }
    (answer,) = answers(found, case, "rent")
    assert [each["high"] for each in answer["readings"]["which-ceiling"].values()] == readings


SUITE = """policy: east-2025-2
cases:
- case: 细则施行后每月一千二百元，两个月
  given:
    甲厂: organisation, kind 企业, place 东区
    小林: person
    招: hire, worker 小林, employer 甲厂, started_on 2025-06-01
  expect: {rent: 2400 元 to 甲厂}
  work: 2 * 1200 = 2400
  variants:
  - {case: 前一年招用的仍是区间, change: {招.started_on: 2024-06-01}, expect: {rent: 0 to 3000 元 to 甲厂}}
  - {case: 西区的企业仍是区间, change: {甲厂.place: 西区}, expect: {rent: 0 to 3000 元 to 甲厂}}
"""


def test_cases_beside_a_local_rule_run_against_the_fixed_document() -> None:
    found = library(RENT.format(amount="1200 元/人·月"))
    failures = CaseRunner(found, "east-2025-2").run(read_suite(SUITE, "east-2025-2.cases.yaml"))
    assert [each.show() for each in failures] == []


def test_the_documents_own_cases_do_not_see_the_local_rule() -> None:
    found = library(RENT.format(amount="1200 元/人·月"))
    suite = read_suite(
        SUITE.replace("policy: east-2025-2", "policy: city-2024-1").replace("2400 元 to", "0 to 3000 元 to"), "c.yaml"
    )
    assert [each.show() for each in CaseRunner(found, "city-2024-1").run(suite)] == []
