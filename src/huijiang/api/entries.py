"""The log of who came through the door, as counts per hour: a client that comes a thousand times is one line."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from huijiang import audit
from huijiang.api.models import Entry, Token


def write_down(token: Token | None, outcome: str, route: str, address: str) -> None:
    """Outside the transaction of the request, so that a refusal stays written."""
    now = timezone.now()
    mark = audit.digest(address)[:16] if address else ""
    place = "" if outcome == Entry.Outcome.IN else route[:64]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO api_entry (client_id, token_id, outcome, route, address, hour, first_at, last_at, count)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1)
               ON CONFLICT ON CONSTRAINT entry_once_an_hour
               DO UPDATE SET last_at = excluded.last_at, count = api_entry.count + 1""",
            [token.client_id if token else None, token.pk if token else None, outcome, place, mark,
             now.replace(minute=0, second=0, microsecond=0), now, now],
        )  # fmt: skip
