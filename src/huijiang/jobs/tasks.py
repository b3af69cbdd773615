"""The ground's own jobs."""

from __future__ import annotations

from huijiang.audit import seals
from huijiang.jobs.queue import Handle, every, job
from huijiang.jobs.recovery import recover

EACH_MINUTE = "* * * * *"


@job("audit.seal", "封存审计事件", repeatable=True)
def seal(run: Handle) -> None:
    made = seals.seal()
    run.progress(sum(each.count for each in made))


@job("jobs.recover", "收拾中断的作业", repeatable=True)
def pick_up(run: Handle) -> None:
    again, given_up = recover()
    run.progress(len(again) + len(given_up))


every(EACH_MINUTE, "audit.seal")
every(EACH_MINUTE, "jobs.recover")
