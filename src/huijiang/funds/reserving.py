"""Holding money for what is due, and what happens when a line runs dry.

A claim that is approved is `approved` until money is held for what is due now; then it is `payable`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import Sum
from django.db.models.functions import Now

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.claims import in_bulk, locks, moving
from huijiang.claims.models import Due
from huijiang.claims.states import Event, State
from huijiang.funds import sources, takeover, undetermined
from huijiang.funds.models import Closing, Line, Payment, Reservation, Waiting


@dataclass(frozen=True)
class Held:
    """What became of some dues: money held, or waiting for it."""

    reserved: tuple[Reservation, ...]
    waiting: tuple[Waiting, ...]


@transaction.atomic
def reserve(dues: Sequence[Due], by: User | None = None, on: dt.date | None = None) -> Held:
    """Hold money for dues, in their order.  One for which its line has none waits.  Asking twice changes nothing."""
    year = (on or today()).year
    reserved: list[Reservation] = []
    waiting: list[Waiting] = []
    for due in sorted(dues, key=lambda each: (each.due_on, each.pk)):
        found = Reservation.objects.filter(due=due).exclude(state=Reservation.State.RELEASED).first()
        if found is not None:
            reserved.append(found)
            continue
        if takeover.was_paid(due):
            continue  # before the platform: nothing is left to hold money for
        line = sources.line_of(due, year)
        held = _lock(line) if line else None
        if held is not None and held.free >= due.amount and not _others_first(held, due):
            reserved.append(_hold(due, held, by))
        else:
            waiting.append(_wait(due, held))
    payable([each.due.claim_id for each in reserved])
    return Held(tuple(reserved), tuple(waiting))


def _lock(line: Line) -> Line:
    return Line.objects.select_for_update(of=("self",)).get(pk=line.pk)


def _others_first(line: Line, due: Due) -> bool:
    """Whoever was approved earlier and still waits is served before: nobody overtakes on a dry line."""
    return Waiting.objects.filter(line=line, ended_at=None).exclude(due=due).exists()


def _hold(due: Due, line: Line, by: User | None) -> Reservation:
    made = Reservation.objects.create(due=due, line=line, amount=due.amount, made_by=by)
    Waiting.objects.filter(due=due, ended_at=None).update(ended_at=Now(), outcome=Waiting.Outcome.FUNDED)
    audit.record(by, "funds.reserved", f"due:{due.uid}", line.region_id, amount=due.amount, line=str(line.uid))
    line.refresh_from_db(fields=["reserved", "spent", "allotted"])
    return made


def _wait(due: Due, line: Line | None) -> Waiting:
    found = Waiting.objects.filter(due=due, ended_at=None).first()
    if found is None:
        found = Waiting.objects.create(due=due, line=line, amount=due.amount)
        if line is None and sources.source_for(due) is None:
            undetermined.opened(due)
        audit.record(None, "funds.waits", f"due:{due.uid}", due.claim.region_id, amount=due.amount)
    elif found.line_id is None and line is not None:
        Waiting.objects.filter(pk=found.pk).update(line=line)
    return found


def payable(claims: Sequence[int]) -> None:
    """Claims with money held for something that no payment carries may be paid; one that was paid before is due again."""
    ready = sorted(set(claims))
    for pk in _held_again(ready):  # one by one: what follows a further period runs within it
        moving.move(locks.claim(pk), Event.NEXT_DUE, None, words="又有一期（一部分）落实了资金。")
    in_bulk.move(ready, Event.FUND, [State.APPROVED, State.PAYMENT_RETURNED], State.PAYABLE,
                 words="资金已落实，等待拨付。")  # fmt: skip


_HELD_AGAIN: Final = """
SELECT DISTINCT told.id FROM unnest(%(claims)s::bigint[]) AS told (id) JOIN claims_due AS d ON d.claim_id = told.id
JOIN funds_reservation AS r ON r.due_id = d.id AND r.state = 'held'
WHERE (SELECT state FROM claims_claim WHERE id = told.id) = 'paid'
  AND NOT EXISTS (SELECT FROM funds_payment AS p WHERE p.due_id = d.id AND p.state = ANY(%(live)s)) ORDER BY told.id
"""


def _held_again(claims: Sequence[int]) -> list[int]:
    """Those that were paid, and for which more is held that no payment carries; looked for from the claims told, since
    what was ever paid grows with the years."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD_AGAIN, {"claims": list(claims), "live": [str(each) for each in Payment.LIVE]})
        return [pk for (pk,) in cursor.fetchall()]


def paid_in_part(claims: Sequence[int]) -> None:
    """After a payment: claims for which more money is held are payable again, at once."""
    again = _held_again(claims)
    if again:
        payable(again)


@transaction.atomic
def serve_waiting(line: Line, by: User | None = None) -> list[Reservation]:
    """After money came to a line: those who wait, in their order, as far as it goes.  Under `pro_rata` all of them when
    there is enough for all, else nobody: what is there is shared out when the period is closed (`sharing`)."""
    held = _lock(line)
    if held.frozen_at is not None or (held.dry == Line.Dry.PRO_RATA and not _enough_for_all(held)):
        return []
    served: list[Reservation] = []
    waiting = (
        Waiting.objects.filter(line=held, ended_at=None).select_related("due__claim__region").order_by("since", "id")
    )
    for each in waiting.iterator():
        if each.due.cancelled_at is not None:
            _drop(each)
        elif held.free >= each.amount:
            served.append(_hold(each.due, held, by))
        else:
            break  # the order holds: a small one does not overtake a large one
    payable([each.due.claim_id for each in served])
    return served


def _enough_for_all(line: Line) -> bool:
    wanted = Waiting.objects.filter(line=line, ended_at=None, due__cancelled_at=None).aggregate(sum=Sum("amount"))[
        "sum"
    ]
    return (wanted or 0) <= line.free and not line.closings.filter(state=Closing.State.OPEN).exists()


def _drop(waiting: Waiting) -> None:
    Waiting.objects.filter(pk=waiting.pk).update(ended_at=Now(), outcome=Waiting.Outcome.DROPPED)


def serve_unplaced(by: User | None = None, benefit: str = "") -> Held:
    """Those who wait without a line, in their order: a source was chosen since, or a line opened."""
    found = Waiting.objects.filter(line=None, ended_at=None, due__cancelled_at=None)
    if benefit:
        found = found.filter(due__benefit=benefit)
    dues = [each.due for each in found.select_related("due__claim__region").order_by("since", "id")]
    placed = [each for each in dues if sources.line_of(each, today().year) is not None]
    return reserve(placed, by)


@transaction.atomic
def move_to_next_year(line: Line, by: User) -> int:
    """Under `next_year`: those who wait on a frozen line wait on next year's instead, in the same order."""
    held = _lock(line)
    following = Line.objects.filter(
        region=held.region, source=held.source, year=held.year + 1, benefit=held.benefit
    ).first()
    if held.frozen_at is None or following is None:
        return 0
    moved = 0
    for each in Waiting.objects.filter(line=held, ended_at=None).order_by("since", "id"):
        Waiting.objects.filter(pk=each.pk).update(ended_at=Now(), outcome=Waiting.Outcome.MOVED_ON)
        Waiting.objects.create(due=each.due, line=following, amount=each.amount, since=each.since)
        moved += 1
    audit.record(by, "funds.waiting_moved_on", f"line:{held.uid}", held.region_id, count=moved)
    return moved


@transaction.atomic
def release(reservation: Reservation, because: str, by: User | None = None) -> Reservation:
    """Give held money back to its line; once."""
    held = Reservation.objects.select_for_update(of=("self",)).get(pk=reservation.pk)
    if held.state != Reservation.State.RELEASED:
        Reservation.objects.filter(pk=held.pk).update(
            state=Reservation.State.RELEASED, ended_at=Now(), because=because[:200]
        )
        audit.record(by, "funds.released", f"due:{held.due.uid}", held.line.region_id, amount=held.amount)
        held.refresh_from_db()
    return held
