"""Measuring honestly: repeated runs, medians and percentiles, CPU seconds, peak memory."""

from __future__ import annotations

import gc
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Milliseconds of wall time per call, sorted."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def percentile(self, share: float) -> float:
        return self.values[min(len(self.values) - 1, int(len(self.values) * share))]


def each(calls: list[Callable[[], object]], warm_up: int = 5) -> Times:
    """Time every call once, after a few that are not counted."""
    for call in calls[:warm_up]:
        call()
    gc.collect()
    found = []
    for call in calls:
        start = time.perf_counter()
        call()
        found.append(1_000 * (time.perf_counter() - start))
    return Times(tuple(sorted(found)))


def process(code: str, runs: int) -> tuple[Times, list[float], int]:
    """Run Python code in fresh processes: wall times, CPU seconds, peak memory in MiB."""
    walls, cpus, peak = [], [], 0
    body = (
        "import resource, json, sys\n"
        f"{code}\n"
        "u = resource.getrusage(resource.RUSAGE_SELF)\n"
        "sys.stderr.write('\\n' + json.dumps([u.ru_utime + u.ru_stime, u.ru_maxrss]))\n"
    )
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True, check=True)
        walls.append(1_000 * (time.perf_counter() - start))
        cpu, rss = json.loads(done.stderr.strip().splitlines()[-1])
        cpus.append(cpu)
        peak = max(peak, rss)
    return Times(tuple(sorted(walls))), sorted(cpus), peak // 1024


def peak_mib() -> int:
    """Peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
