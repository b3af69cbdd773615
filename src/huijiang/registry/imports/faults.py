"""What is wrong with a file, cell by cell, and the words for what a law of the database refuses."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Final

from huijiang.registry.imports.template import template, write_cells
from huijiang.registry.staging import Refusal
from tiaowen.identifiers.result import mask

MOST: Final = 1_000
LAW_WORDS: Final = {
    "key": "每行不同：同样的一行前面已有，或登记库里已有（可能由别的地区管理）",
    "spells_apart": "同一对象的各段时间互不重叠",
    "dates_agree": "起始日期不晚于截止日期",
    "not_negative": "不小于 0",
    "listed": "清单里的值",
    "not_empty": "有内容的文字",
    "known_or_none": "要么有值，要么写“无”",
    "first_of_month": "某月",
    "year": "1900 到 2200 之间的年份",
    "number_by_structure": "22 位等级证书编号（Y 或 S 开头）",
    "hours_within": "培养单位承担课时不多于总课时",
    "hours_in_a_day": "一天不多于 24 学时",
    "born_in_reason": "1880 年以后的出生日期",
    "graduated_later": "毕业日期不早于入学日期",
    "front_line_within": "用于一线职工的不多于使用额",
    "month_12_follows": "参保满12个月之日不早于上岗日期",
    "rank_from_one": "名次从 1 起",
    "uscc_form": "18 位统一社会信用代码",
    "uscc_check": "校验位正确的统一社会信用代码",
    "not_own_spouse": "配偶是另一个人",
    "not_own_child": "子女是另一个人",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` 0 is the file as a whole.  Identity numbers in `seen` are masked."""

    sheet: str
    row: int
    column: str
    seen: str
    expected: str


@dataclass
class Faults:
    """The first MOST faults, and how many rows have any."""

    kept: list[Fault] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)

    def add(self, fault: Fault) -> None:
        self.rows.add(fault.row)
        if len(self.kept) < MOST:
            self.kept.append(fault)


def of_refusal(refusal: Refusal, sheet: str) -> Fault:
    """A law's refusal as a fault of the row."""
    rest = refusal.law.removeprefix(f"{refusal.table}_")
    for leaf in sorted(template(refusal.table).leaves, key=lambda each: -len(each.path[0])):
        if rest.startswith(f"{leaf.path[0]}_") and (words := LAW_WORDS.get(rest.removeprefix(f"{leaf.path[0]}_"))):
            return Fault(sheet, refusal.line, leaf.header, "", words)
    return Fault(sheet, refusal.line, "", "", LAW_WORDS.get(rest, refusal.law))


def masked(kind: str, text: str) -> str:
    """A cell's text for a list of faults."""
    short = " ".join(text.split())[:60]
    return mask(short) if kind == "document" else short


def as_workbook(faults: list[Fault]) -> bytes:
    """The list of faults to take away."""
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("错误")
        write_cells(sheet, 0, ["工作表", "行", "列", "所见", "应为"])
        for number, each in enumerate(faults, 1):
            write_cells(sheet, number, [each.sheet, each.row or None, each.column, each.seen, each.expected])
        sheet.set_column(0, 4, 24)
    return made.getvalue()
