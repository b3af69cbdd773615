"""Writing the roster template, empty or filled, with XlsxWriter."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from tiaowen.identifiers import PERSON_DOCUMENTS
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.workbook.columns import CHOICES, FORM, STAFF, Column, Sheet
from tiaowen.workbook.roster import FORM_LINES, SHEETS, STATEMENTS
from tiaowen.workbook.sheets import column_letter
from tiaowen.workbook.values import expectation

# A fixed day, so that the same rows give the same bytes.
_CREATED: Final = datetime.combine(date(2026, 1, 1), time.min)
_TEXT_KINDS: Final = frozenset(
    {"document", "key", "staff", "certificate number", "studio", "base", "organisation code"}
)
_READY_ROWS: Final = 2_000
_GUIDE: Final = (
    "本工作簿由单位填写，一次填好，各项政策共用。先填本表，再填“职工花名册”，其余各表有就填。",
    "表头为橙色的列必填，灰色的列能填就填。空着表示“不清楚”，不表示“没有”；确实没有，写“无”。",
    "日期写成 2025-03-01；金额以元计；等级、类型从下拉清单里选；证件号码、证书编号所在的列已设为文本，请勿改动。",
    "下面“已列全，自”几行填一个日期，表示从那天起该表没有遗漏；不填，就不能凭“表里没有”下结论。",
)


def write_template(
    path: str | Path,
    vocabulary: Vocabulary,
    *,
    form: Mapping[str, object] | None = None,
    rows: Mapping[str, Iterable[Mapping[str, object]]] | None = None,
    extra_sheets: Mapping[str, Iterable[Iterable[object]]] | None = None,
) -> None:
    """Writes the template. `form` maps its labels to values, `rows` a sheet's name to its rows
    (header → value); values are text, int, float, bool, date or None. Text is never a formula.
    The same arguments give the same bytes.
    """
    import xlsxwriter

    with xlsxwriter.Workbook(
        str(path), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"created": _CREATED, "title": "技能人才政策填报表"})
        writer = _Writer(book, vocabulary)
        writer.form(form or {})
        for sheet in _in_reading_order():
            writer.sheet(sheet, (rows or {}).get(sheet.name, ()))
        for name, lines in (extra_sheets or {}).items():
            writer.stranger(name, lines)
        writer.choices()


def _in_reading_order() -> list[Sheet]:
    # The template shows the roster first and the list of other organisations last.
    staff = next(sheet for sheet in SHEETS if sheet.name == STAFF)
    rest = [sheet for sheet in SHEETS if sheet is not staff]
    return [staff, *rest[1:], rest[0]]


class _Writer:
    def __init__(self, book: Any, vocabulary: Vocabulary) -> None:
        self._book = book
        self._codes = vocabulary.codes
        self._lists: dict[str, list[str]] = {}
        self._date = book.add_format({"num_format": "yyyy-mm-dd"})
        self._text = book.add_format({"num_format": "@"})
        self._money = book.add_format({"num_format": "0.00"})
        head = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter", "align": "center"}
        self._needed = book.add_format({**head, "bg_color": "#F9C88B"})
        self._free = book.add_format({**head, "bg_color": "#E3E6EA"})
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._words = book.add_format({"text_wrap": True, "valign": "top", "font_color": "#555555"})

    def form(self, values: Mapping[str, object]) -> None:
        page = self._book.add_worksheet(FORM)
        page.set_column(0, 0, 34)
        page.set_column(1, 1, 40)
        page.set_column(2, 2, 60)
        page.write_string(0, 0, "技能人才政策填报表", self._title)
        row = 1
        for advice in _GUIDE:
            page.merge_range(row, 0, row, 2, advice, self._words)
            page.set_row(row, 32)
            row += 1
        for position, name in enumerate(("项目", "填写", "说明")):
            page.write_string(row, position, name, self._free)
        lines = [*FORM_LINES, *(Column(s.label, "date", note="填日期表示从那天起列全") for s in STATEMENTS)]
        for line in lines:
            row += 1
            page.write_string(row, 0, line.header, self._needed if line.required else self._free)
            self._cell(page, row, 1, values.get(line.header), line)
            self._choose(page, row, row, 1, line)
            if line.note:
                page.write_string(row, 2, line.note, self._words)

    def sheet(self, sheet: Sheet, rows: Iterable[Mapping[str, object]]) -> None:
        page = self._book.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        page.set_row(0, 34)
        for position, column in enumerate(sheet.columns):
            page.set_column(position, position, max(12, len(column.header) * 2 + 2), self._format(column))
            page.write_string(0, position, column.header, self._needed if column.required else self._free)
            page.write_comment(0, position, "；".join(filter(None, (expectation(column), column.note))))
        last = 0
        for last, row in enumerate(rows, 1):
            for position, column in enumerate(sheet.columns):
                self._cell(page, last, position, row.get(column.header), column)
        for position, column in enumerate(sheet.columns):
            self._choose(page, 1, max(last, _READY_ROWS), position, column)

    def stranger(self, name: str, lines: Iterable[Iterable[object]]) -> None:
        page = self._book.add_worksheet(name)
        for row, line in enumerate(lines):
            for position, value in enumerate(line):
                self._cell(page, row, position, value, Column("", "text"))

    def choices(self) -> None:
        """The hidden sheet that holds the lists of the drop-downs."""
        page = self._book.add_worksheet(CHOICES)
        page.hide()
        for position, (name, values) in enumerate(self._lists.items()):
            page.write_string(0, position, name)
            for row, value in enumerate(values, 1):
                page.write_string(row, position, value)

    def _format(self, column: Column) -> Any:
        if column.kind == "date":
            return self._date
        if column.kind == "money":
            return self._money
        return self._text if column.kind in _TEXT_KINDS else None

    def _cell(self, page: Any, row: int, position: int, value: object, column: Column) -> None:
        if value is None:
            return
        if isinstance(value, bool):
            page.write_string(row, position, "是" if value else "否")
        elif isinstance(value, date):
            page.write_datetime(row, position, value, self._date)
        elif isinstance(value, int | float):
            page.write_number(row, position, value, self._money if column.kind == "money" else None)
        else:
            page.write_string(row, position, str(value), self._text if column.kind in _TEXT_KINDS else None)

    def _choose(self, page: Any, first: int, last: int, position: int, column: Column) -> None:
        values = self._values(column)
        if not values:
            return
        name = column.codes or column.kind
        self._lists.setdefault(name, values)
        letter = column_letter(list(self._lists).index(name) + 1)
        source = f"='{CHOICES}'!${letter}$2:${letter}${len(values) + 1}"
        # A wrong word is only warned of: the reader knows more spellings than the list shows.
        page.data_validation(
            first, position, last, position, {"validate": "list", "source": source, "error_type": "warning"}
        )

    def _values(self, column: Column) -> list[str]:
        if column.kind == "bool":
            return ["是", "否"]
        if column.kind == "document kind":
            return list(PERSON_DOCUMENTS)
        if column.kind == "code":
            return [*self._codes[column.codes].codes, *(["无"] if column.none else [])]
        return []
