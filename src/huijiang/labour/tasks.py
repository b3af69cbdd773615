"""The room's jobs: telling the firms of a new survey; each morning reminding, and closing what is over."""

from __future__ import annotations

from huijiang.accounts.viewers import today
from huijiang.jobs import Handle, every, job
from huijiang.labour import surveys
from huijiang.labour.models import EmployerSurvey


@job(surveys.TELL, "用工摸排通知单位", repeatable=True)
def tell(run: Handle, survey: int) -> None:
    run.progress(surveys.tell_firms(EmployerSurvey.objects.get(pk=survey)))


@job("labour.night", "用工摸排催报与结束", repeatable=True)
def night(run: Handle) -> None:
    closed, reminded = surveys.night(today())
    run.result(closed=closed, reminded=reminded)


every("30 1 * * *", "labour.night")  # 09:30 in China: a reminder is no morning call
