"""Runs PostgreSQL, web and worker as children, starts again what dies, and ends them all in order."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from huijiang.supervisor.children import die_with_parent
from huijiang.supervisor.postgres import LEAST_FREE, Postgres, PostgresError

LOG = logging.getLogger("huijiang.supervisor")
LOCK = "supervisor.lock"
DATABASE = "huijiang"
CALM = 10  # seconds of life after which a child's earlier deaths are forgotten
LONGEST_PAUSE = 30  # seconds between two starts of a child that keeps dying
BALLAST = 64 << 20  # bytes set aside for a database that died because the disk was full
LEAST_AGAIN = 32 << 20  # bytes of disk with which a database that died is started again
TO_STOP = 20  # seconds that web and worker get to finish what they are at


def nothing() -> None:
    """What is done where nothing was asked for."""


class SupervisorError(RuntimeError):
    """The platform can't be started here: why, and how to mend it."""


@dataclass(eq=False)
class Child:
    """A process and how to start it."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    not_before: float = 0.0


@dataclass
class Supervisor:
    """`postgres` is None where DATABASE_URL points elsewhere.  `commands`: name → command line of ours."""

    home: Path
    postgres: Postgres | None
    commands: dict[str, Sequence[str]]
    environment: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    not_before: float = 0.0  # when to look again whether there is room

    def run(
        self, before: Callable[[], None] = nothing, ready: Callable[[], None] = nothing,
        until: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        """Start everything and watch until SIGTERM, SIGINT or `until`.  `before` is called when the database
        runs and nothing else does, `ready` once all were started.

        Raises SupervisorError when another supervisor holds the folder, PostgresError when the database
        does not start.
        """
        with only_one(self.home), self._signals():
            try:
                if self.postgres is not None:
                    database = Child("postgres", self.postgres.start)
                    self._start(database)
                    # It dies where the disk is full: what is needed to come back is little, and others read then.
                    database.start = partial(self._again, self.postgres)
                    self.postgres.ensure_database(DATABASE)
                before()
                for name, line in self.commands.items():
                    self._start(Child(name, partial(self._spawn, line)))
                ready()
                while not self.stopping and not until():
                    self._set_aside()
                    for child in self.children:
                        self._watch(child)
                    time.sleep(0.1)
            finally:
                self._stop()

    def _spawn(self, line: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            line, env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )  # fmt: skip

    def _start(self, child: Child) -> None:
        if child not in self.children:
            self.children.append(child)
        child.started = time.monotonic()
        child.process = child.start()

    def _watch(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return
            child.deaths = 1 if now - child.started > CALM else child.deaths + 1
            pause = 0 if child.deaths == 1 else min(LONGEST_PAUSE, 2 ** (child.deaths - 2))
            LOG.warning("%s 结束了 ended with %s；%s 秒后再启动 starting again in %s s", child.name, code, pause, pause)
            child.process, child.not_before = None, now + pause
        if now >= child.not_before:
            try:
                self._start(child)
            except PostgresError as error:
                child.deaths += 1
                child.not_before = now + min(LONGEST_PAUSE, 2**child.deaths)
                LOG.error("%s: %s", child.name, error)

    def _again(self, postgres: Postgres) -> subprocess.Popen[bytes]:
        """Start a database that died.  Where the disk is full it gets back what was set aside: enough to recover, and
        for others to read."""
        ballast = postgres.folder.with_name("ballast")
        if shutil.disk_usage(postgres.folder).free < BALLAST and ballast.exists():
            LOG.error("磁盘满了，动用预留的 the disk is full: %s MiB that were set aside are given back", BALLAST >> 20)
            ballast.unlink()
        return postgres.start(LEAST_AGAIN)

    def _set_aside(self) -> None:
        """Where there is room for it, again and again: it may have been given back."""
        if self.postgres is None or time.monotonic() < self.not_before:
            return
        self.not_before = time.monotonic() + CALM
        ballast = self.postgres.folder.with_name("ballast")
        if not ballast.exists() and shutil.disk_usage(ballast.parent).free > LEAST_FREE + BALLAST:
            try:
                with ballast.open("wb") as out:
                    os.posix_fallocate(out.fileno(), 0, BALLAST)
            except OSError as error:  # somebody else was faster
                LOG.warning("没有预留成 nothing was set aside: %s", error)
                ballast.unlink(missing_ok=True)

    def _stop(self) -> None:
        """Web and worker first, the database last."""
        ours = [each for each in self.children if each.name != "postgres" and each.process is not None]
        for child in ours:
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + TO_STOP
        for child in ours:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                LOG.warning("%s: 没有按时停下，强制结束 did not stop in time and is killed", child.name)
                child.process.kill()
                child.process.wait()
        if self.postgres is not None:
            self.postgres.stop()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(number: int, frame: object) -> None:
            self.stopping = True

        before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for each, old in before.items():
                signal.signal(each, old)


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """One supervisor for each data folder; the system lets go of the lock when a supervisor is killed."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.seek(0)
            holder = stream.read().strip()
            raise SupervisorError(
                f"{home}: 已由进程 {holder} 启动 is run by process {holder} already；"
                "用它，或先停掉它 use that one or stop it first"
            ) from None
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield


def command(*arguments: str) -> list[str]:
    """A command line of the platform itself."""
    return [sys.executable, "-m", "huijiang", *arguments]
