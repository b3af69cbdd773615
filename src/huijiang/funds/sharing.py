"""Closing a period of a dry pro-rata line: what is left is shared out among those who wait.

compute(line, by, document)     the portions, a fen up or down by largest remainder, summing exactly to the money there
sign(closing, by)               two others; the second signature holds each portion's money
drop(closing, by, because)      given up before that; nobody lost anything

Who waits later than the computation waits for the next period.  What is left of a due awaits more money or lapses, as
the line says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huijiang import audit
from huijiang.access.humans import human_of, same
from huijiang.accounts.models import User
from huijiang.claims import dues as claims_dues
from huijiang.claims.acts import near_to
from huijiang.claims.models import Claim
from huijiang.claims.public_notice import name_of
from huijiang.funds import reserving
from huijiang.funds.letter_tasks import SHARED
from huijiang.funds.models import Closing, ClosingSignature, Line, Portion, Reservation, Waiting
from huijiang.funds.wording import clause_of, money
from huijiang.jobs import enqueue
from huijiang.notices import services as notices

GAINS = gettext_noop("其中有您或您申报的关系人受益的办件，请由别人签署。")


class SharingError(ValueError):
    """Something that can't be done with a closing; says what and how to mend it."""


@dataclass(frozen=True)
class Shared:
    """`shares` in the order of what was asked, in fen; they sum to the money."""

    money: int
    asked: int
    shares: tuple[int, ...]


def shares_of(money_: int, asked: Sequence[int]) -> Shared:
    """`money_` fen in proportion to what is asked: rounded down, what is left over a fen each to the largest
    remainders, of equal ones to whoever waits longer.  Raises ValueError unless 0 < money < sum of what is asked."""
    total = sum(asked)
    if not 0 < money_ < total or any(each <= 0 for each in asked):
        raise ValueError(f"{money_} 分、应发 {total} 分：应为 expected 0 < money < asked, each above 0")
    whole = [money_ * each // total for each in asked]
    order = sorted(range(len(asked)), key=lambda at: (-(money_ * asked[at] % total), at))
    for at in order[: money_ - sum(whole)]:
        whole[at] += 1
    return Shared(money_, total, tuple(whole))


def waiting_on(line: Line) -> list[Waiting]:
    """Who waits, the longest first; what was cancelled meanwhile does not count."""
    found = Waiting.objects.filter(line=line, ended_at=None, due__cancelled_at=None)
    return list(found.select_related("due__claim").order_by("since", "id"))


@transaction.atomic
def compute(line: Line, by: User, document: str) -> Closing:
    """Close the period: an open closing with everybody's portion.

    Raises SharingError for a line under another rule, one that is frozen, has no money, or has enough for all.
    """
    held = Line.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if held.dry != Line.Dry.PRO_RATA:
        raise SharingError(_("这笔额度的规则是“%(rule)s”，不按比例发放。") % {"rule": held.get_dry_display()})
    if held.frozen_at is not None:
        raise SharingError(_("%(year)s 年度额度已冻结；要在冻结前分配。") % {"year": held.year})
    if held.closings.filter(state=Closing.State.OPEN).exists():
        raise SharingError(_("已有一次分配在等签署。"))
    if not document.strip():
        raise SharingError(_("请写明按比例发放的依据：文号和条款。"))
    waiting = waiting_on(held)
    asked = [each.due.amount for each in waiting]
    if held.free <= 0:
        raise SharingError(_("没有可分配的额度，请先追加。"))
    if not asked or sum(asked) <= held.free:
        raise SharingError(_("额度够付全部等待的，不需要按比例。"))
    found = shares_of(held.free, asked)
    closing = Closing.objects.create(
        line=held, money=held.free, asked=found.asked, count=len(asked), rest=held.rest, document=document.strip()[:200],
        digest=digest_of(held, found, waiting), made_by=by,
    )  # fmt: skip
    clause = cache(clause_of)
    Portion.objects.bulk_create(
        [Portion(closing=closing, due=each.due, waiting=each, asked=each.due.amount, share=share, clause=clause(each.due.benefit)[:200])
         for each, share in zip(waiting, found.shares, strict=True)], batch_size=5_000)  # fmt: skip
    audit.record(by, "funds.share_computed", f"closing:{closing.uid}", held.region_id, count=closing.count,
                 amount=closing.money, asked=closing.asked, digest=closing.digest)  # fmt: skip
    return closing


def digest_of(line: Line, found: Shared, waiting: Sequence[Waiting]) -> str:
    """SHA-256 over the line, the money and every portion: what the two sign."""
    said = hashlib.sha256(f"{line.uid}|{line.rest}|{found.money}|{found.asked}\n".encode())
    for each, share in zip(waiting, found.shares, strict=True):
        said.update(f"{each.due.uid}|{each.due.amount}|{share}\n".encode())
    return said.hexdigest()


def why_not_sign(closing: Closing, by: User) -> str:
    """What keeps somebody, under whichever account, from signing a closing; empty when nothing does."""
    if same(by, closing.made_by):
        return _("计算的人不能签署，请由另两位签署。")
    if any(same(by, each.user) for each in closing.signatures.select_related("user")):
        return _("您已签署过，请由另一位签署。")
    gains = Claim.objects.filter(near_to(by), dues__portions__closing=closing).exists()
    return _(GAINS) if gains else ""


@transaction.atomic
def sign(closing: Closing, by: User) -> Closing:
    """Sign what was computed; the second signature holds the money.  Signing twice changes nothing.

    Raises SharingError: the maker does not sign, nor whoever gains; and what moved since must be computed anew.
    """
    Line.objects.select_for_update(of=("self",)).get(pk=closing.line_id)
    held = Closing.objects.select_for_update(of=("self",)).select_related("line").get(pk=closing.pk)
    human = human_of(by)
    if held.signatures.filter(human=human).exists():
        return held
    if held.state != Closing.State.OPEN:
        raise SharingError(_("%(state)s，不能签署。") % {"state": held.get_state_display()})
    stands = why_not_sign(held, by)
    if stands:
        raise SharingError(stands)
    _as_computed(held)
    try:
        with transaction.atomic():
            ClosingSignature.objects.create(closing=held, user=by, human=human, digest=held.digest)
    except DatabaseError as error:
        if "by_nobody_who_gains" in str(error):
            raise SharingError(_(GAINS)) from error
        raise
    audit.record(by, "funds.share_signed", f"closing:{held.uid}", held.line.region_id, digest=held.digest)
    if held.signatures.count() >= 2:
        _apply(held, by)
    held.refresh_from_db()
    return held


def _as_computed(closing: Closing) -> None:
    moved = closing.portions.exclude(waiting__ended_at=None, due__cancelled_at=None).count()
    if closing.line.free != closing.money or moved:
        raise SharingError(_("计算后额度或等待的人有变（可用 %(yuan)s 元，%(n)s 笔已不在等待），请作废重算。")
                           % {"yuan": money(closing.line.free), "n": moved})  # fmt: skip


def _apply(closing: Closing, by: User) -> None:
    """Every portion: its due in two parts, the money of the first held, the second awaiting more or lapsed."""
    because = f"按比例发放 {closing.document}"
    rest = closing.rest == Line.Rest.AWAIT
    told: dict[int, list[Portion]] = {}
    for each in closing.portions.select_related("due__claim", "waiting").order_by("id"):
        told.setdefault(each.due.claim_id, []).append(each)
        if each.share == 0:
            continue  # less than a fen: it waits on, whole
        Waiting.objects.filter(pk=each.waiting_id).update(ended_at=Now(), outcome=Waiting.Outcome.SHARED)
        if each.share == each.asked:
            share, left = each.due, None
        else:
            share, left = claims_dues.split(each.due, each.share, by, because, rest=rest)
        if left is not None:
            Waiting.objects.create(due=left, line=closing.line, amount=left.amount, since=each.waiting.since)
        Reservation.objects.create(due=share, line=closing.line, amount=each.share, made_by=by)
        Portion.objects.filter(pk=each.pk).update(share_due=share, rest_due=left)
    Closing.objects.filter(pk=closing.pk).update(state=Closing.State.APPLIED, applied_at=Now())
    audit.record(by, "funds.share_applied", f"closing:{closing.uid}", closing.line.region_id, count=closing.count,
                 amount=closing.money)  # fmt: skip
    reserving.payable(list(told))
    for claim, portions in told.items():
        _tell(closing, claim, portions)


def _tell(closing: Closing, claim: int, portions: Sequence[Portion]) -> None:
    held = Claim.objects.select_related("payee_person", "payee_organisation").get(pk=claim)
    asked, share = sum(each.asked for each in portions), sum(each.share for each in portions)
    notices.tell(held.payee_person or held.payee_organisation, "funds_shared", {
        "number": held.number or "", "benefit": name_of(held.benefit), "asked": money(asked), "share": money(share),
        "rest": money(asked - share), "then": closing.get_rest_display()}, f"claim:{held.uid}")  # fmt: skip
    enqueue(SHARED, closing=str(closing.uid), claim=str(held.uid))


@transaction.atomic
def drop(closing: Closing, by: User, because: str) -> Closing:
    """Give up a computation that two have not signed."""
    held = Closing.objects.select_for_update(of=("self",)).get(pk=closing.pk)
    if held.state == Closing.State.DROPPED:
        return held
    if held.state != Closing.State.OPEN:
        raise SharingError(_("%(state)s，资金已落实，不能作废。") % {"state": held.get_state_display()})
    if not because.strip():
        raise SharingError(_("请写明作废的原因。"))
    Closing.objects.filter(pk=held.pk).update(state=Closing.State.DROPPED, dropped_because=because.strip()[:200])
    audit.record(by, "funds.share_dropped", f"closing:{held.uid}", held.line.region_id)
    held.refresh_from_db()
    return held
