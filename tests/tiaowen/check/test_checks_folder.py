"""Risk documents stand in `checks/`, over tables that no other document reads; no place's answers rest on them."""

from __future__ import annotations

import pytest

from tests.tiaowen.check.documents import benefit, document
from tests.tiaowen.check.fixtures import vocabulary_files
from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import read_suite
from tiaowen.check.library import Library, fingerprint, load_library
from tiaowen.problems import PolicyError

DESK = """---
vocabulary: desk
title: 办理
---

# 申报

```table
id: claim
name: 申报
noun: 项
event: sent_on
source: 申报
visible: authority
```

| column | name | type | source | visible | note |
|---|---|---|---|---|---|
| person | 人 | person or none |  |  |  |
| amount | 金额 | quantity in 元 |  |  |  |
| sent_on | 提交日期 | date |  |  |  |
"""
RULES = """---
document: 核验
title: 核验
issuers: []
region: 全国
status: in force
issued: unknown
effective: 2025-01-01
expires: never
fund: undetermined
decides: check date
---

# 核验

## 一、钱
一件五千元以上的看一看；没有数据的先不写。

```risk
id: large
rule: R99
name: 大额
for: claim
where:
  付给人: claim.person is not none
finds: claim.amount >= 5000 元
tells: 金额大
does: score 5
after payment: looked at again
```
```note
kind: no facts yet
because: 没有流水
```
"""
CASES = """policy: rules
suppose:
  甲: person
  小: claim, person 甲, amount 4999 元, sent_on 2024-12-31
  大: claim, person 甲, amount 5000 元, sent_on 2024-12-31
  厂: claim, person none, amount 9000 元, sent_on 2024-12-31
  疑: claim, person 甲, sent_on 2024-12-31
cases:
- case: 核验那天有效就看，不问哪天提交
  on: 2025-01-01
  expect: {large: found for 大}
  variants:
  - {case: 小的, expect: {large: not found for 小}}
  - {case: 单位的不归它管, expect: {large: does not apply for 厂}}
  - {case: 不知道金额, expect: {large: unknown for 疑}}
  - {case: 前一天还没有这条规则, on: 2024-12-31, expect: {large: not found}}
"""
FILES = {**vocabulary_files(), "a.md": document(benefit("grant")), "checks/desk.md": DESK, "checks/rules.md": RULES}


def library(**changed: str) -> Library:
    return load_library({**FILES, **{f"checks/{name}.md": text for name, text in changed.items()}})


def test_the_folder_is_a_library_of_its_own_under_one_release() -> None:
    held = library().require()
    assert (set(held.plans), set(held.checks.plans)) == ({"a"}, {"rules"})
    assert "claim" not in held.vocabulary.tables
    assert {"claim", "certificate"} <= set(held.checks.vocabulary.tables)
    assert held.release == held.checks.release == fingerprint(FILES)
    assert held.holding("rules") is held.checks
    assert [plan.id for plan in held.in_place("甲省")] == []
    assert held.placed("甲省").checks is held.checks


def test_a_document_of_everywhere_applies_in_every_place() -> None:
    held = library().require()
    regions = held.vocabulary.regions
    code = regions.resolve("甲省/甲市/东区")
    assert code is not None
    assert [plan.id for plan in held.checks.in_place(code)] == ["rules"]
    assert [plan.id for plan in held.in_place(code)] == ["a"]


def test_a_risk_over_a_table_says_whom_it_concerns_and_runs_by_the_day_of_the_check() -> None:
    held = library().require()
    suite = read_suite(CASES, "rules.cases.yaml")
    assert suite.problems == []
    assert [each.show() for each in CaseRunner(held.checks, "rules").run(suite)] == []
    rule = held.checks.plans["rules"].rules["large"]
    assert (rule.table, rule.tells, rule.listed, rule.again, rule.action) == ("claim", "金额大", "R99", True, "score 5")


def test_a_case_names_a_row_that_is_there() -> None:
    suite = read_suite(CASES.replace("found for 大", "found for 丙", 1), "rules.cases.yaml")
    (failure, *_rest) = CaseRunner(library().checks, "rules").run(suite)
    assert "丙 ← " in failure.said


def test_what_is_wrong_in_the_folder_stops_the_release() -> None:
    with pytest.raises(PolicyError):
        library(rules=RULES.replace("claim.amount", "claim.colour")).require()
    twice = load_library({**FILES, "checks/a.md": RULES})
    assert "document-number" in {each.code for each in twice.errors}


def test_other_documents_do_not_read_the_offices_tables() -> None:
    files = {
        **FILES,
        "a.md": document(benefit("grant", condition="some claim where claim.person is certificate.holder")),
    }
    assert {each.code for each in load_library(files).errors} == {"unknown-table"}
