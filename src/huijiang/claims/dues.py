"""What is due, and what an approved claim takes of limits and exclusive places.

| called by | function |
|---|---|
| second review | `take`: limits and places, under locks |
| approval, end of notice | `make`: what has begun becomes due |
| nightly | `next_periods`: the next month or year, where the facts still hold |
| withdrawal, recalculation, upheld objection | `release` |
| room `funds` | `mark_payable`, `mark_unfunded`, `mark_paid`, `mark_returned`, `mark_recovered` |

What is to be paid is what is due minus what is posted; `funds` says what is posted (`POSTED`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from huijiang.accounts.models import User
from huijiang.accounts.viewers import Viewer
from huijiang.claims.models import Claim, Determination, Due, Movement

POSTED: list[Callable[[Iterable[Due]], dict[int, int]]] = []
"""Room `funds` appends a function: dues → due id → fen posted (payments less returns)."""


def outstanding(claim: Claim) -> dict[Due, int]:
    """Each live due and what is still to be paid of it, in fen."""
    raise NotImplementedError


def take(claim: Claim, made: Determination) -> None:
    """Take limits and exclusive places.  Raises LimitReached, Excluded."""
    raise NotImplementedError


def make(claim: Claim, on: dt.date) -> list[Due]:
    """The dues of what has begun by a day.  Raises Excluded when one of them is due already."""
    raise NotImplementedError


def next_periods(claim: Claim, on: dt.date) -> list[Due]:
    """The dues that a further period brings, where live facts still give what was signed; the claim is approved anew
    for funds (`next_due`).  Raises FactsChanged."""
    raise NotImplementedError


def release(claim: Claim, by: User | None, because: str) -> None:
    """Cancel what is due and not posted, and give limits and places back."""
    raise NotImplementedError


def mark_payable(claim: Claim, viewer: Viewer | None, reason: str = "") -> Movement:
    """approved or payment_returned → payable: money is reserved for its dues."""
    raise NotImplementedError


def mark_unfunded(claim: Claim, viewer: Viewer | None, reason: str = "") -> Movement:
    """payable → approved: the reservation was given back, or the batch cancelled."""
    raise NotImplementedError


def mark_paid(claim: Claim, viewer: Viewer | None, reason: str = "") -> Movement:
    """payable → paid; two acts (finance, release) of one occasion stand on it."""
    raise NotImplementedError


def mark_returned(claim: Claim, viewer: Viewer | None, words: str = "") -> Movement:
    """payable or paid → payment_returned: the bank sent it back."""
    raise NotImplementedError


def mark_recovered(claim: Claim, viewer: Viewer | None, reason: str = "") -> Movement:
    """paid or payment_returned → recovered: all of it came back."""
    raise NotImplementedError
