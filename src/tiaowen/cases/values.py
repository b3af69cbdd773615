"""Values of a case as people write them, turned into facts."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation

from tiaowen.evaluate.dates import month_index
from tiaowen.language.expressions import ExpressionError
from tiaowen.language.lexer import LexicalError
from tiaowen.language.sentences import parse_number
from tiaowen.problems import Spot, nearest
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import NONE, Type
from tiaowen.vocabulary.units import UnitError

YES = {"yes": True, "true": True, "是": True, "有": True}
NO = {"no": False, "false": False, "否": False, "无": False}
MAX_TEXT = 2_000


class ValueProblem(ValueError):
    """A value that does not fit its column: says what was seen and what was expected."""


def read_value(vocabulary: Vocabulary, kind: Type, raw: object) -> object:
    """A fact from text, number or boolean.  `unknown` gives None, `none` gives NONE.

    References are returned as the text of the row's id.  Raises ValueProblem.
    """
    if raw is None:
        return None
    if isinstance(raw, bool):
        if kind.kind != "bool":
            raise ValueProblem(f"{raw} → {kind.words}")
        return raw
    if isinstance(raw, dt.date):
        raw = raw.isoformat()
    if isinstance(raw, float):
        raise ValueProblem(f"{raw!r}：不收小数点数，请写成文字（floats are refused; write text） → {kind.words}")
    if isinstance(raw, list | tuple | dict | set | bytes):
        raise ValueProblem(f"{type(raw).__name__} → {kind.words}")
    if isinstance(raw, int) and abs(raw) >= 10**18:
        raise ValueProblem(f"> 10^18 → {kind.words}")
    text = str(raw).strip()
    if len(text) > MAX_TEXT:
        raise ValueProblem(f"{text[:40]}… ({len(text)})")
    if text in ("unknown", "未知", ""):
        return None
    if text in ("none", "没有"):
        if not kind.or_none:
            raise ValueProblem(f"none → {kind.words}")
        return NONE
    return _present(vocabulary, kind, text)


def _present(vocabulary: Vocabulary, kind: Type, text: str) -> object:
    match kind.kind:
        case "bool":
            if text.lower() in YES or text.lower() in NO:
                return text.lower() in YES
            raise ValueProblem(f"{text} → yes / no")
        case "date":
            return _date(text)
        case "month":
            match = re.fullmatch(r"(\d{4})-(\d{2})", text)
            if match and 1 <= int(match.group(2)) <= 12 and int(match.group(1)) >= 1:
                return month_index(dt.date(int(match.group(1)), int(match.group(2)), 1))
            raise ValueProblem(f"{text} → 2025-03")
        case "year" | "int":
            if re.fullmatch(r"-?\d{1,12}", text):
                return int(text)
            raise ValueProblem(f"{text} → {kind.words}")
        case "quantity":
            return _quantity(vocabulary, kind, text)
        case "region":
            code = vocabulary.regions.resolve(text)
            if code is None:
                raise ValueProblem(f"{text} → 区划名称或代码 a place")
            return code
        case "code":
            codes = vocabulary.codes[kind.name]
            if text in codes.codes or codes.open:
                return codes.also.get(text, text) if text not in codes.codes else text
            if text in codes.also:
                return codes.also[text]
            hint = nearest(text, [*codes.codes, *codes.also])
            raise ValueProblem(f"{text} → {codes.label}（{'、'.join(codes.codes)}）" + (f"；{hint}？" if hint else ""))
    return text


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueProblem(f"{text} → 日期 a date 2025-03-01") from None


def _quantity(vocabulary: Vocabulary, kind: Type, text: str) -> int:
    """`12 个月`, `3000.50 元`, or a bare number in the column's own unit."""
    if re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", text):
        text = f"{text} {kind.unit}" if kind.unit else text
    if text.startswith("-"):
        raise ValueProblem(f"{text} → ≥ 0")
    try:
        figure = vocabulary.units.figure(parse_number(text, Spot()))
    except (UnitError, ExpressionError, LexicalError, InvalidOperation):
        raise ValueProblem(f"{text} → {kind.words}") from None
    if figure.dimension != kind.name:
        raise ValueProblem(f"{text} → {kind.words}")
    return figure.value


def show_fen(fen: int) -> str:
    """Fen as yuan, exactly: 3050000 → 30500, 5 → 0.05."""
    yuan = Decimal(fen).scaleb(-2)
    text = format(yuan, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
