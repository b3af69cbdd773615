"""What encoding a further real document asked of the language."""

from __future__ import annotations

import pytest

from tiaowen.cases.run import CaseRunner
from tiaowen.cases.suite import read_suite
from tiaowen.check.library import Library, load_library
from tiaowen.files import default_folder, read_folder

SHARED = {
    name: text
    for name, text in read_folder(default_folder(), (".md",)).items()
    if name.startswith(("vocabulary/", "parameters/", "directories/"))
}
STANDARD = """---
parameters: invented
title: 虚构的标准
---

# 分级标准

```parameter
id: 分级培训标准
name: 分级培训标准
unit: 元/人
by: level
rows: table below
source: 虚构
```

| from | level | value | verified |
|---|---|---|---|
| 2025-01-01 | 中级工 | 1500 元/人 | yes |
| 2025-01-01 | 高级工 | 2000 元/人 | yes |
| 2026-01-01 | 高级工 | 2400 元/人 | yes |
"""
POLICY = """---
document: 虚构〔2025〕1号
title: 虚构的补贴办法
region: 浙江省/杭州市/萧山区
status: in force
effective: 2025-01-01
expires: never
fund: 就业补助资金
---

# 虚构的补贴办法

## 一、补贴
发证后十二个月内申领；紧缺的多三成；预付标准的一半。

```benefit
id: bonus
name: 提升补贴
for: certificate
pays: certificate.holder
where:
  在本区: certificate.issuer.place in here
amount: 1001 元/人 plus 30 % when certificate.kind is 职业技能等级证书
apply within: 12 个月 of certificate.issued_on
limits:
  一人一次: once per certificate.holder
```
```benefit
id: advance
name: 预付
for: certificate
pays: certificate.issuer
where:
  在本区: certificate.issuer.place in here
amount: 50 % of standard(分级培训标准, certificate.level)
limits:
  一人一次: once per certificate.holder
```
"""
CASES = """
policy: invented
suppose:
  机构: organisation, place 萧山区
  小林: person
  证: certificate, holder 小林, issuer 机构, kind 专项职业能力证书, level 高级工, issued_on 2025-03-01
cases:
- case: 十二个月的最后一天还能申领
  on: 2026-03-01
  expect: {bonus: 1001 元 to 小林}
- case: 过了十二个月就不能了
  on: 2026-03-02
  expect: {bonus: "not paid, for 申领期限"}
- case: 没有问哪一天，就不判断期限
  expect: {bonus: 1001 元 to 小林}
- case: 发证日期不知道，期限也不知道
  on: 2026-03-02
  change: {证.issued_on: unknown}
  expect: {bonus: "unknown, for 申领期限"}
- case: 紧缺的多三成，分以下四舍五入
  change: {证.kind: 职业技能等级证书}
  work: 100100 * 130 = 13013000
  expect: {bonus: 1301.3 元 to 小林}
- case: 种类不知道，在两者之间
  change: {证.kind: unknown}
  expect: {bonus: 1001 to 1301.3 元 to 小林}
- case: 预付标准的一半，按发证那天的标准
  expect: {advance: 1000 元 to 机构}
- case: 标准提高以后发的证，按新的
  change: {证.issued_on: 2026-01-01}
  expect: {advance: 1200 元 to 机构}
- case: 没有公布的等级，数额未定，不是零
  change: {证.level: 技师}
  expect: {advance: at least 0 元 to 机构}
"""


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library({**SHARED, "parameters/invented.md": STANDARD, "invented.md": POLICY}).require()


def test_deadlines_uplifts_and_standards_by_level_come_out_as_worked_by_hand(library: Library) -> None:
    suite = read_suite(CASES, "invented.cases.yaml")
    assert suite.problems == []
    assert [failure.show() for failure in CaseRunner(library, "invented").run(suite)] == []


def test_an_unknown_standard_is_named_with_the_nearest_one() -> None:
    text = POLICY.replace("standard(分级培训标准", "standard(分级培训标准准")
    found = load_library({**SHARED, "parameters/invented.md": STANDARD, "invented.md": text}).errors
    assert [(each.code, dict(each.values)["hint"]) for each in found] == [("unknown-standard", "分级培训标准")]


def test_an_uplift_needs_a_per_cent_and_a_condition() -> None:
    for wrong in ("1001 元/人 plus 30 元 when certificate.level is 技师", "1001 元/人 plus 30 %"):
        text = POLICY.replace("1001 元/人 plus 30 % when certificate.kind is 职业技能等级证书", wrong)
        found = load_library({**SHARED, "parameters/invented.md": STANDARD, "invented.md": text}).errors
        assert [each.code for each in found] == ["unexpected"]
