"""The API: a posted case over HTTP, on a real server with its database, tokens and limits.

The cases are those of section `cases`: single people of the sample firm, drawn once per event they have.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.entitlements import _await, _free
from bench.measure import Times
from bench.steps import cpu_seconds, server_of

TITLE = "The API: a posted case"
CASES = int(os.environ.get("HUIJIANG_BENCH_CASES", "400"))
WARM_UP = 40


def rows() -> list[tuple[str, str, str]]:
    """What, measured, promised."""
    with tempfile.TemporaryDirectory(prefix="huijiang-bench-", ignore_cleanup_errors=True) as made:
        home = Path(made)
        home.chmod(0o755)  # the database may run as another user than root
        os.environ.update(HUIJIANG_HOME=str(home), DJANGO_SETTINGS_MODULE="huijiang.settings")
        subprocess.run([sys.executable, "-m", "huijiang", "secrets"], check=True, capture_output=True)
        with server_of(home):
            return _posted(_token())


def _token() -> str:
    """A client with one scope, registered by one administrator and approved by another."""
    from huijiang.commands import upgrade

    upgrade.apply()
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


def _posted(token: str) -> list[tuple[str, str, str]]:
    from bench.cases import sample
    from tiaowen.files import open_library

    bodies = [json.dumps(each, ensure_ascii=False).encode() for each in sample(open_library().require(), CASES)]
    address = f"127.0.0.1:{_free()}"
    web = subprocess.Popen(
        [sys.executable, "-m", "huijiang", "web", "--bind", address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "HUIJIANG_WEB_PROCESSES": "1"},
    )  # fmt: skip
    try:
        _await(address)
        line = http.client.HTTPConnection(address, timeout=60)
        _send(line, token, bodies[:WARM_UP])
        before = cpu_seconds(web.pid)
        times = _send(line, token, bodies)
        cpu = cpu_seconds(web.pid) - before
        line.close()
    finally:
        web.terminate()
        web.wait(30)
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
