"""Lines: what a rule says of one event row, one group, one period or one instalment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tiaowen.evaluate.facts import Row
from tiaowen.plan.rules import Rule

Outcome = bool | None


def kleene_and(outcomes: list[Outcome]) -> Outcome:
    """False if any is false, else unknown if any is unknown."""
    if False in outcomes:
        return False
    return None if None in outcomes else True


@dataclass(slots=True)
class Check:
    """One condition's outcome; `kind`: force, join, fact, open, threshold, amount, while."""

    label: str
    outcome: Outcome
    kind: str
    index: int = -1


@dataclass(slots=True)
class Line:
    """One payable thing.  Amounts are fen; `high` None is open.

    `paid_low`/`paid_high` are what is left after limits and stacking; `fallen`
    says which limit or stacking took it away (label, how).
    """

    rule: Rule
    row: Row | None
    key: tuple[Any, ...]
    date: Any
    checks: list[Check]
    verdict: Outcome
    env: list[Any]
    low: int = 0
    high: int | None = 0
    paid_low: int = 0
    paid_high: int | None = 0
    part: str = ""
    begin: dt.date | None = None
    end: dt.date | None = None
    order: tuple[Any, ...] = ()
    counts: tuple[int, int | None, int, int | None] | None = None
    members: list[Line] = field(default_factory=list)
    fallen: list[tuple[str, str]] = field(default_factory=list)
    words: str = ""
    counted: Outcome = True
    doubted: bool = False  # an earlier limit may have taken it away
    floor: int | None = None  # the least it comes to if it is payable after all; None: `low`

    @property
    def possible(self) -> bool:
        """Whether anything may still be paid."""
        return self.verdict is not False and self.paid_high != 0

    @property
    def payable(self) -> bool:
        """Whether the conditions entitle to it, though a limit may still take it away."""
        return self.verdict is True and self.paid_high != 0

    @property
    def sure(self) -> bool:
        """Whether it surely takes its place in a limit (though the amount may be an interval)."""
        return self.payable and not self.doubted

    @property
    def least_if_payable(self) -> int:
        """What it comes to at least, should an unknown verdict turn out true."""
        if self.sure:
            return self.paid_low
        least = self.low if self.floor is None else self.floor
        return least if self.paid_high is None else min(least, self.paid_high)

    def fall(self, label: str, how: str) -> None:
        """Nothing is left of the line."""
        self.paid_low, self.paid_high, self.floor = 0, 0, 0
        self.fallen.append((label, how))

    def doubt(self, label: str, how: str) -> None:
        """It may or may not be paid after all."""
        self.floor, self.doubted = 0, True
        if self.paid_low:
            self.paid_low = 0
            self.fallen.append((label, how))


@dataclass(slots=True)
class Total:
    """What a group of lines under one limit comes to, exactly."""

    label: str
    key: tuple[Any, ...]
    low: int
    high: int | None
    lines: list[Line]


def least(first: int | None, second: int | None) -> int | None:
    """The smaller of two upper ends, where None is open."""
    if first is None:
        return second
    return first if second is None else min(first, second)


def plus(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else first + second


@dataclass
class Result:
    """All lines of one rule and the exact totals of its limits (before any stacking)."""

    rule: Rule
    lines: list[Line]
    totals: list[list[Total]] = field(default_factory=list)
    stacked: bool = False  # a stacking took something away after the limits
