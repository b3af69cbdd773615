"""When how much of a recovery is to come back."""

from __future__ import annotations

import datetime as dt

from huijiang.funds.models import Recovery


def instalment_plan(recovery: Recovery) -> list[tuple[dt.date, int]]:
    """When how much is to come back: equal parts a month apart, the last with what division leaves."""
    part = recovery.amount // recovery.instalments
    plan = []
    for number in range(recovery.instalments):
        months = recovery.due_on.year * 12 + recovery.due_on.month - 1 + number
        year, month = months // 12, months % 12 + 1
        last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
        left = recovery.amount - part * (recovery.instalments - 1)
        plan.append(
            (dt.date(year, month, min(recovery.due_on.day, last)), part if number < recovery.instalments - 1 else left)
        )
    return plan
