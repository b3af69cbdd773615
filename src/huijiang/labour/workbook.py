"""The survey as a workbook: a row for each occupation and level, what is known filled in; read back cell by cell.

Above the header stand the numbers of the survey and of the firm: a workbook of another survey or another firm is
refused.  A row without anything, or left out, is not answered; 0 is none.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from django.utils.translation import gettext as _

from huijiang.labour.answering import Key, Line
from huijiang.labour.figures import FIGURES, MOST, MOST_PAY, NAMES, NO_LEVEL, levels
from huijiang.labour.models import SurveyedFirm
from huijiang.labour.models.survey import LONGEST_NOTE
from huijiang.registry.vocabulary import vocabulary
from tiaowen.problems import nearest
from tiaowen.workbook.columns import Column
from tiaowen.workbook.container import Container, Limits
from tiaowen.workbook.headers import plain_header
from tiaowen.workbook.problems import WorkbookError
from tiaowen.workbook.sheets import Book, Cell, Row, column_letter
from tiaowen.workbook.values import CellReader, Complaint
from tiaowen.workbook.wording import MESSAGES

SHEET: Final = "用工摸排"
SURVEY, FIRM = "摸排编号", "单位编号"
OCCUPATION, LEVEL, DIFFICULTY = "职业（工种）", "技能等级", "招用难点"
HEADERS: Final = {
    "occupation": OCCUPATION, "level": LEVEL, "heads": "现有人数", "insured": "其中在本单位参保", "certified": "其中持本等级证书",
    "vacancies": "缺口人数", "planned_hires": "未来12个月计划招用", "planned_training": "未来12个月计划培训",
    "wage_low": "月工资下限（元）", "wage_high": "月工资上限（元）", "difficulty": DIFFICULTY,
}  # fmt: skip
COLUMNS: Final = {
    name: Column(header, "int" if name in NAMES else "money" if name.startswith("wage") else "text")
    for name, header in HEADERS.items()
}
HEADER_WITHIN: Final = 12
LIMITS: Final = Limits(file_bytes=4 << 20, unpacked_bytes=40 << 20, rows=2_000, columns=40)
MOST_FAULTS: Final = 200
FEN: Final = 100
Fault = dict[str, Any]
"""sheet, row (0: the file), column, seen, expected."""


def template(surveyed: SurveyedFirm, lines: Mapping[Key, Line]) -> bytes:
    """The workbook of a firm, with what it answered or what is known; text is never a formula."""
    survey = surveyed.survey
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, guide = book.add_worksheet(SHEET), book.add_worksheet("填写说明")
        bold, fixed = (
            book.add_format({"bold": True, "bg_color": "#E8EEF7", "text_wrap": True}),
            book.add_format({"bg_color": "#F3F4F6"}),
        )
        for at, (label, value) in enumerate(_head(surveyed)):
            sheet.write_string(at, 0, label, bold)
            sheet.write_string(at, 1, value, fixed)
        first = len(_head(surveyed))
        for at, header in enumerate(HEADERS.values()):
            sheet.write_string(first, at, header, bold)
        row = first
        for occupation in survey.occupations:
            for level in levels():
                row += 1
                _row(sheet, row, occupation, level, lines.get((occupation, level), {}), fixed)
        whole = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": MOST, "ignore_blank": True,
                 "error_title": "人数", "error_message": "请填不小于 0 的整数；不清楚就空着，没有就填 0。"}  # fmt: skip
        sheet.data_validation(first + 1, 2, row, 1 + len(NAMES), whole)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 34)
        sheet.set_column(2, len(HEADERS) - 2, 13)
        sheet.set_column(len(HEADERS) - 1, len(HEADERS) - 1, 40)
        sheet.freeze_panes(first + 1, 2)
        for at, words in enumerate(GUIDE):
            guide.write_row(at, 0, words, bold if at == 0 else None)
        guide.set_column(0, 0, 26)
        guide.set_column(1, 1, 90)
    return made.getvalue()


def _head(surveyed: SurveyedFirm) -> list[tuple[str, str]]:
    survey = surveyed.survey
    return [("名称", survey.title), (SURVEY, str(survey.uid)), ("单位", surveyed.organisation.name), (FIRM, str(surveyed.uid)),
            ("统计时点", survey.counted_on.isoformat()), ("截止填报", survey.closes_on.isoformat())]  # fmt: skip


def _row(sheet: Any, at: int, occupation: str, level: str, line: Mapping[str, Any], fixed: Any) -> None:
    sheet.write_string(at, 0, occupation, fixed)
    sheet.write_string(at, 1, level, fixed)
    for column, name in enumerate(list(HEADERS)[2:], start=2):
        value = line.get(name)
        if value is None or value == "":
            continue
        if name.startswith("wage"):
            whole, rest = divmod(value, FEN)
            sheet.write_number(at, column, Decimal(f"{whole}.{rest:02d}"))
        elif isinstance(value, int):
            sheet.write_number(at, column, value)
        else:
            sheet.write_string(at, column, value)


GUIDE: Final = (
    ("列", "怎样填"),
    ("空着和 0", "空着是没有填、不清楚；没有这样的人填 0。两样不同，请不要用空着代替 0。"),
    ("现有人数", "统计时点那一天在本单位做这个职业（工种）、这个技能等级的人数，劳务派遣的算在用工单位。"),
    ("其中在本单位参保", "不多于现有人数。"),
    ("其中持本等级证书", "持有本等级职业资格或技能等级证书的人数，不多于现有人数；“无等级”一行不填。"),
    ("缺口人数", "现在就需要、还没有招到的人数。"),
    ("未来12个月计划招用、计划培训", "从统计时点起 12 个月。"),
    ("月工资下限、上限（元）", "税前，两项一起填，或者都不填。"),
    (DIFFICULTY, f"为什么难招，不超过 {LONGEST_NOTE} 字；请不要写个人姓名和号码。"),
    ("上传", "上传后先看与现在填报的差别和错误；有一处错误，整份都不采用。工作簿里没有的行，按没有填处理。"),
)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(surveyed: SurveyedFirm, content: bytes) -> tuple[dict[Key, Line], list[Fault]]:
    """The lines of a workbook, or its faults: one of the two is empty (both, where nothing was filled in)."""
    with tempfile.TemporaryDirectory(prefix="huijiang-") as folder:
        path = Path(folder) / "survey.xlsx"
        path.write_bytes(content)
        try:
            container = Container(path, LIMITS)
            try:
                return _Reading(surveyed).book(Book(container))
            finally:
                container.close()
        except WorkbookError as error:
            return {}, [
                _fault(each.sheet, each.row or 0, each.column, each.seen, f"{each.wrong()}；{each.mend()}")
                for each in error.problems
            ]


def _fault(sheet: str, row: int, column: str, seen: str, expected: str) -> Fault:
    return {"sheet": sheet, "row": row, "column": column, "seen": seen[:80], "expected": expected[:300]}


class _Reading:
    """One workbook against what was asked."""

    def __init__(self, surveyed: SurveyedFirm) -> None:
        self.surveyed = surveyed
        self.lines: dict[Key, Line] = {}
        self.faults: list[Fault] = []
        self.at = 0  # the row that is read
        self.columns: dict[int, str] = {}

    def add(self, column: str, seen: str, expected: str, row: int | None = None) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(_fault(SHEET, self.at if row is None else row, column, seen, expected))

    def book(self, book: Book) -> tuple[dict[Key, Line], list[Fault]]:
        sheet = next((each for each in book.sheets if each.name == SHEET and not each.hidden), None)
        if sheet is None:
            self.add(
                "",
                "、".join(each.name for each in book.sheets)[:80],
                _("有一张名为“%(name)s”的工作表；请用下载的模板") % {"name": SHEET},
                0,
            )
            return {}, self.faults
        rows = book.rows(sheet)
        if self.header(rows):
            self.cells = CellReader(vocabulary(), from_1904=book.from_1904)
            for number, row in rows:
                self.at = number
                self.row(row)
        if sheet.too_long is not None:
            self.add("", "", _("不多于 %(n)s 行") % {"n": LIMITS.rows}, sheet.too_long)
        if sheet.too_wide is not None:  # what comes after was not read
            last, at = sheet.too_wide
            self.add(column_letter(at), "", _("不多于 %(n)s 列；表外的格子请清空") % {"n": LIMITS.columns}, last)
        return ({}, self.faults) if self.faults else (self.lines, [])

    def header(self, rows: Iterator[tuple[int, Row]]) -> bool:
        """The numbers above and the headings; whether reading can go on."""
        above: dict[str, str] = {}
        names = {plain_header(header): name for name, header in HEADERS.items()}
        for number, row in rows:
            found = {at: names[plain_header(cell.text)] for at, cell in row.items() if plain_header(cell.text) in names}
            if "occupation" in found.values() and "level" in found.values():
                self.at = number
                self.columns = found
                self.headings(row, list(names))
                self.whose(above)
                return not self.faults
            if 1 in row and 2 in row:
                above[row[1].text.strip()] = row[2].text.strip()
            if number > HEADER_WITHIN:
                break
        self.add(
            "",
            "",
            _("前 %(n)s 行里有表头：%(names)s；请用下载的模板")
            % {"n": HEADER_WITHIN, "names": f"{OCCUPATION}、{LEVEL}…"},
            0,
        )
        return False

    def headings(self, row: Row, known: list[str]) -> None:
        seen: set[str] = set()
        for at, cell in sorted(row.items()):
            name = self.columns.get(at)
            if name is None:
                close = nearest(plain_header(cell.text), known)
                self.add(
                    column_letter(at),
                    cell.text,
                    _("模板里的列名%(hint)s；用不上的列请删去") % {"hint": f"（“{close}”？）" if close else ""},
                )
            elif name in seen:
                self.add(column_letter(at), cell.text, _("每列只出现一次"))
            else:
                seen.add(name)

    def whose(self, above: Mapping[str, str]) -> None:
        for label, wanted, words in (
            (SURVEY, str(self.surveyed.survey.uid), _("这一次摸排的编号；这份工作簿是另一次摸排的，请重新下载")),
            (FIRM, str(self.surveyed.uid), _("本单位的编号；这份工作簿是另一个单位的，请重新下载")),
        ):
            if above.get(label) != wanted:
                self.add("B", above.get(label, ""), words, 0)

    def row(self, row: Row) -> None:
        cells = {name: (at, row[at]) for at, name in self.columns.items() if at in row}
        if not cells:
            return
        occupation = self.one_of(cells, "occupation", self.surveyed.survey.occupations, {})
        level = self.one_of(cells, "level", levels(), vocabulary().codes["level"].also)
        line = {
            name: self.value(name, *cells[name])
            for name in (*NAMES, "wage_low", "wage_high", "difficulty")
            if name in cells
        }
        if occupation is None or level is None:
            return
        if (occupation, level) in self.lines:
            self.add("A", f"{occupation} {level}", _("每个职业的每个等级只有一行"))
            return
        self.agree(level, line)
        if any(value not in (None, "") for value in line.values()):
            self.lines[occupation, level] = line

    def one_of(
        self, cells: Mapping[str, tuple[int, Cell]], name: str, known: Iterable[str], also: Mapping[str, str]
    ) -> str | None:
        at, cell = cells.get(name, (0, None))
        text = plain_header(cell.text) if cell is not None else ""
        listed = {plain_header(each): each for each in known} | {
            plain_header(said): code for said, code in also.items()
        }
        if text in listed:
            return listed[text]
        letter = column_letter(at or next(at for at, each in self.columns.items() if each == name))
        self.add(
            letter,
            cell.text if cell else "",
            _("这次摸排列出的：%(names)s") % {"names": "、".join(list(dict.fromkeys(listed.values()))[:12])},
        )
        return None

    def value(self, name: str, at: int, cell: Cell) -> Any:
        letter = f"{column_letter(at)}（{HEADERS[name]}）"

        def told(one: Complaint) -> None:
            if one.severity == "error":
                wrong, expected, mend = MESSAGES[one.key].zh
                words = dict(one.words)
                self.add(
                    letter,
                    cell.text,
                    f"{wrong.format(**words)}；应为：{expected.format(**words)}；{mend.format(**words)}",
                )

        if name in NAMES and cell.text.strip() in ("无", "没有"):
            self.add(letter, cell.text, _("没有就填 0；不清楚就空着"))
            return None
        value = self.cells.value(cell, COLUMNS[name], told)
        if value is None:
            return None
        if name in NAMES:
            return self.at_most(letter, int(value), MOST)  # type: ignore[arg-type]
        if name.startswith("wage"):
            return self.at_most(letter, int(Decimal(str(value).removesuffix("元")) * FEN), MOST_PAY)
        if len(str(value)) > LONGEST_NOTE:
            self.add(letter, str(value), _("不多于 %(n)s 个字") % {"n": LONGEST_NOTE})
            return None
        return str(value)

    def at_most(self, letter: str, value: int, most: int) -> int | None:
        if value <= most:
            return value
        self.add(letter, str(value), _("不大于 %(n)s") % {"n": most})
        return None

    def agree(self, level: str, line: Mapping[str, Any]) -> None:
        for name, words in disagreements(level, line):
            at = next((at for at, each in self.columns.items() if each == name), 1)
            self.add(f"{column_letter(at)}（{HEADERS[name]}）", str(line.get(name) or ""), words)


def disagreements(level: str, line: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What of a line does not go together: (column, what was expected).  The form asks the same."""
    found = []
    heads = line.get("heads")
    for figure in FIGURES:
        value = line.get(figure.name)
        if figure.within and value is not None and heads is not None and value > heads:
            found.append((figure.name, _("不多于现有人数 %(heads)s") % {"heads": heads}))
    if level == NO_LEVEL and line.get("certified") is not None:
        found.append(("certified", _("“无等级”不填持证人数")))
    low, high = line.get("wage_low"), line.get("wage_high")
    if (low is None) != (high is None):
        found.append(("wage_high" if high is None else "wage_low", _("工资下限和上限一起填，或者都不填")))
    elif low is not None and high is not None and (low == 0 or low > high):
        found.append(("wage_low", _("大于 0，不高于上限")))
    return found
