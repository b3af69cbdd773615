"""What the desk does to a claim, as one table: each act with its event, its signature, what it asks, what it calls.

ready(claim, viewer)            the acts that the state and the viewer's roles allow, each with what stands in the way
ready_to(deed, claim, viewer)   the same of one act
give_opinion(claim, viewer, …)  on a condition that the text leaves to a judgement
fix_amount(claim, viewer, …)    audited cost or assessed award, within what the rules leave
take_award(claim, viewer)       the amount of a panel's minutes, after that
compute_again(claim, viewer)    the facts of now, while the claim is in review
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import acts, determine, locks, moving, opinions, panels, places
from huijiang.claims.errors import CannotMove, MayNot
from huijiang.claims.models import Claim, Determination
from huijiang.claims.models.decision import Basis, Kind
from huijiang.claims.states import Event, State, Who, moves_from


@dataclass(frozen=True)
class Deed:
    """One act.  `kind`: what is signed, None for nothing; `asks`: the questions of its form."""

    name: str
    label: Any
    hint: Any
    event: Event | None
    kind: Kind | None = None
    asks: tuple[str, ...] = ()
    danger: bool = False


DEEDS: Final[dict[str, Deed]] = {
    each.name: each
    for each in (
        Deed("accept", gettext_lazy("予以受理"), gettext_lazy("材料齐全，进入核验"), Event.ACCEPT, Kind.INTAKE),
        Deed("checked", gettext_lazy("核验完成，进入审核"), gettext_lazy("按今天登记的事实核算"), Event.CHECKED),
        Deed("review", gettext_lazy("审核通过，提交复核"), gettext_lazy("签署当前核定，由另一人复核"), Event.REVIEW, Kind.REVIEW,
             ("reason",)),
        Deed("approve", gettext_lazy("复核通过"), gettext_lazy("签署同一核定，占用额度"), Event.APPROVE, Kind.SECOND_REVIEW,
             ("reason",)),
        Deed("opinion", gettext_lazy("作出认定"), gettext_lazy("文件留给人判断的条件：符不符合，写明依据"), None, None,
             ("judged", "met", "found_words")),
        Deed("amount", gettext_lazy("确定金额"), gettext_lazy("在文件允许的范围内，写明依据"), None, None, ("yuan", "basis", "basis_words")),
        Deed("award", gettext_lazy("按评审纪要定金额"), gettext_lazy("事实重新读过，套用评审组定的数"), None),
        Deed("again", gettext_lazy("重新核算"), gettext_lazy("按今天登记的事实再算一次"), None),
        Deed("ask_correction", gettext_lazy("一次性告知补正"), gettext_lazy("列全要补的事项，办理时限暂停"), Event.ASK_CORRECTION, None, ("items",)),
        Deed("send_back", gettext_lazy("退回审核"), gettext_lazy("写明理由，审核签署失效"), Event.SEND_BACK, None, ("reason_needed",)),
        Deed("recalculate", gettext_lazy("撤回并重新核定"), gettext_lazy("事实有变；未付的应付撤销"), Event.RECALCULATE, None, ("reason_needed",)),
        Deed("decline", gettext_lazy("不予受理"), gettext_lazy("必须写明不符合哪一条"), Event.DECLINE, Kind.REFUSAL, ("ground", "words"), danger=True),
        Deed("refuse", gettext_lazy("决定不予支持"), gettext_lazy("必须选择不符合的条件"), Event.REFUSE, Kind.REFUSAL,
             ("condition", "words"), danger=True),
        Deed("lapse", gettext_lazy("逾期未补正，终结"), gettext_lazy("可以重新申报"), Event.LAPSE, danger=True),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Ready:
    """An act that is this viewer's to do; `blocked` says why not now."""

    deed: Deed
    blocked: str = ""


def ready(claim: Claim, viewer: Viewer, among: Iterable[Deed] = tuple(DEEDS.values())) -> list[Ready]:
    """The acts of the viewer's roles in this state, in the order of DEEDS."""
    mine = {row.event for row in moving.possible(claim, viewer)}
    made = moving.last_of(claim)
    reviewing = claim.state == State.IN_REVIEW and Event.REVIEW in mine
    found = []
    for deed in among:
        if deed.event is not None and deed.event in mine:
            found.append(Ready(deed, _blocked(claim, viewer, deed, made)))
        elif (
            (deed.name == "again" and reviewing)
            or (deed.name == "opinion" and reviewing and opinions.left(claim))
            or (deed.name == "amount" and reviewing and made is not None and is_open(made))
            or (deed.name == "award" and reviewing and made is not None and was_awarded(claim, made))
        ):
            found.append(Ready(deed))
    return found


def ready_to(deed: Deed, claim: Claim, viewer: Viewer) -> Ready | None:
    """One act, where it is the viewer's to do; nothing is worked out about the others."""
    return next(iter(ready(claim, viewer, [deed])), None)


def is_open(made: Determination) -> bool:
    """Whether a person gives the amount, or gave it."""
    return determine.asked(made) is not None


def was_awarded(claim: Claim, made: Determination) -> bool:
    """Whether a panel's minutes hold the amount that a determination left open."""
    return made.point is None and claim.minutes_lines.filter(award__isnull=False).exists()


def _blocked(claim: Claim, viewer: Viewer, deed: Deed, made: Determination | None) -> str:
    if deed.kind is not None:
        reason = acts.why_not(claim, viewer.user, deed.kind)
        if reason:
            return reason
    if deed.name == "lapse":
        asked = claim.corrections.filter(answered_at=None).first()
        if asked is not None and asked.due_on >= today():
            return _("补正期限 %(day)s，还没有过。") % {"day": asked.due_on.isoformat()}
    if deed.name == "review":
        reason = places.why_not(claim)
        if reason:
            return reason
    if deed.name in ("review", "approve") and (made is None or made.point is None):
        return _("金额还没有核定为一个确定的数，不能签署。")
    if deed.name == "refuse" and made is not None and not determine.open_conditions(made):
        return _("条件都满足，没有可以据以不予支持的条件。")
    return ""


@transaction.atomic
def fix_amount(claim: Claim, viewer: Viewer, figure: int, basis: Basis, words: str) -> Determination:
    """A determination with a person's figure (fen), while the claim is in review.  Raises MayNot, CannotDetermine."""
    return determine.determine(_reviewing(claim, viewer), viewer, figure=figure, basis=basis, basis_words=words)


@transaction.atomic
def give_opinion(claim: Claim, viewer: Viewer, label: str, met: bool, words: str) -> Determination:
    """What was found of a condition that the text leaves to a judgement, and a determination with it.  Raises MayNot,
    CannotDetermine."""
    held = _reviewing(claim, viewer)
    opinions.give(held, viewer, label, met, words)
    return determine.determine(held, viewer)


@transaction.atomic
def compute_again(claim: Claim, viewer: Viewer) -> Determination:
    """A determination of the facts of now, while the claim is in review; signatures so far are void."""
    return determine.determine(_reviewing(claim, viewer), viewer)


@transaction.atomic
def take_award(claim: Claim, viewer: Viewer) -> Determination:
    """The panel's amount again, after the facts were read anew.  Raises MayNot, ClaimError."""
    return panels.apply_again(_reviewing(claim, viewer), viewer)


def _reviewing(claim: Claim, viewer: Viewer) -> Claim:
    held = locks.claim(claim)
    if held.state != State.IN_REVIEW:
        raise CannotMove(_("只有“审核中”的申报可以重新核算。"))
    if not any(Who.REVIEWER in row.who for row in moving.possible(held, viewer)) or not moves_from(held.state):
        raise MayNot(_("您不能核算这件申报。"))
    return held
