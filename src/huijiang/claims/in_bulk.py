"""Many claims at once, set by set: for batches of payments, where one call a claim would cost minutes.

The database judges each row as it judges a single one (`triggers`); one refusal refuses all.  What people are told of
a single step they are told of these too: `move` leaves a `Telling` in its transaction, whose job goes through the
movements in their order, some at a time, and keeps in the same transaction how far it is.  A job that was killed goes
on from there; nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction
from django.db.models.functions import Now

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.claims import effects
from huijiang.claims.models import Movement, Telling
from huijiang.claims.states import Event, State, Who
from huijiang.jobs import Handle, enqueue, job

JOB: Final = "claims.tell"
AT_ONCE: Final = 200  # claims whose messages stand in one transaction


@dataclass(frozen=True)
class Signed:
    """A claim that somebody put their name to before: they can't sign it as another."""

    number: str
    kind: str


_SIGNED = """
SELECT DISTINCT c.number, a.kind FROM claims_act AS a JOIN claims_claim AS c ON c.id = a.claim_id
WHERE a.claim_id = ANY(%(claims)s) AND a.human = ANY(%(humans)s) AND a.voided_at IS NULL
  AND (a.kind <> %(kind)s OR a.occasion = %(occasion)s) ORDER BY c.number LIMIT %(most)s
"""
_SIGN = """
INSERT INTO claims_act (claim_id, human, user_id, kind, occasion, determination_id, digest, voided_because)
SELECT d.claim_id, %(human)s, %(user)s, %(kind)s, %(occasion)s, d.id, d.digest, ''
FROM (SELECT DISTINCT ON (claim_id) claim_id, id, digest FROM claims_determination
      WHERE claim_id = ANY(%(claims)s) ORDER BY claim_id, number DESC) AS d
ORDER BY d.claim_id
"""
_MOVE = """
WITH moved AS (
INSERT INTO claims_movement (claim_id, number, event, source, target, who, by_id, reason, words, condition, digest)
SELECT c.id, c.moves + 1, %(event)s, c.state, %(target)s, %(who)s, %(by)s, %(reason)s, %(words)s, '', ''
FROM claims_claim AS c WHERE c.id = ANY(%(claims)s) AND c.state = ANY(%(sources)s) ORDER BY c.id
RETURNING id) SELECT count(*), min(id), max(id) FROM moved
"""


def signed_before(
    claims: Sequence[int], humans: Iterable[str], kind: str, occasion: str, most: int = 20
) -> list[Signed]:
    """Claims on which this person (every name of theirs: `humans.names_of`) signed another thing, or the same on this
    occasion: `most` at most."""
    told: dict[str, Any] = {
        "claims": list(claims),
        "humans": sorted(humans),
        "kind": kind,
        "occasion": occasion,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SIGNED, told)
        return [Signed(*row) for row in cursor.fetchall()]


def sign(claims: Sequence[int], user: User, human: str, kind: str, occasion: str) -> int:
    """One signature on the latest determination of each claim; how many.  Raises IntegrityError or InternalError
    where the database refuses one: all are refused then."""
    with connection.cursor() as cursor:
        cursor.execute(_SIGN, {"claims": list(claims), "human": human, "user": user.pk, "kind": kind,
                               "occasion": occasion})  # fmt: skip
        return int(cursor.rowcount)


@transaction.atomic
def move(
    claims: Sequence[int], event: Event, sources: Sequence[State], target: State, *, who: Who = Who.SYSTEM,
    by: User | None = None, reason: str = "", words: str = "",
) -> int:  # fmt: skip
    """Move every claim that is in one of the states; how many moved.  Those elsewhere stay.

    Raises LookupError for an event that has effects which can't be told afterwards (`effects.can_wait`).
    """
    followed = effects.can_wait(str(event))
    told = {"claims": list(claims), "event": str(event), "sources": [str(each) for each in sources],
            "target": str(target), "who": str(who), "by": by.pk if by else None, "reason": reason, "words": words}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, told)
        count, first, last = cursor.fetchone()
    if count:
        audit.record(by, f"claims.{event}_in_bulk", f"movement:{first}", "", target=str(target), claims=count,
                     last=last)  # fmt: skip
    if count and followed:
        made = Telling.objects.create(event=event, told=first - 1, last=last, claims=count)
        enqueue(JOB, telling=made.pk)
    return int(count)


# -- telling afterwards --------------------------------------------------------------------
@job(JOB, "告知成批办理的结果", repeatable=True)
def tell(run: Handle, telling: int) -> None:
    held = Telling.objects.get(pk=telling)
    done = 0
    while some := tell_some(held):
        done += some
        run.progress(done, held.claims)
    run.result(told=done)


@transaction.atomic
def tell_some(telling: Telling, most: int = AT_ONCE) -> int:
    """Run what follows the next movements of a set-wise step; how many, 0 when all are told."""
    held = Telling.objects.select_for_update().get(pk=telling.pk)
    moves = Movement.objects.filter(
        pk__gt=held.told, pk__lte=held.last, event=held.event, transaction=held.transaction
    ).order_by("pk").select_related("claim__payee_person", "claim__payee_organisation", "claim__applicant_organisation")  # fmt: skip
    some = list(moves[:most])
    for each in some:
        effects.tell(held.event, each.claim, each)
    if some:
        Telling.objects.filter(pk=held.pk).update(told=some[-1].pk)
    elif held.ended_at is None:
        Telling.objects.filter(pk=held.pk).update(ended_at=Now())
    return len(some)


def tell_the_rest() -> int:
    """Ask again for what was stopped before its end; how many."""
    found = list(Telling.objects.filter(ended_at=None).order_by("pk"))
    return sum(enqueue(JOB, unique=f"telling {each.pk}", telling=each.pk) is not None for each in found)
