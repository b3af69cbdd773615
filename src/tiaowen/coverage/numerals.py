"""Numbers as Chinese official texts print them: full-width digits, 万, 三年, 百分之八."""

from __future__ import annotations

from decimal import Decimal

CHINESE_DIGITS = "零〇一二三四五六七八九十百千万亿两半"
_DIGIT = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACE = {"十": 10, "百": 100, "千": 1_000}
SCALE = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_NARROW = str.maketrans("０１２３４５６７８９％．，（）：；＋－", "0123456789%.,():;+-")


def narrow(text: str) -> str:
    """Full-width digits and signs made narrow, one character for one, so that offsets hold."""
    return text.translate(_NARROW)


def plain(text: str) -> str:
    """For comparing tokens: narrow, without spaces."""
    return "".join(narrow(text).split())


def number(digits: str, scale: str = "") -> Decimal:
    """`16.5`, `万` → 165000; thousands may be set off by commas."""
    return Decimal(digits.replace(",", "")) * SCALE[scale]


def chinese_number(text: str) -> Decimal | None:
    """`三十五` → 35, `万` → 10000, `半` → 0.5.  None for what is no number (`五一`, `十四五`)."""
    if text == "半":
        return Decimal("0.5")
    total = section = 0
    digit: int | None = None
    place = 100_000  # the last place of the section: places must go down
    if "半" in text:
        return None
    for sign in text:
        if sign in _DIGIT:
            if digit:
                return None  # two digits in a row are a name or a year, not a number
            digit = _DIGIT[sign]
        elif sign in _PLACE:
            if _PLACE[sign] >= place:
                return None
            place = _PLACE[sign]
            section += (1 if digit is None else digit) * place
            digit = None
        else:
            section += digit or 0
            total = (total + section or 1) * SCALE[sign]
            section, digit, place = 0, None, 100_000
    if digit is not None and place < 100_000 and place != 10 and not total and "零" not in text:
        return None  # 一百五 could be 105 or 150
    return Decimal(total + section + (digit or 0))
