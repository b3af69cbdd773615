"""Claims: a night's ready claims, submission through the server, decisions on selections, the desk with a long queue.

`HUIJIANG_BENCH_CLAIMS` sets another size than 100,000, `HUIJIANG_BENCH_SECONDS` how long each load lasts (30).  The
cases are made in sets, every row of them under the triggers; nothing is switched off.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.entitlements import _await, _free
from bench.steps import Spent, cpu_seconds, run, server_of, start, step

TITLE = "Claims: ready claims, submission, decisions, the queue"
CLAIMS = int(os.environ.get("HUIJIANG_BENCH_CLAIMS", "100000"))
SECONDS = int(os.environ.get("HUIJIANG_BENCH_SECONDS", "30"))
SUBMISSIONS = 15  # a second
DECISIONS = 500
LOOKS = 5  # a second, of each view
DEEDS = ("accept", "checked", "review", "approve")
Row = tuple[str, str, str]


def rows() -> list[Row]:
    """What, measured, promised."""
    with tempfile.TemporaryDirectory(prefix="huijiang-bench-", ignore_cleanup_errors=True) as made:
        home = Path(made)
        home.chmod(0o755)
        with server_of(home) as server:
            run(["huijiang", "secrets"], home)
            run(["huijiang", "upgrade"], home)
            _step("seed", home, server)
            ready = _step("ready", home, server)
            _step("prepare", home, server)
            decided = {deed: _step(deed, home, server) for deed in DEEDS}
            _step("spread", home, server)
            return [
                (f"{ready.said} made by the night's run, and who has an account told", ready.told(), "< 60 s"),
                *(_decisions(deed, spent) for deed, spent in decided.items()),
                *_served(home, server),
            ]


def _step(name: str, home: Path, server: int) -> Spent:
    told = [name, str(CLAIMS), str(DECISIONS), str(SUBMISSIONS * SECONDS), str(home)]
    return step(f"claims: {name}", ["bench.claims_steps", *told], home, server)


def _decisions(deed: str, spent: Spent) -> Row:
    return (
        f"{DECISIONS} × {deed} on selections, as the desk's job does them",
        f"{spent.said}; {spent.told()}",
        "≥ 500 a minute",
    )


def _served(home: Path, server: int) -> list[Row]:
    """The desk's views, taking the next, and submission, each under its own load."""
    listed: dict[str, dict[str, Any]] = json.loads((home / "requests.json").read_text(encoding="utf-8"))
    address = f"127.0.0.1:{_free()}"
    found: list[Row] = []
    with start(["huijiang", "web", "--bind", address], home, quiet=True) as web:
        try:
            _await(address)
            for name, told in listed.items():
                sys.stderr.write(f"·   claims: {name}\n")
                _load(address, 2, told["warm"], home)  # each process reads the policies once
                before = cpu_seconds(web.pid), cpu_seconds(server)
                done = _load(address, told["rate"], told["requests"], home)
                times, count = done["times"], len(done["times"])
                each = [
                    1_000 * (cpu_seconds(pid) - at) / count for pid, at in zip((web.pid, server), before, strict=True)
                ]
                median, p95 = times[count // 2], times[int(count * 0.95)]
                spent = f"median {median:.0f} ms; CPU for one {each[0]:.1f} ms + PostgreSQL {each[1]:.1f} ms"
                wrong = f", {len(done['wrong'])} answered otherwise" if done["wrong"] else ""
                found.append(
                    (
                        f"{name}, {told['rate']} a second, p95 of {count}{wrong}",
                        f"{p95:.0f} ms; {spent}",
                        told["promised"],
                    )
                )
        finally:
            web.terminate()
            web.wait(30)
    return found


def _load(address: str, rate: int, requests: list[dict[str, Any]], home: Path) -> dict[str, Any]:
    path = home / "load.json"
    path.write_text(json.dumps(requests), encoding="utf-8")
    command = [sys.executable, "-m", "bench.claims_load", address, str(rate), str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


if __name__ == "__main__":
    sys.exit("./run bench claims")
