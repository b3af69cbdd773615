"""Rounds (申报批次): made by one, published by another, filled by claims, closed, ranked and cut.

draft(viewer, …)  publish(round, viewer)      an officer opens it, a second person lets it stand
choose(claim, now)                            which round a claim that is being sent belongs to
let_in(round, claim, viewer, reason)          a late claim, where the rule allows it
settle(round)                                 ranks by time or by a fact and cuts; by score: `panels.conclude`
decline(claim, viewer)                        ends a claim that got no place, by a person who signs
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huijiang import audit, present
from huijiang.access.humans import same
from huijiang.access.law import in_scope
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import HERE, Viewer
from huijiang.claims import acts, determine, effects, locks, moving, places
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import Claim, LateEntry, Movement, Panel, Place, Round
from huijiang.claims.models.decision import Kind
from huijiang.claims.models.rounds import Late, Ranking
from huijiang.claims.states import LIVE, Event, State
from huijiang.documents import library
from huijiang.notices import services as notices
from huijiang.regions.models import Region

MAKES = (Role.REVIEWER, Role.SECOND_REVIEWER)
PUBLISHES = (Role.SECOND_REVIEWER, Role.SUPERVISOR)
SEES = (Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR, Role.AUDITOR)

for _event in (Event.WITHDRAW, Event.REFUSE, Event.DECLINE, Event.LAPSE):
    effects.on(_event)(places.lose)


def access_rounds(viewer: Viewer) -> QuerySet[Round]:
    """Rounds of the viewer's regions, those not yet published too."""
    return Round.objects.filter(in_scope(viewer.paths(*SEES), "region")).select_related("region", "made_by")


def published(now: dt.datetime | None = None) -> QuerySet[Round]:
    """What everybody may see."""
    return Round.objects.filter(published_at__isnull=False).select_related("region")


def may_publish(held: Round, viewer: Viewer) -> bool:
    """Whether somebody is the second person for a round."""
    return (
        held.published_at is None
        and held.region.path.startswith(viewer.paths(*PUBLISHES) or ("\0",))
        and not same(viewer.user, held.made_by)
    )


def may_run(held: Round, viewer: Viewer) -> bool:
    """Whether somebody works on a round: panel, late claims, results."""
    return held.region.path.startswith(viewer.paths(*MAKES) or ("\0",))


@transaction.atomic
def draft(viewer: Viewer, region: Region, **values: Any) -> Round:
    """A round that nobody sees yet.  Raises MayNot, ClaimError (no such benefit here, times turned round)."""
    made = Round(region=region, made_by=viewer.user, **values)
    if not may_run(made, viewer):
        raise MayNot(_("您不能为这个地区开申报批次。"))
    known = library.benefits(region.code)
    unknown = [each for each in made.benefits if each not in known]
    if unknown or not made.benefits:
        raise ClaimError(_("这个地区没有这个项目：%(which)s") % {"which": "、".join(unknown) or "—"})
    if made.opens_at >= made.closes_at:
        raise ClaimError(_("截止时间应在开始时间之后。"))
    if made.ranking == Ranking.NONE and (made.quota or made.quota_money):
        raise ClaimError(_("有名额或资金总额的批次要选一种排序。"))
    if (made.ranking == Ranking.FACT) != bool(made.fact):
        raise ClaimError(_("按事实排序要选一项事实；其他排序不用选。"))
    made.save()
    audit.record(viewer.user, "claims.round_drafted", f"round:{made.uid}", region.code, benefits=made.benefits)
    return made


@transaction.atomic
def publish(held: Round, viewer: Viewer) -> Round:
    """The second person lets it stand: from now on it does not change.  Raises MayNot, ClaimError."""
    held = Round.objects.select_for_update(of=("self",)).select_related("region").get(pk=held.pk)
    if held.published_at is not None:
        raise ClaimError(_("这一批已经发布。"))
    if same(viewer.user, held.made_by):
        raise MayNot(_("批次要由另一个人复核后发布。"))
    if not may_publish(held, viewer):
        raise MayNot(_("您不能发布这个地区的申报批次。"))
    if held.closes_at <= present.now():
        raise ClaimError(_("截止时间已经过了，不能再发布。"))
    if held.ranking == Ranking.SCORE and not Panel.objects.filter(round=held).exists():
        raise ClaimError(_("按评审得分排序的批次，要先定评分项，再发布。"))
    held.published_at, held.published_by = present.now(), viewer.user
    held.save(update_fields=["published_at", "published_by"])
    audit.record(viewer.user, "claims.round_published", f"round:{held.uid}", held.region_id)
    notices.announce("round", f"round:{held.uid}", "round_opened", {
        "title": held.name, "until": f"{held.closes_at.astimezone(HERE):%Y-%m-%d %H:%M}",
    }, region=held.region_id, address=reverse("claims:round", args=[held.uid]))  # fmt: skip
    return held


# -- claims come in -----------------------------------------------------------------------
def rounds_for(region: Region, benefit: str) -> list[Round]:
    """Published rounds that a claim of a benefit in a place may fall into, the earliest first."""
    above = region.path.strip("/").split("/")
    return list(published().filter(region__in=above, benefits__contains=[benefit]).order_by("opens_at", "pk"))


def choose(claim: Claim, now: dt.datetime | None = None) -> Round | None:
    """The round that a claim sent now belongs to; None where intake is standing.

    Raises ClaimError: not open yet, over (by the late rule), or nobody let this late claim in.
    """
    moment = now or present.now()
    if claim.round is not None and (claim.round.published_at is None or moment < claim.round.opens_at):
        raise ClaimError(_("这一批还没有开始申报。"))
    all_ = rounds_for(claim.region, claim.benefit)
    if claim.round is not None and claim.round not in all_:
        raise ClaimError(_("这一批不收这个项目。"))
    open_ = [each for each in all_ if each.opens_at <= moment <= each.closes_at]
    if open_:
        return claim.round if claim.round in open_ else min(open_, key=lambda each: each.closes_at)
    over = [each for each in all_ if each.closes_at < moment]
    coming = [each for each in all_ if each.opens_at > moment]
    last = claim.round or (max(over, key=lambda each: each.closes_at) if over else None)
    if last is None:
        if coming:
            raise ClaimError(
                _("“%(round)s” %(day)s 开始申报。") % {"round": coming[0], "day": _day(coming[0].opens_at)}
            )
        return None
    return _late(claim, last, coming)


def _late(claim: Claim, last: Round, coming: Sequence[Round]) -> Round | None:
    if last.late == Late.ACCEPT and LateEntry.objects.filter(round=last, claim=claim).exists():
        if last.settled_at is not None:
            raise ClaimError(_("“%(round)s”的结果已经确定，不再收件。") % {"round": last})
        return last
    if last.late == Late.NEXT and coming:
        return coming[0]
    if last.standing_after and not coming and last.settled_at is not None:
        return None
    if coming:
        raise ClaimError(
            _("“%(round)s”已经截止申报。下一批 %(day)s 开始。") % {"round": last, "day": _day(coming[0].opens_at)}
        )
    if last.late == Late.ACCEPT:
        raise ClaimError(_("“%(round)s”已经截止申报。有正当理由的，请联系经办人准许后提交。") % {"round": last})
    raise ClaimError(_("这一批已经截止申报。"))


@transaction.atomic
def let_in(held: Round, claim: Claim, viewer: Viewer, reason: str) -> LateEntry:
    """Let a draft in after the end, with a reason that stays.  Raises MayNot, ClaimError."""
    if not may_run(held, viewer):
        raise MayNot(_("您不能处理这个地区的申报批次。"))
    if held.late != Late.ACCEPT or held.settled_at is not None:
        raise ClaimError(_("这一批不收逾期的申报。"))
    if not reason.strip():
        raise ClaimError(_("请写明准许逾期申报的理由。"))
    if (
        claim.state != State.DRAFT
        or claim.benefit not in held.benefits
        or not claim.region.path.startswith(held.region.path)
    ):
        raise ClaimError(_("只能准许本批项目的一件草稿。"))
    made, new = LateEntry.objects.get_or_create(
        round=held, claim=claim, defaults={"reason": reason.strip(), "by": viewer.user}
    )
    if new:
        audit.record(viewer.user, "claims.let_in_late", f"claim:{claim.uid}", claim.region_id, round=held.uid)
    return made


# -- ranking ------------------------------------------------------------------------------
def entrants(held: Round) -> QuerySet[Claim]:
    """Claims of a round that are still alive."""
    return Claim.objects.filter(round=held, state__in=LIVE).select_related("region").order_by("submitted_at", "number")


def amount_of(claim: Claim) -> int | None:
    """What a claim takes of the money: its point, else the most that it may be; None where that is open."""
    made = moving.last_of(claim)
    if made is None:
        return None
    return made.point if made.point is not None else made.high


def fact_of(claim: Claim, fact: str) -> int | None:
    """A figure among the frozen facts: of the event's row, of whom it benefits or of whom it pays; days as their number.
    None is unknown."""
    made = moving.last_of(claim)
    table, _dot, column = fact.partition(".")
    if made is None:
        return None
    ids = {claim.holder.partition(":")[2]} if claim.holder.startswith(f"{table}:") else {
        str(each) for kind in ("person", "organisation") if table == kind
        for each in (getattr(claim, f"beneficiary_{kind}_id"), getattr(claim, f"payee_{kind}_id")) if each
    }  # fmt: skip
    for row, values in determine.facts_of(made)["rows"].get(table, ()):
        value = values.get(column)
        if row in ids and isinstance(value, int):
            return int(value)
        if row in ids and isinstance(value, dict) and "date" in value:
            return dt.date.fromisoformat(value["date"]).toordinal()
    return None


Ordered = list[tuple[Claim, int | None]]


def ordered(held: Round) -> Ordered:
    """The claims of a round in its order with what they are ranked by (none for time).

    Equal ones: whoever sent first, then by number.  Raises ClaimError where a claim's fact or amount is not known yet.
    """
    found = list(entrants(held))
    if held.quota_money is not None:
        _known([each for each in found if amount_of(each) is None], _("这些申报的金额还没有核定，不能按资金总额排序："))
    if held.ranking != Ranking.FACT:
        return [(each, None) for each in found]
    marks = {each.pk: fact_of(each, held.fact) for each in found}
    _known([each for each in found if marks[each.pk] is None], _("这些申报没有排序依据的事实："))
    sign = 1 if held.lowest_first else -1
    return [(each, marks[each.pk]) for each in sorted(found, key=lambda each: sign * (marks[each.pk] or 0))]


def _known(without: Sequence[Claim], words: str) -> None:
    if without:
        raise ClaimError(words + "、".join(str(each) for each in without[:20]))


@transaction.atomic
def settle(held: Round, viewer: Viewer | None = None) -> list[Place]:
    """Rank by time or by the fact, cut at the quota, tell each claim its place.  Raises ClaimError."""
    for each in entrants(held).order_by("pk"):  # claims before the round: as whoever withdraws
        locks.claim(each)
    held = Round.objects.select_for_update(of=("self",)).get(pk=held.pk)
    if held.ranking in (Ranking.NONE, Ranking.SCORE):
        raise ClaimError(_("按评审得分的批次由评审纪要确定结果。"))
    check_over(held)
    return write(held, ordered(held), viewer)


def check_over(held: Round) -> None:
    """Raises ClaimError while a round is open, not published, or settled already."""
    if held.published_at is None or present.now() <= held.closes_at:
        raise ClaimError(_("这一批还没有截止申报。"))
    if held.settled_at is not None:
        raise ClaimError(_("这一批的结果已经确定。"))


def write(held: Round, inorder: Ordered, viewer: Viewer | None, out: Sequence[Claim] = ()) -> list[Place]:
    """Write the places down: in order while they fit, from the first that does not the reserve.  `out`: not judged."""
    count = money = 0
    room, made = True, []
    for rank, (claim, mark) in enumerate(inorder, start=1):
        amount = amount_of(claim)
        room = room and places.fits(held, amount, count, money)
        if room:
            count, money = count + 1, money + (amount or 0)
        made.append(Place.objects.create(round=held, claim=claim, rank=rank, mark=mark, amount=amount,
                                         standing=places.IN if room else places.RESERVE))  # fmt: skip
    made += [Place.objects.create(round=held, claim=each, standing=places.OUT) for each in out]
    held.settled_at = present.now()
    held.save(update_fields=["settled_at"])
    audit.record(viewer.user if viewer else None, "claims.round_settled", f"round:{held.uid}", held.region_id,
                 claims=len(made), wins=count)  # fmt: skip
    for place in made:
        places.tell(place, "round_settled")
    return made


@transaction.atomic
def decline(claim: Claim, viewer: Viewer) -> Movement:
    """End a claim that has no place, by a person who signs; its words tell the place.  Raises ClaimError."""
    held = locks.claim(claim)
    place = places.of(held)
    if place is None or place.standing == places.IN:
        raise ClaimError(_("这件申报没有落选。"))
    words = _("“%(round)s”的名额已满，您的名次是第 %(rank)s 名。") % {"round": place.round, "rank": place.rank} if place.rank else (
        _("“%(round)s”评分截止时，这件申报还不能评审。") % {"round": place.round})  # fmt: skip
    acts.sign(held, viewer, Kind.REFUSAL, moving.last_of(held))
    return moving.move(held, Event.REFUSE, viewer, condition=gettext_noop("本批入选"), words=words)


def due(now: dt.datetime | None = None) -> QuerySet[Round]:
    """Rounds whose end has come and which have no result; by time or by a fact."""
    over = Q(closes_at__lt=now or present.now(), settled_at=None, published_at__isnull=False)
    return Round.objects.filter(over, ranking__in=(Ranking.TIME, Ranking.FACT)).order_by("closes_at", "pk")


def _day(moment: dt.datetime) -> str:
    return f"{moment.astimezone(HERE):%Y-%m-%d %H:%M}"
