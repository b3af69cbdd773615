"""Determinations computed again from their frozen facts: under their own release, or under a candidate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from huijiang.claims.models import Determination
from huijiang.documents.models import Release


@dataclass(frozen=True)
class Difference:
    """What a replay gives otherwise: where, what stood there, what comes out now."""

    determination: Determination
    what: str
    stored: str
    replayed: str


def replay(made: Determination) -> list[Difference]:
    """Recompute under the same release; empty when equal.  Raises LookupError when that release is not here."""
    raise NotImplementedError


def replay_all(candidate: Release, paid_only: bool = True) -> Iterator[Difference]:
    """Recompute the latest determinations under a release that is not in force yet."""
    raise NotImplementedError
