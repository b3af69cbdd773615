"""One step of the platform in a process of its own, against one server: wall, CPU seconds, peak memory.

CPU seconds are the step's own (with the processes that it starts) and, beside them, the server's; memory is the
peak of both while the step runs: the step's processes together, and what the server takes beside its shared
buffers.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EVERY = 0.2  # seconds between two looks at the memory
PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """One step: seconds, CPU seconds of the step and of the server, peaks in MiB, the last line it printed."""

    wall: float
    own: float
    server: float
    own_peak: int
    server_peak: int
    said: str

    def told(self) -> str:
        return (
            f"{self.wall:.0f} s; {self.own + self.server:.0f} CPU s ({self.own:.0f} + PostgreSQL {self.server:.0f}); "
            f"peak {self.own_peak} MiB + PostgreSQL {self.server_peak} MiB"
        )


@contextmanager
def server_of(home: Path) -> Iterator[int]:
    """The embedded server as an installation starts it; gives its process id."""
    from huijiang.supervisor import places
    from huijiang.supervisor.postgres import Postgres
    from huijiang.supervisor.supervisor import DATABASE

    server = Postgres(places.data(home), places.socket(home))
    number = server.start().pid
    try:
        server.ensure_database(DATABASE)
        yield number
    finally:
        server.stop()


def step(name: str, command: list[str], home: Path, server: int) -> Spent:
    """Run one step in a fresh process and look at it and the server meanwhile."""
    sys.stderr.write(f"·   {name}\n")
    before, own_before = cpu_seconds(server), resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    with start(command, home) as process:
        peaks = Peaks(process.pid, server)
        peaks.start()
        said, wrong = process.communicate()
        wall = time.perf_counter() - begun
        peaks.stop()
    if process.returncode:
        raise RuntimeError(f"bench, {name}: {wrong[-2000:]}{said[-2000:]}")
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = own.ru_utime + own.ru_stime - own_before.ru_utime - own_before.ru_stime
    last = next(line for line in reversed(said.splitlines()) if line.strip() and not line.startswith("  "))
    return Spent(wall, spent, cpu_seconds(server) - before, peaks.own >> 20, peaks.server >> 20, last)


def start(command: list[str], home: Path, quiet: bool = False, **more: str) -> subprocess.Popen[str]:
    """A process of an installation; `more`: variables of its environment."""
    told = {**os.environ, "HUIJIANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "huijiang.settings", "DATABASE_URL": "",
            **more}  # fmt: skip
    pipe = subprocess.DEVNULL if quiet else subprocess.PIPE
    return subprocess.Popen([sys.executable, "-m", *command], stdout=pipe, stderr=pipe, text=True, env=told)


def run(command: list[str], home: Path) -> None:
    with start(command, home) as process:
        _, wrong = process.communicate()
    if process.returncode:
        raise RuntimeError(f"bench, {' '.join(command[:2])}: {wrong[-2000:]}")


class Peaks(threading.Thread):
    """The most memory seen: of a step's processes together, and of the server's beside its shared buffers."""

    def __init__(self, own: int, server: int) -> None:
        super().__init__(daemon=True)
        self.pids = own, server
        self.own = self.server = 0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(EVERY):
            living = parents()
            self.own = max(self.own, sum(memory(each) for each in family(self.pids[0], living)))
            self.server = max(self.server, sum(memory(each) for each in family(self.pids[1], living)))

    def stop(self) -> None:
        self.over.set()
        self.join()


def parents() -> dict[int, int]:
    """Every process that lives, and its parent."""
    found = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and (fields := stat(int(path.name))):
            found[int(path.name)] = int(fields[1])
    return found


def family(first: int, living: dict[int, int]) -> list[int]:
    """A process and all that descend from it."""
    found = [first]
    for each in found:
        found += [pid for pid, parent in living.items() if parent == each]
    return found


def stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def memory(pid: int) -> int:
    """Resident bytes that are not shared with others: what files and shared buffers take is not in them."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * PAGE


def cpu_seconds(first: int) -> float:
    """CPU seconds of a server so far: its own, of processes of it that ended, and of those that live."""
    ticks = sum(int(each) for each in stat(first)[11:15])
    for pid in children(first):
        ticks += sum(int(each) for each in stat(pid)[11:15])
    return ticks / TICK


def children(pid: int) -> list[int]:
    """All that descend from a process."""
    return family(pid, parents())[1:]


def proportional(first: int) -> int:
    """Bytes of a process and all that descend from it, shared pages counted once."""
    total = 0
    for each in [first, *children(first)]:
        for line in Path(f"/proc/{each}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total << 10
