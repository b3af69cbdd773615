"""One benefit as a person meets it: the answer, why, how much, until when, what to do next; and the sum of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from huijiang.web.components.amount import Amount
from huijiang.web.components.clauses import Clause
from huijiang.web.components.conditions import Condition, arranged
from huijiang.web.components.library import register
from huijiang.web.components.tags import ANSWERS


@dataclass(frozen=True)
class Step:
    """What to do next: one sentence, and where it makes sense a button."""

    text: str
    label: str = ""
    address: str = ""
    primary: bool = False


@dataclass(frozen=True)
class Benefit:
    """A benefit, judged for one person or firm.

    `deadline` and `left` (还有 112 天) and `paid` (约 7 个工作日到账) are sentences; `must_also` lists what the
    system can't check; `working` is the page 金额怎么算的, `dispute` the page 金额不对？.
    """

    state: str
    title: str
    conditions: Sequence[Condition]
    amount: Amount | None = None
    address: str = ""
    issuer: str = ""
    summary: str = ""
    clause: Clause | None = None
    deadline: str = ""
    left: str = ""
    paid: str = ""
    next: Step | None = None
    must_also: Sequence[str] = ()
    working: str = ""
    dispute: str = ""
    anchor: str = ""

    def __post_init__(self) -> None:
        if self.state not in ANSWERS:
            raise ValueError(f"benefit {self.title}: state {self.state!r}；应为 expected one of {', '.join(ANSWERS)}")


@dataclass(frozen=True)
class Totals:
    """The page's first sentence: counts that are those of the lists under it, and the sum of the ready ones."""

    ready: int
    amount: Amount | None
    ask: int = 0
    near: int = 0
    not_met: int = 0
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)
    mend: str = ""
    as_of: str = ""
    subject: str = ""  # the firm's or the person's name where an officer reads; empty: 您


@register.inclusion_tag("web/components/benefit.html")
def benefit(value: Benefit, level: int = 3) -> dict[str, Any]:
    """The card of a benefit."""
    return {"benefit": value, "level": level, "inner": level + 1, "answer": ANSWERS[value.state]}


@register.inclusion_tag("web/components/benefit_line.html")
def benefit_line(value: Benefit) -> dict[str, Any]:
    """One line, for those that are far away: the title, the first thing that is missing, the clause."""
    found = arranged(value.conditions)
    return {"benefit": value, "first": found["open"][0] if found["open"] else None}


@register.inclusion_tag("web/components/totals.html")
def totals(value: Totals) -> dict[str, Any]:
    """The sum, in one sentence."""
    return {"totals": value}
