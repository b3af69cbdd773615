"""The night's job: every night at 02:30 in Shanghai, after the registry's own."""

from __future__ import annotations

from huijiang.accounts.viewers import today
from huijiang.entitlements import nightly
from huijiang.jobs import Handle, every, job

JOB = "entitlements.nightly"


@job(JOB, "夜间计算", repeatable=True, heavy=True)
def night(run: Handle) -> None:
    done = 0

    def told(what: str) -> None:
        nonlocal done
        done += 1
        run.progress(done, note=what[:200])

    nights = nightly.run(today(), told)
    run.result(**{each.region_id: {"opened": each.opened, "closed": each.closed, "kept": each.kept} for each in nights})


every("30 18 * * *", JOB)
