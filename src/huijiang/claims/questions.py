"""What a form asks, with no code per benefit: the facts that no register has, by the sources of the columns it reads.

what_to_ask(region, benefit, holder, on, person=…)   questions and papers, before a claim
open_questions(claim, on)                            what its answers leave open
typed(answers)                                       answers as the vocabulary types them
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huijiang.claims.models import Claim


@dataclass(frozen=True)
class Question:
    """One fact to declare.  `kind`: bool, date, month, year, int, text, code, region, quantity; `column` empty: whether
    a table lists all there is (`kind` complete)."""

    table: str
    row: str
    column: str
    label: str
    kind: str
    unit: str
    choices: tuple[str, ...]
    source: str
    or_none: bool


@dataclass(frozen=True)
class Paper:
    """A document to bring, because no register has the fact."""

    source: str
    about: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    questions: tuple[Question, ...]
    papers: tuple[Paper, ...]


def what_to_ask(
    region: str, benefit: str, holder: str, on: dt.date, *, person: int | None = None, organisation: int | None = None,
    answers: Sequence[Mapping[str, Any]] = (),
) -> Asked:  # fmt: skip
    raise NotImplementedError


def open_questions(claim: Claim, on: dt.date) -> tuple[Question, ...]:
    raise NotImplementedError


def typed(answers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    raise NotImplementedError
