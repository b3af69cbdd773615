"""Declaring jobs, asking for a run, running it, and what becomes of a run whose worker died."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import close_old_connections, connection, transaction
from django.db.models import F
from procrastinate.contrib.django import app
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from huijiang.audit.events import Actor
    from huijiang.jobs.models import Run

LOG = logging.getLogger(__name__)
ERROR_LENGTH = 2_000


class Cancelled(Exception):
    """The run was cancelled by a person; what it had not committed is rolled back."""


@dataclass(frozen=True)
class Kind:
    """A declared job.  `label`: what people call it; `repeatable`: may be started again after its worker died."""

    name: str
    label: str
    act: Callable[..., Any]
    repeatable: bool


KINDS: dict[str, Kind] = {}


class Handle:
    """A run from within.  Progress goes over a connection of its own, so that people see it while the job's
    transaction is still open."""

    def __init__(self, uid: uuid.UUID) -> None:
        self.uid = uid
        self._side = psycopg.connect(**_parameters(), autocommit=True)

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """How far the run is.  Raises Cancelled when somebody asked for that."""
        row = self._side.execute(
            "UPDATE jobs_run SET done = %s, total = coalesce(%s, total), note = %s WHERE uid = %s RETURNING cancel_asked",
            (done, total, note, self.uid),
        ).fetchone()
        if row is not None and row[0]:
            raise Cancelled

    def result(self, **values: object) -> None:
        """What the run's page shows and links to at the end."""
        self._side.execute("UPDATE jobs_run SET result = %s WHERE uid = %s", (Jsonb(values), self.uid))

    def close(self) -> None:
        self._side.close()


def _parameters() -> dict[str, Any]:
    said = connection.get_connection_params()
    return {name: said[name] for name in ("dbname", "user", "password", "host", "port") if said.get(name)}


def job(name: str, label: str, *, repeatable: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a job.  The function takes the run's Handle and its arguments (JSON values)."""

    def declared(act: Callable[..., Any]) -> Callable[..., Any]:
        KINDS[name] = Kind(name, label, act, repeatable)
        app.task(name=name)(lambda run: perform(uuid.UUID(run)))
        return act

    return declared


def every(cron: str, name: str) -> None:
    """Ask for a run of a declared job by the clock (cron, UTC); one that still runs is not asked for twice."""
    app.periodic(cron=cron, periodic_id=name)(
        app.task(name=f"{name}.clock", pass_context=False)(lambda timestamp: _by_the_clock(name))
    )


def _by_the_clock(name: str) -> None:
    close_old_connections()
    try:
        enqueue(name, unique="clock")
    finally:
        _leave_thread()


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
    """Run one run: in the worker, or in a test."""
    from huijiang.jobs.models import Run, State

    close_old_connections()
    now = dt.datetime.now(dt.UTC)
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
    handle = Handle(uid)
    try:
        KINDS[run.kind].act(handle, **run.arguments)
    except Cancelled:
        _end(run, State.CANCELLED)
    except Exception as error:
        LOG.exception("job %s failed", run.kind)
        _end(run, State.FAILED, f"{type(error).__name__}: {error}"[:ERROR_LENGTH])
        raise
    else:
        _end(run, State.DONE)
    finally:
        handle.close()
        _leave_thread()


def _end(run: Run, state: str, error: str = "") -> None:
    from huijiang.jobs.models import Run

    Run.objects.filter(uid=run.uid).update(state=state, error=error, ended_at=dt.datetime.now(dt.UTC))


def cancel(run: Run) -> None:
    """Ask a run to stop: one that waits never starts, one that runs stops at its next progress."""
    from huijiang.jobs.models import ENDED, Run

    Run.objects.filter(uid=run.uid).exclude(state__in=ENDED).update(cancel_asked=True)
