"""What a check is given and what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from huijiang.claims import determine, moving
from huijiang.claims.models import Claim, Determination
from huijiang.claims.models.checks import Severity, Verdict


@dataclass(frozen=True)
class Finding:
    """`words`: a sentence without personal values; `evidence`: row ids, codes, places, case numbers, days as text.
    `severity` empty: the check's own."""

    verdict: Verdict
    words: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)
    severity: str = ""
    score: int = 0


def passed(words: str = "", **evidence: Any) -> Finding:
    return Finding(Verdict.PASSED, words, evidence)


def failed(words: str, severity: str = "", score: int = 0, **evidence: Any) -> Finding:
    return Finding(Verdict.FAILED, words, evidence, severity, score)


def no_data(words: str, **evidence: Any) -> Finding:
    return Finding(Verdict.NO_DATA, words, evidence)


@dataclass
class Subject:
    """A claim as verifiers look at it."""

    claim: Claim
    on: dt.date

    @cached_property
    def told(self) -> dict[str, Any]:
        """The latest determination's body; before the first one, what the rules say now.  Raises CannotDetermine."""
        made: Determination | None = moving.last_of(self.claim)
        return determine.body_of(made) if made is not None else determine.evaluate(self.claim, self.on).told()


Verify = Callable[[Subject], Finding | None]
"""None: it does not concern this claim."""

__all__ = ["Finding", "Severity", "Subject", "Verdict", "Verify", "failed", "no_data", "passed"]
