"""Moving a claim: one row of the state table at a time, by somebody whom it names, while its guard holds.

`move` is called in a transaction that holds the claim (`locks.claim`).  Pages ask `possible` which buttons to show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from huijiang import audit, present
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import clock, effects, merging
from huijiang.claims.access import acts_as
from huijiang.claims.errors import CannotMove, Excluded, MayNot
from huijiang.claims.models import Act, Claim, Correction, Dispute, Due, Movement, NoticeEntry
from huijiang.claims.models.decision import Kind
from huijiang.claims.states import LIVE, Event, Guard, Move, State, Who, moves_from

if TYPE_CHECKING:
    from huijiang.claims.models import Determination


HANDED_ON = frozenset(Event) - {Event.CHECKED, Event.ASK_CORRECTION, Event.CORRECT}
"""After these the claim waits for somebody else: nobody has it."""


def possible(claim: Claim, viewer: Viewer | None, public: bool = False) -> list[Move]:
    """The moves that somebody could make now, by state and role alone; guards are told when they try."""
    mine = _standing(claim, viewer, public)
    return [each for each in moves_from(claim.state) if mine & set(each.who)]


def move(
    claim: Claim, event: Event, viewer: Viewer | None, *, target: State | None = None, public: bool = False,
    reason: str = "", words: str = "", condition: str = "", on: dt.date | None = None,
) -> Movement:  # fmt: skip
    """Make a move; `viewer` None is the system, or with `public` a visitor.  `target` where an event leads to several.

    Raises MayNot (not by this person), CannotMove (not from here, or the guard does not hold), Excluded (another
    live claim for the same event).
    """
    rows = [each for each in moves_from(claim.state, event) if target in (None, each.target)]
    if not rows:
        raise CannotMove(
            _("“%(state)s”时不能“%(event)s”。") % {"state": claim.get_state_display(), "event": event.label}
        )
    mine = _standing(claim, viewer, public)
    allowed = [each for each in rows if mine & set(each.who)]
    if not allowed:
        raise MayNot(_("您不能在这件申报上“%(event)s”。") % {"event": event.label})
    made = last_of(claim)
    failed = ""
    for row in allowed:
        failed = GUARDS[row.guard](claim, made)
        if not failed:
            who = next(each for each in row.who if each in mine)
            return _made(claim, row, who, viewer, reason, words, condition, made, on)
    raise CannotMove(failed)


def last_of(claim: Claim) -> Determination | None:
    """The latest determination."""
    return claim.determinations.order_by("-number").first()


def _standing(claim: Claim, viewer: Viewer | None, public: bool) -> frozenset[Who]:
    if viewer is None:
        return frozenset({Who.PUBLIC if public else Who.SYSTEM})
    found = acts_as(viewer, claim)
    return found | {Who.PUBLIC} if public and not found else found


def _made(
    claim: Claim, row: Move, who: Who, viewer: Viewer | None, reason: str, words: str, condition: str,
    made: Determination | None, on: dt.date | None,
) -> Movement:  # fmt: skip
    if row.event == Event.SUBMIT and merging.merged_away(claim):
        raise CannotMove(_("这份草稿所属的登记已并入您的另一条登记，请从“我的待遇”重新申报。"))
    if row.target in LIVE and row.source not in LIVE and _another(claim):
        raise Excluded(_("同一事由已经有一件在办或已批准的申报。"))
    try:
        movement = Movement.objects.create(
            claim=claim, number=claim.moves + 1, event=row.event, source=row.source, target=row.target, who=who,
            by=viewer.user if viewer is not None else None, reason=reason, words=words, condition=condition,
            digest=made.digest if made is not None else "",
        )  # fmt: skip
    except IntegrityError as error:
        if "claim_once_for_an_event" in str(error):
            raise Excluded(_("同一事由已经有一件在办或已批准的申报。")) from None
        raise
    claim.refresh_from_db(fields=["state", "state_since", "moves"])
    if row.event in HANDED_ON:
        Claim.objects.filter(pk=claim.pk).update(assigned_to=None, assigned_at=None)
        claim.assigned_to = claim.assigned_at = None
    clock.turned(claim, row.source, row.target, on or today(), anew=row.event in (Event.UPHOLD, Event.SUBMIT))
    audit.record(
        viewer.user if viewer is not None else None, f"claims.{row.event}", f"claim:{claim.uid}", claim.region_id,
        source=str(row.source), target=str(row.target), who=str(who), movement=movement.number, digest=movement.digest,
    )  # fmt: skip
    effects.tell(row.event, claim, movement)
    return movement


def _another(claim: Claim) -> bool:
    others = Claim.objects.filter(benefit=claim.benefit, holder=claim.holder, state__in=LIVE).exclude(pk=claim.pk)
    return others.exists() or merging.carried_for(claim).exists()


# -- guards: what is wrong, or nothing ------------------------------------------------
def _nothing(claim: Claim, made: Any) -> str:
    return ""


def _complete(claim: Claim, made: Any) -> str:
    """`intake` asks the questions; here what the database would refuse anyway."""
    if claim.account_id is None:
        return _("还没有填写收款账户。")
    return ""


def _items(claim: Claim, made: Any) -> str:
    listed = Correction.objects.filter(claim=claim, answered_at=None).exists()
    return "" if listed else _("要先列全需要补正的事项。")


def _overdue(claim: Claim, made: Any) -> str:
    asked = Correction.objects.filter(claim=claim, answered_at=None).first()
    over = asked is not None and asked.due_on < present.today()
    return "" if over else _("补正期限还没有过。")


def _signatures(claim: Claim, made: Any, *kinds: str) -> int:
    live = Act.objects.filter(claim=claim, voided_at=None, kind__in=kinds)
    if made is not None and set(kinds) <= {Kind.REVIEW, Kind.SECOND_REVIEW}:
        live = live.filter(digest=made.digest)
    return live.values("human").distinct().count()


def _signed(claim: Claim, made: Any) -> str:
    kinds = (Kind.INTAKE,) if claim.state == State.SUBMITTED else (Kind.REVIEW,)
    return "" if _signatures(claim, made, *kinds) else _("要先由本人签署。")


def _condition(claim: Claim, made: Any) -> str:
    return "" if _signatures(claim, None, Kind.REFUSAL) else _("不予支持要由人选定未满足的条件并签署。")


def _two_signed(claim: Claim, made: Any) -> str:
    if made is None or made.point is None:
        return _("金额还没有核定为一个确定的数。")
    if _signatures(claim, made, Kind.REVIEW, Kind.SECOND_REVIEW) < 2:
        return _("同一核定要有审核、复核两个人签署。")
    return ""


def _notice_due(claim: Claim, made: Any) -> str:
    return _two_signed(claim, made) or ("" if claim.notice_due else _("这件申报不需要公示。"))


def _no_notice_due(claim: Claim, made: Any) -> str:
    return _two_signed(claim, made) or ("" if not claim.notice_due else _("这件申报要先公示。"))


def _open_dispute(claim: Claim) -> bool:
    return Dispute.objects.filter(claim=claim, answered_at=None).exists()


def _notice_finished(claim: Claim, made: Any) -> str:
    if _open_dispute(claim):
        return _("还有没有答复的异议。")
    stood = NoticeEntry.objects.filter(
        claim=claim,
        digest=made.digest if made else "",
        notice__taken_down_at__isnull=False,
        notice__ends_on__lt=today(),
    )
    return "" if stood.exists() else _("公示还没有结束。")


def _nothing_paid(claim: Claim, made: Any) -> str:
    paid = claim.movements.filter(event=Event.PAY).exists()
    return _("已经付过款，不能重新核定；多付的要追回。") if paid else ""


def _disputed(claim: Claim, made: Any) -> str:
    return "" if _open_dispute(claim) else _("没有未答复的异议。")


def _answered(claim: Claim, made: Any) -> str:
    return _("还有没有答复的异议。") if _open_dispute(claim) else ""


def _due(claim: Claim, made: Any) -> str:
    return "" if Due.objects.filter(claim=claim, cancelled_at=None).exists() else _("没有应付的款项。")


def _released(claim: Claim, made: Any) -> str:
    if _open_dispute(claim):
        return _("还有没有答复的异议。")
    signed = _signatures(claim, None, Kind.FINANCE, Kind.RELEASE) >= 2
    return "" if signed else _("付款要有财务两个人签署。")


GUARDS: dict[Guard, Callable[[Claim, Any], str]] = {
    Guard.NONE: _nothing, Guard.COMPLETE: _complete, Guard.SIGNED: _signed, Guard.CONDITION: _condition,
    Guard.ITEMS: _items, Guard.OVERDUE: _overdue, Guard.TWO_SIGNED: _two_signed, Guard.NOTICE_DUE: _notice_due,
    Guard.NO_NOTICE_DUE: _no_notice_due, Guard.NOTICE_FINISHED: _notice_finished, Guard.NOTHING_PAID: _nothing_paid,
    Guard.DISPUTED: _disputed, Guard.ANSWERED_BY_ANOTHER: _answered, Guard.DUE: _due, Guard.RELEASED: _released,
}  # fmt: skip
