"""Requests from a process of its own: open arrivals at a steady rate, whatever the server does with them.

`python -m bench.load host:port requests/s requests.json`, where each request is {"path", "session", "form"}; the last
two may be missing, with a form it is posted.  Gives {"times": milliseconds, sorted, "wrong": what answered otherwise
than 200 or 302}.  `load` runs it and gives the same.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

TOKEN: Final = "b" * 32  # of a form and of its cookie; the server only compares them
PATIENCE: Final = 60  # seconds until an answer counts as none


@dataclass(frozen=True)
class Loaded:
    """What came of a load: milliseconds of each answer, sorted, waiting for a free thread counted in; what was wrong."""

    times: list[float]
    wrong: list[str]

    @property
    def median(self) -> float:
        return self.times[len(self.times) // 2]

    @property
    def p95(self) -> float:
        return self.times[int(len(self.times) * 0.95)]


def load(address: str, rate: int, requests: Iterable[dict[str, Any]]) -> Loaded:
    """Ask a server at a steady rate, from a process of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as told:
        json.dump(list(requests), told)
        told.flush()
        command = [sys.executable, "-m", "bench.load", address, str(rate), told.name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Loaded(**json.loads(done.stdout))


def main() -> int:
    """Ask for each in its turn, in a thread of its own."""
    address, rate, path = sys.argv[1:4]
    requests: list[dict[str, Any]] = json.loads(Path(path).read_text(encoding="utf-8"))
    begin = time.perf_counter() + 0.2
    times: list[float] = []
    wrong: list[str] = []

    def ask(at: int, told: dict[str, Any]) -> None:
        due = begin + at / float(rate)
        time.sleep(max(0.0, due - time.perf_counter()))
        link = http.client.HTTPConnection(address, timeout=PATIENCE)
        headers = {"Cookie": f"sessionid={told.get('session', '')}; csrftoken={TOKEN}"}
        form = told.get("form")
        if form is None:
            link.request("GET", told["path"], headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            link.request("POST", told["path"], urlencode({**form, "csrfmiddlewaretoken": TOKEN}), headers)
        answer = link.getresponse()
        answer.read()
        link.close()
        times.append(1_000 * (time.perf_counter() - due))  # waiting for a free thread counts too
        if answer.status != (200 if form is None else 302):
            wrong.append(f"{answer.status} {told['path']}")

    waiting = [threading.Thread(target=ask, args=each) for each in enumerate(requests)]
    for each in waiting:
        each.start()
    for each in waiting:
        each.join()
    print(json.dumps({"times": sorted(times), "wrong": wrong}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
