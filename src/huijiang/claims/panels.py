"""Panels: named by one and confirmed by another, recused by declared relations, scores sealed until all are in.

make(round, viewer, criteria, least, due_on)   appoint, confirm, leave
score(panel, viewer, claim, points, words)     signed (kind panel_score), once
open_when_ready(panel)                         all are in, or the day is over
result(panel, claim)                           mean without the highest and lowest from five on, spread
conclude(panel, viewer, held_on, words, awards) the chair signs the minutes: places, awards, determinations
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huijiang import audit, present
from huijiang.accounts.models import User
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import acts, determine, freezing, locks, moving, rounds
from huijiang.claims.determine import Asked
from huijiang.claims.errors import CannotDetermine, ClaimError, MayNot
from huijiang.claims.models import Claim, Determination, Minutes, MinutesLine, Panel, PanelMember, Place, Round, Score
from huijiang.claims.models.decision import Basis, Kind
from huijiang.claims.models.rounds import Ties
from huijiang.claims.states import State

MOST: Final = 100
"""Points that a criterion gives at most."""
TRIMMED_FROM: Final = 5
"""From so many scores on the highest and the lowest are left out."""


def percent(weight: int) -> str:
    """A weight in thousandths as people read it: 600 → 60%, 125 → 12.5%."""
    whole, rest = divmod(weight, 10)
    return f"{whole}.{rest}%" if rest else f"{whole}%"


def panel_of(viewer: Viewer | User) -> QuerySet[Panel]:
    """The panels that somebody sits on now."""
    user = viewer if isinstance(viewer, User) else viewer.user
    seats = PanelMember.objects.filter(user=user, confirmed_at__isnull=False, left_at=None)
    return Panel.objects.filter(pk__in=seats.values("panel")).select_related("round__region")


@transaction.atomic
def make(held: Round, viewer: Viewer, criteria: Sequence[Mapping[str, Any]], least: int, due_on: dt.date) -> Panel:
    """A panel with its criteria ({id, name, weight}), before the round is published.  Raises MayNot, ClaimError."""
    if not rounds.may_run(held, viewer):
        raise MayNot(_("您不能处理这个地区的申报批次。"))
    held = Round.objects.select_for_update(of=("self",)).select_related("region").get(pk=held.pk)
    if held.published_at is not None or Panel.objects.filter(round=held).exists():
        raise ClaimError(_("评分项定下或批次发布后，不能再改评分项。"))
    total = sum(int(each["weight"]) for each in criteria)
    if total != 1000 or any(int(each["weight"]) < 1 for each in criteria):
        raise ClaimError(_("各评分项的权重合计应为 100%%，现在是 %(total)s。") % {"total": percent(total)})
    if due_on < present.day_of(held.closes_at):
        raise ClaimError(_("评分截止不能早于申报截止。"))
    kept = [{"id": str(each["id"]), "name": str(each["name"]), "weight": int(each["weight"])} for each in criteria]
    made = Panel.objects.create(round=held, criteria=kept, least=least, due_on=due_on, made_by=viewer.user)
    audit.record(viewer.user, "claims.panel", f"round:{held.uid}", held.region_id, criteria=len(kept))
    return made


@transaction.atomic
def appoint(panel: Panel, viewer: Viewer, user: User, chairs: bool = False) -> PanelMember:
    """Name somebody; another person confirms.  Raises MayNot, ClaimError."""
    if not rounds.may_run(panel.round, viewer):
        raise MayNot(_("您不能处理这个地区的申报批次。"))
    if user.pk == viewer.user.pk:
        raise MayNot(_("不能提名自己。"))
    if panel.opened_at is not None:
        raise ClaimError(_("评分已经启封，不能再加人。"))
    seats = panel.members.filter(left_at=None)
    if seats.filter(user=user).exists() or (chairs and seats.filter(chairs=True).exists()):
        raise ClaimError(_("已经在评审组里，或已经有组长。"))
    made = PanelMember.objects.create(panel=panel, user=user, chairs=chairs, appointed_by=viewer.user)
    _record(viewer.user, "claims.panel_named", panel, user)
    return made


@transaction.atomic
def confirm(member: PanelMember, viewer: Viewer) -> PanelMember:
    """Somebody who neither named nor is the member confirms.  Raises MayNot, ClaimError."""
    panel = member.panel
    if not panel.round.region.path.startswith(viewer.paths(*rounds.MAKES, *rounds.PUBLISHES) or ("\0",)):
        raise MayNot(_("您不能处理这个地区的申报批次。"))
    if viewer.user.pk in (member.user_id, member.appointed_by_id):
        raise MayNot(_("评审人要由提名人和本人以外的人确认。"))
    if panel.opened_at is not None or member.left_at is not None or member.confirmed_at is not None:
        raise ClaimError(_("这个提名不能再确认。"))
    member.confirmed_by, member.confirmed_at = viewer.user, present.now()
    member.save(update_fields=["confirmed_by", "confirmed_at"])
    _record(viewer.user, "claims.panel_confirmed", panel, member.user)
    return member


@transaction.atomic
def leave(member: PanelMember, viewer: Viewer) -> None:
    """Somebody leaves; what they scored stays.  Raises MayNot."""
    if not rounds.may_run(member.panel.round, viewer) and member.user_id != viewer.user.pk:
        raise MayNot(_("您不能处理这个地区的申报批次。"))
    if member.left_at is None:
        member.left_at = present.now()
        member.save(update_fields=["left_at"])
        _record(viewer.user, "claims.panel_left", member.panel, member.user)
        open_when_ready(member.panel)


def _record(by: User, event: str, panel: Panel, user: User) -> None:
    audit.record(by, event, f"round:{panel.round.uid}", panel.round.region_id, member=str(user.uid))


# -- scoring ------------------------------------------------------------------------------
def seat(panel: Panel, user: User) -> PanelMember:
    """Somebody's confirmed seat.  Raises MayNot."""
    found = panel.members.filter(user=user, confirmed_at__isnull=False, left_at=None).first()
    if found is None:
        raise MayNot(_("您不在这个评审组里。"))
    return found


def judged(panel: Panel) -> list[Claim]:
    """The claims before the panel: those of the round that stand in review."""
    return list(rounds.entrants(panel.round).filter(state=State.IN_REVIEW))


def why_not(member: PanelMember, claim: Claim) -> str:
    """Why a member may not score a claim: they applied, gain, or declared a relation.  Empty: they may."""
    mine = Score.objects.filter(member=member, claim=claim).exists()
    return "" if mine else acts.why_not(claim, member.user, Kind.PANEL_SCORE)


def before(viewer: Viewer) -> list[Claim]:
    """The claims that somebody judges now: before a panel of theirs without a result, but for those they keep away from."""
    found = []
    for panel in panel_of(viewer).filter(round__settled_at=None):
        member = seat(panel, viewer.user)
        found += [each for each in judged(panel) if not why_not(member, each)]
    return found


def scorers(panel: Panel) -> list[PanelMember]:
    """Confirmed members but the chair."""
    seats = panel.members.filter(confirmed_at__isnull=False, left_at=None, chairs=False)
    return list(seats.select_related("user").order_by("pk"))


def missing(panel: Panel) -> Iterator[tuple[PanelMember, Claim]]:
    """Scores that are still to come; each costs some questions to the database, and one is enough to wait."""
    given = set(panel.scores.values_list("member", "claim"))
    claims = judged(panel)
    return ((member, claim) for member in scorers(panel) for claim in claims
            if (member.pk, claim.pk) not in given and not why_not(member, claim))  # fmt: skip


@transaction.atomic
def score(panel: Panel, viewer: Viewer, claim: Claim, points: Mapping[str, int], words: str = "") -> Score:
    """One member's points (criterion → 0–100) for a claim, signed, once, not changed.  Raises MayNot, ClaimError."""
    member = seat(panel, viewer.user)
    held = locks.claim(claim)
    panel = Panel.objects.select_for_update(of=("self",)).select_related("round").get(pk=panel.pk)
    if member.chairs:
        raise MayNot(_("组长主持评审、签署纪要，不打分。"))
    if panel.opened_at is not None or today() > panel.due_on:
        raise ClaimError(_("评分已经截止。"))
    if held.round_id != panel.round_id or held.state != State.IN_REVIEW:
        raise ClaimError(_("这件申报现在不能评审。"))
    made = moving.last_of(held)
    total = _total(panel, points)
    acts.sign(held, viewer, Kind.PANEL_SCORE, made)
    given = Score.objects.create(
        panel=panel, claim=held, member=member, points=dict(points), total=total, words=words.strip()
    )
    open_when_ready(panel)
    return given


def _total(panel: Panel, points: Mapping[str, int]) -> int:
    names = {each["id"]: each for each in panel.criteria}
    wrong = [each["name"] for key, each in names.items() if not 0 <= points.get(key, -1) <= MOST]
    if wrong or set(points) != set(names):
        raise ClaimError(_("每个评分项给 0 到 100 分：%(which)s") % {"which": "、".join(wrong)})
    return sum(points[key] * int(each["weight"]) for key, each in names.items())


@transaction.atomic
def open_when_ready(panel: Panel) -> bool:
    """Open the scores when all are in after the round's end, or the day is over.  Gives whether they are open."""
    held = Panel.objects.select_for_update(of=("self",)).select_related("round").get(pk=panel.pk)
    if held.opened_at is None and held.round.closes_at < present.now():
        waiting = rounds.entrants(held.round).exclude(state=State.IN_REVIEW).exists()
        ready = bool(held.scores.exists()) and not waiting and next(missing(held), None) is None
        if ready or today() > held.due_on:
            held.opened_at = present.now()
            held.save(update_fields=["opened_at"])
            audit.record(
                None,
                "claims.scores_opened",
                f"round:{held.round.uid}",
                held.round.region_id,
                scores=held.scores.count(),
            )
    panel.opened_at = held.opened_at
    return held.opened_at is not None


def visible(panel: Panel, viewer: Viewer) -> QuerySet[Score]:
    """The scores that somebody may read: their own; everybody's once they are open."""
    return panel.scores.filter(Q() if panel.opened_at is not None else Q(member__user=viewer.user))


@dataclass(frozen=True)
class Result:
    """What the scores of one claim come to; thousandths of a point.  `left_out`: highest and lowest, from five on."""

    totals: tuple[int, ...]
    left_out: tuple[int, ...]
    mean: Fraction
    first: Fraction

    @property
    def spread(self) -> int:
        return max(self.totals) - min(self.totals)

    @property
    def mark(self) -> int:
        """The mean in whole thousandths, halves up."""
        return int(self.mean + Fraction(1, 2))


def result(panel: Panel, claim: Claim) -> Result | None:
    """None before the scores are open, or with fewer than the panel needs."""
    found = sorted(panel.scores.filter(claim=claim), key=lambda each: (each.total, each.pk))
    if panel.opened_at is None or len(found) < panel.least:
        return None
    kept = found[1:-1] if len(found) >= TRIMMED_FROM else found
    first = panel.criteria[0]["id"]
    return Result(
        tuple(each.total for each in found), (found[0].total, found[-1].total) if len(kept) < len(found) else (),
        Fraction(sum(each.total for each in kept), len(kept)), Fraction(sum(each.points[first] for each in kept), len(kept)),
    )  # fmt: skip


def ranking(panel: Panel) -> tuple[list[tuple[Claim, Result]], list[Claim]]:
    """Claims in order with what they got, and those that could not be judged.  Exact means are compared."""
    found = [(each, result(panel, each)) for each in rounds.entrants(panel.round)]
    scored = [(claim, got) for claim, got in found if got is not None]
    if panel.round.ties == Ties.CRITERION:
        scored.sort(key=lambda each: -each[1].first)
    scored.sort(key=lambda each: -each[1].mean)
    return scored, [claim for claim, got in found if got is None]


# -- minutes ------------------------------------------------------------------------------
def open_interval(claim: Claim) -> Asked | None:
    """What the panel may award; None where the amount is a point, or nothing is granted."""
    return determine.still_asked(moving.last_of(claim))


def of_each_period(claim: Claim) -> bool:
    """Whether what the panel awarded is for each period, not for the whole.  Raises SealedError."""
    made = claim.determinations.filter(basis=Basis.ASSESSED_AWARD).order_by("number").last()
    asked = determine.asked(made) if made is not None else None
    return asked is not None and asked.per_period


@transaction.atomic
def conclude(panel: Panel, viewer: Viewer, held_on: dt.date, words: str, awards: Mapping[int, int]) -> Minutes:
    """The chair's minutes, signed on every judged claim: order, cut, and awards (claim pk → fen) where the amount is open.

    An award becomes the point of a new determination, within what the text allows.  Raises MayNot, ClaimError.
    """
    chair = seat(panel, viewer.user)
    if not chair.chairs:
        raise MayNot(_("纪要由评审组长签署。"))
    if not words.strip():
        raise ClaimError(_("纪要要写明决定和理由。"))
    claims = {each.pk: locks.claim(each) for each in rounds.entrants(panel.round).order_by("pk")}
    held = Round.objects.select_for_update(of=("self",)).select_related("region").get(pk=panel.round_id)
    rounds.check_over(held)
    if not open_when_ready(panel):
        raise ClaimError(_("评分还没有启封。"))
    scored, out = ranking(panel)
    if not scored:
        raise ClaimError(_("没有一件申报的评分达到最少人数 %(least)s 人。") % {"least": panel.least})
    claims = {claim.pk: claims[claim.pk] for claim, _got in scored}
    missed = [
        each.number or "" for each in claims.values() if open_interval(each) is not None and each.pk not in awards
    ]
    if missed:
        raise ClaimError(_("这些申报还没有评定金额：%(which)s") % {"which": "、".join(missed)})
    inorder: rounds.Ordered = [(claims[claim.pk], got.mark) for claim, got in scored]
    given = {each.pk: awards[each.pk] for each in claims.values() if open_interval(each) is not None}
    for claim in claims.values():
        made = _awarded(claim, viewer, given.get(claim.pk), _basis(held, held_on))
        acts.sign(claim, viewer, Kind.MINUTES, made)
    written = rounds.write(held, inorder, viewer, out)
    return _minuted(panel, viewer, held_on, words.strip(), written, given)


def _basis(held: Round, held_on: dt.date) -> str:
    return _("“%(round)s”评审组 %(day)s 评审纪要") % {"round": held.name, "day": held_on.isoformat()}


def _awarded(claim: Claim, viewer: Viewer, award: int | None, words: str) -> Determination:
    if award is None:
        made = moving.last_of(claim)
        if made is None:
            raise CannotDetermine(_("这件申报还没有核定。"))
        return made
    return determine.determine(claim, viewer, figure=award, basis=Basis.ASSESSED_AWARD, basis_words=words)


def _minuted(
    panel: Panel, viewer: Viewer, held_on: dt.date, words: str, written: Sequence[Place], given: Mapping[int, int]
) -> Minutes:  # fmt: skip
    lines = [{"claim": str(each.claim.uid), "rank": each.rank, "wins": each.standing == Place.Standing.IN,
              "award": given.get(each.claim_id)} for each in written]  # fmt: skip
    digest = freezing.digest(freezing.canonical(
        {"round": str(panel.round.uid), "on": held_on.isoformat(), "words": words, "by": str(viewer.user.uid), "lines": lines}))  # fmt: skip
    made = Minutes.objects.create(panel=panel, held_on=held_on, words=words, digest=digest, made_by=viewer.user)
    MinutesLine.objects.bulk_create([
        MinutesLine(minutes=made, claim=each.claim, rank=each.rank, wins=each.standing == Place.Standing.IN,
                    award=given.get(each.claim_id)) for each in written])  # fmt: skip
    audit.record(viewer.user, "claims.minutes", f"round:{panel.round.uid}", panel.round.region_id, digest=digest)
    return made


@transaction.atomic
def apply_again(claim: Claim, viewer: Viewer) -> Determination:
    """After facts were read anew the point is gone: take the award from the minutes again.  Raises ClaimError."""
    held = locks.claim(claim)
    line = held.minutes_lines.select_related("minutes__panel__round").filter(award__isnull=False).first()
    if line is None or open_interval(held) is None:
        raise ClaimError(_("这件申报没有可以套用的评定金额。"))
    return _awarded(held, viewer, line.award, _basis(line.minutes.panel.round, line.minutes.held_on))
