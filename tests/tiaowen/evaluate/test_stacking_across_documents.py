"""A stacking may name a benefit of another document, as `document#id`."""

from __future__ import annotations

from tiaowen.cases.format import read_case
from tiaowen.check.library import Library, load_library
from tiaowen.evaluate.answers import Answer, answer_case
from tiaowen.files import default_folder, read_folder

SHARED = {
    name: text
    for name, text in read_folder(default_folder(), (".md",)).items()
    if name.startswith(("vocabulary/", "parameters/", "directories/"))
}
FRONT = """---
document: 虚构〔2025〕{number}号
title: 虚构的办法
region: {region}
status: in force
effective: 2025-01-01
expires: never
fund: 就业补助资金
---

# 虚构的办法

## 一、补贴
拿到证书的人得一笔钱。

```benefit
id: bonus
name: 提升补贴
for: certificate
pays: certificate.holder
where:
  在本地: certificate.issuer.place in here
amount: {amount} 元/人
limits:
  一人一次: once per certificate.holder
```
"""
CITY = FRONT.format(number=1, region="浙江省/杭州市", amount=1500)
STACKING = """
```stacking
id: city-and-district
between: [bonus, {other}]
same: [certificate]
rule: only the highest
because: 同一本证书，市区不重复
```
"""
DISTRICT = FRONT.format(number=2, region="浙江省/杭州市/萧山区", amount=1000)
CASE = {
    "region": "萧山区",
    "tables": {
        "organisation": [{"id": "机构", "place": "萧山区"}],
        "person": [{"id": "小林"}],
        "certificate": [{"id": "证", "holder": "小林", "issuer": "机构", "issued_on": "2025-03-01"}],
    },
    "covers": [{"table": "certificate"}],
}


def library(other: str) -> Library:
    district = DISTRICT + STACKING.format(other=other)
    return load_library({**SHARED, "city.md": CITY, "district.md": district})


def paid(found: Library) -> dict[str, tuple[str, int]]:
    facts, region = read_case(found.vocabulary, CASE)
    answers: list[Answer] = list(answer_case(found, facts, region))
    return {answer.rule.key: (answer.outcome, answer.low) for answer in answers}


def test_the_higher_of_city_and_district_is_paid_and_the_other_falls_away() -> None:
    assert paid(library("city#bonus").require()) == {
        "city#bonus": ("entitled", 150_000),
        "district#bonus": ("excluded", 0),
    }


def test_without_the_stacking_both_are_paid() -> None:
    both = load_library({**SHARED, "city.md": CITY, "district.md": DISTRICT}).require()
    assert paid(both) == {"city#bonus": ("entitled", 150_000), "district#bonus": ("entitled", 100_000)}


def test_an_unknown_benefit_of_another_document_is_refused_with_the_nearest() -> None:
    found = library("city#bonas").errors
    assert [(each.code, dict(each.values)["hint"]) for each in found] == [("unknown-id", "city#bonus")]
