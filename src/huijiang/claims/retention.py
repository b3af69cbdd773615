"""How long answers of other authorities' registers are kept: as evidence of the day, not as a second register."""

from __future__ import annotations

import datetime as dt
from typing import Final

from huijiang import present
from huijiang.claims.models import RegisterAnswer

ANSWERS: Final = dt.timedelta(days=30)


def expire(now: dt.datetime | None = None) -> int:
    """Let go of what is past its time; gives how many."""
    gone, _rows = RegisterAnswer.objects.filter(asked_at__lt=(now or present.now()) - ANSWERS).delete()
    return gone
