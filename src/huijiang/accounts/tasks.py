"""The jobs of accounts: sending messages, trying again, letting go of what is past its time."""

from __future__ import annotations

from huijiang.accounts import messaging, retention
from huijiang.accounts.models import Message
from huijiang.jobs import Handle, every, job


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


every("* * * * *", "accounts.resend")
every("10 18 * * *", "accounts.expire")
