"""Jobs of the room."""

from __future__ import annotations

import uuid

from huijiang.funds import commitments, recheck, takeover
from huijiang.funds import letter_tasks as letter_tasks  # its jobs
from huijiang.funds.models import Line, PastFile
from huijiang.funds.reserving import serve_unplaced, serve_waiting
from huijiang.jobs import Handle, every, job
from huijiang.web.components.amount import yuan

MOST_SHOWN = 500


@job("funds.parallel", "与历史发放比对", repeatable=True, heavy=True)
def parallel(run: Handle, file: str) -> None:
    """Past payments beside the rules, one by one; what differs is kept with the run."""
    held = PastFile.objects.get(uid=uuid.UUID(file))
    agreed, different = 0, []
    for each in takeover.parallel_run(held, lambda done, total: run.progress(done, total)):
        if each.agrees:
            agreed += 1
        else:
            why = "规则里没有这项" if not each.found else "条件不满足" if each.state in ("near", "no") else (
                "条件还不清楚" if each.state == "unknown" else "金额不同")  # fmt: skip
            rule = (
                "—"
                if not each.found
                else f"{yuan(each.low)}–{yuan(each.high)}"
                if each.low != each.high
                else yuan(each.low)
            )
            different.append(
                {
                    "place": each.payment.place,
                    "benefit": each.payment.benefit,
                    "paid": each.payment.amount,
                    "rule": rule,
                    "why": why,
                }
            )
    run.result(
        agreed=agreed,
        different=different[:MOST_SHOWN],
        differing=len(different),
        without_event=held.payments.filter(holder="").count(),
    )


@job("funds.serve_waiting", "落实等待的资金", repeatable=True)
def serve(run: Handle) -> None:
    """Those who wait for money: without a line first, then on every line that has some again."""
    serve_unplaced()
    lines = Line.objects.filter(waits__ended_at=None, frozen_at=None).distinct().order_by("pk")
    total = lines.count()
    for done, line in enumerate(lines, start=1):
        serve_waiting(line)
        run.progress(done, total)


@job("funds.commitments", "以后年度的承诺", repeatable=True)
def commit(run: Handle) -> None:
    """What was determined before there was a record of later years."""
    run.result(noted=commitments.note_missing())


@job("funds.recheck", "已拨付复查", repeatable=True)
def look_again(run: Handle) -> None:
    """What was paid and no longer stands up: findings for people to judge; and what could not be looked at."""
    told = recheck.recheck(lambda done, total: run.progress(done, total))
    run.result(looked=told.looked, found=told.found, without=dict(sorted(told.without.items())))


every("20 17 * * *", "funds.serve_waiting")  # 01:20 in Shanghai
every("10 19 * * *", "funds.commitments")  # 03:10
every("40 19 * * *", "funds.recheck")  # 03:40, after claims had their night
