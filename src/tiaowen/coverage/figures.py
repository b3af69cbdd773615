"""Every figure that a clause prints: its place, token, value, unit and role.

A figure is a number in Arabic or Chinese, a range, a percentage, a date, a
year, the number of a document, or a word that stands for one (翻番, 全覆盖,
一次性).  Numbers in names and slogans (“2+3+X”, 五一, 十四五) are figures of
the role `name`: they too must be accounted for, by a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tiaowen.coverage.numerals import CHINESE_DIGITS, SCALE, chinese_number, narrow, number
from tiaowen.vocabulary.units import Units

# amount, cap, floor: money; threshold, count, rank: people and things; wording needs no block
ROLES = (
    "amount", "cap", "floor", "threshold", "count", "rank", "share", "duration", "frequency", "once",
    "growth", "coverage", "date", "year", "document", "name", "wording",
)  # fmt: skip
_PRINTED_UNITS = ("周岁", "人才", "部门", "版")  # printed, but no units of the vocabulary
_DURATIONS = ("年", "个月", "月", "天", "日", "学时", "课时")
_AGES = ("岁", "周岁")
_NAMED_UNITS = ("部门", "版")

# words in which the sign is no number
_NO_NUMBER = (
    "统一 进一步 一线 一体 一流 一般 一致 一起 一律 一并 唯一 单一 同一 之一 一道 一旦 一直 一律 专一 万一 "
    "十分 第三方 千方百计 零部件 零售 零工 零距离"
).split()
# an article, not a count
_ARTICLES = "一大批 一批 一支 一定 一系列 一些 一整套 一项重要 第一位".split()
_WHOLE = ("growth", "coverage")
_GROWTH = "翻一番 翻番 成倍".split()

_NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_RANGE = r"\s*(?:-|—|–|~|～|至|到)+\s*"
_QUOTED = re.compile(r"“([^“”]{1,12})”")
_TITLED = re.compile(r"《[^《》]*》")
_DOCUMENT = re.compile(r"[\u4e00-\u9fff]{0,8}〔\d{4}〕\s*\d+\s*号")
_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_YEARS = re.compile(r"(\d{4})\s*年?\s*(?:至|到|-|—)+\s*(\d{4})\s*年")
_YEAR = re.compile(r"(\d{4})\s*年")
_MONTH = re.compile(r"每年\s*((\d{1,2})\s*月)(?!\d)")
_HUNDREDTHS = re.compile(rf"百分之([{CHINESE_DIGITS}]{{1,16}})")
_PRIZES = re.compile(r"[一二三四五六七八九]{1,4}等奖")
_SESSION = re.compile(
    rf"第?[{CHINESE_DIGITS}]{{1,16}}届(?:[{CHINESE_DIGITS}]{{1,16}}次)?|第[{CHINESE_DIGITS}]{{1,16}}[次届]?"
)
_CHINESE = re.compile(rf"[{CHINESE_DIGITS}]{{1,16}}")
_AT_MOST = re.compile(r"(?:不超过|不得超过|不高于|最高|最长|最多|不满|不足)[^，。；、:,;0-9]{0,6}$")
_AT_LEAST = re.compile(r"(?:不少于|不低于|不得低于|不得少于|至少)[^，。；、:,;0-9]{0,4}$|满\s*$")
_MORE = re.compile(r"(?<!不)(?<!不得)(?:超过|高于|突破)\s*$")
_AFTER = re.compile(r"\s*(?:\([^()]{0,3}\))?\s*(?:及以上|以上|左右|以下|以内|及以下|内)")


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed figure.

    `at` counts from 1 within the clause; `token` is the figure as printed, never
    more; `low` and `high` are in the printed unit with 万 and 亿 multiplied in
    (years as years); `bound` is `at least`, `at most`, `more than`, `about`,
    `from`, `until` or empty; `striving` is `near` after 力争 in the same phrase, `far`
    after 力争 earlier in the sentence; `row` is the row of a table, from 1.
    """

    at: int
    token: str
    role: str
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    bound: str = ""
    row: int = 0
    day: str = ""
    striving: str = ""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def value(self) -> str:
        """The value in words: `300 to 1500`, `2025-03-01`, or empty for a name."""
        if self.day:
            return self.day
        if self.low is None:
            return ""
        low = f"{self.low.normalize():f}"
        return low if self.high in (None, self.low) else f"{low} to {self.high:f}"


def find_figures(text: str, units: Units) -> list[Figure]:
    """All figures of a clause in printed order.  `text` may hold table rows (cells set off by tabs)."""
    finder = _Finder(text, units)
    finder.scan()
    found = sorted(finder.found, key=lambda figure: figure.start)
    return [replace(figure, at=at) for at, figure in enumerate(_lent_units(found, finder.text), start=1)]


class _Finder:
    def __init__(self, text: str, units: Units) -> None:
        self.text = narrow(text)
        self.found: list[Figure] = []
        self.free = [True] * len(text)
        self.titled = [match.span() for match in _TITLED.finditer(text)]
        names = sorted({*units.known, *_PRINTED_UNITS} - set(SCALE), key=len, reverse=True)
        unit = "|".join(re.escape(name) for name in names)
        self.number = re.compile(rf"({_NUM})\s*(万|亿)?\s*({unit})?(?:{_RANGE}({_NUM})\s*(万|亿)?\s*({unit})?)?")
        self.chinese_unit = re.compile(rf"(?:{unit})")

    def scan(self) -> None:
        """Each finder takes what it knows; what is taken is not looked at again."""
        self.table_rows()
        for match in _DOCUMENT.finditer(self.text):
            self.take(match, Figure(0, "", "document"))
        for match in _QUOTED.finditer(self.text):
            inner = match.group(1)
            if re.search(rf"[\d{CHINESE_DIGITS}]", _without(inner, _NO_NUMBER)):
                self.take(match, Figure(0, "", "name"), 1)
        for match in _DATE.finditer(self.text):
            year, month, day = (int(part) for part in match.groups())
            self.take(match, Figure(0, "", "date", day=f"{year:04}-{month:02}-{day:02}"))
        for match in _YEARS.finditer(self.text):
            low, high = (Decimal(part) for part in match.groups())
            self.take(match, Figure(0, "", "year", low, high, "年"))
        for match in _YEAR.finditer(self.text):
            year_value = Decimal(match.group(1))
            self.take(match, Figure(0, "", "year", year_value, year_value, "年", self.year_bound(match)))
        for match in _MONTH.finditer(self.text):
            self.take(match, Figure(0, "", "date", day=f"每年{int(match.group(2))}月"), 1)
        for match in self.number.finditer(self.text):
            self.arabic(match)
        self.chinese()

    def take(self, match: re.Match[str], figure: Figure, group: int = 0) -> None:
        start, end = match.span(group)
        if not all(self.free[start:end]):
            return
        self.free[start:end] = [False] * (end - start)
        if any(a <= start and end <= b for a, b in self.titled) and figure.role not in ("document", "date"):
            figure = Figure(0, "", "name")
        token = "".join(self.text[start:end].split())
        self.found.append(replace(figure, token=token, start=start, end=end))

    def year_bound(self, match: re.Match[str]) -> str:
        if re.match(r"\s*(?:起|开始)", self.text[match.end() : match.end() + 8]):
            return "from"
        return "until" if re.search(r"(?:到|至)\s*$", self.before(match.start())) else ""

    # -- tables -----------------------------------------------------------------
    def table_rows(self) -> None:
        """Cells that hold one number and nothing else; the header gives the unit."""
        offset, row = 0, 0
        header: list[str] = []
        for line in self.text.split("\n"):
            cells = line.split("\t")
            if len(cells) > 2:
                if not header:
                    header = cells
                else:
                    row += 1
                    self.table_row(cells, header, offset, row)
            offset += len(line) + 1

    def table_row(self, cells: list[str], header: list[str], offset: int, row: int) -> None:
        for column, cell in enumerate(cells):
            match = re.fullmatch(rf"\s*({_NUM})\s*(万|亿)?\s*", cell)
            head = header[column] if column < len(header) else ""
            if match and "序号" not in head:
                unit = next((u for u in ("人次", "人") if u in head), "")
                value = number(match.group(1), match.group(2) or "")
                start = offset + len(cell) - len(cell.lstrip())
                span = (start, start + len(cell.strip()))
                self.found.append(
                    Figure(0, cell.strip(), "count", value, value, unit, row=row, start=span[0], end=span[1])
                )
            if match:
                self.free[offset : offset + len(cell)] = [False] * len(cell)
            offset += len(cell) + 1

    # -- Arabic -----------------------------------------------------------------
    def arabic(self, match: re.Match[str]) -> None:
        first, scale, unit, second, second_scale, second_unit = match.groups()
        if second is not None and unit and unit != second_unit:
            # two figures that only look like a range
            again = self.number.match(self.text, match.start(), match.end(3))
            rest = self.number.match(self.text, match.start(4))
            for part in (again, rest):
                if part is not None:
                    self.arabic(part)
            return
        if second is None:
            value = number(first, scale or "")
            figure = self.roled(value, value, unit or "", *match.span())
        else:
            low = number(first, scale or second_scale or "")
            high = number(second, second_scale or scale or "")
            figure = self.roled(low, high, second_unit or unit or "", *match.span())
        self.take(match, figure)

    def roled(self, low: Decimal, high: Decimal, unit: str, start: int, end: int) -> Figure:
        """The role of a number from its unit and the words next to it."""
        bound = "" if low != high else self.bound(start, end)
        role = "count"
        if unit in _NAMED_UNITS:
            return Figure(0, "", "name")
        if unit == "元":
            role = {"at most": "cap", "at least": "floor"}.get(bound, "amount")
        elif unit == "%":
            role = "share"
        elif unit in _AGES:
            role = "threshold"
        elif unit in _DURATIONS:
            role = "frequency" if re.search(r"每\s*$", self.before(start)) else "duration"
        elif re.search(r"前\s*$", self.before(start)):
            role, bound = "rank", "at most"
        elif bound in ("at least", "at most", "more than"):
            role = "cap" if bound == "at most" else "threshold"
        elif not unit and re.search(r"(?:给予|奖励|补助|资助)[^。；]*$", self.before(start)):
            role = "amount"  # `30万` of a grant: the unit is left out
        return Figure(0, "", role, low, high, unit, bound, striving=self.striving(start))

    def before(self, start: int) -> str:
        """The words before a place, no farther than a sentence is likely to reach."""
        return self.text[max(0, start - 100) : start]

    def striving(self, start: int) -> str:
        sentence = re.split(r"[。；;\n]", self.before(start))[-1]
        if "力争" not in sentence:
            return ""
        return "near" if "力争" in re.split(r"[，,]", sentence)[-1] else "far"

    def bound(self, start: int, end: int) -> str:
        before, after = self.text[max(0, start - 16) : start], self.text[end : end + 8]
        match = _AFTER.match(after)
        if match:
            word = match.group()
            if "以上" in word:
                return "at least"
            return "about" if "左右" in word else "at most"
        for pattern, bound in ((_AT_MOST, "at most"), (_AT_LEAST, "at least"), (_MORE, "more than")):
            if pattern.search(before):
                return bound
        return ""

    # -- Chinese ----------------------------------------------------------------
    def chinese(self) -> None:
        for word, role in (
            *((word, "growth") for word in _GROWTH), ("全覆盖", "coverage"), ("一次性", "once"),
            ("一对一", "name"), *((word, "wording") for word in _ARTICLES),
        ):  # fmt: skip
            for match in re.finditer(word, self.text):
                self.take(match, Figure(0, "", role, striving=self.striving(match.start()) if role in _WHOLE else ""))
        for word in _NO_NUMBER:
            for match in re.finditer(word, self.text):
                self.free[match.start() : match.end()] = [False] * len(word)
        for match in _HUNDREDTHS.finditer(self.text):
            value = chinese_number(match.group(1))
            if value is not None:
                self.take(match, self.roled(value, value, "%", *match.span()))
        for pattern in (_PRIZES, _SESSION):
            for match in pattern.finditer(self.text):
                self.take(match, Figure(0, "", "name"))
        for match in _CHINESE.finditer(self.text):
            self.run_of_signs(match)

    def run_of_signs(self, match: re.Match[str]) -> None:
        start, end = match.span()
        if not all(self.free[start:end]):
            return
        value = chinese_number(match.group())
        unit = self.chinese_unit.match(self.text, end) if value is not None else None
        if value is not None and unit is not None:
            whole = re.compile(r".*", re.DOTALL).match(self.text, start, unit.end())
            assert whole is not None
            self.take(whole, self.roled(value, value, unit.group(), start, unit.end()))
            return
        if value is not None and end - start < 2 and re.match(r"[\u4e00-\u9fff]", self.text[end : end + 1]):
            end += 1  # 四大, 两级, 三方: the sign alone says nothing
        name = re.compile(r".*", re.DOTALL).match(self.text, start, end)
        assert name is not None
        self.take(name, Figure(0, "", "name"))


def _without(text: str, words: list[str]) -> str:
    for word in words:
        text = text.replace(word, "")
    return text


def _lent_units(found: list[Figure], text: str) -> Iterator[Figure]:
    """`50 万、30 万、1 万元`: the last unit of a row of numbers serves those before it."""
    lent: list[Figure] = []
    for figure in reversed(found):
        later = lent[-1] if lent else None
        if (
            figure.low is not None and not figure.unit and not figure.row and later is not None and later.unit
            and re.fullmatch(r"\s*[、,和及与或]\s*", text[figure.end : later.start])
        ):  # fmt: skip
            role = later.role if figure.role == "count" else figure.role
            figure = replace(figure, unit=later.unit, role=role)
        lent.append(figure)
    return reversed(lent)
