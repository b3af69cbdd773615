"""Deciding on a selection: a few at once, more by a job; each claim in a transaction of its own with its outcome.

sorted_out(claims, viewer, "review")           before: which of them the act fits, and why the others not
bulk = make(uid, viewer, "review", claims)     asked for; `uid` was shown with the totals, so sending twice asks once
carry_on(bulk)                                 what has no outcome yet, one by one

What the database moves set by set (a batch of payments) is `in_bulk`.

A job that was killed goes on with what has no outcome; one that was cancelled leaves the rest as it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang import audit
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, as_staff, only_as
from huijiang.claims import deciding, judging, moving, review, rounds
from huijiang.claims.errors import ClaimError
from huijiang.claims.models import BulkDecision, BulkItem, Claim
from huijiang.jobs import Handle, enqueue, job
from huijiang.jobs.models import ENDED, Run

JOB: Final = "claims.bulk"
WORKS: Final = (Role.COUNTER, Role.INTAKE, Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR)
"""Roles that work at the desk: a job has these of whoever asked for it, and no others."""
MOST: Final = 300
"""How many claims one selection holds: as many as an organisation's workbook."""
IN_REQUEST: Final = 10
"""So many are decided while the officer waits: a decision takes some hundredths of a second."""

Told = Callable[[int, int], None]
DETERMINES: Final = "checked"
TOGETHER: Final = 25
"""So many claims of a selection are determined by one reading of their payees' facts: a school's three hundred would
otherwise each have all three hundred read and judged.  A reading is a second or two old at most; before an approval
facts are read anew, claim by claim."""
OUT: Final = "out"
"""Whoever got no place in a round is told so, by a decision that an officer signs (`rounds.decline`)."""
ACTS: Final[dict[str, Callable[[Claim, Viewer], object]]] = {
    "accept": review.accept, "checked": review.checked, "review": review.review, "approve": review.second_review, OUT: rounds.decline,
}  # fmt: skip
AT_THE_DESK: Final = tuple(each for name, each in deciding.DEEDS.items() if name in ACTS)
"""The acts that the desk offers for a selection; OUT is offered by its round."""


@dataclass
class Outcome:
    """What became, or would become, of a selection."""

    done: list[Claim] = field(default_factory=list)
    not_done: list[tuple[Claim, str]] = field(default_factory=list)


def sorted_out(claims: Iterable[Claim], viewer: Viewer, name: str) -> Outcome:
    """Before anything is done: which of a selection the act fits, and why the others not."""
    told, deed = Outcome(), deciding.DEEDS[name]
    for claim in claims:
        fits = deciding.ready_to(deed, claim, viewer)
        if fits is None:
            told.not_done.append((claim, _("“%(state)s”时不能由您“%(deed)s”。")
                                  % {"state": claim.get_state_display(), "deed": deed.label}))  # fmt: skip
        elif fits.blocked:
            told.not_done.append((claim, fits.blocked))
        else:
            told.done.append(claim)
    return told


def label_of(deed: str) -> Any:
    return deciding.DEEDS[deed].label if deed in deciding.DEEDS else gettext_lazy("告知没有入选的申报人")


@job(JOB, "批量办理", repeatable=True)
def decide(run: Handle, bulk: int) -> None:
    held = BulkDecision.objects.get(pk=bulk)
    carry_on(held, run.progress)
    run.result(done=held.items.filter(outcome="done").count(), not_done=held.items.filter(outcome="not_done").count())


def uid_of(said: str, viewer: Viewer) -> uuid.UUID | None:
    """What the page before a selection gave along, as it came back; None for what is none, or is somebody else's."""
    try:
        uid = uuid.UUID(said)
    except ValueError:
        return None
    return None if BulkDecision.objects.filter(uid=uid).exclude(made_by=viewer.user).exists() else uid


def make(uid: uuid.UUID, viewer: Viewer, deed: str, claims: Sequence[Claim]) -> BulkDecision:
    """Write a selection down; small ones are decided before this returns, others by a job.

    The same `uid` again gives what was made, whatever comes with it.
    """
    with transaction.atomic():
        made, new = BulkDecision.objects.get_or_create(
            uid=uid, made_by=viewer.user, defaults={"deed": deed, "language": translation.get_language() or "zh-hans"}
        )
        if new:
            BulkItem.objects.bulk_create(
                BulkItem(bulk=made, claim=each, at=at) for at, each in enumerate(claims, start=1)
            )
            audit.record(viewer.user, "claims.bulk", f"bulk:{made.uid}", "", deed=deed, claims=len(claims))
            if len(claims) > IN_REQUEST:
                run = enqueue(JOB, actor=viewer.user, region=_place(viewer), bulk=made.pk)
                assert run is not None
                BulkDecision.objects.filter(pk=made.pk).update(run=run.uid)
                made.run = run.uid
    if new and made.run is None:
        carry_on(made)
    return made


def _place(viewer: Viewer) -> str:
    """Under which region the run is listed: the one place of the officer; several are everywhere's."""
    places = {path.rstrip("/").rpartition("/")[2] for path in viewer.paths()}
    return places.pop() if len(places) == 1 else ""


def carry_on(bulk: BulkDecision, told: Told | None = None) -> None:
    """Decide what has no outcome, in its order, with the roles that the officer has now."""
    items = list(bulk.items.order_by("at").values_list("pk", "outcome"))
    viewer = only_as(as_staff(bulk.made_by), *WORKS) if bulk.made_by.is_active else None
    with translation.override(bulk.language):
        for first in range(0, len(items), TOGETHER):
            with judging.shared() if bulk.deed == DETERMINES else nullcontext():
                for at, (pk, outcome) in enumerate(items[first : first + TOGETHER], start=first + 1):
                    if not outcome:
                        _one(pk, bulk.deed, viewer)
                    if told is not None:
                        told(at, len(items))


@transaction.atomic
def _one(pk: int, deed: str, viewer: Viewer | None) -> None:
    held = BulkItem.objects.select_for_update(of=("self",)).select_related("claim").get(pk=pk)
    if held.outcome:
        return  # another worker was quicker
    if viewer is None:
        why = _("您现在没有办理这件申报的岗位。")
    else:
        why = _done(held.claim, viewer, deed)
    made = moving.last_of(held.claim)
    BulkItem.objects.filter(pk=pk).update(
        outcome=BulkItem.Outcome.NOT_DONE if why else BulkItem.Outcome.DONE, why=why[:300], ended_at=Now(),
        amount=made.point if made is not None and not why and deed != OUT else None,
    )  # fmt: skip


def _done(claim: Claim, viewer: Viewer, deed: str) -> str:
    """Do it; else why not, and nothing is left of the attempt."""
    try:
        with transaction.atomic():
            ACTS[deed](claim, viewer)
    except (ClaimError, PermissionDenied) as error:
        return str(error) or _("没有办成")
    return ""


def run_of(bulk: BulkDecision) -> Run | None:
    return Run.objects.filter(uid=bulk.run).first() if bulk.run else None


def under_way(viewer: Viewer) -> list[BulkDecision]:
    """Selections of an officer that a job still works on."""
    running = Run.objects.filter(kind=JOB, actor=str(viewer.user.uid)).exclude(state__in=ENDED).values("uid")
    return list(BulkDecision.objects.filter(made_by=viewer.user, run__in=running)[:5])
