"""What can't be done with a claim, in the reader's language: what, why, and how to mend it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class ClaimError(ValueError):
    """Something that can't be done with a claim as it stands."""


class CannotMove(ClaimError):
    """The state table has no such move from here, or its guard does not hold."""


class Incomplete(ClaimError):
    """Questions left open or an account missing; `missing` names each."""

    def __init__(self, words: str, missing: tuple[str, ...]) -> None:
        self.missing = missing
        super().__init__(words)


class CannotDetermine(ClaimError):
    """No amount can be determined: the rules reach too far, or a figure is missing."""


class FactsChanged(ClaimError):
    """What was signed no longer follows from the facts; the claim must be determined anew."""


class LimitReached(ClaimError):
    """A limit that is shared by several claims leaves less than was determined."""


class Excluded(ClaimError):
    """Another benefit was approved for the same thing, or the same is due already."""


class MayNot(PermissionDenied):
    """This person may not do this here; the words say why."""
