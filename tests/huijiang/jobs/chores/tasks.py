from __future__ import annotations

import os
import time

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from huijiang.jobs import Handle, job

DAY = timezone.now()
MORE_THAN_THERE_IS = str(1 << 30)  # MiB


def leave(mark: str) -> None:
    """Something that a test can look for in the database."""
    Session.objects.create(session_key=mark, session_data="", expire_date=DAY)


@job("chores.mark", "留个记号")
def mark(run: Handle, name: str) -> None:
    leave(name)
    run.progress(1, 1, "留好了")
    run.result(name=name)


@job("chores.break", "半路出错")
def fail(run: Handle, name: str) -> None:
    with transaction.atomic():
        leave(name)
        raise ValueError(f"{name}: 不行 no")


@job("chores.wait", "等取消")
def wait(run: Handle, name: str) -> None:
    """Holds its transaction open until it is cancelled, or for a minute."""
    with transaction.atomic():
        leave(name)
        for second in range(600):
            run.progress(second, 600, "还在等")
            time.sleep(0.1)


@job("chores.again", "可以重来", repeatable=True)
def again(run: Handle, name: str) -> None:
    wait(run, name)


@job("chores.much", "写很多", heavy=True)
def much(run: Handle, name: str) -> None:
    """The disk is nearly full by the time that it is half done, if the name says so."""
    with transaction.atomic():
        leave(name)
        if name == "fills":
            os.environ["HUIJIANG_DISK_RESERVE"] = MORE_THAN_THERE_IS
        run.progress(1, 2)
        run.progress(2, 2)
