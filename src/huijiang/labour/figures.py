"""What is asked for each occupation and level, as data: the form, the workbook, the totals and the database walk it.

A figure that was not given is None: not answered.  0 is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy

from huijiang.registry.vocabulary import vocabulary
from huijiang.web.language import is_chinese

NO_LEVEL: Final = "无等级"
MOST: Final = 1_000_000
"""Heads that one line holds at most."""
MOST_PAY: Final = 100_000_000
"""Fen a month: a million yuan."""
HIGH_FROM: Final = "高级工"


@dataclass(frozen=True)
class Figure:
    """A count of heads: its column, what it is called, in a word for narrow tables, within which other it lies."""

    name: str
    label: Any
    short: Any
    within: str = ""


FIGURES: Final = (
    Figure("heads", gettext_lazy("现有人数"), gettext_lazy("现有")),
    Figure("insured", gettext_lazy("其中在本单位参保"), gettext_lazy("参保"), "heads"),
    Figure("certified", gettext_lazy("其中持本等级证书"), gettext_lazy("持证"), "heads"),
    Figure("vacancies", gettext_lazy("缺口人数"), gettext_lazy("缺口")),
    Figure("planned_hires", gettext_lazy("未来 12 个月计划招用"), gettext_lazy("计划招用")),
    Figure("planned_training", gettext_lazy("未来 12 个月计划培训"), gettext_lazy("计划培训")),
)
NAMES: Final = tuple(each.name for each in FIGURES)
PAY: Final = ("wage_low", "wage_high")
ANSWERED: Final = (*NAMES, *PAY, "difficulty")
"""Everything that a line may hold."""


def levels() -> tuple[str, ...]:
    """Without a level first, then the ladder from below."""
    return (NO_LEVEL, *vocabulary().codes["level"].codes)


def level_name(level: str) -> str:
    """As the reader's language calls it."""
    if is_chinese():
        return level
    return "no level" if level == NO_LEVEL else vocabulary().codes["level"].codes[level]
