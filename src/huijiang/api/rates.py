"""How often one may ask: counted per minute in PostgreSQL, for all processes together.

Where the counter can't be reached the door stays open (a full disk or a lock must not stop a bureau's
systems), and each process counts for itself with the same limit until the counter answers again.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, InterfaceError, connection, transaction
from prometheus_client import Counter

LOG = logging.getLogger(__name__)
MINUTE: Final = 60
PATIENCE: Final = "200ms"  # how long the counter may take
REST: Final = 5  # seconds for which a counter that failed is left alone
LOCAL: Final = Counter("huijiang_api_rates_local", "Requests counted in the process: the shared counter failed")


@dataclass(frozen=True)
class Counted:
    """How many of a minute's requests this one is, and when the next minute begins (seconds)."""

    count: int
    limit: int
    again_in: int

    @property
    def allowed(self) -> bool:
        return self.count <= self.limit

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit), "RateLimit-Remaining": str(max(0, self.limit - self.count)),
            "RateLimit-Reset": str(self.again_in),
        }  # fmt: skip


class _Here:
    """The counts of this process, for the time without the shared counter."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.minute = 0
        self.counts: dict[str, int] = {}
        self.failed_at = -float(REST)

    def count(self, key: str, minute: int) -> int:
        with self.lock:
            if minute != self.minute:
                self.minute, self.counts = minute, {}
            self.counts[key] = found = self.counts.get(key, 0) + 1
            return found

    @property
    def resting(self) -> bool:
        return time.monotonic() - self.failed_at < REST

    def failed(self) -> None:
        self.failed_at = time.monotonic()


HERE: Final = _Here()


def count(key: str, limit: int) -> Counted:
    """Count one request under a key."""
    now = time.time()
    minute, again_in = int(now) // MINUTE, MINUTE - int(now) % MINUTE
    if not HERE.resting:
        try:
            return Counted(_shared(key, minute), limit, again_in)
        except (DatabaseError, InterfaceError) as error:
            HERE.failed()
            LOG.warning("rate counter failed, counting in the process: %s", type(error).__name__)
    LOCAL.inc()
    return Counted(HERE.count(key, minute), limit, again_in)


def _shared(key: str, minute: int) -> int:
    """A transaction of its own, that waits for no disk and not long for a lock."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'off', true), set_config('lock_timeout', %s, true),"
            " set_config('statement_timeout', %s, true)",
            [PATIENCE, PATIENCE],
        )
        cursor.execute(
            """INSERT INTO api_minute (key, minute, count) VALUES (%s, %s, 1)
               ON CONFLICT ON CONSTRAINT minute_once DO UPDATE SET count = api_minute.count + 1 RETURNING count""",
            [key, minute],
        )
        return int(cursor.fetchone()[0])
