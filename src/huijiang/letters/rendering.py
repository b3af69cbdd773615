"""A letter on paper: set from its row alone, so that the same row gives the same bytes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import qrcode
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, KeepTogether, PageBreak

from huijiang.files.paper import faces, sheets
from huijiang.letters.models import Letter
from huijiang.letters.texts import Text, text_of

QR_SIDE: Final = 24 * mm
COURTESY: Final = "Courtesy translation. Only the Chinese text on the page before has legal effect."
UNITS: Final = ("", "拾", "佰", "仟")
GROUPS: Final = ("", "万", "亿", "万亿")
DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"


@dataclass(frozen=True)
class Sheet:
    """Everything that a letter shows.  `verify`: the address that its QR code leads to."""

    text: Text
    language: str
    number: str
    on: dt.date
    office: Mapping[str, str]
    values: Mapping[str, Any]
    amount: int | None
    code: str
    verify: str

    @classmethod
    def of(cls, letter: Letter, address: str) -> Sheet:
        values, code = _open(letter.values), _open(letter.code)
        return cls(text_of(letter.kind, letter.version), letter.language, letter.number, letter.on, letter.office,
                   json.loads(values), letter.amount, code, f"{address}/verify/{code}/")  # fmt: skip

    def words(self, language: str) -> dict[str, str]:
        """What `{placeholders}` stand for."""
        money = yuan(self.amount) if self.amount is not None else ""
        plain = {name: value for name, value in self.values.items() if isinstance(value, str)}
        return {**self.office, **plain, "office": self.office["name"], "number": self.number, "amount": money,
                "amount_words": capitals(self.amount) if self.amount is not None and language == "zh" else money,
                "date": f"{self.on.year}年{self.on.month}月{self.on.day}日" if language == "zh" else self.on.isoformat()}  # fmt: skip


def _open(value: Any) -> str:
    return value if isinstance(value, str) else str(value.open())


def render(sheet: Sheet) -> bytes:
    """The PDF."""
    parts: list[Flowable] = list(_chinese(sheet))
    if sheet.language == "en":
        parts += [PageBreak(), *_english(sheet)]
    title = f"{sheet.text.titles['zh']} {sheet.number}"

    def foot(canvas: Any, document: Any) -> None:
        _code(canvas, sheet, document.page)

    return sheets.pdf(parts, title, sheet.office["name"], foot)


def _chinese(sheet: Sheet) -> Iterator[Flowable]:
    words = sheet.words("zh")
    yield sheets.centred(sheet.office["name"], 24, 34, textColor=sheets.RED)
    yield sheets.space(4)
    yield HRFlowable(width="100%", thickness=1.6, color=sheets.RED, spaceAfter=14)
    yield sheets.centred(sheet.text.titles["zh"], 20, 30)
    yield sheets.centred(sheet.number, 12, 20)
    yield sheets.space(10)
    if words.get("name"):
        yield sheets.text(f"{words['name']}：")
    for paragraph in sheet.text.bodies["zh"]:
        yield from _paragraph(paragraph, sheet, words, sheets.body)
    yield sheets.space(18)
    yield KeepTogether([
        sheets.right(f"{sheet.office['name']}（印章）"), sheets.right(words["date"]),
        sheets.space(8), *([sheets.text(_reach(sheet), 10, 16, textColor=sheets.GREY)] if _reach(sheet) else []),
    ])  # fmt: skip


def _english(sheet: Sheet) -> Iterator[Flowable]:
    words = sheet.words("en")
    yield sheets.text(COURTESY, 10, 15, textColor=sheets.GREY)
    yield sheets.space(10)
    yield _western(sheet.text.titles["en"], 16, 24)
    yield _western(f"No. {sheet.number}", 11, 18)
    yield sheets.space(8)
    if words.get("name"):
        yield _western(f"To: {words['name']}", 11, 18)
    for paragraph in sheet.text.bodies["en"]:
        yield from _paragraph(paragraph, sheet, words, lambda said: _western(said, 11, 17))
    yield sheets.space(14)
    yield _western(f"{sheet.office['name']}, {words['date']}", 11, 18)


def _western(words: str, size: float, leading: float) -> Flowable:
    """English breaks between words, Chinese between any two characters."""
    made = sheets.text(words, size, leading, spaceAfter=5)
    made.style.wordWrap = None
    return made


def _paragraph(paragraph: str, sheet: Sheet, words: Mapping[str, str], make: Any) -> Iterator[Flowable]:
    name = paragraph[1:-1] if paragraph.startswith("{") and paragraph.endswith("}") else ""
    value = sheet.values.get(name)
    if isinstance(value, list):
        for at, each in enumerate(value, start=1):
            yield make(f"{at}．{each}")
    elif isinstance(value, dict):
        yield sheets.space(4)
        yield sheets.table(value["columns"], value["rows"])
        yield sheets.space(6)
    else:
        yield make(paragraph.format_map(words))


def _reach(sheet: Sheet) -> str:
    found = [f"地址：{sheet.office['address']}" if sheet.office["address"] else "",
             f"电话：{sheet.office['phone']}" if sheet.office["phone"] else ""]  # fmt: skip
    return "　".join(each for each in found if each)


def _code(canvas: Any, sheet: Sheet, page: int) -> None:
    """At the foot of each page: the code as a picture and as characters, and the page's number."""
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    made.add_data(sheet.verify)
    made.make(fit=True)
    rows = made.get_matrix()
    dot = QR_SIDE / len(rows)
    left, bottom = sheets.WIDTH - sheets.RIGHT - QR_SIDE, 6 * mm
    canvas.saveState()
    canvas.setFillColor(sheets.INK)
    dots = canvas.beginPath()
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                dots.rect(left + x * dot, bottom + QR_SIDE - (y + 1) * dot, dot, dot)
    canvas.drawPath(dots, stroke=0, fill=1)
    canvas.setFont(faces.main(), 9)
    canvas.setFillColor(sheets.GREY)
    code = "-".join(sheet.code[at : at + 4] for at in range(0, len(sheet.code), 4))
    canvas.drawString(sheets.LEFT, bottom + 42, f"核验码 {code}")
    canvas.drawString(
        sheets.LEFT, bottom + 28, f"扫码或打开 {sheet.verify.rsplit('/', 2)[0]}/ 输入核验码，核对本文书真伪和是否有效"
    )
    canvas.drawString(sheets.LEFT, bottom + 8, f"第 {page} 页")
    canvas.restoreState()


def yuan(fen: int) -> str:
    """`2,000.00元`"""
    return f"{fen // 100:,}.{fen % 100:02d}元"


def capitals(fen: int) -> str:
    """An amount as it is written on payment papers (人民币大写, 票据法 practice): 贰仟元整, 壹万零伍元叁分."""
    if fen == 0:
        return "零元整"
    whole, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    said = f"{_whole(whole)}元" if whole else ""
    if not rest:
        return f"{said}整"
    if jiao:
        said += f"{DIGITS[jiao]}角"
    elif whole:
        said += "零"
    return f"{said}{DIGITS[cents]}分" if cents else f"{said}整"


def _whole(number: int) -> str:
    groups = []
    while number:
        number, part = divmod(number, 10_000)
        groups.append(part)
    said, gap = "", False
    for at in range(len(groups) - 1, -1, -1):
        part = groups[at]
        if not part:
            gap = gap or bool(said)
            continue
        if said and (gap or part < 1_000):
            said += "零"
        said += _four(part) + GROUPS[at]
        gap = False
    return said


def _four(number: int) -> str:
    said, gap = "", False
    for at in range(3, -1, -1):
        digit = number // 10**at % 10
        if digit:
            said += ("零" if gap else "") + DIGITS[digit] + UNITS[at]
            gap = False
        else:
            gap = bool(said)
    return said
