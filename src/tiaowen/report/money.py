"""Sums of intervals in fen, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Sum:
    """A sum of amounts in fen.  `high` leaves out open ends: `open` counts the claims that have one."""

    low: int = 0
    high: int = 0
    open: int = 0

    def add(self, low: int, high: int | None) -> None:
        """Add one claim; `high` None has no upper end."""
        self.low += low
        self.high += low if high is None else high
        self.open += high is None

    def join(self, other: Sum) -> None:
        """Add another sum."""
        self.low += other.low
        self.high += other.high
        self.open += other.open

    @property
    def nothing(self) -> bool:
        return self.high == 0 and self.open == 0


def yuan(fen: int) -> str:
    """Fen as yuan with thousands separated, exactly: 1234567 → 12,345.67; 3000000 → 30,000."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    cents = f".{fen % 100:02d}" if fen % 100 else ""
    return f"{sign}{fen // 100:,}{cents}"


def interval(low: int, high: int | None, lang: str) -> str:
    """One claim's amount: `30,000 元`, `0–5,000 元`, `至少 4,000 元`, `数额未定`."""
    zh = lang == "zh"
    if high is None:
        if not low:
            return "数额未定" if zh else "amount not set"
        return f"至少 {yuan(low)} 元" if zh else f"at least {yuan(low)} yuan"
    unit = "元" if zh else "yuan"
    if low == high:
        return f"{yuan(low)} {unit}"
    return f"{yuan(low)}–{yuan(high)} {unit}"


def total(each: Sum, lang: str) -> str:
    """A sum: an interval, and how many claims in it have no amount in the text."""
    zh = lang == "zh"
    if each.nothing:
        return "没有" if zh else "nothing"
    unset = f"{each.open} 笔数额未定" if zh else f"{each.open} with no amount set"
    if each.open and not each.high:
        return unset
    said = interval(each.low, each.high, lang)
    if not each.open:
        return said
    return f"{said}，另有 {unset}" if zh else f"{said}, and {unset}"


def at_most(each: Sum, lang: str) -> str:
    """What a sum may come to at most."""
    zh = lang == "zh"
    unset = f"{each.open} 笔数额未定" if zh else f"{each.open} with no amount set"
    if each.open and not each.high:
        return unset
    said = f"至多 {yuan(each.high)} 元" if zh else f"up to {yuan(each.high)} yuan"
    if not each.open:
        return said
    return f"{said}，另有 {unset}" if zh else f"{said}, and {unset}"
