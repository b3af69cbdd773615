"""What happened becomes deliveries, once each; deliveries are sent, tried again, given up with a message.

Events are found by looking at what the rooms below have written (a finished night, a release in force), each
minute: those rooms know nothing of webhooks, and an event is missed by no crash.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from huijiang import audit
from huijiang.accounts.viewers import today
from huijiang.api.callers import viewer_of
from huijiang.api.claims import claims_of
from huijiang.api.entitlements import night_json, nights, standings
from huijiang.api.models import Delivery, Subscription
from huijiang.api.public import release_json
from huijiang.api.scopes import Scope
from huijiang.api.webhooks import sending, signing
from huijiang.claims.models import Movement
from huijiang.claims.states import Event as Move
from huijiang.claims.states import State as Standing
from huijiang.documents import releases
from huijiang.present import day_of

BACK_OFF: Final = tuple(dt.timedelta(minutes=each) for each in (1, 5, 30, 120, 360, 1_440))
"""How long to wait after the first, second … try that failed; after the last the delivery is given up."""
MOST_FAILURES: Final = 20  # tries in a row that fail before a subscription is switched off
LOOK_BACK: Final = dt.timedelta(days=7)
AT_ONCE: Final = 100
State = Subscription.State
OVERLAP: Final = dt.timedelta(hours=1)
MOST_MOVES: Final = 2_000  # of one look of one subscription
DECIDES: Final = (Move.APPROVE, Move.NOTICE_ENDED, Move.REFUSE, Move.DECLINE)
MOVES: Final = {
    Subscription.Event.SUBMITTED: Q(event=Move.SUBMIT),
    Subscription.Event.DECIDED: Q(event__in=DECIDES, target__in=(Standing.REFUSED, Standing.APPROVED)),
    Subscription.Event.PAID: Q(event=Move.PAY), Subscription.Event.RETURNED: Q(event=Move.RETURN),
}  # fmt: skip
"""Event → the moves of a claim that are it (docs/claims-states.md)."""


def live() -> Q:
    """Subscriptions that are told of events: neither removed nor off, and their client may still come in."""
    return Q(ended_at=None, state=State.ACTIVE, client__approved=True, client__ended_at=None,
             client__expires_on__gte=today())  # fmt: skip


def gather() -> int:
    """Make the deliveries of everything that happened since the last look; gives how many are new."""
    made = 0
    for each in Subscription.objects.filter(live()).select_related("client__region", "client__user"):
        made += _gather(each)
    return made


@transaction.atomic
def _gather(subscription: Subscription) -> int:
    made = 0
    since = max(subscription.made_at, timezone.now() - LOOK_BACK)
    if Subscription.Event.ENTITLEMENTS in subscription.events:
        viewer = viewer_of(subscription.client)
        for night in nights(viewer).filter(ended_at__gte=since).order_by("pk"):
            opened = standings(viewer).filter(first_run=night).count()
            closed = standings(viewer).filter(last_run=night).count()
            if opened or closed:
                told = {**night_json(night), "opened": opened, "closed": closed}
                del told["kept"], told["people"]
                told["changes"] = f"/api/v1/entitlements/changes?night={told['id']}"
                made += _put(subscription, Subscription.Event.ENTITLEMENTS, f"night:{told['id']}", told)
    if Subscription.Event.RELEASE in subscription.events:
        now = releases.in_force()
        begins = None if now is None or now.in_force_from is None else now.in_force_from
        if now is not None and begins is not None and begins >= day_of(subscription.made_at):
            made += _put(subscription, Subscription.Event.RELEASE, f"release:{now.uid}", release_json(now, now))
    wanted = [event for event in MOVES if event in subscription.events]
    if wanted and Scope.CLAIMS_READ in subscription.client.scopes:
        made += _claims(subscription, since, wanted)
    return made


def _moves(events: Iterable[Subscription.Event]) -> Q:
    found = Q(pk__in=())
    for event in events:
        found |= MOVES[event]
    return found


def _claims(subscription: Subscription, since: dt.datetime, events: Sequence[Subscription.Event]) -> int:
    """A move is told once.  A transaction may end after another that began later: what is looked at overlaps by an hour.

    A payment file moves many thousand claims in one moment: they are taken in pieces, those first that were not told.
    """
    now = timezone.now()
    if subscription.looked_at is not None:
        since = max(since, subscription.looked_at - OVERLAP)
    subject = Concat(Value("claim:"), Cast("claim__uid", CharField()), Value(":"), Cast("number", CharField()))
    told = Delivery.objects.filter(subscription=subscription, event__in=events, subject=OuterRef("subject"))
    within = Movement.objects.filter(_moves(events), at__gte=since, claim__in=claims_of(viewer_of(subscription.client)))
    fresh = within.annotate(subject=subject).exclude(Exists(told)).select_related("claim")
    moves = list(fresh.order_by("at", "pk")[:MOST_MOVES])
    made = sum(
        _put(subscription, event, f"claim:{move.claim.uid}:{move.number}", _told(move))
        for move in moves for event in events if _is(move, event)
    )  # fmt: skip
    if len(moves) < MOST_MOVES:  # else the next look begins where this one began
        Subscription.objects.filter(pk=subscription.pk).update(looked_at=now)
    return made


def _is(move: Movement, event: str) -> bool:
    match event:
        case Subscription.Event.SUBMITTED:
            return move.event == Move.SUBMIT
        case Subscription.Event.PAID:
            return move.event == Move.PAY
        case Subscription.Event.RETURNED:
            return move.event == Move.RETURN
        case _:
            return move.target in (Standing.REFUSED, Standing.APPROVED) and move.event in DECIDES


def _told(move: Movement) -> dict[str, Any]:
    """No name, no amount: what happened to which claim, and where to ask."""
    claim = move.claim
    return {"id": str(claim.uid), "number": claim.number, "benefit": claim.benefit, "region": claim.region_id,
            "from": move.source, "to": move.target, "moved_at": move.at.isoformat(),
            "claim": f"/api/v1/claims/{claim.uid}"}  # fmt: skip


def _put(subscription: Subscription, event: str, subject: str, told: dict[str, Any]) -> int:
    _made, fresh = Delivery.objects.get_or_create(
        subscription=subscription, event=event, subject=subject, defaults={"payload": told}
    )
    return int(fresh)


def test_event(subscription: Subscription) -> Delivery:
    """A delivery that says only that it is one, to try a receiver out."""
    number = uuid.uuid4().hex
    return Delivery.objects.create(
        subscription=subscription, event="test", subject=f"test:{number}", payload={"test": True}
    )


def deliver() -> tuple[int, int]:
    """Try everything that is due; gives how many arrived and how many did not."""
    arrived = failed = 0
    deaf: set[int] = set()  # subscriptions that failed just now: the others don't wait for them
    for _turn in range(AT_ONCE):
        with transaction.atomic():
            each = (
                Delivery.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(state=Delivery.State.WAITING, due_at__lte=timezone.now())
                .filter(subscription__in=Subscription.objects.filter(live()))
                .exclude(subscription__in=deaf)
                .select_related("subscription__client")
                .order_by("due_at", "pk")
                .first()
            )
            if each is None:
                break
            good = attempt(each)
        arrived, failed = arrived + good, failed + (not good)
        if not good:
            deaf.add(each.subscription_id)
    return arrived, failed


def attempt(each: Delivery) -> bool:
    """One try; what came of it is stored on the delivery and on its subscription."""
    subscription = each.subscription
    now = timezone.now()
    body = body_of(each)
    signed = signing.headers(subscription.secret.open(), str(each.uid), int(now.timestamp()), body)
    try:
        taken = sending.post(subscription.url, body, signed)
        each.status, each.answer, good = taken.status, taken.answer, taken.good
    except (sending.NotAllowed, sending.NotTaken) as error:
        each.status, each.answer, good = None, str(error)[:300], False
    each.attempts += 1
    each.tried_at = now
    if good:
        each.state = Delivery.State.SENT
    elif each.attempts > len(BACK_OFF):
        each.state = Delivery.State.FAILED
    else:
        each.due_at = now + BACK_OFF[each.attempts - 1]
    each.save()
    _count(subscription, good)
    return good


def body_of(each: Delivery) -> bytes:
    """The same bytes on every try."""
    told = {"id": str(each.uid), "type": each.event, "at": each.made_at.astimezone(dt.UTC).isoformat(),
            "data": each.payload}  # fmt: skip
    return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()


def _count(subscription: Subscription, good: bool) -> None:
    held = Subscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
    held.failures = 0 if good else held.failures + 1
    fields = ["failures"]
    if held.failures >= MOST_FAILURES and held.state == State.ACTIVE:
        held.state, held.version = State.DISABLED, held.version + 1
        held.message = (
            f"连续 {held.failures} 次没有送达，已停用；修好后请重新启用 failed {held.failures} times in a row"
        )
        fields += ["state", "version", "message"]
        audit.record(None, "api.webhook_disabled", f"subscription:{held.uid}", failures=held.failures)
    held.save(update_fields=fields)


def again(each: Delivery) -> None:
    """Send a delivery once more, by hand: from the beginning, whatever became of it."""
    each.state, each.attempts, each.due_at = Delivery.State.WAITING, 0, timezone.now()
    each.save(update_fields=["state", "attempts", "due_at"])
