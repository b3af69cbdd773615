"""Places in a round: who is in, who waits, who moves up.

of(claim)          its place, or None
need(claim)        raises where a ranked round has not given the claim a place
begins_on(claim)   the day from which the office's time counts, where that is later than the claim
lose(claim)        a claim is over: its place is free, the first of the reserve moves up
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum
from django.utils.translation import gettext as _

from huijiang import audit, present
from huijiang.claims.errors import CannotMove
from huijiang.claims.models import Claim, Panel, Place, Round
from huijiang.claims.models.rounds import Ranking
from huijiang.notices import services as notices

IN, RESERVE, OUT = Place.Standing.IN, Place.Standing.RESERVE, Place.Standing.OUT


def of(claim: Claim) -> Place | None:
    """The claim's place, once its round is settled."""
    return Place.objects.filter(claim=claim).select_related("round").first()


def ranked(held: Round) -> bool:
    """Whether claims of a round need a place to go on: it has an order, or a panel."""
    return held.ranking != Ranking.NONE or Panel.objects.filter(round=held).exists()


def begins_on(claim: Claim) -> dt.date | None:
    """The last day of a ranked round, or of its panel: time in which the office can't decide is not its own.  None where
    that does not hold, or once the round is settled."""
    held = claim.round
    if held is None or held.settled_at is not None or not ranked(held):
        return None
    panel = Panel.objects.filter(round=held).first()
    last = present.day_of(held.closes_at)
    return max(last, panel.due_on) if panel is not None else last


def why_not(claim: Claim) -> str:
    """Why a claim of a ranked round can't be reviewed: it has no place.  Empty: it can."""
    if claim.round is None or not ranked(claim.round):
        return ""
    place = of(claim)
    if place is None:
        return _("“%(round)s”的结果还没有确定，不能先审核。") % {"round": claim.round}
    if place.standing != IN or place.lost_at is not None:
        return _("这件申报没有入选“%(round)s”。") % {"round": claim.round}
    return ""


def need(claim: Claim) -> None:
    """A claim of a ranked round is reviewed once it has a place.  Raises CannotMove; the database refuses the same."""
    reason = why_not(claim)
    if reason:
        raise CannotMove(reason)


def lose(claim: Claim, **said: object) -> None:
    """The claim is withdrawn or refused: its place is free for the reserve."""
    place = Place.objects.filter(claim=claim, lost_at=None).first()
    if place is None:
        return
    Round.objects.select_for_update().get(pk=place.round_id)
    place.lost_at = present.now()
    place.save(update_fields=["lost_at"])
    audit.record(None, "claims.place_lost", f"claim:{claim.uid}", claim.region_id, rank=place.rank)
    move_up(place.round)


def move_up(held: Round) -> list[Place]:
    """Give free places to the reserve, strictly in their order: who does not fit into the money holds up those behind."""
    moved = []
    for place in held.places.filter(standing=RESERVE, lost_at=None).order_by("rank"):
        if not fits(held, place.amount, *taken(held)):
            break
        place.standing, place.moved_up_at = IN, present.now()
        place.save(update_fields=["standing", "moved_up_at"])
        audit.record(None, "claims.moved_up", f"claim:{place.claim.uid}", place.claim.region_id, rank=place.rank)
        tell(place, "round_moved_up")
        moved.append(place)
    return moved


def taken(held: Round) -> tuple[int, int]:
    """Places and fen that are given."""
    given = held.places.filter(standing=IN, lost_at=None)
    return given.count(), given.aggregate(sum=Sum("amount"))["sum"] or 0


def fits(held: Round, amount: int | None, places: int, money: int) -> bool:
    """Whether one more fits beside what is taken."""
    if held.quota is not None and places + 1 > held.quota:
        return False
    return held.quota_money is None or (amount is not None and money + amount <= held.quota_money)


def tell(place: Place, template: str) -> None:
    """Tell whom the claim pays how it came out."""
    claim = place.claim
    to = claim.payee_person or claim.payee_organisation
    rank = _("第 %(rank)s 名") % {"rank": place.rank} if place.rank else "—"
    values = {"round": place.round.name, "number": claim.number or ""}
    if template == "round_settled":
        values |= {"rank": rank, "result": str(place.get_standing_display())}
    notices.tell(to, template, values, f"claim:{claim.uid}")
