"""How long the records of signing in are kept."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils import timezone

from huijiang.accounts.models import Message, PhoneChange, SignIn, UsedTicket

SIGN_INS: Final = dt.timedelta(days=366 * 3)
MESSAGES: Final = dt.timedelta(days=180)
PHONE_CHANGES: Final = dt.timedelta(days=30)
TICKETS: Final = dt.timedelta(days=1)  # the service takes none that is older than minutes


def expire(now: dt.datetime | None = None) -> int:
    """Let go of what is past its time; gives how many rows."""
    moment = now or timezone.now()
    past = (
        SignIn.objects.filter(at__lt=moment - SIGN_INS),
        Message.objects.exclude(state=Message.State.WAITING).filter(made_at__lt=moment - MESSAGES),
        PhoneChange.objects.filter(asked_at__lt=moment - PHONE_CHANGES),
        UsedTicket.objects.filter(at__lt=moment - TICKETS),
    )
    return sum(each.delete()[0] for each in past)
