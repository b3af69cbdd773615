"""The jobs of accounts: sending messages, trying again, letting go of what is past its time."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import transaction

from huijiang import audit
from huijiang.accounts import messaging, retention
from huijiang.accounts.models import Message, User
from huijiang.audit import seals
from huijiang.jobs import Handle, every, job

VERIFY: Final = "accounts.verify_audit"
MOST_FAULTS: Final = 200  # kept with the run; their count is always that of all


@job(messaging.SEND, "发送消息", repeatable=True)
def send(run: Handle, message: str) -> None:
    held = Message.objects.get(pk=message)
    if held.state == Message.State.WAITING:
        messaging.deliver(held)


@job("accounts.resend", "重发消息", repeatable=True)
def resend(run: Handle) -> None:
    run.progress(messaging.resend())


@job("accounts.expire", "清除过期的登录记录", repeatable=True)
def expire(run: Handle) -> None:
    run.progress(retention.expire())


@job(VERIFY, "校验审计链", repeatable=True)
def verify_audit(run: Handle, by: str) -> None:
    """Recompute the chain of seals; what does not fit stays with the run, for the page of the audit administrator."""
    faults = [(each.seal, each.words) for each in seals.verify(told=run.progress)]
    run.result(faults=faults[:MOST_FAULTS], count=len(faults))
    with transaction.atomic():
        audit.record(User.objects.get(uid=uuid.UUID(by)), "audit.verify", faults=len(faults))


every("* * * * *", "accounts.resend")
every("10 18 * * *", "accounts.expire")
