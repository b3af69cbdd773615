"""Determinations: what the rules make of frozen facts, signed by digest.

determine(claim, viewer)                                    the rule (or a local rule) gives the point
determine(claim, viewer, point=…, basis=Basis.AUDITED_COST, basis_words="…")
body_of(made)          conditions, working, lines, limits, exclusives (dict; see `judging.Judged.told`)
open_conditions(made)  labels of what is not met or not known
still_holds(claim, made)
verify(made)           whether the digest covers what is stored
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from huijiang.accounts.viewers import Viewer
from huijiang.claims.models import Claim, Determination
from huijiang.claims.models.decision import Basis


def determine(
    claim: Claim, viewer: Viewer | None, *, point: int | None = None, basis: Basis | None = None, basis_words: str = "",
    on: dt.date | None = None,
) -> Determination:  # fmt: skip
    """A new determination of a claim that is held, in submitted, checking or in_review; earlier signatures are void.

    `point` (fen) with its basis where the rules leave an interval: within it, by a person, with words.
    Raises CannotDetermine.
    """
    raise NotImplementedError


def body_of(made: Determination) -> dict[str, Any]:
    """The conditions, working and lines.  Raises SealedError."""
    raise NotImplementedError


def open_conditions(made: Determination) -> list[str]:
    raise NotImplementedError


def still_holds(claim: Claim, made: Determination) -> bool:
    """Whether the facts of now give what was determined, on the day of the determination."""
    raise NotImplementedError


def verify(made: Determination) -> bool:
    raise NotImplementedError
