"""The office's work on a claim: accept, ask for corrections, check, review, review again, refuse.

Each decision is somebody's: they sign (`acts`), and the state table (`moving`) says who may.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huijiang import audit, present
from huijiang.accounts.models import User
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import acts, clock, determine, dues, effects, locks, moving, places
from huijiang.claims.access import access_claims, acts_as
from huijiang.claims.errors import CannotDetermine, CannotMove, ClaimError, FactsChanged, MayNot
from huijiang.claims.models import Claim, Correction, Determination, Movement
from huijiang.claims.models.decision import Kind
from huijiang.claims.states import Event, State, Who, moves_from
from huijiang.claims.terms import terms_of


@transaction.atomic
def accept(claim: Claim, viewer: Viewer, on: dt.date | None = None) -> Movement:
    """受理: sign for intake; verifiers start on `effects` event `accept`."""
    held = locks.claim(claim)
    _need(held, viewer, Event.ACCEPT)
    acts.sign(held, viewer, Kind.INTAKE)
    return moving.move(held, Event.ACCEPT, viewer, on=on, words=gettext_noop("材料齐全，已受理。"))


@transaction.atomic
def decline(claim: Claim, viewer: Viewer, condition: str, words: str) -> Movement:
    """不予受理, by a person, with the condition that is not met and words for the applicant."""
    held = locks.claim(claim)
    _need(held, viewer, Event.DECLINE)
    return _refused(held, viewer, Event.DECLINE, condition, words)


@transaction.atomic
def checked(claim: Claim, viewer: Viewer | None = None, on: dt.date | None = None) -> Movement:
    """The verifiers are done (the system), or a reviewer goes on without them: a determination is made where there is
    none of today's facts, and the claim stands in review."""
    held = locks.claim(claim)
    movement = moving.move(held, Event.CHECKED, viewer, on=on)
    determine.determine(held, None, on=on)
    return movement


@transaction.atomic
def request_correction(
    claim: Claim, viewer: Viewer, items: Sequence[Mapping[str, Any]], on: dt.date | None = None
) -> Correction:
    """一次性告知: everything that must be put right, each with `code` and `words`.  An item that was asked and
    answered before is not asked again: new ones only.  Raises ClaimError."""
    held = locks.claim(claim)
    _need(held, viewer, Event.ASK_CORRECTION)
    listed = [{"code": str(each.get("code", "")), "words": str(each.get("words", "")).strip(),
               **{k: each[k] for k in ("table", "row", "column") if k in each}} for each in items]  # fmt: skip
    if not listed or not all(each["code"] and each["words"] for each in listed):
        raise ClaimError(_("每个补正事项都要有内容。"))
    before = {each["code"] for old in held.corrections.all() for each in old.items}
    again = [each["words"] for each in listed if each["code"] in before]
    if again:
        raise ClaimError(_("已经告知过的事项不能再次要求补正：%(what)s") % {"what": "、".join(again)})
    terms = terms_of(held.region, held.benefit)
    made = Correction.objects.create(
        claim=held, asked_by=viewer.user, items=listed,
        due_on=clock.add_working_days(on or today(), terms.correction_days, held.region),
    )  # fmt: skip
    told = "；".join(each["words"] for each in listed)[:1_000]
    moving.move(held, Event.ASK_CORRECTION, viewer, words=told, on=on)
    effects.tell("correction_asked", held, correction=made)
    return made


@transaction.atomic
def lapse(claim: Claim, viewer: Viewer) -> Movement:
    """The days for a correction are over: a person ends the claim; it may be made again."""
    held = locks.claim(claim)
    return moving.move(held, Event.LAPSE, viewer, words=gettext_noop("逾期未补正，按撤回处理，可以重新申报。"))


@transaction.atomic
def review(claim: Claim, viewer: Viewer, words: str = "", on: dt.date | None = None) -> Movement:
    """审核: sign the latest determination.  Raises CannotDetermine without a point amount."""
    held = locks.claim(claim)
    _need(held, viewer, Event.REVIEW)
    made = _with_point(held)
    acts.sign(held, viewer, Kind.REVIEW, made)
    return moving.move(held, Event.REVIEW, viewer, reason=words, on=on)


@transaction.atomic
def send_back(claim: Claim, viewer: Viewer, reason: str, on: dt.date | None = None) -> Movement:
    """The second reviewer is not content: determined anew, the first signature is void."""
    if not reason.strip():
        raise ClaimError(_("请写明退回的理由。"))
    held = locks.claim(claim)
    movement = moving.move(held, Event.SEND_BACK, viewer, reason=reason, on=on)
    determine.determine(held, None, on=on)
    return movement


@transaction.atomic
def second_review(claim: Claim, viewer: Viewer, words: str = "", on: dt.date | None = None) -> Movement:
    """复核: sign the same determination, take its share of every limit, and put it on notice or approve it.

    The facts are read again first: raises FactsChanged when they no longer give what was signed, LimitReached when
    other claims left too little, Excluded when another benefit was approved for the same.
    """
    held = locks.claim(claim)
    _need(held, viewer, Event.APPROVE)
    made = _with_point(held)
    acts.sign(held, viewer, Kind.SECOND_REVIEW, made)
    if not determine.still_holds(held, made):
        raise FactsChanged(_("登记的事实与核定时不同，要重新核定后再签署。"))
    dues.take(held, made)
    movement = moving.move(held, Event.APPROVE, viewer, reason=words, on=on)
    if held.state == State.APPROVED:
        dues.make(held, on or today())
    return movement


@transaction.atomic
def refuse(claim: Claim, viewer: Viewer, condition: str, words: str) -> Movement:
    """不予支持: a person chooses a condition that the latest determination does not find met, and says why.

    Raises ClaimError when the condition is met, or none of this determination's.
    """
    held = locks.claim(claim)
    _need(held, viewer, Event.REFUSE)
    made = moving.last_of(held)
    open_ = determine.open_conditions(made) if made is not None else []
    if condition not in open_:
        raise ClaimError(_("请从未满足的条件里选一个：%(which)s") % {"which": "、".join(open_) or _("（没有）")})
    return _refused(held, viewer, Event.REFUSE, condition, words)


@transaction.atomic
def recalculate(claim: Claim, viewer: Viewer | None, reason: str, on: dt.date | None = None) -> Determination:
    """Facts changed, or a limit was reached: back to review with a new determination; dues and limits are free again."""
    held = locks.claim(claim)
    moving.move(held, Event.RECALCULATE, viewer, reason=reason, on=on)
    dues.release(held, viewer.user if viewer else None, reason)
    return determine.determine(held, viewer, on=on)


def _refused(claim: Claim, viewer: Viewer, event: Event, condition: str, words: str) -> Movement:
    if not words.strip() or not condition.strip():
        raise ClaimError(_("不予支持要选定未满足的条件，并写明理由。"))
    acts.sign(claim, viewer, Kind.REFUSAL, moving.last_of(claim))
    return moving.move(claim, event, viewer, condition=condition, words=words)


def _with_point(claim: Claim) -> Determination:
    made = moving.last_of(claim)
    if made is None or made.point is None:
        raise CannotDetermine(_("金额还没有核定为一个确定的数，不能签署。"))
    return made


def _need(claim: Claim, viewer: Viewer, event: Event) -> None:
    """Say that the state or role is wrong before anything is signed."""
    rows = moves_from(claim.state, event)
    if not rows:
        raise CannotMove(
            _("“%(state)s”时不能“%(event)s”。") % {"state": claim.get_state_display(), "event": event.label}
        )
    if not any(acts_as(viewer, claim) & set(row.who) for row in rows):
        raise MayNot(_("您不能在这件申报上“%(event)s”。") % {"event": event.label})
    if event in (Event.REVIEW, Event.APPROVE):
        places.need(claim)


# -- the desk: who has what -----------------------------------------------------------
QUEUES: dict[Who, tuple[State, ...]] = {
    Who.INTAKE: (State.SUBMITTED,),
    Who.COUNTER: (State.SUBMITTED,),
    Who.REVIEWER: (State.CHECKING, State.IN_REVIEW),
    Who.SECOND_REVIEWER: (State.SECOND_REVIEW,),
}


def queue(viewer: Viewer, *roles: Who) -> QuerySet[Claim]:
    """What waits for somebody in their roles (or in those named), the nearest deadline first."""
    states = [state for who in (roles or QUEUES) for state in QUEUES.get(who, ()) if str(who) in viewer.roles]
    return access_claims(viewer).filter(state__in=states).order_by("deadline", "id")


MOST_LOOKED_AT = 200
"""How far down the queue `take_next` looks for one that the officer may sign."""


@transaction.atomic
def take_next(viewer: Viewer, *roles: Who) -> Claim | None:
    """Take the most urgent claim that nobody has and that this officer may sign.  Two who press at once get two."""
    for pk in queue(viewer, *roles).filter(assigned_to=None).values_list("pk", flat=True)[:MOST_LOOKED_AT]:
        free = Claim.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, assigned_to=None)
        found = free.first()
        if found is not None and not acts.why_not(found, viewer.user, _kind_in(found.state)):
            return _assigned(found, viewer.user, viewer.user)
    return None


@transaction.atomic
def assign(claim: Claim, user: User, by: Viewer) -> Claim:
    """Give a claim to somebody (a stand-in, say).  Raises MayNot where `by` has no role on it, or `user` must not sign."""
    held = locks.claim(claim)
    if not acts_as(by, held):
        raise MayNot(_("这件申报不在您的地区。"))
    reason = acts.why_not(held, user, _kind_in(held.state))
    if reason:
        raise MayNot(reason)
    return _assigned(held, user, by.user)


def _kind_in(state: str) -> Kind:
    if state == State.SECOND_REVIEW:
        return Kind.SECOND_REVIEW
    return Kind.INTAKE if state == State.SUBMITTED else Kind.REVIEW


def _assigned(claim: Claim, user: User, by: User) -> Claim:
    claim.assigned_to, claim.assigned_at = user, present.now()
    claim.save(update_fields=["assigned_to", "assigned_at"])
    audit.record(by, "claims.assigned", f"claim:{claim.uid}", claim.region_id, to=str(user.uid))
    effects.tell("assigned", claim)
    return claim
