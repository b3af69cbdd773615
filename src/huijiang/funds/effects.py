"""What money does when something happens to a claim (`claims.effects`); imported when the room starts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Now

from huijiang.claims import dues as claims_dues
from huijiang.claims import effects, proactive, story
from huijiang.claims.models import Claim, Determination, Due
from huijiang.claims.risks import circle
from huijiang.funds import commitments, reserving, takeover, undetermined
from huijiang.funds.models import PastPayment, Payment, Reservation, Waiting


def posted(dues: Iterable[Due]) -> dict[int, int]:
    """What is on its way or paid for some dues, in fen: live payments, and what earlier ones kept for recoveries."""
    ids = [each.pk for each in dues]
    live = (
        Payment.objects.filter(due__in=ids, state__in=Payment.LIVE)
        .values("due")
        .annotate(sum=Sum(F("amount") + F("offset")))
    )
    kept = (
        Payment.objects.filter(due__in=ids, state__in=(Payment.State.REJECTED, Payment.State.RETURNED), offset__gt=0)
        .values("due").annotate(sum=Sum("offset"))
    )  # fmt: skip
    found = dict.fromkeys(ids, 0)
    for each in (*live, *kept):
        found[each["due"]] += int(each["sum"])
    return found


@effects.on("determined")
def promised(claim: Claim, determination: Determination, **said: object) -> None:
    """What is to come in later years is written down by year; it counts once the claim is approved."""
    commitments.note(determination)


@effects.on("due_made")
def hold(claim: Claim, due: Due, **said: object) -> None:
    """Money is held for a due as soon as it is one, or it waits."""
    reserving.reserve([due])


@effects.on("next_due", later=True)
def hold_next(claim: Claim, **said: object) -> None:
    """A further period: the claim is payable again once its money is held.  After a set-wise step it is held already."""
    reserving.reserve(list(claim.dues.filter(cancelled_at=None).exclude(payments__state__in=Payment.LIVE)))


@effects.on("due_cancelled")
def give_back(claim: Claim, due: Due, **said: object) -> None:
    """A due that is no more holds nothing and waits for nothing."""
    for each in Reservation.objects.filter(due=due, state=Reservation.State.HELD):
        reserving.release(each, "应付已撤销")
    Waiting.objects.filter(due=due, ended_at=None).update(ended_at=Now(), outcome=Waiting.Outcome.DROPPED)


claims_dues.POSTED.append(posted)


def before_the_take_over(benefit: str, holders: Iterable[str]) -> list[dict[str, str]]:
    """Past payments of some events, of one benefit or (empty) any: place and voucher, no name and no amount."""
    found = PastPayment.objects.filter(holder__in=list(holders)).exclude(holder="").select_related("file")
    if benefit:
        found = found.filter(benefit=benefit)
    return [
        {"place": each.file.region_id, "number": each.voucher, "benefit": each.benefit, "holder": each.holder}
        for each in found[:50]
    ]


def first_paid(claims: Iterable[int]) -> dict[int, tuple[dt.date, int]]:
    """Claim → the day of its first payment that stands, and the payment's number."""
    found = Payment.objects.filter(due__claim__in=list(claims), state=Payment.State.PAID, settled_on__isnull=False)
    listed = found.order_by("due__claim", "settled_on", "id").distinct("due__claim")
    told = listed.values_list("due__claim", "settled_on", "pk")
    return {claim: (day, pk) for claim, day, pk in told if day is not None}


def past_events() -> QuerySet[PastPayment]:
    return PastPayment.objects.exclude(holder="")


story.WAITS_FOR.extend([undetermined.told, takeover.told])
circle.PAST.append(before_the_take_over)
circle.SETTLED.append(first_paid)
proactive.PAID_BEFORE.append(past_events)
