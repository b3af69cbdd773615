"""Small originals of our own making, each with one fault that coverage must name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tiaowen.coverage.originals_at_hand import POLICIES, UNITS
from tiaowen.coverage import CoverageReport, run
from tiaowen.coverage.comparison import compare, index_of
from tiaowen.coverage.originals import read_original
from tiaowen.language.blocks import read_blocks
from tiaowen.problems import PolicyError

ORIGINAL = """某某区人力社保局文件

某人社〔2024〕8号

关于奖励编筐匠人的意见

各镇街：

为让会编筐的人多起来，提出如下意见。

一、目标

到2026年，编筐匠人达到300人以上。

二、措施

（一）奖励匠人。新编筐匠人每人给予800元奖励，老编筐匠人每人给予1500元奖励。

（二）奖励作坊。作坊当年带徒满20人次的，给予2万元奖励，每家作坊每年不超过6万元。

三、保障

（一）加强领导。各镇街要重视。

本意见自2024年5月1日起施行，有效期两年。

某某区人力社保局

2024年4月2日
"""

POLICY = """---
document: 某人社〔2024〕8号
title: 关于奖励编筐匠人的意见
issued: 2024-04-02
effective: 2024-05-01
term: 2 年
---

# 关于奖励编筐匠人的意见

## 〔引言〕
缘由。

```note
kind: orientation
because: 只说缘由
```

## 一、目标
匠人的总数。

```target
id: weavers
name: 编筐匠人
value: at least 300 人
deadline: 2026-12-31
```

## 二、措施

### （一）奖励匠人
新老各一个数。

```benefit
id: weaver-award
name: 匠人奖励
amount:
  by: certificate.level
  新匠人: 800 元/人
  老匠人: 1500 元/人
```

### （二）奖励作坊
带徒的作坊有奖，有封顶。

```benefit
id: workshop-award
name: 作坊奖励
threshold:
  满20人次: at least 20 人次 per workshop and year
amount: 2 万元
limits:
  每年封顶: at most 6 万元 per workshop and year
```

## 三、保障

### （一）加强领导
内部工作。

```note
kind: internal work
because: 只排工作
```

## 〔施行〕
起止。

```note
kind: carried elsewhere
in: [front matter effective, front matter term]
because: 写在文件头
```
"""


def covered(original: str = ORIGINAL, policy: str = POLICY) -> CoverageReport:
    taken = read_original(original)
    return compare("weavers", read_blocks(policy, "weavers.md"), UNITS, index_of("weavers", taken, UNITS), taken)


def swapped(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def gaps(report: CoverageReport) -> list[tuple[str, str]]:
    return [(line.clause, line.figure.token) for line in report.unaccounted]


def findings(report: CoverageReport) -> list[tuple[str, object]]:
    return [(key, values.get("label") or values.get("place")) for key, values in report.findings]


def test_a_document_that_says_everything_has_no_gap() -> None:
    report = covered()
    assert report.ok, report.show("en")
    assert {line.figure.token: line.by.place for line in report.accounted if line.by} == {
        "某人社〔2024〕8号": "文件头 · document",
        "2026年": "weavers · deadline",
        "300人": "weavers · value",
        "800元": "weaver-award · amount · 新匠人",
        "1500元": "weaver-award · amount · 老匠人",
        "20人次": "workshop-award · threshold · 满20人次",
        "2万元": "workshop-award · amount",
        "6万元": "workshop-award · limits · 每年封顶",
        "2024年5月1日": "文件头 · effective",
        "两年": "文件头 · term",
        "2024年4月2日": "文件头 · issued",
    }


def test_a_figure_that_no_block_holds_is_a_gap() -> None:
    report = covered(swapped(ORIGINAL, "每人给予1500元奖励。", "每人给予1500元奖励，另送价值90元的竹刀。"))
    assert gaps(report) == [("二(一)", "90元")]


def test_a_figure_printed_twice_needs_two_blocks() -> None:
    report = covered(swapped(ORIGINAL, "每人给予1500元奖励。", "每人给予1500元奖励，搬家的再给予800元补助。"))
    assert gaps(report) == [("二(一)", "800元")]
    assert "weaver-award · amount · 新匠人" in report.show("zh")


def test_attendances_are_not_persons() -> None:
    report = covered(policy=swapped(POLICY, "at least 20 人次 per", "at least 20 人 per"))
    assert gaps(report) == [("二(二)", "20人次")]
    assert report.unaccounted[0].why.startswith("unit:")


def test_a_number_changed_in_the_original_is_a_gap_and_leaves_the_block_without_source() -> None:
    report = covered(swapped(ORIGINAL, "不超过6万元", "不超过7万元"))
    assert gaps(report) == [("二(二)", "7万元")]
    assert findings(report) == [("unsourced", "二(二)")]


def test_a_ceiling_is_not_an_exact_amount() -> None:
    report = covered(swapped(ORIGINAL, "给予2万元奖励", "给予最高2万元奖励"))
    assert gaps(report) == [("二(二)", "2万元")]
    assert report.unaccounted[0].why == "sense:workshop-award · amount"


def test_at_least_is_not_exactly() -> None:
    report = covered(swapped(ORIGINAL, "300人以上", "300人"))
    assert gaps(report) == [("一", "300人")]


def test_striving_for_is_part_of_the_target() -> None:
    striving = swapped(ORIGINAL, "编筐匠人达到300人以上", "编筐匠人力争达到300人以上")
    assert gaps(covered(striving)) == [("一", "300人")]
    assert covered(striving, swapped(POLICY, "value: at least", "value: striving for at least")).ok


def test_amounts_given_to_the_wrong_labels_are_out_of_order() -> None:
    wrong = POLICY.replace("新匠人: 800", "新匠人: X").replace("老匠人: 1500", "老匠人: 800").replace("X", "1500")
    report = covered(policy=wrong)
    assert gaps(report) == []
    assert ("misordered", "二(一)") in findings(report)


def test_a_clause_without_a_heading_is_unread() -> None:
    report = covered(swapped(ORIGINAL, "三、保障", "（三）奖励学徒。学徒每人给予100元奖励。\n\n三、保障"))
    assert ("unread", "二(三)") in findings(report)
    assert gaps(report) == [("二(三)", "100元")]


def test_a_heading_without_a_block_is_unread() -> None:
    note = "```note\nkind: internal work\nbecause: 只排工作\n```\n"
    assert findings(covered(policy=swapped(POLICY, note, ""))) == [("unread", "三(一)")]


def test_a_heading_that_the_original_lacks_is_said() -> None:
    report = covered(swapped(ORIGINAL, "（一）加强领导。各镇街要重视。", "各镇街要重视。"))
    assert ("lost", "三(一)") in findings(report)


def test_clauses_in_another_order_are_said() -> None:
    first, second = "（一）奖励匠人。", "（二）奖励作坊。"
    lines = ORIGINAL.split("\n")
    a = next(n for n, line in enumerate(lines) if line.startswith(first))
    b = next(n for n, line in enumerate(lines) if line.startswith(second))
    lines[a], lines[b] = lines[b], lines[a]
    report = covered("\n".join(lines))
    assert findings(report)[0][0] == "order"
    assert findings(report)[0][1] in ("二(一)", "二(二)")
    assert gaps(report) == []


def test_a_clause_under_another_number_is_known_by_its_title() -> None:
    report = covered(swapped(ORIGINAL, "（二）奖励作坊。", "（二）扶持作坊。"))
    assert findings(report) == [("title", "二(二)")]


def test_a_name_needs_a_note_and_one_note_serves_its_every_place() -> None:
    named = swapped(ORIGINAL, "各镇街要重视。", "各镇街要重视“五竹工程”，把“五竹工程”办好，培养一批能手。")
    assert gaps(covered(named)) == [("三(一)", "五竹工程"), ("三(一)", "五竹工程")]
    noted = swapped(POLICY, "kind: internal work", "kind: internal work\nfigures: [五竹工程]")
    report = covered(named, noted)
    assert report.ok, report.show("en")
    assert [line.figure.token for line in report.wording] == ["一批"]


def test_a_note_may_not_list_what_the_text_does_not_print() -> None:
    noted = swapped(POLICY, "kind: internal work", "kind: internal work\nfigures: [五竹工程]")
    assert findings(covered(policy=noted)) == [("unsourced", "三(一)")]


def test_a_unit_left_out_counts_as_money_only_if_a_question_asks() -> None:
    bare = swapped(ORIGINAL, "给予2万元奖励", "给予2万的奖励")
    assert gaps(covered(bare)) == [("二(二)", "2万")]
    question = """```question
id: unit
asks: 单位是不是元
about: [workshop-award]
readings: {是: as written, 不明: {workshop-award: {amount: undetermined}}}
runs: 是
```

## 三、保障
"""
    assert covered(bare, swapped(POLICY, "## 三、保障\n", question)).ok


def test_a_reading_does_not_hide_a_wrong_figure() -> None:
    question = """```question
id: cap
asks: 封顶按谁
about: [workshop-award]
readings: {按作坊: as written, 按人: {workshop-award: {limits: {每人封顶: at most 6 万元 per person and year}}}}
runs: 按作坊
```

## 三、保障
"""
    policy = swapped(
        swapped(POLICY, "## 三、保障\n", question), "at most 6 万元 per workshop", "at most 5 万元 per workshop"
    )
    assert gaps(covered(policy=policy)) == [("二(二)", "6万元")]


def test_rows_of_an_annex_are_matched_by_row() -> None:
    annex = "\n附件\n\n分工\n\n序号\t事\t培训人数\t单位\n1\t编筐\t40\t甲局\n2\t编席\t60\t乙局\n"
    block = """
## 附件
分工。

```target
id: annex
name: 分工
rows: table below
```

| what | value |
|---|---|
| 编筐 | 40 人 |
| 编席 | 60 人 |
"""
    assert covered(ORIGINAL + annex, POLICY + block).ok
    crossed = block.replace("40 人", "X").replace("60 人", "40 人").replace("X", "60 人")
    assert gaps(covered(ORIGINAL + annex, POLICY + crossed)) == [("附件", "40"), ("附件", "60")]
    short = block.replace("| 编席 | 60 人 |\n", "")
    assert ("rows", "附件") in findings(covered(ORIGINAL + annex, POLICY + short))


def test_an_empty_original_leaves_every_heading_without_a_source() -> None:
    report = covered("")
    assert not report.ok
    assert {key for key, _ in findings(report)} == {"lost", "unsourced"}


# -- the command's function, on a folder ------------------------------------------
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "vocabulary").mkdir()
    units = (POLICIES / "vocabulary" / "units.md").read_text(encoding="utf-8")
    (tmp_path / "vocabulary" / "units.md").write_text(units, encoding="utf-8")
    (tmp_path / "weavers.md").write_text(POLICY, encoding="utf-8")
    return tmp_path


def test_an_index_once_written_serves_without_the_original(folder: Path) -> None:
    assert not run("weavers", folder=folder).ok
    assert run("weavers", ORIGINAL, write_index=True, folder=folder).ok
    again = run("weavers", folder=folder)
    assert again.ok, again.show("en")
    assert "2万元" in (folder / "weavers.figures.yaml").read_text(encoding="utf-8")
    assert "提出如下意见" not in (folder / "weavers.figures.yaml").read_text(encoding="utf-8")


def test_an_index_that_is_behind_its_original_is_said(folder: Path) -> None:
    run("weavers", ORIGINAL, write_index=True, folder=folder)
    changed = swapped(ORIGINAL, "800元", "850元")
    report = run("weavers", changed, folder=folder)
    assert report.index_differs == [("二(一)", "800元 → 850元")]


def test_another_copy_with_the_same_figures_is_only_mentioned(folder: Path) -> None:
    run("weavers", ORIGINAL, write_index=True, folder=folder)
    report = run("weavers", swapped(ORIGINAL, "各镇街要重视", "各镇街要高度重视"), folder=folder)
    assert report.ok
    assert report.other_digest
    assert "SHA-256" in report.show("en")


def test_an_index_edited_by_hand_is_refused(folder: Path) -> None:
    run("weavers", ORIGINAL, write_index=True, folder=folder)
    path = folder / "weavers.figures.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("role: cap", "role: lid"), encoding="utf-8")
    with pytest.raises(PolicyError, match="lid"):
        run("weavers", folder=folder)


def test_an_unknown_document_is_refused(folder: Path) -> None:
    with pytest.raises(PolicyError, match="basket"):
        run("basket", folder=folder)


def test_a_text_beyond_all_measure_is_refused(folder: Path) -> None:
    with pytest.raises(PolicyError, match="2000000"):
        run("weavers", "一" * 2_000_001, folder=folder)
