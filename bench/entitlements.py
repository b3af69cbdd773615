"""The platform under load: "my entitlements", the snapshot, the night, the server's memory.

`HUIJIANG_BENCH_PEOPLE` sets another size than a million, `HUIJIANG_BENCH_COUNTY` a county made before
(`huijiang synth`).  Everything runs on the embedded PostgreSQL in a folder that is gone afterwards, or stays where
`HUIJIANG_BENCH_HOME` names one: loaded the first time, used as it is from then on.
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

from bench.steps import Spent, children, cpu_seconds, proportional, run, server_of, start, step

TITLE = "The platform: my entitlements, the snapshot, the night"
PEOPLE = int(os.environ.get("HUIJIANG_BENCH_PEOPLE", "1000000"))
COUNTY = os.environ.get("HUIJIANG_BENCH_COUNTY", "")
SECONDS = int(os.environ.get("HUIJIANG_BENCH_SECONDS", "30"))
HOME = os.environ.get("HUIJIANG_BENCH_HOME", "")
LOADED = "loaded.json"
REGION = "萧山区"
WORKERS = 200  # people who sign in
PAGE = "/my/entitlements/"
RATES = ((5, "< 60 ms"), (30, "< 250 ms"))
NIGHTS = ("first night, everything new", "next night, nothing changed")
ON = dt.date(2026, 11, 22)
Row = tuple[str, str, str]


def rows() -> list[Row]:
    """What, measured, promised."""
    with _home() as home, server_of(home) as server:
        return [_load(home, server), *_night(home, server), *_pages(home, server)]


def load() -> None:
    """Only load, for a folder that stays."""
    with _home() as home, server_of(home) as server:
        print(*_load(home, server))


@contextmanager
def _home() -> Iterator[Path]:
    if HOME:
        kept = Path(HOME).resolve()
        kept.mkdir(parents=True, exist_ok=True)
        kept.chmod(0o755)  # the database may run as another user than root
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="huijiang-bench-", ignore_cleanup_errors=True) as made:
        home = Path(made)
        home.chmod(0o755)
        yield home


def _load(home: Path, server: int) -> Row:
    """A county in the registry; what a folder that stays took the first time is told again."""
    told = home / LOADED
    if not told.is_file():
        county = Path(COUNTY) if COUNTY else home / "county"
        if not county.is_dir():
            arguments = ["--people", str(PEOPLE), "--seed", "1", "--region", REGION, "--out", str(county)]
            run(["huijiang", "synth", *arguments], home)
        run(["huijiang", "secrets"], home)
        run(["huijiang", "upgrade"], home)
        done = step("load", ["huijiang", "load", str(county)], home, server)
        told.write_text(json.dumps([done.said.split("；")[0], done.told()]), encoding="utf-8")
    else:
        run(["huijiang", "upgrade"], home)
    said, took = json.loads(told.read_text(encoding="utf-8"))
    return f"loading a county into an empty registry: {said}", took, ""


def _night(home: Path, server: int) -> list[Row]:
    """The snapshot alone, then whole nights: the first stores all, the second only finds that nothing changed."""
    run(["bench.entitlements", "forget", ""], home)
    with tempfile.TemporaryDirectory(dir=home) as made:
        taken = step("snapshot", ["bench.entitlements", "snapshot", f"{made}/facts"], home, server)
    found = [(f"snapshot: {taken.said}", taken.told(), "< 60 s")]
    for which in NIGHTS:
        night: Spent = step(which, ["bench.entitlements", "night", ""], home, server)
        found.append((f"{which}: snapshot to {night.said}", night.told(), "< 120 s"))
    return found


def _pages(home: Path, server: int) -> list[Row]:
    cookies = home / "cookies.json"
    run(["bench.entitlements", "sign_in", str(cookies)], home)
    address = f"127.0.0.1:{_free()}"
    found: list[Row] = []
    with start(["huijiang", "web", "--bind", address], home, quiet=True) as web:
        try:
            _await(address)
            _measure(address, 5, 20, cookies)  # each process reads the policies once
            for rate, promised in RATES:
                before = cpu_seconds(web.pid), cpu_seconds(server)
                told = _measure(address, rate, SECONDS, cookies)
                times = told["times"]
                each = [
                    1_000 * (cpu_seconds(pid) - at) / len(times)
                    for pid, at in zip((web.pid, server), before, strict=True)
                ]
                what = f"my entitlements, {rate} requests/s, p95 of {len(times)} ({len(told['wrong'])} failed)"
                median, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
                spent = f"median {median:.0f} ms; CPU per page {each[0]:.1f} ms + PostgreSQL {each[1]:.1f} ms"
                found.append((what, f"{p95:.0f} ms; {spent}", promised))
            memory = f"web {_mib(web.pid)} MiB in {len(children(web.pid)) + 1} processes, PostgreSQL {_mib(server)} MiB"
            found.append(("memory while serving (shared pages once)", memory, ""))
        finally:
            web.terminate()
            web.wait(30)
    return found


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


def _mib(pid: int) -> int:
    return proportional(pid) >> 20


# -- inside a process ----------------------------------------------------------------------
def main(arguments: list[str]) -> None:
    if arguments == ["load"]:
        load()
        return
    import django

    django.setup()
    {"forget": _forget, "snapshot": _snapshot, "night": _one_night, "sign_in": _sign_in}[arguments[0]](arguments[1])


def _forget(_nothing: str) -> None:
    """What earlier nights stored, so that the next is the first again."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE entitlements_standing, entitlements_nightlyrun")


def _snapshot(folder: str) -> None:
    from huijiang.registry.snapshot import snapshot

    taken = snapshot(Path(folder), ON)
    print(f"{taken.rows['person']:,} people, {sum(taken.rows.values()):,} rows")


def _one_night(_nothing: str) -> None:
    from huijiang.entitlements import nightly

    begun = time.perf_counter()

    def told(what: str) -> None:
        sys.stdout.write(f"  {time.perf_counter() - begun:7.1f} {what}\n")

    (night,) = nightly.run(ON, told)
    print(f"{night.opened + night.kept:,} stored results, {night.opened:,} of them new")


def _sign_in(to: str) -> None:
    """Accounts of people at work, each with a session."""
    from django.test import Client

    from huijiang.access.models import Binding
    from huijiang.accounts.models import User
    from huijiang.registry.models import Person

    sessions = []
    everybody = Person.objects.filter(employer__isnull=False).order_by("pk")
    apart = max(1, everybody.count() // WORKERS)
    for person in everybody[: apart * WORKERS : apart]:
        user = User.objects.filter(login=f"bench-{person.pk}").first()
        if user is None:
            user = User.objects.create_user(f"bench-{person.pk}", None, name=person.name)
            Binding.objects.create(user=user, person=person, way="counter")
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        sessions.append(str(client.session.session_key))
    Path(to).write_text(json.dumps(sessions), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
