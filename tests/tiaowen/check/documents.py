"""Small documents put together from blocks, for tests that are about one thing."""

from __future__ import annotations

from tests.tiaowen.check.fixtures import library_of
from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import read_suite
from tiaowen.check.library import Library

FRONT = """---
document: 测试〔2024〕2号
title: 测试文件
issuers: [东区人社局]
region: 东区
status: in force
issued: 2024-01-01
effective: 2024-01-01
expires: 2026-12-31
fund: 专项资金
---

# 测试文件

## 一、补贴
按条付给一次补贴。

"""


def benefit(name: str, amount: str = "amount: 800 元/人次", condition: str = "", rest: str = "") -> str:
    """A benefit over certificates issued in the district, paid to the holder."""
    where = f"\n  某条件: {condition}" if condition else ""
    return (
        f"```benefit\nid: {name}\nname: {name}\nfor: certificate\npays: certificate.holder\nwhere:\n"
        f"  在本区: certificate.issuer.place in here{where}\n{amount}\n{rest}```\n"
    )


def document(*blocks: str) -> str:
    return FRONT + "".join(blocks)


def library(*blocks: str) -> Library:
    """A library with one document, `a`, without errors."""
    return library_of(("a.md", document(*blocks))).require()


FACTS = """policy: a
suppose:
  厂: organisation, place 东区
  甲: person
cases:
"""


def failures(of: Library, cases: str) -> list[str]:
    """What does not come out as the cases say."""
    suite = read_suite(FACTS + cases, "a.cases.yaml")
    assert [problem.show("en") for problem in suite.problems] == []
    return [failure.said for failure in CaseRunner(of, "a").run(suite)]
