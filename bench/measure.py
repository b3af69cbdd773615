"""Measuring honestly: repeated runs, medians and percentiles, CPU seconds, peak memory."""

from __future__ import annotations

import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


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


def environment() -> dict[str, str]:
    """For a process that is measured: modules are compiled once and kept, as those of an installed package are."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def process(code: str, runs: int) -> tuple[Times, list[float], int]:
    """Run Python code in fresh processes: wall times, CPU seconds, peak memory in MiB."""
    walls, cpus, peak = [], [], 0
    body = (
        "import resource, json, sys\n"
        f"{code}\n"
        "u = resource.getrusage(resource.RUSAGE_SELF)\n"
        "from bench.measure import peak_mib\n"
        "sys.stderr.write('\\n' + json.dumps([u.ru_utime + u.ru_stime, peak_mib()]))\n"
    )
    command = [sys.executable, "-c", body]
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
        walls.append(1_000 * (time.perf_counter() - start))
        cpu, rss = json.loads(done.stderr.strip().splitlines()[-1])
        cpus.append(cpu)
        peak = max(peak, rss)
    return Times(tuple(sorted(walls))), sorted(cpus), peak


def peak_mib() -> int:
    """Peak memory of this process so far.

    What `getrusage` says may be the parent's: a child starts as its copy, and Linux keeps that peak.
    """
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    line = next(each for each in status.read_text(encoding="ascii").splitlines() if each.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024
