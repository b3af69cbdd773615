"""The registry at the size of a county: load, snapshot, and an import, over the embedded PostgreSQL.

Every step is a process of its own against one server in a temporary folder, as an installation runs it.
CPU seconds are the step's own (with the processes that it starts) and, beside them, the server's; memory
is the peak of both while the step runs: the step's processes together, and what the server takes beside
its shared buffers.  BENCH_PEOPLE is the size (1,000,000); BENCH_COUNTY a county of `huijiang synth` that is
there already.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TITLE = "The registry: load, snapshot, import"
PEOPLE = 1_000_000
FILE_ROWS = 100_000
REGION = "萧山区"
DAY = dt.date(2025, 6, 30)
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


def rows() -> list[tuple[str, str, str]]:
    """Load, snapshot and imports, measured."""
    people = int(os.environ.get("BENCH_PEOPLE", PEOPLE))
    with tempfile.TemporaryDirectory(prefix="huijiang-bench-") as made:
        home = Path(made)
        home.chmod(0o755)  # the server may run as another user than root
        county = Path(os.environ.get("BENCH_COUNTY") or home / "county")
        if not county.is_dir():
            arguments = ["--people", str(people), "--seed", "1", "--region", REGION, "--out", str(county)]
            _run(["huijiang", "synth", *arguments], home)
        with _server(home) as server:
            return list(_steps(home, county, server, people))


def _steps(home: Path, county: Path, server: int, people: int) -> Iterator[tuple[str, str, str]]:
    _run(["huijiang", "secrets"], home)
    _run(["huijiang", "upgrade"], home)
    done = step("load", ["huijiang", "load", str(county)], home, server)
    stored = done.said.split("；")[0]
    yield f"`huijiang load` of {people:,} people: {stored}", done.told(), "stated"
    taken = step("snapshot", ["bench.registry", "snapshot", str(home / "shot")], home, server)
    yield f"snapshot of {people:,} people: {taken.said}", taken.told(), "< 60 s"
    for kind in ("csv", "xlsx"):
        path = home / f"certificates.{kind}"
        count = write_file(county, path, "Y" if kind == "csv" else "S")
        read = step(f"preview {kind}", ["bench.registry", "preview", str(path)], home, server)
        batch, found = read.said.split(" ", 1)
        yield f"{count:,} certificates as .{kind}, preview: {found}", read.told(), "bounded memory"
        kept = step(f"store {kind}", ["bench.registry", "store", batch], home, server)
        yield f"{count:,} certificates as .{kind}, stored: {kept.said}", kept.told(), "bounded memory"


# -- measuring -----------------------------------------------------------------------------
@contextmanager
def _server(home: Path) -> Iterator[int]:
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
    before, own_before = server_seconds(server), resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with _start(command, home) as process:
        peaks = Peaks(process.pid, server)
        peaks.start()
        said, wrong = process.communicate()
        wall = time.perf_counter() - start
        peaks.stop()
    if process.returncode:
        raise RuntimeError(f"bench registry, {name}: {wrong[-2000:]}{said[-2000:]}")
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = own.ru_utime + own.ru_stime - own_before.ru_utime - own_before.ru_stime
    last = next(line for line in reversed(said.splitlines()) if line.strip() and not line.startswith("  "))
    return Spent(wall, spent, server_seconds(server) - before, peaks.own >> 20, peaks.server >> 20, last)


def _start(command: list[str], home: Path) -> subprocess.Popen[str]:
    told = {**os.environ, "HUIJIANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "huijiang.settings", "DATABASE_URL": ""}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-m", *command], stdout=pipe, stderr=pipe, text=True, env=told)


def _run(command: list[str], home: Path) -> None:
    with _start(command, home) as process:
        _, wrong = process.communicate()
    if process.returncode:
        raise RuntimeError(f"bench registry, {' '.join(command[:2])}: {wrong[-2000:]}")


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


def server_seconds(server: int) -> float:
    """CPU seconds of the server so far: its own, of sessions that ended, and of those that live."""
    ticks = sum(int(each) for each in stat(server)[11:15])
    for pid in family(server, parents())[1:]:
        ticks += sum(int(each) for each in stat(pid)[11:13])
    return ticks / TICK


# -- a file to import ----------------------------------------------------------------------
HEADER = ("证书编号", "持证人·证件号码", "证书类型", "职业（工种）", "证书等级", "发证日期", "总课时")
QUERY = """
    SELECT c.number, p.id_number, c.kind, c.occupation, c.level, c.issued_on, c.hours
    FROM read_parquet($1) AS c JOIN read_parquet($2) AS p ON p.id = c.holder
    WHERE c.level <> '∅' AND c.occupation <> '∅' AND c.hours IS NOT NULL AND c.issued_on IS NOT NULL
    QUALIFY count(*) OVER (PARTITION BY c.number) = 1
    ORDER BY hash(c.id) LIMIT $3"""


def write_file(county: Path, path: Path, letter: str) -> int:
    """Certificates: two fifths as they are stored, a tenth with other hours, half of them new."""
    lines = []
    for at, (number, *person_to_date, hours) in enumerate(_drawn(county)):
        stored = at % 2 == 0
        told = number if stored else f"{letter}339999BENCH0254{at:06d}"
        lines.append((told, *person_to_date, hours + (1 if at % 10 == 0 else 0)))
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as target:
            csv.writer(target).writerows([HEADER, *lines])
    else:
        _workbook(path, lines)
    return len(lines)


def _drawn(county: Path) -> list[tuple[Any, ...]]:
    """Certificates whose holder's number the registry took."""
    import duckdb

    from tiaowen.identifiers.person import parse_person_document
    from tiaowen.identifiers.result import IdentifierError

    def good(number: str) -> bool:
        try:
            parse_person_document(number)
        except IdentifierError:
            return False
        return True

    files = [str(county / "certificate.parquet"), str(county / "person.parquet")]
    found = duckdb.execute(QUERY, [*files, FILE_ROWS + FILE_ROWS // 20]).fetchall()
    return [each for each in found if good(each[1])][:FILE_ROWS]


def _workbook(path: Path, lines: list[tuple[Any, ...]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as book:
        sheet, day = book.add_worksheet("证书"), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADER)
        for number, line in enumerate(lines, 1):
            for at, value in enumerate(line):
                if isinstance(value, dt.date):
                    sheet.write_datetime(number, at, dt.datetime.combine(value, dt.time()), day)
                else:
                    sheet.write(number, at, value)


# -- inside a process ----------------------------------------------------------------------
def main(arguments: list[str]) -> None:
    import django

    django.setup()
    {"snapshot": _snapshot, "preview": _preview, "store": _store}[arguments[0]](arguments[1])


def _snapshot(folder: str) -> None:
    from huijiang.registry.snapshot import snapshot

    print(f"{sum(snapshot(Path(folder), DAY).rows.values()):,} rows")


def _preview(path: str) -> None:
    from huijiang.regions import tree
    from huijiang.registry.imports import batches

    region = tree.find(REGION)
    assert region is not None
    with Path(path).open("rb") as stream:
        content = iter(lambda: stream.read(1 << 16), b"")
        batch = batches.receive(None, "certificate", region, DAY, Path(path).name, content)
    batches.examine(batch)
    _told(batch, f"{batch.pk} ")


def _store(number: str) -> None:
    from huijiang.registry.imports import batches
    from huijiang.registry.models import ImportBatch

    batch = ImportBatch.objects.get(pk=int(number))
    batches.apply(batch)
    _told(batch, "")


def _told(batch: Any, first: str) -> None:
    batch.refresh_from_db()
    if batch.state not in ("read", "applied"):
        raise RuntimeError(f"{batch.state}: {[(e.row, e.column, e.expected) for e in batch.faults.all()[:5]]}")
    print(f"{first}{batch.rows_new:,} new, {batch.rows_changed:,} changed, {batch.rows_same:,} as they were")


if __name__ == "__main__":
    main(sys.argv[1:])
