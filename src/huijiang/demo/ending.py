"""Where the year leaves things: a claim brought to its ending, batches under way, what is filed away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from huijiang.claims import intake
from huijiang.claims.models import Batch, Claim
from huijiang.claims.states import State
from huijiang.demo.calendar import Calendar
from huijiang.demo.filing import Filing, fresh
from huijiang.demo.paying import Paying
from huijiang.demo.people import Desk
from huijiang.demo.plan import Ending
from huijiang.entitlements.models import Standing
from huijiang.funds import batches
from huijiang.funds.batches import BatchError
from huijiang.funds.models import Source


class OnNotice(Protocol):
    """Claims that stand before or on a notice, by what becomes of them."""

    over: list[Claim]
    standing: list[Claim]
    objected: list[Claim]
    dismissed: list[Claim]
    upheld: list[Claim]


def reached(
    filing: Filing, standing: Standing, ending: Ending, batch: Batch | None, proactive: bool, held: OnNotice,
    condition: str = "",
) -> None:  # fmt: skip
    """A claim of a result, brought to where the year leaves it; `condition`: for what it is refused, where several don't
    hold.  Raises ClaimError, MayNot where it does not go there."""
    if proactive:
        filing.draft(standing, proactive=True)
    if ending is Ending.DRAFT:
        if not proactive:
            filing.draft(standing, batch=batch)
        return
    claim = filing.submitted(standing, batch=batch)
    match ending:
        case Ending.SUBMITTED:
            pass
        case Ending.CHECKING:
            filing.accepted(claim)
        case Ending.CORRECTION:
            filing.awaiting_correction(claim)
        case Ending.IN_REVIEW:
            filing.in_review(claim)
        case Ending.SECOND_REVIEW:
            filing.second_review(claim)
        case Ending.REFUSED:
            filing.refused(claim, condition)
        case Ending.CONTESTED:
            filing.contested(filing.refused(claim, condition))
        case Ending.WITHDRAWN:
            filing.after(1)
            intake.withdraw(claim, filing.filer(standing), "信息有误，撤回后重新申报。")
        case _:
            lists = {Ending.ON_NOTICE: held.standing, Ending.OBJECTED: held.objected,
                     Ending.DISMISSED: held.dismissed, Ending.UPHELD: held.upheld}  # fmt: skip
            lists.get(ending, held.over).append(filing.on_notice(claim))


def batches_under_way(
    paying: Paying, source: Source, left: int, calendar: Calendar, say: Callable[[str], None]
) -> None:
    """Of the payments that the last full batch left: one batch given up, one locked, one signed, one sent of which half
    is answered; some of what is held stays without a batch."""
    few = 2 if left > 6 else 1
    if left < 2 * few + 1:
        return  # too few to stand in several states
    try:
        calendar.on(calendar.last, 60)
        batches.drop(paying.built(source, few), paying.maker, "付款日期选错，作废重组。")
        batches.freeze(paying.built(source, few), paying.maker)
        paying.signed(source, few)
        _half, said = paying.sent(source, max(1, left - 2 * few - 1))
        booked = [each for each in said if "booked" in each.name]
        paying.take(booked[: len(booked) // 2])
    except BatchError as error:
        say(f"  {source.name}: {error}")


def close(desk: Desk, filing: Filing) -> None:
    """Of what is over, some is filed away; a round's claims stay, so that its page tells how each ended."""
    for state in (State.PAID, State.REFUSED):
        over = Claim.objects.filter(region=desk.region, state=state, disputes=None, round=None).exclude(
            payee_person__in=desk.workers).exclude(dues__payments__findings__isnull=False)  # fmt: skip
        for claim in over.order_by("pk").distinct()[:2]:
            filing.closed(fresh(claim))
