"""Jobs run after the commit, once, visibly; and none is lost when its worker dies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from procrastinate.contrib.django import app

from huijiang import disk
from huijiang.jobs import enqueue, queue
from huijiang.jobs.models import Run, State
from huijiang.jobs.recovery import recover
from huijiang.jobs.worker import work
from tests.huijiang.jobs.chores.tasks import MORE_THAN_THERE_IS

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 600  # looks, twenty a second


def until(holds: Callable[[], bool]) -> None:
    for _ in range(PATIENCE):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("never came true")


def state(run: Run) -> str:
    return Run.objects.get(uid=run.uid).state


def marked(name: str) -> bool:
    return Session.objects.filter(session_key=name).exists()


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on the test's database."""
    said = connection.settings_dict
    address = f"postgresql://{said['USER']}@/{said['NAME']}?host={said['HOST']}"
    code = "import django; django.setup(); from huijiang.jobs.worker import work; work()"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.huijiang.settings",
             "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_run_does_its_work_and_says_so() -> None:
    run = enqueue("chores.mark", name="one")
    assert run is not None
    work(wait=False)
    run.refresh_from_db()
    assert (run.state, run.done, run.total, run.note, run.result) == (State.DONE, 1, 1, "留好了", {"name": "one"})
    assert marked("one")


def test_what_is_rolled_back_was_never_asked_for() -> None:
    def asked_and_regretted() -> None:
        with transaction.atomic():
            enqueue("chores.mark", name="one")
            _ = 1 // 0

    with pytest.raises(ZeroDivisionError):
        asked_and_regretted()
    work(wait=False)
    assert not Run.objects.exists()
    assert not marked("one")


def test_a_run_that_fails_says_why_and_leaves_nothing() -> None:
    run = enqueue("chores.break", name="one")
    assert run is not None
    work(wait=False)
    run.refresh_from_db()
    assert (run.state, run.error) == (State.FAILED, "ValueError: one: 不行 no")
    assert not marked("one")


def test_a_heavy_run_waits_while_the_disk_is_nearly_full_and_a_light_one_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heavy, light = enqueue("chores.much", name="heavy"), enqueue("chores.mark", name="light")
    assert heavy is not None
    assert light is not None
    monkeypatch.setenv("HUIJIANG_DISK_RESERVE", MORE_THAN_THERE_IS)
    with pytest.raises(queue.WaitsForRoom):
        queue.perform(heavy.uid)
    queue.perform(light.uid)
    heavy.refresh_from_db()
    assert (heavy.state, heavy.note, state(light)) == (State.WAITING, queue.ROOM_WAITS, State.DONE)
    assert not marked("heavy")
    monkeypatch.delenv("HUIJIANG_DISK_RESERVE")
    queue.perform(heavy.uid)
    assert state(heavy) == State.DONE
    assert marked("heavy")


def test_a_heavy_run_that_finds_no_more_room_leaves_nothing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIJIANG_DISK_RESERVE", "0")
    run = enqueue("chores.much", name="fills")
    assert run is not None
    with pytest.raises(disk.NoRoom, match="the disk has"):
        queue.perform(run.uid)
    run.refresh_from_db()
    assert (run.state, run.error) == (State.FAILED, f"{queue.NO_ROOM}: {queue.ROOM_WORDS}")
    assert not marked("fills")


def test_a_job_that_nobody_declared_is_refused() -> None:
    with pytest.raises(KeyError, match=r"chores\.none"):
        enqueue("chores.none")


def test_a_unique_run_waits_for_none_of_its_kind() -> None:
    first = enqueue("chores.mark", unique="nightly", name="one")
    assert enqueue("chores.mark", unique="nightly", name="two") is None
    work(wait=False)
    assert first is not None
    assert state(first) == State.DONE
    assert enqueue("chores.mark", unique="nightly", name="three") is not None


def test_two_askers_at_once_get_one_run() -> None:
    made: list[Run | None] = []

    def ask() -> None:
        made.append(enqueue("chores.mark", unique="nightly", name="x"))
        connection.close()

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for each in askers:
        each.start()
    for each in askers:
        each.join(30)
    assert sum(each is not None for each in made) == 1


def test_a_run_that_was_cancelled_in_time_never_starts() -> None:
    run = enqueue("chores.mark", name="one")
    assert run is not None
    queue.cancel(run)
    work(wait=False)
    assert state(run) == State.CANCELLED
    assert not marked("one")


@pytest.mark.usefixtures("worker")
def test_a_run_can_be_watched_and_cancelled_while_it_works() -> None:
    run = enqueue("chores.wait", name="one")
    assert run is not None
    until(lambda: Run.objects.get(uid=run.uid).done > 2)
    assert Run.objects.get(uid=run.uid).percent == 0
    queue.cancel(run)
    until(lambda: state(run) == State.CANCELLED)
    assert not marked("one")


def kill_while_running(worker: subprocess.Popen[bytes], run: Run) -> None:
    until(lambda: Run.objects.get(uid=run.uid).done > 2)
    worker.kill()
    worker.wait()


def test_a_run_whose_worker_was_killed_is_given_up_with_the_reason(worker: subprocess.Popen[bytes]) -> None:
    run = enqueue("chores.wait", name="one")
    assert run is not None
    kill_while_running(worker, run)
    again, given_up = recover(silent=0)
    assert (again, given_up) == ([], [run])
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "its worker died" in run.error
    assert not marked("one")
    assert recover(silent=0) == ([], [])


def test_a_repeatable_run_whose_worker_was_killed_starts_again(worker: subprocess.Popen[bytes]) -> None:
    run = enqueue("chores.again", name="one")
    assert run is not None
    kill_while_running(worker, run)
    again, given_up = recover(silent=0)
    assert (again, given_up) == ([run], [])
    queue.cancel(run)
    work(wait=False)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.CANCELLED, 2)


def held_by_nobody(run: Run, status: str) -> None:
    """As procrastinate's table says of a job that a worker took before it was killed, or whose end it wrote."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s, worker_id = NULL WHERE args ->> 'run' = %s",
                       [status, str(run.uid)])  # fmt: skip
        assert cursor.rowcount == 1


@pytest.mark.parametrize("kind", ["chores.mark", "chores.again"])
def test_a_run_whose_worker_was_killed_before_it_began_starts_again(kind: str) -> None:
    run = enqueue(kind, name="one")
    assert run is not None
    held_by_nobody(run, "doing")
    work(wait=False)
    assert state(run) == State.WAITING
    assert recover(silent=0) == ([run], [])
    if kind == "chores.again":
        queue.cancel(run)
    work(wait=False)
    assert (state(run), marked("one")) == (State.DONE, True) if kind == "chores.mark" else (State.CANCELLED, False)


@pytest.mark.parametrize(("kind", "again"), [("chores.again", True), ("chores.wait", False)])
def test_a_run_whose_end_could_not_be_written_is_not_forgotten(kind: str, again: bool) -> None:
    """The database was away when the run failed, and was back when the queue wrote that its job did."""
    run = enqueue(kind, name="one", unique="clock")
    assert run is not None
    Run.objects.filter(uid=run.uid).update(state=State.RUNNING)
    held_by_nobody(run, "failed")
    assert recover() == (([run], []) if again else ([], [run]))
    assert state(run) == (State.WAITING if again else State.FAILED)
    assert (enqueue(kind, name="one", unique="clock") is None) == again
    assert recover() == ([], [])


def test_nothing_that_died_keeps_the_picking_up_from_being_done() -> None:
    assert "jobs.recover" not in queue.KINDS
    run = enqueue("chores.mark", name="one")
    assert run is not None
    held_by_nobody(run, "doing")
    app.configure_task("jobs.recover.clock").defer(timestamp=0)
    work(wait=False)
    assert (state(run), marked("one")) == (State.DONE, True)
    assert Run.objects.count() == 1


def test_a_run_that_a_living_worker_holds_is_left_alone(worker: subprocess.Popen[bytes]) -> None:
    run = enqueue("chores.wait", name="one")
    assert run is not None
    until(lambda: Run.objects.get(uid=run.uid).done > 2)
    assert recover(silent=60) == ([], [])
    assert worker.poll() is None
