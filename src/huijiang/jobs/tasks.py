"""The ground's own jobs."""

from __future__ import annotations

from huijiang.audit import seals
from huijiang.jobs.queue import Handle, always, every, job
from huijiang.jobs.recovery import recover

EACH_MINUTE = "* * * * *"


@job("audit.seal", "封存审计事件", repeatable=True)
def seal(run: Handle) -> None:
    made = seals.seal()
    run.progress(sum(each.count for each in made))


every(EACH_MINUTE, "audit.seal")
always(EACH_MINUTE, "jobs.recover", recover)
