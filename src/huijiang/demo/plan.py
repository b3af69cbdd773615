"""Which results of the nightly run become claims, and how far each goes: the same for the same results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import cycle
from typing import Final

from huijiang.demo.people import Desk
from huijiang.entitlements.models import Standing
from huijiang.entitlements.models import State as Result

PER_BENEFIT: Final = 7
SHORT_OF: Final = 5  # claims that a dry line's benefit has at least


class Ending(StrEnum):
    """Where the year leaves a claim."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKING = "checking"
    CORRECTION = "awaiting_correction"
    IN_REVIEW = "in_review"
    SECOND_REVIEW = "second_review"
    ON_NOTICE = "on_notice"
    OBJECTED = "objected"
    UPHELD = "upheld"
    DISMISSED = "dismissed"  # objected to on its notice, answered, then as APPROVED
    APPROVED = "approved"  # then whatever its money allows
    AWAITING = "awaiting"  # approved in the last span, of what has run dry: no money is held for it
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    CONTESTED = "contested"  # refused, objected to by whoever applied, answered


ROTATION: Final = (
    Ending.APPROVED, Ending.IN_REVIEW, Ending.ON_NOTICE, Ending.APPROVED, Ending.CORRECTION, Ending.SECOND_REVIEW,
    Ending.DRAFT, Ending.OBJECTED, Ending.SUBMITTED, Ending.WITHDRAWN, Ending.APPROVED, Ending.CHECKING,
    Ending.UPHELD, Ending.APPROVED,
)  # fmt: skip


OVER: Final = frozenset({Ending.DISMISSED, Ending.APPROVED, Ending.AWAITING, Ending.WITHDRAWN, Ending.REFUSED,
                         Ending.CONTESTED})  # fmt: skip
"""What is gone through within its span; every other ending is where a claim of the last weeks has got to."""

BACK: Final = OVER - {Ending.AWAITING}
"""What may lie months back."""


NOTICED: Final = frozenset({Ending.ON_NOTICE, Ending.OBJECTED, Ending.UPHELD})


def days_ago(ending: Ending, number: int) -> int:
    """How long ago a claim of the last weeks came in; one that stands on a notice had time for two reviews before."""
    return 10 + number % 7 if ending in NOTICED else number * 5 % 17


@dataclass(frozen=True)
class Wanted:
    """So many claims of a benefit from some results, each with its ending; a result that can't be claimed is passed over."""

    benefit: str
    endings: tuple[Ending, ...]
    results: tuple[Standing, ...]
    proactive: bool = False


def results(desk: Desk) -> dict[str, dict[str, list[Standing]]]:
    """Benefit → state → results, those of small organisations first; not those of the demo's workers and firms."""
    live = list(Standing.objects.filter(region=desk.region, last_run=None).order_by("holder"))
    size = Counter(each.organisation_id for each in live if each.organisation_id)
    found: dict[str, dict[str, list[Standing]]] = {}
    for each in sorted(live, key=lambda s: (size[s.organisation_id] if s.organisation_id else 0, s.holder)):
        if each.person_id not in desk.workers and each.organisation_id not in desk.agents:
            found.setdefault(each.benefit, {}).setdefault(each.state, []).append(each)
    return dict(sorted(found.items()))


def short_of(found: dict[str, dict[str, list[Standing]]]) -> tuple[str, int] | None:
    """The benefit whose own line runs dry: of fixed amount, with claims enough; and the fen that its line begins with."""
    for benefit, states in found.items():
        fixed = [each for each in states.get(Result.READY, ()) if each.high == each.low > 0]
        if len(fixed) >= SHORT_OF and all(each.person_id for each in fixed):
            return benefit, min(each.low for each in fixed)
    return None


def plan(found: dict[str, dict[str, list[Standing]]], short: str | None, most: int) -> Iterator[Wanted]:
    """Every benefit: one claim that is objected to, answered and approved, others in turn, one refused."""
    turn = cycle(ROTATION)
    for benefit, states in found.items():
        ready = states.get(Result.READY, [])
        rest = [next(turn) for _ in ready[1:most]]
        if benefit == short:
            rest = [*[Ending.APPROVED] * (len(rest) - 1), Ending.AWAITING]
        if ready:
            yield Wanted(benefit, (Ending.DISMISSED, *rest), tuple(ready))
        missed = [*states.get(Result.NEAR, ()), *states.get(Result.UNKNOWN, ())]
        if missed:
            yield Wanted(benefit, (Ending.REFUSED,), tuple(missed[:10]))
