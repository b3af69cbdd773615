"""Runs whose worker died: started again where that is safe, else ended as failed with the reason."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from huijiang.jobs.models import Run, State
from huijiang.jobs.queue import KINDS

SILENT = 60  # seconds without a sign of life from the worker


def recover(silent: int = SILENT) -> tuple[list[Run], list[Run]]:
    """(started again, given up).  A run is orphaned when no living worker holds its procrastinate job, or when that job
    ended and the run does not know: its end could not be written, as the database was away just then.  One that had
    not begun is started again whatever it is."""
    again, given_up = [], []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.uid, j.id, j.status FROM jobs_run r
            JOIN procrastinate_jobs j ON j.args ->> 'run' = r.uid::text
            LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
            WHERE r.state IN ('waiting', 'running') AND (j.status = 'failed' OR j.status = 'doing'
                AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s)))
            FOR UPDATE OF r SKIP LOCKED
            """,
            [silent],
        )
        for uid, number, status in cursor.fetchall():
            run = Run.objects.get(uid=uid)
            kind = KINDS.get(run.kind)
            begun = run.state == State.RUNNING
            if kind is not None and (not begun or (kind.repeatable and not run.cancel_asked)):
                run.state, run.started_at = State.WAITING, None
                cursor.execute("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)", [number])
                again.append(run)
            else:
                run.state, run.ended_at = State.FAILED, dt.datetime.now(dt.UTC)
                run.error = (
                    "执行它的进程中断了，没有提交的都已回滚 its worker died; what was not committed is rolled back"
                )
                if status == "doing":
                    cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [number])
                given_up.append(run)
            run.save()
    return again, given_up
