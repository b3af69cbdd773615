"""The conditions of a benefit: unmet and unknown first, met ones folded, each with fact, source, date and clause."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy

from huijiang.web.components.clauses import Clause
from huijiang.web.components.library import register

MET, UNMET, UNKNOWN = "met", "unmet", "unknown"
STATES: Final = {
    UNMET: (gettext_lazy("不满足"), "cross"),
    UNKNOWN: (gettext_lazy("还不知道"), "question"),
    MET: (gettext_lazy("满足"), "check"),
}


@dataclass(frozen=True)
class Condition:
    """One condition as it was judged.

    `fact` is what the system saw (您已缴 34 个月), `source` where from (社保系统), `date` the day of the fact;
    `help_address` leads to where the fact can be given or mended, `help_label` says so.
    """

    state: str
    label: str
    fact: str
    clause: Clause | None = None
    source: str = ""
    date: datetime.date | None = None
    help_address: str = ""
    help_label: str = ""

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise ValueError(f"condition {self.label}: state {self.state!r}；应为 expected one of {', '.join(STATES)}")

    @property
    def word(self) -> str:
        return str(STATES[self.state][0])

    @property
    def icon(self) -> str:
        return STATES[self.state][1]


def arranged(conditions: Sequence[Condition]) -> dict[str, Any]:
    """What is missing, what is met, and how many of each."""
    open_ones = [each for state in (UNMET, UNKNOWN) for each in conditions if each.state == state]
    met = [each for each in conditions if each.state == MET]
    return {
        "unmet": sum(each.state == UNMET for each in open_ones),
        "unknown": sum(each.state == UNKNOWN for each in open_ones),
        "open": open_ones,
        "met": met,
        "all": len(conditions),
    }


@register.inclusion_tag("web/components/conditions.html", name="conditions")
def conditions_tag(conditions: Sequence[Condition], level: int = 4, unfold: bool = False) -> dict[str, Any]:
    """The list; `level` is that of its heading, `unfold` shows the met ones at once."""
    return {**arranged(conditions), "level": level, "unfold": unfold}
