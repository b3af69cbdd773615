"""What is due, and what an approved claim takes of limits and exclusive places.

| called by | function |
|---|---|
| second review | `take`: limits and places, under locks |
| approval, end of notice | `make`: what has begun becomes due |
| nightly | `next_periods`: the next month or year, where the facts still hold |
| withdrawal, recalculation, upheld objection | `release` |
| room `funds` | `mark_payable`, `mark_unfunded`, `mark_paid`, `mark_returned`, `mark_recovered` |

What is to be paid is what is due minus what is posted; `funds` says what is posted (`POSTED`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from huijiang import audit, present
from huijiang.accounts.models import User
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import determine, effects, locks, merging, moving
from huijiang.claims.errors import CannotMove, ClaimError, Excluded, FactsChanged, LimitReached
from huijiang.claims.models import CapUse, Claim, Determination, Due, Exclusive, Movement
from huijiang.claims.states import DECIDED, Event, State
from huijiang.web.components.amount import Amount

POSTED: list[Callable[[Iterable[Due]], dict[int, int]]] = []
"""Room `funds` appends a function: dues → due id → fen posted (payments less returns)."""


def posted(dues: Iterable[Due]) -> dict[int, int]:
    """What is posted on some dues, by their id."""
    listed = list(dues)
    found = dict.fromkeys((each.pk for each in listed), 0)
    for told in POSTED:
        for pk, amount in told(listed).items():
            found[pk] += amount
    return found


def outstanding(claim: Claim) -> dict[Due, int]:
    """Each live due and what is still to be paid of it, in fen."""
    live = list(claim.dues.filter(cancelled_at=None))
    paid = posted(live)
    return {each: each.amount - paid[each.pk] for each in live}


def take(claim: Claim, made: Determination) -> None:
    """Take limits and exclusive places for a claim that is held.  Raises LimitReached, Excluded."""
    body = determine.body_of(made)
    locks.reached("before approval")
    _take_limits(claim, determine.wanted(made, body), "")
    for each in sorted(body["essence"]["exclusives"], key=lambda e: (e["group"], e["event"])):
        try:
            with transaction.atomic():
                Exclusive.objects.create(claim=claim, benefit=claim.benefit, group=each["group"], event=each["event"])
        except IntegrityError:
            raise Excluded(_("同一事项已批准另一个项目，按“%(group)s”不重复享受。")
                           % {"group": each["group"].rpartition("#")[2]}) from None  # fmt: skip


def _take_limits(claim: Claim, wanted: Iterable[locks.Wanted], part: str) -> None:
    listed = list(wanted)
    held = locks.limits(listed)
    for each in sorted(listed):
        group = held[each.limit_key, each.key]
        if each.amount > group.left:
            raise LimitReached(_("“%(limit)s”只余 %(left)s，这件申报要用 %(amount)s，须重新核定。") % {
                "limit": each.limit_key.rpartition("/")[2], "left": _much(group.left, each.kind),
                "amount": _much(each.amount, each.kind)})  # fmt: skip
        CapUse.objects.create(group=group, claim=claim, part=part, amount=each.amount)


def _much(figure: int, kind: str) -> str:
    """What a limit counts in: money, or times."""
    return str(Amount.exactly(figure)) if kind == "money" else str(figure)


def make(claim: Claim, on: dt.date) -> list[Due]:
    """The dues that the latest determination of an approved claim gives.  Raises Excluded when one is due already."""
    locks.reached("before dues")
    made = moving.last_of(claim)
    assert made is not None
    body = determine.body_of(made)
    return [_due(claim, made, body, each) for each in body["due"]]


def _due(claim: Claim, made: Determination, body: dict[str, Any], each: dict[str, Any]) -> Due:
    begin = dt.date.fromisoformat(each["from"]) if each["from"] else made.on
    event = Due.objects.filter(benefit=claim.benefit, holder=claim.holder, cancelled_at=None)
    same = {"period": each["period"], "instalment": each["instalment"]}
    if event.filter(**same).exists() or merging.due_elsewhere(claim, **same):
        raise Excluded(_("同一事由、同一期已经有应付，不能重复发放。"))
    try:
        with transaction.atomic():
            due = Due.objects.create(
                claim=claim, determination=made, benefit=claim.benefit, holder=claim.holder, period=each["period"],
                instalment=each["instalment"], label=each["label"], amount=each["amount"], fund=body["fund"], due_on=begin,
                payee_person_id=claim.payee_person_id, payee_organisation_id=claim.payee_organisation_id,
            )  # fmt: skip
    except IntegrityError as error:
        if "due_once" not in str(error):
            raise
        raise Excluded(_("同一事由、同一期已经有应付，不能重复发放。")) from None
    audit.record(None, "claims.due", f"claim:{claim.uid}", claim.region_id, due=due.uid, amount=due.amount,
                 period=due.period, instalment=due.instalment)  # fmt: skip
    effects.tell("due_made", claim, due=due)
    return due


@transaction.atomic
def next_periods(claim: Claim, on: dt.date | None = None) -> list[Due]:
    """The dues that further periods bring, where live facts still give what was signed for them; a paid claim is then
    approved for funds again (`next_due`).  Raises FactsChanged, LimitReached, Excluded."""
    held, day = locks.claim(claim), on or today()
    made = moving.last_of(held)
    if held.state not in DECIDED or made is None:
        raise CannotMove(_("“%(state)s”的申报没有下一期。") % {"state": held.get_state_display()})
    body = determine.body_of(made)
    there = set(held.dues.filter(cancelled_at=None).values_list("period", "instalment"))
    ready = [each for each in body["coming"] if each["from"] and each["from"] <= day.isoformat()
             and (each["period"], each["instalment"]) not in there]  # fmt: skip
    if not ready:
        return []
    judged = determine.evaluate(held, day)
    now = {(each["period"], each["instalment"]): each for each in judged.essence()["lines"]}
    wanted, found = [], []
    for each in ready:
        live = now.get((each["period"], each["instalment"]))
        if live is None or live["outcome"] != "true" or live["high"] == 0:
            raise FactsChanged(_("%(period)s 期的条件现在不成立或还不清楚，要人工核实。") % {"period": each["period"]})
        if (amount := _amount(each, live)) is None:
            raise FactsChanged(_("%(period)s 期的金额要人工核定，或与已签署的核定不符。") % {"period": each["period"]})
        if each["high"] is not None and amount > each["high"]:
            raise FactsChanged(_("%(period)s 期的金额超过已签署的核定。") % {"period": each["period"]})
        wanted.append({**each, "amount": amount})
    for each in wanted:
        one = [{**limit, "places": [[each["period"], each["instalment"]]]} for limit in judged.limits()
               if [each["period"], each["instalment"]] in limit["places"] and not limit["events"]]  # fmt: skip
        part = f"{each['period']}/{each['instalment']}"
        _take_limits(held, determine.wanted(made, {"due": [each], "left": one}), part)
        found.append(_due(held, made, body, each))
    held.refresh_from_db(fields=["state", "state_since", "moves"])  # where money was held at once it is payable by now
    if held.state == State.PAID:
        moving.move(held, Event.NEXT_DUE, None, on=day)
    return found


def _amount(signed: dict[str, Any], live: dict[str, Any]) -> int | None:
    """What a further period brings, in fen: the rules' point; where they leave an interval the figure that was signed,
    at most what they leave now; None where nobody gave one, or it is less than they grant now."""
    if live["low"] == live["high"]:
        return int(live["low"])
    if signed["low"] != signed["high"] or signed["low"] < live["low"]:
        return None
    return int(signed["low"] if live["high"] is None else min(signed["low"], live["high"]))


@transaction.atomic
def split(due: Due, now: int, by: User | None, because: str, *, rest: bool) -> tuple[Due, Due | None]:
    """A due of which `now` fen are paid and the rest is left: cancelled, and made anew in two parts; without `rest` what
    is left lapses.  Nothing of it may be posted; who holds or awaits money for the parts is the caller's.

    Raises ClaimError for a part that is not within the due, or a due that is over or (partly) paid.
    """
    claim = locks.claim(due.claim_id)
    whole = Due.objects.select_for_update(of=("self",)).get(pk=due.pk)
    if whole.cancelled_at is not None or posted([whole])[whole.pk] or not 0 < now < whole.amount:
        raise ClaimError(
            f"应付 {whole.uid} 共 {whole.amount} 分，不能拆出 {now} 分 is over, paid, or not to be split so"
        )
    Due.objects.filter(pk=whole.pk).update(cancelled_at=present.now(), cancelled_by=by, cancelled_because=because[:200])
    made = [
        Due.objects.create(
            claim=claim, determination_id=whole.determination_id, benefit=whole.benefit, holder=whole.holder, period=whole.period,
            instalment=whole.instalment, part=whole.part + at, split_from=whole, label=whole.label, amount=amount,
            fund=whole.fund, due_on=whole.due_on, payee_person_id=whole.payee_person_id,
            payee_organisation_id=whole.payee_organisation_id,
        )
        for at, amount in enumerate((now, whole.amount - now) if rest else (now,))
    ]  # fmt: skip
    audit.record(by, "claims.due_split", f"claim:{claim.uid}", claim.region_id, due=whole.uid, amount=whole.amount,
                 now=now, rest=rest)  # fmt: skip
    return made[0], made[1] if rest else None


def release(claim: Claim, by: User | None, because: str) -> None:
    """Cancel what is due and not posted, and give limits and places back; the claim is held.

    What was posted stays due: getting it back is a recovery (room `funds`).
    """
    now = present.now()
    live = list(claim.dues.filter(cancelled_at=None))
    paid = posted(live)
    for due in live:
        if paid[due.pk] == 0:
            Due.objects.filter(pk=due.pk).update(
                cancelled_at=now, cancelled_by=by, cancelled_because=because[:200] or "-"
            )
            audit.record(by, "claims.due_cancelled", f"claim:{claim.uid}", claim.region_id, due=due.uid)
            effects.tell("due_cancelled", claim, due=due)
    if any(paid.values()):
        return
    for use in CapUse.objects.filter(claim=claim, released_at=None).order_by("group__limit_key", "group__key"):
        CapUse.objects.filter(pk=use.pk).update(released_at=now)
    Exclusive.objects.filter(claim=claim, released_at=None).update(released_at=now)


# -- called by room funds ------------------------------------------------------------
def _marked(claim: Claim, event: Event, viewer: Viewer | None, reason: str = "", words: str = "") -> Movement:
    with transaction.atomic():
        held = locks.claim(claim)
        movement = moving.move(held, event, viewer, reason=reason, words=words)
        claim.refresh_from_db(fields=["state", "state_since", "moves"])
        return movement


def mark_payable(claim: Claim, viewer: Viewer | None, reason: str = "") -> Movement:
    """approved or payment_returned → payable: money is reserved for its dues."""
    return _marked(claim, Event.FUND, viewer, reason)


def mark_unfunded(claim: Claim, viewer: Viewer | None, reason: str = "") -> Movement:
    """payable → approved: the reservation was given back, or the batch cancelled."""
    return _marked(claim, Event.UNFUND, viewer, reason)


def mark_paid(claim: Claim, viewer: Viewer | None, reason: str = "") -> Movement:
    """payable → paid; two acts (finance, release) of one occasion stand on it."""
    return _marked(claim, Event.PAY, viewer, reason)


def mark_returned(claim: Claim, viewer: Viewer | None, words: str = "") -> Movement:
    """payable or paid → payment_returned: the bank sent it back."""
    return _marked(claim, Event.RETURN, viewer, words=words)


def mark_recovered(claim: Claim, viewer: Viewer | None, reason: str = "") -> Movement:
    """paid or payment_returned → recovered: all of it came back."""
    return _marked(claim, Event.RECOVER, viewer, reason)
