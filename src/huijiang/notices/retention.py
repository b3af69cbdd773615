"""How long messages are kept."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils import timezone

from huijiang.notices.models import Notice

USUAL: Final = dt.timedelta(days=366 * 2)
REQUIRED: Final = dt.timedelta(days=366 * 10)  # they prove service


def expire(now: dt.datetime | None = None) -> int:
    """Let go of what is past its time; gives how many notices."""
    moment = now or timezone.now()
    old = Notice.objects.filter(required=False, made_at__lt=moment - USUAL)
    proof = Notice.objects.filter(required=True, made_at__lt=moment - REQUIRED)
    count = old.count() + proof.count()
    old.delete()
    proof.delete()
    return count
