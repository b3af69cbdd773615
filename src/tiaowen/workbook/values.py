"""One cell → one value of the case format, or a problem that says what was expected."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from tiaowen.identifiers import PERSON_DOCUMENTS, mask
from tiaowen.problems import nearest
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.workbook.columns import Column
from tiaowen.workbook.days import serial_date, written_date
from tiaowen.workbook.places import Places
from tiaowen.workbook.sheets import Cell

Value = str | bool | int | date
ABSENT: Final = "none"
NONE_WORDS: Final = frozenset("无 没有 暂无 无终止 至今 在职 仍在职 仍在缴 未止 none".split())
UNKNOWN_WORDS: Final = frozenset("不详 未知 不清楚 待查 待定 / - -- — —— ? ？".split())
_YES: Final = frozenset("是 有 已 对 √ ✓ ☑ y yes true 1".split())
_NO: Final = frozenset("否 无 没有 未 不是 × ✗ ☐ n no false 0".split())
_LONGEST: Final = 500
_IDENTIFIERS: Final = ("document", "certificate number", "organisation code", "key", "staff")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A problem with a cell, still without its place. `severity` is error or warning."""

    key: str
    severity: str = "error"
    words: tuple[tuple[str, str], ...] = ()


Complain = Callable[[Complaint], None]


def tidy(text: str) -> str:
    """Full-width letters and digits to half width, white space of any kind to single spaces."""
    return re.sub(r"[\s\u200b\ufeff]+", " ", unicodedata.normalize("NFKC", text)).strip()


class CellReader:
    """Reads cells by the kind of their column. One for a workbook; `home` is the firm's place."""

    def __init__(self, vocabulary: Vocabulary, *, from_1904: bool) -> None:
        self._codes = vocabulary.codes
        self._places = Places(vocabulary.regions)
        self._from_1904 = from_1904
        self.home: str | None = None

    def text(self, cell: Cell, column: Column, complain: Complain) -> str | None:
        """The tidied text of a cell, or None when it holds nothing that can be used."""
        if cell.kind == "error":
            complain(Complaint("cell error"))
            return None
        if cell.formula:
            if not cell.text.strip():
                complain(Complaint("formula without value"))
                return None
            complain(Complaint("formula", "warning"))
        text = tidy(cell.text)
        if cell.kind in ("number", "date"):
            text = _number_text(text)
            if column.kind in _IDENTIFIERS and _too_long_for_a_number(text):
                complain(Complaint("digits lost"))
                return None
        if len(text) > _LONGEST:
            complain(Complaint("too long text", words=(("limit", str(_LONGEST)),)))
            return None
        return None if text in UNKNOWN_WORDS or not text else text

    def value(self, cell: Cell, column: Column, complain: Complain) -> Value | None:
        """The value of a cell; None is unknown (or a complaint was made); `ABSENT` is 无."""
        text = self.text(cell, column, complain)
        if text is None:
            return None
        if column.kind != "bool" and text.lower() in NONE_WORDS:
            if column.none:
                return ABSENT
            complain(Complaint("no absence", words=(("wanted", expectation(column)),)))
            return None
        reader = _READERS.get(column.kind)
        return text if reader is None else reader(self, text, cell, column, complain)

    def _date(self, text: str, cell: Cell, column: Column, complain: Complain) -> Value | None:
        if cell.kind in ("date", "number"):
            found = serial_date(text, from_1904=self._from_1904)
            if found is None:
                # 20250301 typed as a number, often in a cell that is formatted as a date.
                found = written_date(text)
        else:
            found = written_date(text)
            if found is not None and 1900 <= found.year <= 2100:
                complain(Complaint("date as text", "warning", (("read", found.isoformat()),)))
        if found is None:
            complain(Complaint("bad date"))
            return None
        if not 1900 <= found.year <= 2100:
            complain(Complaint("far date", words=(("read", found.isoformat()),)))
            return None
        return found

    def _bool(self, text: str, cell: Cell, column: Column, complain: Complain) -> Value | None:
        word = text.lower()
        if word in _YES:
            return True
        if word in _NO:
            return False
        complain(Complaint("bad bool"))
        return None

    def _year(self, text: str, cell: Cell, column: Column, complain: Complain) -> Value | None:
        match = re.fullmatch(r"((?:19|20)\d{2})(?:年|年度)?", text, re.ASCII)
        if match is None:
            complain(Complaint("bad year"))
            return None
        return match[1]

    def _count(self, text: str, cell: Cell, column: Column, complain: Complain) -> Value | None:
        match = re.fullmatch(r"(\d{1,6})(?:\.0+)?(?:个?月|课时|学时|名)?", text.replace(",", ""), re.ASCII)
        if match is None:
            complain(Complaint("bad number", words=(("wanted", expectation(column)),)))
            return None
        return int(match[1]) if column.kind == "int" else f"{int(match[1])} 个月"

    def _money(self, text: str, cell: Cell, column: Column, complain: Complain) -> Value | None:
        plain = re.sub(r"[,¥￥ ]|元$", "", text)
        amount = _decimal(plain)
        # Programs store 3500.1 as 3500.0999999999999; a fen is the smallest amount there is.
        fen = amount.quantize(Decimal("0.01")) if amount is not None and amount < 10**13 else None
        if amount is None or fen is None or fen < 0 or abs(fen - amount) > Decimal("0.000001"):
            complain(Complaint("bad money"))
            return None
        whole = fen == fen.to_integral_value()
        return f"{int(fen)} 元" if whole else f"{fen} 元"

    def _code(self, text: str, cell: Cell, column: Column, complain: Complain) -> Value | None:
        return self.code(text, column, complain)

    def code(self, text: str, column: Column, complain: Complain) -> str | None:
        """The code of a list for any of the ways it is written."""
        known = self._codes[column.codes]
        for form in (text, text.replace(" ", ""), text.replace(" ", "").replace("(", "（").replace(")", "）")):
            if form in known.codes:
                return form
            if form in known.also:
                return known.also[form]
        if known.open:
            return text
        close = nearest(text, [*known.codes, *known.also])
        hint = f"；是不是“{known.also.get(close, close)}”" if close else ""
        words = (("hint", hint), ("wanted", "、".join(known.codes)))
        complain(Complaint("bad code", words=words))
        return None

    def _region(self, text: str, cell: Cell, column: Column, complain: Complain) -> Value | None:
        found = self._places.path(text, self.home)
        if found is None:
            complain(Complaint("bad region", words=(("hint", ""),)))
        return found


_Reader = Callable[[CellReader, str, Cell, Column, Complain], Value | None]
_READERS: Final[dict[str, _Reader]] = {
    "date": CellReader._date,
    "bool": CellReader._bool,
    "year": CellReader._year,
    "int": CellReader._count,
    "months": CellReader._count,
    "money": CellReader._money,
    "code": CellReader._code,
    "region": CellReader._region,
}
_EXPECTED: Final = {
    "text": "文字",
    "date": "日期，如 2025-03-01",
    "bool": "是、否，或者空着（不清楚）",
    "year": "四位数的年份",
    "int": "不小于 0 的整数",
    "months": "月数，不小于 0 的整数",
    "money": "以元计的金额",
    "code": "下拉清单里的值",
    "region": "省/市/县（市、区）",
    "document": "证件号码",
    "document kind": "、".join(PERSON_DOCUMENTS),
    "staff": "职工花名册里的工号",
    "key": "编号，每行不同",
    "organisation": "单位名称",
    "organisation code": "18 位统一社会信用代码",
    "certificate number": "证书编号",
    "schemes": "计划名称，几个之间用顿号",
    "studio": "工作室表里的编号",
    "base": "实训基地表里的编号",
}


def expectation(column: Column) -> str:
    """What a cell of this column should hold, in Chinese."""
    return _EXPECTED[column.kind] + ("；没有写“无”" if column.none else "")


def shown(text: str, column: Column | None) -> str:
    """A cell's text for a message; identity numbers masked."""
    if column is not None and column.kind == "document":
        return mask(tidy(text))
    return " ".join(text.split())


def _number_text(text: str) -> str:
    """The digits of a number as the sheet shows it: 20250301.0 → 20250301."""
    number = _decimal(text)
    if number is not None and number == number.to_integral_value():
        return str(int(number))
    return text


def _decimal(text: str) -> Decimal | None:
    """A finite number of a size that tables hold; None for 1E+30000 and the like, which only cost time."""
    try:
        number = Decimal(text)
    except ArithmeticError:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= 20 else None


def _too_long_for_a_number(text: str) -> bool:
    # A spreadsheet keeps 15 digits of a number; whatever stood after them is gone.
    digits = text.split(".")[0].lstrip("-")
    return len(digits) > 15 or "E" in text.upper()
