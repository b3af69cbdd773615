"""The platform under load: "my entitlements", the snapshot, the night, the server's memory.

`HUIJIANG_BENCH_PEOPLE` sets another size than a million, `HUIJIANG_BENCH_COUNTY` a county made before
(`huijiang synth`).  Everything runs on the embedded PostgreSQL in a folder that is gone afterwards, or stays where
`HUIJIANG_BENCH_HOME` names one: loaded the first time, used as it is from then on.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from bench import serving
from bench.load import load
from bench.steps import Spent, children, proportional, run, server_of, step

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
    with serving.home(HOME) as home, server_of(home) as server:
        return [loaded(home, server), *_night(home, server), *_pages(home, server)]


def only_load() -> None:
    """Only load, for a folder that stays."""
    with serving.home(HOME) as home, server_of(home) as server:
        print(*loaded(home, server))


def loaded(home: Path, server: int) -> Row:
    """A county in the registry; what a folder that stays took the first time is told again."""
    told = home / LOADED
    if not told.is_file():
        county = Path(COUNTY) if COUNTY else home / "county"
        if not county.is_dir():
            arguments = ["--people", str(PEOPLE), "--seed", "1", "--region", REGION, "--out", str(county)]
            run(["huijiang", "synth", *arguments], home)
        serving.set_up(home)
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
    sessions: list[str] = json.loads(cookies.read_text(encoding="utf-8"))
    found: list[Row] = []
    with serving.web(home) as (address, process):
        load(address, 5, _requests(sessions, 5 * 20))  # each process reads the policies once
        for rate, promised in RATES:
            done, spent = serving.under(address, rate, _requests(sessions, rate * SECONDS), process.pid, server)
            what = f"my entitlements, {rate} requests/s, p95 of {len(done.times)} ({len(done.wrong)} failed)"
            found.append((what, spent, promised))
        processes = len(children(process.pid)) + 1
        memory = f"web {_mib(process.pid)} MiB in {processes} processes, PostgreSQL {_mib(server)} MiB"
        found.append(("memory while serving (shared pages once)", memory, ""))
    return found


def _requests(sessions: list[str], count: int) -> list[dict[str, str]]:
    return [{"path": PAGE, "session": sessions[at % len(sessions)]} for at in range(count)]


def _mib(pid: int) -> int:
    return proportional(pid) >> 20


# -- inside a process ----------------------------------------------------------------------
def main(arguments: list[str]) -> None:
    if arguments == ["load"]:
        only_load()
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
