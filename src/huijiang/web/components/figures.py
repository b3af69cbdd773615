"""Figures: one number against its target, and how far a job has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from huijiang.web.components.library import register
from huijiang.web.components.tags import Tag


@dataclass(frozen=True)
class Kpi:
    """One indicator: its value, what it is measured against, both as shares of the whole (0–100)."""

    label: str
    value: str
    unit: str = ""
    share: int | None = None
    expected: int | None = None
    verdict: Tag | None = None
    note: str = ""
    address: str = ""

    @property
    def bar(self) -> int:
        return min(100, max(0, self.share or 0))

    @property
    def tone(self) -> str:
        return self.verdict.colour if self.verdict else "blue"


@register.filter
def thousands(value: float) -> str:
    """A figure with its thousands separated: 41200 → 41,200; 12.5 stays."""
    return f"{value:,}"


def percent(part: int, whole: int) -> str:
    """How much of a whole a part is, rounded down: 41%; below a tenth with one decimal, 0.8%; something is never 0%: what
    is less is <0.1%.  Of nothing, 0%."""
    if part <= 0 or whole <= 0:
        return "0%"
    thousandths = 1_000 * part // whole
    if thousandths == 0:
        return "<0.1%"
    return f"{thousandths // 10}%" if thousandths >= 100 else f"{thousandths // 10}.{thousandths % 10}%"


@register.inclusion_tag("web/components/kpis.html")
def kpis(items: list[Kpi], level: int = 2) -> dict[str, Any]:
    """Indicators side by side."""
    return {"kpis": items, "level": level}


@register.inclusion_tag("web/components/progress.html")
def progress(done: int, of: int, label: str, text: str = "") -> dict[str, Any]:
    """How far a job has come: in words, and as a bar."""
    share = 100 * done // of if of else 0
    return {"done": done, "of": of, "label": label, "text": text, "share": min(100, share)}
