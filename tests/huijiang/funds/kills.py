"""Killing whoever pays: the process at work on a batch, or the database under it, at any step; then going on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from huijiang.supervisor.postgres import Postgres
from tests.huijiang import prepared
from tests.huijiang.funds.steps import DUES

ROOT: Final = Path(__file__).resolve().parents[3]
STEPS: Final = (
    "reserve",
    "build",
    "freeze",
    "sign",
    "sign again",
    "export",
    "send",
    "answer 0",
    "answer 1",
    "answer 2",
    "answer 3",
)
LONGEST: Final = 0.12  # seconds after a step was said until the kill


@dataclass(frozen=True)
class Kill:
    """Who dies at which step: `process` (server and worker run the same code) or `postgres`."""

    victim: str
    step: str


@contextmanager
def bank() -> Iterator[Bank]:
    """A bank in a folder that the server's own user may enter; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="huijiang-", ignore_cleanup_errors=True) as made:
        opened = Bank(Path(made))
        try:
            yield opened
        finally:
            opened.server.stop()


class Bank:
    """A server of its own, which may die."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        prepared.copy_to(folder / "data")
        self.home = folder / "home"
        self.home.mkdir()
        self.environment = {**os.environ, "TMPDIR": str(self.home), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
        self.server = Postgres(folder / "data", folder / "run", {**prepared.SETTINGS, "fsync": "on"})
        self.server.start()

    def command(self, number: int) -> list[str]:
        return [
            sys.executable,
            "-m",
            "tests.huijiang.funds.steps",
            str(self.server.socket),
            str(self.home),
            str(number),
        ]

    def killed(self, number: int, kill: Kill, chance: random.Random) -> bool:
        """Run a round until the kill; whether it came to its step before it was done."""
        with subprocess.Popen(self.command(number), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
                              env=self.environment, start_new_session=True) as working:  # fmt: skip
            assert working.stdout is not None
            reached = False
            for line in working.stdout:
                if line.strip() == f"step {kill.step}":
                    reached = True
                    time.sleep(chance.random() * LONGEST)
                    if kill.victim == "postgres":
                        self.kill_server()
                    else:
                        working.send_signal(signal.SIGKILL)
                    break
            working.stdout.read()
            working.wait(60)
        if kill.victim == "postgres" and reached:
            self.server.start()
        return reached

    def kill_server(self) -> None:
        """SIGKILL to the postmaster; its children see that it is gone and end."""
        assert self.server.process is not None
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait()

    def finished(self, number: int) -> dict[str, Any]:
        """Run a round to its end; what the books say."""
        done = subprocess.run(
            self.command(number), capture_output=True, text=True, cwd=ROOT, env=self.environment, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


@contextmanager
def rounds_of_the_platform(first: int, last: int, seed: int, minutes: float) -> Iterator[Iterator[dict[str, Any]]]:
    """Rounds through web, worker and PostgreSQL under the supervisor (`platform_kills`), one dict each; the last one is
    what the worker told payees."""
    with tempfile.TemporaryDirectory(prefix="huijiang-", ignore_cleanup_errors=True) as made:
        home = Path(made)
        home.chmod(0o755)
        environment = {**os.environ, "HUIJIANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "huijiang.settings",
                       "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "DATABASE_URL": "", "HUIJIANG_WEB_PROCESSES": "1",
                       "HUIJIANG_WEB_THREADS": "4", "HUIJIANG_LOG_LEVEL": "ERROR", "HUIJIANG_DEMO": "0"}  # fmt: skip
        for name in ("HUIJIANG_SECRET_KEY",):  # the home has its own
            environment.pop(name, None)
        prepared.install(home)
        line = [
            sys.executable,
            "-m",
            "tests.huijiang.funds.platform_kills",
            str(home),
            str(first),
            str(last),
            str(seed),
            str(minutes),
        ]
        with (
            (home / "rounds.log").open("wb") as log,
            subprocess.Popen(line, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT, env=environment) as running,
        ):
            assert running.stdout is not None
            try:
                yield (json.loads(each) for each in running.stdout if each.startswith("{"))
                assert running.wait(60) == 0, (home / "rounds.log").read_text(errors="replace")[-3000:]
            finally:
                if running.poll() is None:
                    running.terminate()


def check(found: dict[str, Any]) -> None:
    """Nothing is paid twice, nothing is lost, every book agrees."""
    assert found["wrong"] == [], found
    assert found["twice"] == 0, found
    assert sum(found["claims"].values()) == DUES <= sum(found["payments"].values()), found
    assert set(found["payments"]) <= {"paid", "rejected", "returned"}, found
    assert found["claims"].get("paid", 0) == found["payments"].get("paid", 0), found


def survived(opened: Bank, number: int, chance: random.Random, victim: str = "") -> Kill | None:
    """A round with one kill (None where it was over before): afterwards nothing is paid twice, nothing lost, and every book agrees."""
    kill = Kill(victim or chance.choice(("process", "postgres")), chance.choice(STEPS))
    reached = opened.killed(number, kill, chance)
    found = opened.finished(number)
    check({**found, "round": number, "kill": kill})
    return kill if reached else None
