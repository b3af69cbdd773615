"""Declaring jobs, asking for a run, running it, and what becomes of a run whose worker died."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import psycopg
from django.db import close_old_connections, connection, transaction
from django.db.models import F
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job
from psycopg.types.json import Jsonb

from huijiang import disk

if TYPE_CHECKING:
    from huijiang.audit.events import Actor
    from huijiang.jobs.models import Run

LOG = logging.getLogger(__name__)
ERROR_LENGTH = 2_000
ROOM_EACH = 15  # seconds between two looks at a disk that is nearly full
ROOM_WAITS = "磁盘快满了，等清出空间再做 the disk is nearly full: waits for room"
ROOM_WORDS = "磁盘满了，没有提交的都已回滚；清出空间再做一次 the disk is full; what was not committed is rolled back: free space, then again"
NO_ROOM = "NoRoom"  # how the error of a run begins that found no room


class Cancelled(Exception):
    """The run was cancelled by a person; what it had not committed is rolled back."""


@dataclass(frozen=True)
class Kind:
    """A declared job.  `label`: what people call it; `repeatable`: may be started again after its worker died;
    `heavy`: writes much, and waits while the disk is nearly full."""

    name: str
    label: str
    act: Callable[..., Any]
    repeatable: bool
    heavy: bool = False


KINDS: dict[str, Kind] = {}


class WaitsForRoom(Exception):
    """The disk is nearly full: the run stands in the queue again and is looked at again in a moment."""


class _Again(BaseRetryStrategy):
    """For procrastinate: only what waits for room comes back by itself."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        return RetryDecision(retry_in={"seconds": ROOM_EACH}) if isinstance(exception, WaitsForRoom) else None


class Handle:
    """A run from within.  Progress goes over a connection of its own, so that people see it while the job's
    transaction is still open."""

    def __init__(self, uid: uuid.UUID, heavy: bool = False) -> None:
        self.uid, self.heavy = uid, heavy
        self._side = psycopg.connect(**_parameters(), autocommit=True)

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """How far the run is.  Raises Cancelled when somebody asked for that, disk.NoRoom when a heavy one should
        go no further."""
        row = self._side.execute(
            "UPDATE jobs_run SET done = %s, total = coalesce(%s, total), note = %s WHERE uid = %s RETURNING cancel_asked",
            (done, total, note, self.uid),
        ).fetchone()
        if row is not None and row[0]:
            raise Cancelled
        if self.heavy:
            disk.require()

    def result(self, **values: object) -> None:
        """What the run's page shows and links to at the end."""
        self._side.execute("UPDATE jobs_run SET result = %s WHERE uid = %s", (Jsonb(values), self.uid))

    def close(self) -> None:
        self._side.close()


def _parameters() -> dict[str, Any]:
    said = connection.get_connection_params()
    return {name: said[name] for name in ("dbname", "user", "password", "host", "port") if said.get(name)}


def job(
    name: str, label: str, *, repeatable: bool = False, heavy: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a job.  The function takes the run's Handle and its arguments (JSON values)."""

    def declared(act: Callable[..., Any]) -> Callable[..., Any]:
        KINDS[name] = Kind(name, label, act, repeatable, heavy)
        app.task(name=name, retry=_Again())(lambda run: perform(uuid.UUID(run)))
        return act

    return declared


def every(cron: str, name: str) -> None:
    """Ask for a run of a declared job by the clock (cron, UTC); one that still runs is not asked for twice."""
    always(cron, name, lambda: enqueue(name, unique="clock"))


def always(cron: str, name: str, act: Callable[[], object]) -> None:
    """Do something by the clock that is no run: nothing that died can stand in its way."""

    def clock(timestamp: int) -> None:
        close_old_connections()
        try:
            act()
        finally:
            _leave_thread()

    app.periodic(cron=cron, periodic_id=name)(app.task(name=f"{name}.clock", pass_context=False)(clock))


def _leave_thread() -> None:
    """The worker's threads come and go; each takes its connection with it."""
    if not connection.in_atomic_block:
        connection.close()


def enqueue(
    name: str, /, *, actor: Actor | None = None, region: str = "", unique: str = "", **arguments: object
) -> Run | None:
    """Ask for a run in the transaction that is under way; nothing starts before it commits.

    `unique`: while a run of this kind and name waits or runs, no second one is made (then None is returned).
    Raises KeyError for a job that is not declared.
    """
    from huijiang.jobs.models import ENDED, Run

    kind = KINDS[name]
    with transaction.atomic():
        if unique:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{name} {unique}"])
            if Run.objects.filter(kind=name, unique=unique).exclude(state__in=ENDED).exists():
                return None
        run = Run.objects.create(
            kind=kind.name, arguments=arguments, actor=str(actor.uid) if actor else "", region=region, unique=unique
        )
        app.configure_task(name).defer(run=str(run.uid))
    return run


def perform(uid: uuid.UUID) -> None:
    """Run one run: in the worker, or in a test.  Raises what the job raises; WaitsForRoom where a heavy one that may
    be repeated, or has not begun, finds the disk nearly full."""
    from huijiang.jobs.models import Run, State

    close_old_connections()
    now = dt.datetime.now(dt.UTC)
    waiting = Run.objects.get(uid=uid)
    if waiting.state == State.WAITING and KINDS[waiting.kind].heavy and disk.scarce() and not waiting.cancel_asked:
        _wait(waiting)
    begun = Run.objects.filter(uid=uid, state=State.WAITING).update(
        state=State.RUNNING, started_at=now, attempts=F("attempts") + 1
    )
    run = Run.objects.get(uid=uid)
    if not begun:
        LOG.info("run %s is %s already", uid, run.state)
        _leave_thread()
        return
    if run.cancel_asked:
        _end(run, State.CANCELLED)
        _leave_thread()
        return
    handle = Handle(uid, KINDS[run.kind].heavy)
    try:
        KINDS[run.kind].act(handle, **run.arguments)
    except Cancelled:
        _end(run, State.CANCELLED)
    except Exception as error:
        LOG.exception("job %s failed", run.kind)
        if disk.is_full(error):
            if KINDS[run.kind].repeatable:
                _wait(run)
            _end(run, State.FAILED, f"{NO_ROOM}: {ROOM_WORDS}")
            raise
        _end(run, State.FAILED, f"{type(error).__name__}: {error}"[:ERROR_LENGTH])
        raise
    else:
        _end(run, State.DONE)
    finally:
        handle.close()
        _leave_thread()


def _wait(run: Run) -> NoReturn:
    """Back into the queue until there is room.  Raises WaitsForRoom."""
    from huijiang.jobs.models import Run, State

    Run.objects.filter(uid=run.uid).update(state=State.WAITING, started_at=None, note=ROOM_WAITS)
    _leave_thread()
    raise WaitsForRoom(ROOM_WAITS)


def _end(run: Run, state: str, error: str = "") -> None:
    from huijiang.jobs.models import Run

    Run.objects.filter(uid=run.uid).update(state=state, error=error, ended_at=dt.datetime.now(dt.UTC))


def cancel(run: Run) -> None:
    """Ask a run to stop: one that waits never starts, one that runs stops at its next progress."""
    from huijiang.jobs.models import ENDED, Run

    Run.objects.filter(uid=run.uid).exclude(state__in=ENDED).update(cancel_asked=True)
