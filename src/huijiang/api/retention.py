"""How long the API's records are kept."""

from __future__ import annotations

import datetime as dt
import time
from typing import Final

from django.utils import timezone

from huijiang.api.models import Delivery, Entry, Kept, Minute

KEYS: Final = dt.timedelta(days=2)
ENTRIES: Final = dt.timedelta(days=366 * 3)
DELIVERIES: Final = dt.timedelta(days=180)


def expire(now: dt.datetime | None = None) -> int:
    """Let go of what is past its time; gives how many rows."""
    moment = now or timezone.now()
    past = (
        Kept.objects.filter(at__lt=moment - KEYS),
        Entry.objects.filter(last_at__lt=moment - ENTRIES),
        Delivery.objects.exclude(state=Delivery.State.WAITING).filter(made_at__lt=moment - DELIVERIES),
        Minute.objects.filter(minute__lt=int(time.time()) // 60 - 2),
    )
    return sum(each.delete()[0] for each in past)
