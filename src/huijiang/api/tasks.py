"""The jobs of the API: finding events and sending them each minute, letting go of old records."""

from __future__ import annotations

from huijiang.api import retention
from huijiang.api.webhooks import outbox
from huijiang.jobs import Handle, every, job


@job("api.webhooks", "发送事件通知", repeatable=True)
def send(run: Handle) -> None:
    made = outbox.gather()
    arrived, failed = outbox.deliver()
    run.progress(arrived)
    run.result(new=made, arrived=arrived, failed=failed)


@job("api.expire", "清除过期的接口记录", repeatable=True)
def expire(run: Handle) -> None:
    run.progress(retention.expire())


every("* * * * *", "api.webhooks")
every("20 * * * *", "api.expire")
