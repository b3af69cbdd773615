"""What counts as a figure, with its value, unit and role."""

from __future__ import annotations

import pytest

from tests.tiaowen.coverage.originals_at_hand import UNITS
from tiaowen.coverage.figures import find_figures
from tiaowen.coverage.numerals import chinese_number
from tiaowen.coverage.originals import read_original


def found(text: str) -> list[tuple[str, str, str, str, str]]:
    return [(f.token, f.value, f.unit, f.role, f.bound) for f in find_figures(text, UNITS)]


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("每人 800 元", ("800元", "800", "元", "amount", "")),
        ("每人８００元", ("800元", "800", "元", "amount", "")),
        ("奖励1,500元", ("1,500元", "1500", "元", "amount", "")),
        ("补贴300—1500元", ("300—1500元", "300 to 1500", "元", "amount", "")),
        ("每人500至800元", ("500至800元", "500 to 800", "元", "amount", "")),
        ("支持300-500万元", ("300-500万元", "3000000 to 5000000", "元", "amount", "")),
        ("最高补 2.5 万元", ("2.5万元", "25000", "元", "cap", "at most")),
        ("原则上不低于4000元", ("4000元", "4000", "元", "floor", "at least")),
        ("年收入10万元左右", ("10万元", "100000", "元", "amount", "about")),
        ("达到45万人以上", ("45万人", "450000", "人", "threshold", "at least")),
        ("满50人次的", ("50人次", "50", "人次", "threshold", "at least")),
        ("5名(含)以上", ("5名", "5", "名", "threshold", "at least")),
        ("超过36%", ("36%", "36", "%", "share", "more than")),
        ("百分之八", ("百分之八", "8", "%", "share", "")),
        ("前 3 名", ("3名", "3", "名", "rank", "at most")),
        ("三年内", ("三年", "3", "年", "duration", "at most")),
        ("一年以上", ("一年", "1", "年", "duration", "at least")),
        ("半年", ("半年", "0.5", "年", "duration", "")),
        ("每两年新建", ("两年", "2", "年", "frequency", "")),
        ("年满16周岁", ("16周岁", "16", "周岁", "threshold", "at least")),
        ("万人学院", ("万人", "10000", "人", "count", "")),
        ("自2025年3月1日起", ("2025年3月1日", "2025-03-01", "", "date", "")),
        ("到2027年底", ("2027年", "2027", "年", "year", "until")),
        ("从2021年起", ("2021年", "2021", "年", "year", "from")),
        ("2022年至2024年", ("2022年至2024年", "2022 to 2024", "年", "year", "")),
        ("一次性补助", ("一次性", "", "", "once", "")),
        ("实现总量翻番", ("翻番", "", "", "growth", "")),
        ("实现全覆盖", ("全覆盖", "", "", "coverage", "")),
        ("围绕“2+3+X”", ("2+3+X", "", "", "name", "")),
        ("三八红旗手", ("三八", "", "", "name", "")),
        ("十四届十次全会", ("十四届十次", "", "", "name", "")),
        ("一二三等奖", ("一二三等奖", "", "", "name", "")),
        ("培育一批", ("一批", "", "", "wording", "")),
        ("（某政发〔2023〕55号）", ("某政发〔2023〕55号", "", "", "document", "")),
    ],
)
def test_a_figure_is_found_with_its_role(text: str, figure: tuple[str, str, str, str, str]) -> None:
    assert found(text) == [figure]


@pytest.mark.parametrize("text", ["进一步加强一线工作", "统一标准", "零部件", "一体化的一流学校"])
def test_words_that_only_contain_a_numeral_are_no_figures(text: str) -> None:
    assert found(text) == []


def test_the_last_unit_of_a_row_of_numbers_serves_all() -> None:
    assert [(f[0], f[1], f[2]) for f in found("给予50 万、30 万、1 万元")] == [
        ("50万", "500000", "元"),
        ("30万", "300000", "元"),
        ("1万元", "10000", "元"),
    ]


def test_a_title_within_brackets_holds_names_not_amounts() -> None:
    assert [(f[0], f[3]) for f in found("《三年行动和18部门的通知》")] == [("三年", "name"), ("18部门", "name")]


def test_positions_count_within_the_clause() -> None:
    assert [(f.at, f.token) for f in find_figures("给3元，再给3元。", UNITS)] == [(1, "3元"), (2, "3元")]


@pytest.mark.parametrize(
    ("text", "value"),
    [("十", 10), ("十五", 15), ("三十五", 35), ("两百", 200), ("一万两千", 12000), ("一百零五", 105), ("万", 10000)],
)
def test_chinese_numbers_are_read(text: str, value: int) -> None:
    assert chinese_number(text) == value


@pytest.mark.parametrize("text", ["五一", "三八", "十四五", "八八", "百千", "一百五"])
def test_what_is_no_number_stays_a_name(text: str) -> None:
    assert chinese_number(text) is None


# -- taking the text apart -----------------------------------------------------------
def test_clauses_are_told_by_their_own_numbers() -> None:
    text = "关于竹器的意见\n\n一、总则\n（一）目的。好。\n(二) 范围。\n1. **第一项。**好。\n2．第二项。好。\n二、附则。好。"
    assert [p.label for p in read_original(text).passages] == [
        "〔抬头〕",
        "一",
        "一(一)",
        "一(二)",
        "一(二)1",
        "一(二)2",
        "二",
    ]


def test_a_decimal_at_the_start_of_a_wrapped_line_opens_no_clause() -> None:
    passages = read_original("一、补贴。给予\n2.5万元，合计\n10 场。\n二、完。").passages
    assert [p.label for p in passages] == ["一", "二"]
    assert [f.token for f in find_figures(passages[0].text, UNITS)] == ["2.5万元", "10场"]


def test_a_text_that_begins_at_two_lacks_one() -> None:
    passages = read_original("某办\n（二）目标。好。\n二、措施\n（一）甲。好。").passages
    assert [(p.label, p.absent) for p in passages] == [
        ("〔抬头〕", False),
        ("〔一〕", True),
        ("〔一〕(二)", False),
        ("二", False),
        ("二(一)", False),
    ]


def test_lines_of_the_site_are_left_aside_and_named() -> None:
    taken = read_original("加盟电话:123-4567-8901\n精确检索\n关于竹器的意见\n一、总则。好。")
    assert [line for line, _ in taken.left_aside] == [1, 2]
    assert [p.label for p in taken.passages] == ["〔抬头〕", "一"]


def test_what_follows_the_clauses_is_told_apart() -> None:
    text = (
        "一、总则。好。\n\n本意见所需经费由区财政承担。\n\n本意见自发布之日起施行。\n\n"
        "某某区人民政府\n\n2024年5月6日\n\n某某区府办 2024年5月7日印发\n"
    )
    assert [p.label for p in read_original(text).passages] == ["一", "〔资金〕", "〔施行〕", "〔落款〕", "〔版记〕"]


def test_a_notice_that_sends_a_plan_out_is_a_part_of_its_own() -> None:
    text = (
        "关于印发《竹器方案》的通知\n各镇街：\n《竹器方案》已经同意，现予印发。\n某某区政府\n2024年5月6日\n"
        "竹器方案\n为做好竹器，制定本方案。\n一、总则。好。"
    )
    assert [p.label for p in read_original(text).passages] == ["〔抬头〕", "〔通知〕", "〔引言〕", "一"]
