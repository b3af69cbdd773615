"""Load from a process of its own: open arrivals at a steady rate, whatever the server does with them."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from pathlib import Path


def main() -> int:
    """`python -m bench.entitlements_load host:port path requests/s seconds cookies.json`: milliseconds, as JSON."""
    address, path, rate, seconds, cookies = sys.argv[1:6]
    sessions: list[str] = json.loads(Path(cookies).read_text(encoding="utf-8"))
    count = int(float(rate) * float(seconds))
    begin = time.perf_counter() + 0.2
    times: list[float] = []
    wrong: list[int] = []

    def ask(at: int) -> None:
        due = begin + at / float(rate)
        time.sleep(max(0.0, due - time.perf_counter()))
        link = http.client.HTTPConnection(address, timeout=60)
        link.request("GET", path, headers={"Cookie": f"sessionid={sessions[at % len(sessions)]}"})
        answer = link.getresponse()
        body = answer.read()
        link.close()
        times.append(1_000 * (time.perf_counter() - due))  # waiting for a free thread counts too
        if answer.status != 200 or not body:
            wrong.append(answer.status)

    waiting = [threading.Thread(target=ask, args=(at,)) for at in range(count)]
    for each in waiting:
        each.start()
    for each in waiting:
        each.join()
    print(json.dumps({"times": sorted(times), "wrong": wrong}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
