"""Values as people read them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tiaowen.evaluate.bound import Bound
from tiaowen.evaluate.facts import Row
from tiaowen.report.money import yuan
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import NONE, Type


def show_value(vocabulary: Vocabulary, kind: Type, value: Any) -> str:
    """A fact in words: 未知, 无, 萧山区, 12 个月, 30,500 元, 2025-03-01."""
    if value is None:
        return "未知"
    if value is NONE:
        return "无"
    if isinstance(value, Bound):
        low = "" if value.low is None else show_value(vocabulary, kind, value.low)
        high = "" if value.high is None else show_value(vocabulary, kind, value.high)
        if low and high:
            return f"{low} 至 {high}"
        return f"至少 {low}" if low else f"至多 {high}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Row):
        return value.id
    if isinstance(value, dt.date):
        return value.isoformat()
    match kind.kind:
        case "region":
            return vocabulary.regions.name(str(value))
        case "month":
            return f"{value // 12}-{value % 12 + 1:02d}"
        case "quantity":
            return show_quantity(kind, value)
    return str(value)


def show_quantity(kind: Type, value: int) -> str:
    """A quantity in the unit that its column or clause uses."""
    if kind.name == "fen":
        return f"{yuan(value)} 元"
    if kind.name == "months" and kind.unit in ("年", "岁") and value % 12 == 0:
        return f"{value // 12} {kind.unit}"
    unit = {"months": "个月", "days": "天"}.get(kind.name, kind.unit or kind.name)
    return f"{value:,} {unit}"


def show_interval(low: int, high: int | None) -> str:
    """Fen as an interval in yuan: 30,500 元, 0–5,000 元, 至少 4,000 元, 未定."""
    if high is None:
        return f"至少 {yuan(low)} 元" if low else "未定（原文留待他处）"
    if low == high:
        return f"{yuan(low)} 元"
    return f"{yuan(low)}–{yuan(high)} 元"
