"""The platform under load: "my entitlements", the snapshot, the night, the server's memory.

`HUIJIANG_BENCH_PEOPLE` sets another size than a million, `HUIJIANG_BENCH_COUNTY` a county made before
(`huijiang synth`).  Everything runs on the embedded PostgreSQL in a folder that is gone afterwards.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TITLE = "The platform: my entitlements, the snapshot, the night"
PEOPLE = int(os.environ.get("HUIJIANG_BENCH_PEOPLE", "1000000"))
SECONDS = int(os.environ.get("HUIJIANG_BENCH_SECONDS", "30"))
WORKERS = 200  # people who sign in
PAGE = "/my/entitlements/"
RATES = ((5, "< 60 ms"), (30, "< 250 ms"))
ON = dt.date(2026, 11, 22)


def rows() -> list[tuple[str, str, str]]:
    """What, measured, promised."""
    with tempfile.TemporaryDirectory(prefix="huijiang-bench-", ignore_cleanup_errors=True) as made:
        home = Path(made)
        home.chmod(0o755)  # the database may run as another user than root
        os.environ.update(HUIJIANG_HOME=str(home), DJANGO_SETTINGS_MODULE="huijiang.settings")
        subprocess.run([sys.executable, "-m", "huijiang", "secrets"], check=True, capture_output=True)
        with _database(home):
            people, loaded = _load(home)
            found = [(f"loading a county of {people:,} people into an empty registry", f"{loaded:.0f} s", "")]
            found += _night(home, people)
            cookies = home / "cookies.json"
            cookies.write_text(json.dumps(_sign_in()), encoding="utf-8")
            return found + _pages(cookies)


@contextmanager
def _database(home: Path) -> Iterator[None]:
    from huijiang.supervisor import places
    from huijiang.supervisor.postgres import Postgres
    from huijiang.supervisor.supervisor import DATABASE

    server = Postgres(places.data(home), places.socket(home))
    server.start()
    try:
        server.ensure_database(DATABASE)
        yield
    finally:
        server.stop()


def _load(home: Path) -> tuple[int, float]:
    from huijiang.commands import upgrade

    upgrade.apply()
    from huijiang.regions.models import Region
    from huijiang.registry.load import load
    from huijiang.registry.vocabulary import vocabulary
    from huijiang.synth import make_county

    told = os.environ.get("HUIJIANG_BENCH_COUNTY", "")
    folder = Path(told) if told else home / "county"
    if not told:
        make_county(vocabulary(), folder, PEOPLE, 1, "萧山区")
    start = time.perf_counter()
    done = load(folder, Region.objects.get(code="330109"))
    return done.rows["person"], time.perf_counter() - start


def _night(home: Path, people: int) -> list[tuple[str, str, str]]:
    """The snapshot alone, then whole nights: the first stores all, the second only finds that nothing changed."""
    from huijiang.entitlements import nightly
    from huijiang.registry.snapshot import snapshot

    start = time.perf_counter()
    snapshot(home / "snapshot", ON)
    found = [(f"snapshot of {people:,} people", f"{time.perf_counter() - start:.1f} s", "< 60 s")]
    for which in ("first night, everything new", "next night, nothing changed"):
        start = time.perf_counter()
        (night,) = nightly.run(ON)
        took = time.perf_counter() - start
        found.append((f"{which}: snapshot to {night.opened + night.kept:,} stored results", f"{took:.1f} s", "< 120 s"))
    return found


def _sign_in() -> list[str]:
    """Accounts of people at work, each with a session."""
    from django.test import Client

    from huijiang.access.models import Binding
    from huijiang.accounts.models import User
    from huijiang.registry.models import Person

    sessions = []
    everybody = Person.objects.filter(employer__isnull=False).order_by("pk")
    step = max(1, everybody.count() // WORKERS)
    for person in everybody[: step * WORKERS : step]:
        user = User.objects.create_user(f"bench-{person.pk}", None, name=person.name)
        Binding.objects.create(user=user, person=person, way="counter")
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        sessions.append(str(client.session.session_key))
    return sessions


def _pages(cookies: Path) -> list[tuple[str, str, str]]:
    address = f"127.0.0.1:{_free()}"
    web = subprocess.Popen(
        [sys.executable, "-m", "huijiang", "web", "--bind", address],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(address)
        _measure(address, 5, 20, cookies)  # each process reads the policies once
        found: list[tuple[str, str, str]] = []
        for rate, promised in RATES:
            told = _measure(address, rate, SECONDS, cookies)
            times = told["times"]
            p95 = times[int(len(times) * 0.95)]
            found.append((f"my entitlements, {rate} requests/s, p95 of {len(times)} (median {times[len(times) // 2]:.0f} ms,"
                          f" {len(told['wrong'])} failed)", f"{p95:.0f} ms", promised))  # fmt: skip
        found.append(("memory of the web server (proportional, all processes)", f"{_memory(web.pid)} MiB", ""))
        return found
    finally:
        web.terminate()
        web.wait(30)


def _measure(address: str, rate: int, seconds: int, cookies: Path) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "bench.entitlements_load", address, PAGE, str(rate), str(seconds), str(cookies)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, list[float]] = json.loads(done.stdout)
    return told


def _free() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def _await(address: str) -> None:
    for _ in range(600):
        link = http.client.HTTPConnection(address, timeout=5)
        try:
            link.request("GET", "/health/alive")
            link.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            link.close()
    raise RuntimeError(f"{address}: 一分钟内没有应答 no answer within a minute")


def _memory(pid: int) -> int:
    """MiB of a process and its children, shared pages counted once."""
    family = [pid, *_children(pid)]
    total = 0
    for each in family:
        for line in Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total // 1024


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += [int(child), *_children(int(child))]
    return found
