"""Objections: anybody to a notice, the applicant to a decision.  They stop payment until another person has answered.

make(claim, viewer, ground, words)
answer(dispute, viewer, upheld, words)
appeal(claim)                           what the applicant may do next, in words
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huijiang import audit, present
from huijiang.accounts.viewers import Capacity, Viewer, today
from huijiang.claims import acts, clock, determine, dues, effects, locks, moving
from huijiang.claims.access import access_claims, acts_as
from huijiang.claims.errors import CannotMove, ClaimError, MayNot
from huijiang.claims.models import Claim, Dispute, Movement
from huijiang.claims.models.decision import Kind
from huijiang.claims.models.disputes import Ground
from huijiang.claims.states import DISPUTABLE, Event, State, Who
from huijiang.claims.terms import terms_of

APPEAL = (
    "对本决定不服的，可以自收到决定之日起六十日内向本级人民政府或者上一级主管部门申请行政复议，"
    "也可以自收到决定之日起六个月内依法向人民法院提起行政诉讼。"
)


@transaction.atomic
def make(
    claim: Claim, viewer: Viewer | None, ground: Ground, words: str, *, condition: str = "", name: str = "",
    contact: str = "", on: dt.date | None = None,
) -> Dispute:  # fmt: skip
    """Object.  A visitor (`viewer` None) leaves a name and a contact, and may object to a notice or a payment alone.

    A further objection while one is open is written down beside it.  Raises MayNot, CannotMove, ClaimError.
    """
    held = locks.claim(claim)
    if not words.strip():
        raise ClaimError(_("请写明异议的理由。"))
    if viewer is None and not (name.strip() and contact.strip()):
        raise ClaimError(_("请留下姓名和联系方式，以便答复。"))
    own = viewer is not None and Who.APPLICANT in acts_as(viewer, held)
    if held.state not in (*DISPUTABLE, State.UNDER_OBJECTION):
        raise CannotMove(_("“%(state)s”时不能提出异议。") % {"state": held.get_state_display()})
    if not own and (
        held.state == State.REFUSED
        or (viewer is not None and viewer.capacity is Capacity.AGENT and held.payee_organisation_id in viewer.firms)
    ):
        raise MayNot(_("只有申报人可以对不予支持的决定提出异议。"))
    terms = terms_of(held.region, held.benefit)
    made = Dispute.objects.create(
        claim=held, by=viewer.user if viewer else None, name=name.strip() or None, contact=contact.strip() or None,
        ground=ground, condition=condition, words=words.strip(), against=held.state,
        answer_by=clock.add_working_days(on or today(), terms.objection_days, held.region),
    )  # fmt: skip
    audit.record(
        viewer.user if viewer else None, "claims.disputed", f"claim:{held.uid}", held.region_id, ground=str(ground)
    )
    if held.state != State.UNDER_OBJECTION:
        moving.move(held, Event.OBJECT, viewer, public=not own, on=on)
    effects.tell("disputed", held, dispute=made)
    return made


@transaction.atomic
def answer(dispute: Dispute, viewer: Viewer, upheld: bool, words: str, on: dt.date | None = None) -> Movement | None:
    """Answer by somebody who signed nothing on the claim.  Dismissed: back to where it was; upheld: reviewed anew, what
    was due and not paid is cancelled.  None while another objection is still open.

    Raises MayNot (not in their region, signed before, one's own), ClaimError (answered already, no words).
    """
    held = locks.claim(dispute.claim)
    found = Dispute.objects.get(pk=dispute.pk)
    if found.answered_at is not None:
        raise ClaimError(_("这个异议已经答复。"))
    if not words.strip():
        raise ClaimError(_("请写明答复。"))
    if found.by_id == viewer.user.pk:
        raise MayNot(_("自己提出的异议要由别人答复。"))
    if not acts_as(viewer, held) & {Who.REVIEWER, Who.SECOND_REVIEWER, Who.SUPERVISOR}:
        raise MayNot(_("您不能答复这件申报的异议。"))
    mine = held.acts.filter(user=viewer.user, kind=Kind.OBJECTION_ANSWER, voided_at=None).exists()
    if not mine:  # several objections to one claim may be answered by the same person, with one signature
        acts.sign(held, viewer, Kind.OBJECTION_ANSWER, moving.last_of(held))
    Dispute.objects.filter(pk=found.pk).update(
        answered_by=viewer.user, answered_at=present.now(), upheld=upheld, answer=words.strip()
    )
    found.refresh_from_db()
    audit.record(viewer.user, "claims.dispute_answered", f"claim:{held.uid}", held.region_id, upheld=upheld)
    effects.tell("dispute_answered", held, dispute=found)
    if Dispute.objects.filter(claim=held, answered_at=None).exists() or held.state != State.UNDER_OBJECTION:
        return None
    last = held.movements.filter(event=Event.OBJECT).order_by("-number")[0]
    opener = held.disputes.exclude(against=State.UNDER_OBJECTION).latest("id")
    if held.disputes.filter(id__gte=opener.pk, upheld=True).exists():
        movement = moving.move(held, Event.UPHOLD, viewer, words=words, on=on)
        dues.release(held, viewer.user, gettext_noop("异议成立"))
        determine.determine(held, None, on=on)
        return movement
    return moving.move(held, Event.DISMISS, viewer, target=State(last.source), words=words, on=on)


def waiting(viewer: Viewer) -> QuerySet[Dispute]:
    """Open objections that the viewer could see, the nearest day first."""
    return Dispute.objects.filter(claim__in=access_claims(viewer), answered_at=None).order_by("answer_by", "id")


def appeal(claim: Claim) -> str:
    """What one may do against a decision, as the office words it (policy text: Chinese)."""
    return terms_of(claim.region, claim.benefit).appeal or APPEAL
