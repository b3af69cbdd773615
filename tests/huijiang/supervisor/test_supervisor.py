"""Nothing outlives the supervisor, what dies is started again, and what was committed is kept."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from huijiang.supervisor import places
from huijiang.supervisor.postgres import FIXED_UID, PORT, USER, Postgres, PostgresError
from huijiang.supervisor.supervisor import DATABASE

EXAMPLE = Path(__file__).with_name("example.py")
PATIENCE = 1200  # looks, twenty a second


def until(holds: Callable[[], bool]) -> None:
    for _ in range(PATIENCE):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("never came true")


def alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, home: Path, user: int | None = None) -> None:
        self.home = home
        line = [sys.executable, str(EXAMPLE), str(home), *([str(user)] if user is not None else [])]
        self.process = subprocess.Popen(
            line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip

    def ready(self) -> Running:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n", self.process.communicate()[1]
        return self

    def children(self) -> dict[str, int]:
        """Name → process id, read from the system itself."""
        found = {}
        for number in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
            for name, word in (("postgres", b"-clisten_addresses="), ("web", b"600"), ("worker", b"601")):
                if word in words:
                    found[name] = int(number)
        return found

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(
            host=str(places.socket(self.home)), port=PORT, user=USER, dbname=DATABASE, autocommit=True
        ) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def home() -> Iterator[Path]:
    """A short name that everybody may pass through."""
    with tempfile.TemporaryDirectory(prefix="hj-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made) / "home"


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    started = Running(home).ready()
    try:
        yield started
    finally:
        started.end()


def test_all_three_run_and_end_with_it(running: Running) -> None:
    children = running.children()
    assert sorted(children) == ["postgres", "web", "worker"]
    running.process.terminate()
    assert running.process.wait(60) == 0
    assert not any(alive(number) for number in children.values())


def test_nothing_listens_on_a_network(running: Running) -> None:
    assert running.ask("SHOW listen_addresses") == [("",)]


def test_a_child_that_is_killed_is_started_again_and_the_others_stay(running: Running) -> None:
    running.ask("CREATE TABLE kept AS SELECT 7 AS seven")
    for name in ("postgres", "web", "worker"):
        before = running.children()
        os.kill(before[name], signal.SIGKILL)
        until(lambda: running.children().get(name) not in (None, before[name]))  # noqa: B023
        until(lambda: _answers(running))
        after = running.children()
        assert {**before, name: 0} == {**after, name: 0}
        assert running.ask("SELECT seven FROM kept") == [(7,)]


def _answers(running: Running) -> bool:
    try:
        return running.ask("SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def test_when_the_supervisor_is_killed_its_children_end_and_the_next_start_finds_everything(
    running: Running, home: Path
) -> None:
    running.ask("CREATE TABLE kept AS SELECT 7 AS seven")
    children = running.children()
    running.process.kill()
    running.process.wait()
    again = Running(home).ready()
    try:
        assert not any(alive(number) for number in children.values())
        assert again.ask("SELECT seven FROM kept") == [(7,)]
    finally:
        again.end()


def test_of_two_starters_the_second_is_told_who_runs(running: Running, home: Path) -> None:
    second = Running(home)
    _, said = second.process.communicate(timeout=60)
    assert second.process.returncode == 1
    assert f"is run by process {running.process.pid} already" in said
    assert sorted(running.children()) == ["postgres", "web", "worker"]


def test_the_data_folder_is_private_and_not_roots(running: Running, home: Path) -> None:
    told = places.data(home).stat()
    assert told.st_mode & 0o777 == 0o700
    assert told.st_uid == (FIXED_UID if os.geteuid() == 0 else os.geteuid())


def ordinary_user() -> int | None:
    """Another user where root runs the tests, else the one that runs them."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def test_an_ordinary_user_starts_it_too(home: Path) -> None:
    home.mkdir(mode=0o700)
    user = ordinary_user()
    if user is not None:
        os.chown(home, user, user)
    started = Running(home, user).ready()
    try:
        assert (home / "postgres").stat().st_uid == (os.geteuid() if user is None else user)
        assert sorted(started.children()) == ["postgres", "web", "worker"]
    finally:
        started.end()


def test_a_disk_that_is_nearly_full_is_refused_before_anything_is_written(home: Path) -> None:
    with pytest.raises(PostgresError, match="free some space and start again"):
        Postgres(home / "postgres", home / "run").start(least_free=1 << 60)
    assert not home.exists()


def test_a_server_that_does_not_start_says_what_it_said(home: Path) -> None:
    server = Postgres(home / "postgres", home / "run", {"shared_buffers": "nonsense"})
    with pytest.raises(PostgresError, match='invalid value for parameter "shared_buffers": "nonsense"'):
        server.start()


def test_a_zombie_is_not_taken_for_a_server(home: Path) -> None:
    """Its process id stands in the folder, and nobody has waited for it yet."""
    zombie = subprocess.Popen(["true"])
    until(lambda: not alive(zombie.pid))
    server = Postgres(home / "postgres", home / "run", {"fsync": "off"})
    server.start()
    server.stop()
    (server.folder / "postmaster.pid").write_text(f"{zombie.pid}\n{server.folder}\n0\n{PORT}\n\n\n\nready\n")
    os.chown(server.folder / "postmaster.pid", *(server.folder.stat().st_uid, server.folder.stat().st_gid))
    server.start()
    server.stop()
    zombie.wait()


def test_a_socket_whose_name_would_be_too_long_moves(home: Path) -> None:
    deep = home / ("a" * 60) / ("b" * 60)
    assert len(str(places.socket(deep))) < 100
    assert places.socket(deep) != places.socket(home / ("a" * 60) / ("c" * 60))
