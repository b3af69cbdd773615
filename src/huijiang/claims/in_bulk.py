"""Many claims at once, set by set: for batches of payments, where one call a claim would cost minutes.

The database judges each row as it judges a single one (`triggers`); one refusal refuses all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from huijiang.accounts.models import User
from huijiang.claims.states import Event, State, Who


@dataclass(frozen=True)
class Signed:
    """A claim that somebody put their name to before: they can't sign it as another."""

    number: str
    kind: str


_SIGNED = """
SELECT DISTINCT c.number, a.kind FROM claims_act AS a JOIN claims_claim AS c ON c.id = a.claim_id
WHERE a.claim_id = ANY(%(claims)s) AND a.human = %(human)s AND a.voided_at IS NULL
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
INSERT INTO claims_movement (claim_id, number, event, source, target, who, by_id, reason, words, condition, digest)
SELECT c.id, c.moves + 1, %(event)s, c.state, %(target)s, %(who)s, %(by)s, %(reason)s, %(words)s, '', ''
FROM claims_claim AS c WHERE c.id = ANY(%(claims)s) AND c.state = ANY(%(sources)s) ORDER BY c.id
"""


def signed_before(claims: Sequence[int], human: str, kind: str, occasion: str, most: int = 20) -> list[Signed]:
    """Claims on which this person signed another thing, or the same on this occasion: `most` at most."""
    told = {"claims": list(claims), "human": human, "kind": kind, "occasion": occasion, "most": most}
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


def move(
    claims: Sequence[int], event: Event, sources: Sequence[State], target: State, *, who: Who = Who.SYSTEM,
    by: User | None = None, reason: str = "", words: str = "",
) -> int:  # fmt: skip
    """Move every claim that is in one of the states; how many moved.  Those elsewhere stay."""
    told = {"claims": list(claims), "event": str(event), "sources": [str(each) for each in sources],
            "target": str(target), "who": str(who), "by": by.pk if by else None, "reason": reason, "words": words}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, told)
        return int(cursor.rowcount)
