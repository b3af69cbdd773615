"""Rounds of payments through the platform's own pages while one of its processes is killed at a step.

    HUIJIANG_HOME=HOME python -m tests.huijiang.funds.platform_kills HOME FIRST LAST SEED MINUTES

Each round: twelve claims are held money for; three people of finance press what is pressed on the pages (build, freeze,
sign, sign, export, sent, the bank's files), each press again until it is answered; at one step one of VICTIMS dies by
SIGKILL and the supervisor (or, when it is the one, whoever starts it) brings it back.  Then the books are read.
One line of JSON a round, a last one when payees were told by the worker.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

VICTIMS: Final = ("postgres", "worker", "gunicorn", "web", "supervisor")
WEIGHTS: Final = (5, 3, 3, 2, 1)  # what is dear to start again dies less often
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
)
STRIDE: Final = 3  # has no divisor in common with the number of steps: ten rounds go through them all
LONGEST: Final = 0.15  # seconds from the press to the kill
PATIENCE: Final = 900  # looks, ten a second, until a press must be answered
TELLING: Final = 240  # looks, one a second, until the worker told everybody: a job that died waits for its heartbeat
CSRF: Final = "k" * 32


@dataclass(frozen=True)
class Answer:
    """What a page said: 0 where nobody answered."""

    status: int
    body: bytes
    location: str


class Platform:
    """The supervisor as a process of its own, and its children by what they are."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        line = [sys.executable, "-m", "tests.huijiang.funds.platform", str(self.home), str(self.port)]
        log = (self.home / "platform.log").open("ab")
        self.process = subprocess.Popen(line, stdout=log, stderr=log)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)

    def kill(self, victim: str) -> bool:
        """SIGKILL to one of them; whether it was there to die."""
        assert self.process is not None
        if victim == "supervisor":
            self.process.kill()
            self.process.wait()
            self.start()
            return True
        found = self.pids(victim)
        if not found:
            return False
        try:
            os.kill(found[0], signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def pids(self, victim: str) -> list[int]:
        """Of `postgres` the postmaster, of `web` gunicorn's master, of `gunicorn` a process of it that answers."""
        assert self.process is not None
        children = {each: _line(each) for each in _children(self.process.pid)}
        if victim == "postgres":
            return [pid for pid, line in children.items() if "postgres" in line.partition("\0")[0]]
        if victim == "worker":
            return [pid for pid, line in children.items() if line.rstrip("\0").endswith("worker")]
        masters = [pid for pid, line in children.items() if "gunicorn" in line]
        return masters if victim == "web" else [each for master in masters for each in _children(master)]


def _children(parent: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []


def _line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


class Desk:
    """Somebody signed in, pressing buttons over HTTP."""

    def __init__(self, platform: Platform, login: str) -> None:
        from django.conf import settings
        from django.test import Client

        from huijiang.accounts.models import User

        client = Client()
        client.force_login(User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
        self.cookies = (
            f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}; csrftoken={CSRF}"
        )
        self.platform = platform

    def press(self, address: str, told: dict[str, str], file: tuple[str, bytes] | None = None) -> Answer:
        """One POST; status 0 where the connection broke."""
        import http.client
        from urllib.parse import urlencode

        body, kind = urlencode(told).encode(), "application/x-www-form-urlencoded"
        if file is not None:
            body, kind = _multipart(told, *file)
        connection = http.client.HTTPConnection("127.0.0.1", self.platform.port, timeout=20)
        try:
            connection.request(
                "POST", address, body, {"Cookie": self.cookies, "X-CSRFToken": CSRF, "Content-Type": kind}
            )
            said = connection.getresponse()
            return Answer(said.status, said.read(), said.headers.get("Location") or "")
        except (OSError, http.client.HTTPException):
            return Answer(0, b"", "")
        finally:
            connection.close()


def _multipart(told: dict[str, str], name: str, content: bytes) -> tuple[bytes, str]:
    mark = "mark-" + "m" * 20
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in told.items()
    ]
    parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                 "Content-Type: application/xml\r\n\r\n".encode() + content + b"\r\n")  # fmt: skip
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"


class Round:
    """One batch from held money to the last answer, with one kill."""

    def __init__(self, platform: Platform, number: int, chance: random.Random) -> None:
        self.platform, self.number, self.chance = platform, number, chance
        self.at = STEPS[(1 + STRIDE * number) % len(STEPS)]  # each step in its turn: none is left to chance
        self.victim = chance.choices(VICTIMS, WEIGHTS)[0]
        self.died = False
        self.presses = 0

    def step(self, name: str, act: Callable[[], Answer], done: Callable[[Answer], bool]) -> Answer:
        """Press until it is answered well; at the chosen step somebody dies meanwhile."""
        killer = None
        if name == self.at:
            killer = threading.Timer(self.chance.random() * LONGEST, self._kill)
            killer.start()
        for _ in range(PATIENCE):
            self.presses += 1
            said = act()
            if killer is not None:
                killer.join()
            if done(said):
                return said
            time.sleep(0.1)
        raise AssertionError(f"round {self.number}, {name}: {said.status} {said.body[-300:]!r}")

    def _kill(self) -> None:
        self.died = self.platform.kill(self.victim)

    def run(self) -> None:
        from huijiang.funds.models import Batch
        from tests.huijiang.funds import steps
        from tests.huijiang.funds.many import DAY

        maker, chief, third = (Desk(self.platform, f"kill-{each}") for each in ("maker", "chief", "third"))
        self.step("reserve", self._held, lambda said: said.status == 200)
        told = {"region": "330109", "source": "talent", "pay_on": DAY.isoformat()}
        went = lambda said: said.status == 302  # noqa: E731
        self.step("build", lambda: maker.press("/desk/pay/new/", told), lambda said: went(said) or bool(_batch()))
        batch: Any = _patient(_batch)
        assert isinstance(batch, Batch)
        here = f"/desk/pay/{batch.uid}/"
        self.step("freeze", lambda: maker.press(f"{here}freeze/", {}), went)
        self.step("sign", lambda: chief.press(f"{here}sign/", {"kind": "finance"}), went)
        self.step("sign again", lambda: third.press(f"{here}sign/", {"kind": "release"}), went)
        files = self.step(
            "export", lambda: maker.press(f"{here}export/", {"form": "pain.001"}), lambda said: said.status == 200
        )
        self.step("send", lambda: maker.press(f"{here}send/", {}), went)
        for at, content in enumerate(steps.messages(_files(files.body), self.number)):
            name = f"answer {min(at, 2)}"
            upload = (f"{self.number}-{at}.xml", content)
            self.step(name, lambda file=upload: maker.press("/desk/pay/answers/new/", {"region": "330109"}, file), went)  # type: ignore[misc]

    def _held(self) -> Answer:
        """Claims and their money, from this process: the pages of claims are not what is tested."""
        from django.db import DatabaseError, connections

        from huijiang.claims.models import Due
        from huijiang.funds import reserving
        from tests.huijiang.funds import steps
        from tests.huijiang.funds.many import DAY, payable

        try:
            place, _source, (maker, *_others) = steps.office()
            name = f"第{self.number}轮"
            if not Due.objects.filter(label=name).exists():
                payable(steps.DUES, place, maker, steps.FUND, amount=steps.AMOUNT, label=name)
            reserving.reserve(list(Due.objects.filter(label=name).select_related("claim__region")), maker, DAY)
        except DatabaseError:
            connections.close_all()
            return Answer(0, b"", "")
        return Answer(200, b"", "")


def _batch() -> Any:
    from django.db import DatabaseError, connections

    from huijiang.funds.models import Batch

    try:
        return Batch.objects.exclude(state__in=("settled", "dropped")).order_by("pk").first()
    except DatabaseError:
        connections.close_all()
        return None


def _patient(asked: Callable[[], Any]) -> Any:
    for _ in range(PATIENCE):
        found = asked()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("never came true")


def _files(body: bytes) -> list[bytes]:
    if body.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(body)) as packed:
            return [packed.read(name) for name in sorted(packed.namelist())]
    return [body]


@contextmanager
def running(home: Path) -> Iterator[Platform]:
    platform = Platform(home)
    platform.start()
    try:
        yield platform
    finally:
        platform.stop()


def told_once() -> dict[str, int]:
    """Messages of payments that stand, those that are still to come, and those told twice."""
    from django.db.models import Count

    from huijiang.claims.models import Claim
    from huijiang.notices.models import Notice

    said = dict(Notice.objects.filter(template="claim_paid").values_list("subject").annotate(n=Count("id")).order_by())
    paid = [f"claim:{uid}" for uid in Claim.objects.filter(state="paid").values_list("uid", flat=True)]
    return {"missing": sum(each not in said for each in paid), "twice": sum(n > 1 for n in said.values())}


def main(home: Path, first: int, last: int, seed: int, minutes: float) -> None:
    from huijiang.commands import secrets

    secrets.ensure()
    import django

    django.setup()
    from tests.huijiang.funds import steps

    over = threading.Event()
    bound = threading.Timer(minutes * 60, over.set)
    bound.daemon = True
    bound.start()
    with running(home) as platform:
        _patient(lambda: _settled(steps.office))
        for number in range(first, last):
            if over.is_set():
                break
            each = Round(platform, number, random.Random(f"{seed} {number}"))
            each.run()
            found = _patient(lambda at=number: _settled(lambda: steps.books(at)))  # type: ignore[misc]
            print(json.dumps({"round": number, "victim": each.victim if each.died else "", "step": each.at,
                              "presses": each.presses, **found}), flush=True)  # fmt: skip
        for _ in range(TELLING):
            told = _patient(lambda: _settled(told_once))
            if not told["missing"]:
                break
            time.sleep(1)
        print(json.dumps({"told": told}), flush=True)


def _settled(asked: Callable[[], Any]) -> Any:
    """What the database says; None while it is away."""
    from django.db import DatabaseError, connections

    try:
        return asked()
    except DatabaseError:
        connections.close_all()
        return None


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
