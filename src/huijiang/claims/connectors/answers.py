"""What a register says: something, that it has nothing, or no answer at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    ANSWERED = "answered"
    """It has the person; `facts` says what."""
    ABSENT = "absent"
    """It has looked, and does not have the person."""
    UNAVAILABLE = "unavailable"
    """Not set up, late, broken, or an answer that can't be trusted: nothing is known."""


@dataclass(frozen=True)
class Answer:
    """`source`: the register's name; `as_of`: the day of its data, None when unavailable; `why`: what went wrong, in
    a word (`late`, `not set up`, `malformed`, `signature`, `another subject`, `HTTP 503`, `resting`)."""

    outcome: Outcome
    source: str
    as_of: dt.date | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    why: str = ""


def unavailable(source: str, why: str) -> Answer:
    return Answer(Outcome.UNAVAILABLE, source, None, {}, why)
