"""An encoded draft: what its blocks leave open, and what it pays that another document pays already."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from tiaowen.draft.docx import DraftError
from tiaowen.draft.finding import Finding
from tiaowen.draft.library import lint_encoded
from tiaowen.files import default_folder, read_folder
from tiaowen.problems import PolicyError

FILES = read_folder(default_folder())
DAY = dt.date(2026, 11, 22)
YUYAO = next(name for name in FILES if name.endswith("yuyao-2021-draft.md"))

FRONT = """---
document: 萧山试拟稿
title: 试拟的意见
issuers: [萧山区人力社保局]
region: 浙江省/杭州市/萧山区
status: draft
issued: undetermined
effective: 2026-12-01
expires: 2029-11-30
fund: 人才专项资金
decides: event date
---

# 试拟的意见

## 一、工作室
工作室认定后给一笔钱。

"""
STUDIO = """```benefit
id: studio-gift
name: 工作室奖励
for: studio
pays: studio.host
where:
  区内单位: studio.host.place in here
  类型: studio.kind is {kind}
amount: 5 万元/家
limits:
  一次: once per studio.host and studio.master
```
"""


@cache
def findings(text: str, name: str = "xiaoshan-trial.md") -> list[Finding]:
    return lint_encoded(FILES, name, text, DAY)


def of(code: str, text: str) -> list[Finding]:
    return [each for each in findings(text) if each.code == code]


def test_a_benefit_that_a_document_in_force_pays_too_is_found_with_both_amounts() -> None:
    twice = of("pays-twice", FRONT + STUDIO.format(kind="技师工作室"))
    values = dict(twice[0].values)
    assert [each.token for each in twice] == ["studio-gift/studio-start"]
    assert (values["clause"], values["mine"], values["theirs"]) == ("二(二)4", "50000 元", "100000 元")


def test_a_benefit_for_another_kind_of_studio_is_no_double_payment() -> None:
    assert of("pays-twice", FRONT + STUDIO.format(kind="技能大师工作室")) == []


def test_a_stacking_that_names_the_other_clause_settles_it() -> None:
    stacking = (
        "```stacking\nid: once-only\nbetween: [studio-gift, xiaoshan-2025-3#studio-start]\nsame: [payee]\n"
        "rule: only the highest\nbecause: 就高\n```\n"
    )
    assert of("pays-twice", FRONT + STUDIO.format(kind="技师工作室") + stacking) == []


def test_documents_of_other_districts_are_not_asked() -> None:
    elsewhere = FRONT.replace("浙江省/杭州市/萧山区", "浙江省/绍兴市/柯桥区")
    assert of("pays-twice", elsewhere + STUDIO.format(kind="技师工作室")) == []


def test_a_document_past_its_last_day_is_not_asked() -> None:
    text = FRONT + STUDIO.format(kind="技师工作室")
    late = lint_encoded(FILES, "xiaoshan-trial.md", text, dt.date(2030, 1, 1))
    assert [each.code for each in late if each.code == "pays-twice"] == []


def test_an_error_of_the_checker_is_a_finding_of_the_draft() -> None:
    broken = of("check", FRONT + STUDIO.format(kind="技师工作室").replace("studio.host.place", "studio.host.plaza"))
    assert [each.gravity for each in broken] == ["error"]
    assert "plaza" in broken[0].what("en")


def test_a_threshold_is_named_as_a_cliff() -> None:
    text = FRONT + STUDIO.format(kind="技能大师工作室") + "```benefit\nid: many\nname: 批量\nfor: certificate\n"
    text += "pays: certificate.issuer\nwhere:\n  区内: certificate.issuer.place in here\n  证: certificate.kind is 职业技能等级证书\n"
    text += "threshold:\n  满10人次: at least 10 人次 per certificate.issuer and year\namount: 100 元/人次\n```\n"
    assert [each.clause for each in of("cliff", text)] == ["一"]


def test_what_yuyao_leaves_open_is_found_in_its_blocks() -> None:
    said = {(each.clause, each.code, each.token) for each in findings(FILES[YUYAO], "yuyao-2021-draft.md")}
    assert ("", "front-undetermined", "") in said
    assert ("三(一)2", "payee-undetermined", "exchange-subsidy") in said
    assert ("三(三)7", "amount-undetermined", "base-training-subsidy") in said
    assert ("三(四)10", "question-open", "unit-of-money") in said
    assert ("三(三)6", "condition-elsewhere", "employer-trainin…·符合补贴条件") in said
    assert [clause for clause, code, _ in said if code == "pays-twice-maybe"] == ["三(三)6"]


def test_the_draft_takes_the_place_of_its_namesake() -> None:
    changed = FILES[YUYAO].replace("decided by: nobody yet", "decided by: 市人力社保局")
    assert [each for each in findings(changed, "yuyao-2021-draft.md") if each.code == "question-open"] == []


def test_findings_of_the_whole_come_first_and_clauses_keep_their_order() -> None:
    clauses = [each.clause for each in findings(FILES[YUYAO], "yuyao-2021-draft.md")]
    assert clauses[0] == ""
    assert clauses.index("三(一)2") < clauses.index("三(二)4") < clauses.index("三(四)10")


def test_a_folder_whose_other_files_are_wrong_compares_nothing() -> None:
    other = FILES | {"other.md": FRONT + STUDIO.format(kind="不存在的类型")}
    with pytest.raises(PolicyError):
        lint_encoded(other, "xiaoshan-trial.md", FRONT + STUDIO.format(kind="技师工作室"), DAY)


@pytest.mark.parametrize("text", ["x", "---\nvocabulary: x\n---\n\n# a\n"])
def test_a_file_without_the_front_matter_of_a_policy_is_refused(text: str) -> None:
    with pytest.raises(DraftError, match="front matter"):
        findings(text)


# -- targets ---------------------------------------------------------------------------
# 萧山's document in force promises at least 450,000 skilled people by the end of 2027 and at least one
# contest of the county in each year from 2025 to 2027; the province more than 36 % high-skilled and at
# least 5,000,000 high-skilled people by the end of 2025, and 500,000 times of training in manufacturing.
SKILLED = (
    "counts: person\nwhere:\n  技能人才: person.level is not none\n  在本区: person.works_in in here\nnature: stock"
)
HIGH = SKILLED.replace("技能人才: person.level is not none", "高技能人才: person.level >= 高级工")
SHARE = SKILLED.replace("nature: stock", "share with:\n  高技能人才: person.level >= 高级工\nnature: ratio")
CONTEST = "counts: contest\nwhere:\n  区级: contest.level is 区级\n  本区: contest.place in here\nnature: annual"
TRAINED = ("counts: training\nwhere:\n  制造业: training.sector in [制造业, 智能制造]\n  本区: training.place in here\n"
           "nature: annual")  # fmt: skip
TARGETS = {
    "more": (SKILLED, "at least 50 万人", "deadline: 2027-12-31"),
    "again": (SKILLED, "at least 45 万人", "deadline: 2027-12-31"),
    "another-day": (SKILLED, "at least 45 万人", "deadline: 2028-12-31"),
    "more-later": (SKILLED, "at least 50 万人", "deadline: 2028-12-31"),
    "less-later": (SKILLED, "at least 40 万人", "deadline: 2028-12-31"),
    "lower-share": (SHARE, "35 %", "deadline: 2025-12-31"),
    "higher-share": (SHARE, "37 %", "deadline: 2025-12-31"),
    "lower-earlier": (SHARE, "35 %", "deadline: 2024-12-31"),
    "above-the-whole": (HIGH, "at least 501 万人", "deadline: 2025-12-31"),
    "as-the-whole": (HIGH, "at least 500 万人", "deadline: 2025-12-31"),
    "contest-later": (CONTEST, "at least 2 场", "years: 2028 to 2030"),
    "contest-more": (CONTEST, "at least 2 场", "years: 2026 to 2030"),
    "contest-again": (CONTEST, "at least 1 场", "years: 2026 to 2030"),
    "trained-people": (TRAINED, "at least 5000 人", "years: 2023 to 2025"),
}
DRAFT = FRONT + "".join(
    f"```target\nid: {ident}\nname: {ident}\n{body}\nvalue: {value}\n{until}\nlead: 区人力社保局\n```\n"
    for ident, (body, value, until) in TARGETS.items()
)
CLASHES = ("target-value", "target-date", "target-unit", "target-below", "target-part")


def clashes(ident: str, text: str = DRAFT) -> list[Finding]:
    """The clashes of one target of the draft with documents in force."""
    return [each for each in findings(text) if each.code in CLASHES and dict(each.values)["name"] == ident]


@pytest.mark.parametrize(("ident", "code"), [
    ("more", "target-value"), ("another-day", "target-date"), ("less-later", "target-value"),
    ("lower-share", "target-below"), ("contest-more", "target-value"),
    ("trained-people", "target-unit"),
])  # fmt: skip
def test_a_target_that_does_not_agree_with_one_in_force_is_found(ident: str, code: str) -> None:
    assert [each.code for each in clashes(ident)] == [code]


@pytest.mark.parametrize(
    "ident", ["again", "more-later", "higher-share", "lower-earlier", "contest-later", "contest-again"]
)
def test_a_step_a_repetition_and_a_promise_of_more_are_no_clash(ident: str) -> None:
    assert clashes(ident) == []


def test_a_county_can_not_promise_more_people_than_its_province() -> None:
    def with_the_province(ident: str) -> list[str]:
        return [each.code for each in clashes(ident) if "浙江省委" in dict(each.values)["number"]]

    assert with_the_province("above-the-whole") == ["target-part"]
    assert with_the_province("as-the-whole") == []


def test_a_clash_of_targets_tells_both_promises() -> None:
    values = dict(clashes("more")[0].values)
    assert values["mine"] == "500,000 人以上，到 2027-12-31‖at least 500,000 人 by 2027-12-31"
    assert values["theirs"] == "450,000 人以上，到 2027-12-31‖at least 450,000 人 by 2027-12-31"


def test_the_draft_of_yuyao_promises_a_lower_share_than_the_province() -> None:
    found = [each for each in lint_encoded(FILES, "yuyao-2021-draft.md", FILES[YUYAO], DAY) if each.code in CLASHES]
    assert [(each.code, each.clause) for each in found] == [("target-below", "二")]
