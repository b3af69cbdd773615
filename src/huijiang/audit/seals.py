"""Sealing committed events in the order of their transactions, and finding any edit afterwards.

A transaction below `pg_snapshot_xmin` is finished: nothing can be added to its range any more without
showing.  Each seal digests the events of a range of transactions after the head of the seal before.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from django.db import connection, transaction
from django.db.models import Max, Min, Q, QuerySet

from huijiang.audit.models import Event, Seal

LOCK = 7_269_001  # an advisory lock of this module: one sealer at a time
START = "0" * 64
FOREVER = 2**63 - 1


@dataclass(frozen=True)
class Fault:
    """Something that does not fit: which seal, what was expected and what is there."""

    seal: int
    words: str


def seal(now: dt.datetime | None = None) -> list[Seal]:
    """Chain every event of finished transactions that is not sealed yet; returns the new seals (none when
    another sealer is at work, or nothing happened)."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return []
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            horizon = cursor.fetchone()[0]
        last = Seal.objects.order_by("-number").first()
        at = now or dt.datetime.now(dt.UTC)
        made = []
        if last is not None and (first := _first_after_restore(last, horizon)) is not None:
            closing = _add(last, last.era, last.first_id, last.until, FOREVER, at, before=first)
            made.append(closing)
            last = _add(closing, last.era + 1, first, 0, horizon, at)
            made.append(last)
        else:
            era, first_id, since = (last.era, last.first_id, last.until) if last else (1, 0, 0)
            if horizon > since and _events(first_id, None, since, horizon).exists():
                made.append(_add(last, era, first_id, since, horizon, at))
    return made


def _first_after_restore(last: Seal, horizon: int) -> int | None:
    """The first event that a restored database has written under lower transaction numbers, if it was restored."""
    if horizon >= last.until:
        return None
    found: int | None = Event.objects.filter(id__gt=last.last_id, transaction__lt=last.until).aggregate(
        first=Min("id")
    )["first"]
    return found


def _events(first_id: int, before: int | None, since: int, until: int) -> QuerySet[Event]:
    rows = Event.objects.filter(id__gte=first_id, transaction__gte=since, transaction__lt=until)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return rows.order_by("transaction", "id")


def _add(
    previous: Seal | None, era: int, first_id: int, since: int, until: int, at: dt.datetime, before: int | None = None,
) -> Seal:  # fmt: skip
    events = _events(first_id, before, since, until)
    count, digest = _digest(previous.head if previous else START, events)
    highest = events.aggregate(last=Max("id"))["last"] or 0
    return Seal.objects.create(
        number=previous.number + 1 if previous else 1, era=era, first_id=first_id, since=since, until=until,
        last_id=max(highest, previous.last_id if previous else 0), count=count, head=digest, at=at,
    )  # fmt: skip


def _digest(head: str, events: QuerySet[Event]) -> tuple[int, str]:
    work = hashes.Hash(hashes.SM3())
    work.update(head.encode())
    count = 0
    for event in events.iterator(2_000):
        work.update(_canonical(event))
        count += 1
    return count, work.finalize().hex()


def _canonical(event: Event) -> bytes:
    values = [event.id, event.at.astimezone(dt.UTC).isoformat(), event.transaction, event.actor, event.action,
              event.subject, event.region, event.request, event.details]  # fmt: skip
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def verify(
    anchors: Mapping[dt.date, str] | None = None, told: Callable[[int, int], None] | None = None
) -> Iterator[Fault]:
    """Recompute the whole chain; yields what does not fit, nothing when all is whole.

    `anchors`: day → head that was kept outside; a chain that was forged as a whole shows there.
    `told` hears after each seal how many are done, of how many.
    """
    previous: Seal | None = None
    seals = list(Seal.objects.order_by("number"))
    starts = {each.era: each.first_id for each in seals}
    heads: dict[dt.date, list[str]] = {}
    for done, each in enumerate(seals, 1):
        number = previous.number + 1 if previous else 1
        if each.number != number:
            yield Fault(each.number, f"应为第 {number} 个封存 seal {number} was expected: one is missing")
        if previous and each.era == previous.era and each.since != previous.until:
            yield Fault(
                each.number, f"应从 {previous.until} 起 expected to start at {previous.until}: a gap or overlap"
            )
        events = _events(each.first_id, starts.get(each.era + 1), each.since, each.until)
        count, digest = _digest(previous.head if previous else START, events)
        if count != each.count:
            yield Fault(
                each.number, f"封存时 {each.count} 个事件，现有 {count} 个 events then {each.count}, now {count}"
            )
        elif digest != each.head:
            yield Fault(each.number, f"内容与封存时不同 contents differ from what was sealed (from {each.since})")
        heads.setdefault(each.at.astimezone(dt.UTC).date(), []).append(each.head)
        previous = each
        if told is not None:
            told(done, len(seals))
    for day, head in (anchors or {}).items():
        if head not in heads.get(day, ()):  # more may have been sealed that day after the head was kept
            there = heads[day][-1] if day in heads else "没有 none"
            yield Fault(0, f"{day}: 外存的链首 head kept outside {head}, 现为 now {there}")


def heads() -> Iterable[tuple[dt.date, str]]:
    """The last head of each day (UTC), to be kept outside."""
    found: dict[dt.date, str] = {}
    for at, head in Seal.objects.order_by("number").values_list("at", "head"):
        found[at.astimezone(dt.UTC).date()] = head
    return found.items()


def oldest_unsealed() -> dt.datetime | None:
    """When the oldest event that no seal holds was written; an alarm when that is long ago."""
    last = Seal.objects.order_by("-number").first()
    waiting = Event.objects.all()
    if last is not None:
        waiting = waiting.filter(Q(id__gte=last.first_id, transaction__gte=last.until) | Q(id__gt=last.last_id))
    found: dt.datetime | None = waiting.aggregate(oldest=Min("at"))["oldest"]
    return found
