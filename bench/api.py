"""The API: a posted case over HTTP, on a real server with its database, tokens and limits.

The cases are those of section `cases`: single people of the sample firm, drawn once per event they have.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import time
from pathlib import Path

from bench.measure import Times
from bench.serving import as_installed, installation, web
from bench.steps import cpu_seconds

TITLE = "The API: a posted case"
CASES = int(os.environ.get("HUIJIANG_BENCH_CASES", "400"))
WARM_UP = 40


def rows() -> list[tuple[str, str, str]]:
    """What, measured, promised."""
    with installation() as (home, _server):
        as_installed(home)
        return _posted(home, _token())


def _token() -> str:
    """A client with one scope, registered by one administrator and approved by another."""
    import django

    django.setup()
    from huijiang.accounts.models import User
    from huijiang.accounts.viewers import today
    from huijiang.api import clients, tokens
    from huijiang.regions.models import Region

    one, other = (User.objects.create_user(f"bench-{name}", None, name=name) for name in ("one", "other"))
    wanted = clients.Wanted("bench", "bureau", "bench", "bench", Region.objects.get(code="330109"), None,
                            ("entitlements:read",), (), 100_000, today() + dt.timedelta(days=30))  # fmt: skip
    client = clients.register(one, wanted)
    clients.approve(client, other)
    return tokens.issue(client, one, "bench", ("entitlements:read",), 1)[1]


def _posted(home: Path, token: str) -> list[tuple[str, str, str]]:
    from bench.cases import sample
    from tiaowen.files import open_library

    bodies = [json.dumps(each, ensure_ascii=False).encode() for each in sample(open_library().require(), CASES)]
    with web(home, processes=1) as (address, process):
        line = http.client.HTTPConnection(address, timeout=60)
        _send(line, token, bodies[:WARM_UP])
        before = cpu_seconds(process.pid)
        times = _send(line, token, bodies)
        cpu = cpu_seconds(process.pid) - before
        line.close()
    return [
        (f"posted case over HTTP, whole place, p95 of {len(bodies)} one after another", f"{times.percentile(0.95):.1f} ms", "< 40 ms"),
        ("the same, median", f"{times.median:.1f} ms", ""),
        ("CPU of the server for one", f"{1_000 * cpu / len(bodies):.1f} ms", ""),
    ]  # fmt: skip


def _send(line: http.client.HTTPConnection, token: str, bodies: list[bytes]) -> Times:
    found = []
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for body in bodies:
        start = time.perf_counter()
        line.request("POST", "/api/v1/entitlements/case", body, headers)
        answer = line.getresponse()
        said = answer.read()
        found.append(1_000 * (time.perf_counter() - start))
        if answer.status != 200:
            raise RuntimeError(f"HTTP {answer.status}: {said[:300].decode()}")
    return Times(tuple(sorted(found)))
