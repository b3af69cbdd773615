"""The room's jobs."""

from __future__ import annotations

from huijiang.jobs import Handle, every, job
from huijiang.notices import retention, subscribing, telling, watching


@job("notices.send", "发送通知", repeatable=True)
def send(run: Handle) -> None:
    telling.take_outcomes()
    run.progress(telling.send_due())


@job(subscribing.SPREAD, "通知订阅者", repeatable=True)
def spread(run: Handle, key: str) -> None:
    run.progress(subscribing.spread(key))


@job("notices.watch", "看有没有新内容", repeatable=True)
def watch(run: Handle) -> None:
    run.progress(watching.watch())


@job("notices.expire", "清除到期的通知", repeatable=True)
def expire(run: Handle) -> None:
    run.progress(retention.expire() + subscribing.forget_unconfirmed())


every("* * * * *", "notices.send")
every("5 * * * *", "notices.watch")
every("30 18 * * *", "notices.expire")
