"""Locks, always in this order: claim, limits (by name and key), number.  What excludes others is held by constraints.

Each lock is taken by one small function with a named point before and after it, where a test lets a rival act.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import Q

from huijiang.claims.models import CapGroup, Claim

POINTS: Final = (
    "before claim", "claim held", "before limits", "limits held", "before approval", "before dues", "before signature",
    "before number",
)  # fmt: skip
RIVALS: dict[str, Callable[[], None]] = {}
"""Point → what a rival does there, once.  Empty but in tests."""


def reached(point: str) -> None:
    """A named point in the work on a claim."""
    rival = RIVALS.pop(point, None) if RIVALS else None
    if rival is not None:
        rival()


def claim(found: Claim | int) -> Claim:
    """The claim as it is now, held until the transaction ends."""
    reached("before claim")
    held = Claim.objects.select_for_update(of=("self",)).get(pk=found if isinstance(found, int) else found.pk)
    reached("claim held")
    return held


@dataclass(frozen=True, order=True)
class Wanted:
    """What a claim takes of a limit: fen or times."""

    limit_key: str
    key: str
    kind: str
    cap: int
    amount: int


def limits(wanted: Iterable[Wanted]) -> dict[tuple[str, str], CapGroup]:
    """The groups of some limits, held; those that nobody used yet are made.  A cap that a later release changed is
    brought up to it, never below what is used."""
    inorder = sorted(wanted)
    if not inorder:
        return {}
    reached("before limits")
    CapGroup.objects.bulk_create(
        [CapGroup(limit_key=w.limit_key, key=w.key, kind=w.kind, cap=w.cap) for w in inorder], ignore_conflicts=True
    )
    which = Q(pk__in=())
    for each in inorder:
        which |= Q(limit_key=each.limit_key, key=each.key)
    held = {
        (g.limit_key, g.key): g for g in CapGroup.objects.filter(which).order_by("limit_key", "key").select_for_update()
    }
    for each in inorder:
        group = held[each.limit_key, each.key]
        if group.cap != max(each.cap, group.used):
            group.cap = max(each.cap, group.used)
            group.save(update_fields=["cap"])
    reached("limits held")
    return held


def number(place: str, day: dt.date) -> int:
    """The next sequence number of a place on a day; others wait until this transaction ends."""
    reached("before number")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO claims_numbergiven (place, day, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (place, day) DO UPDATE SET last = claims_numbergiven.last + 1 RETURNING last",
            [place, day],
        )
        return int(cursor.fetchone()[0])
