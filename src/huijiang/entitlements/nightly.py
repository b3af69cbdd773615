"""The night's run over everybody: snapshot → rules over Parquet → changes of the stored results.

Everything of one region is stored in one transaction: a run that is killed leaves the night before.  The same
facts on the same day twice change nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from huijiang import audit
from huijiang.documents import library
from huijiang.entitlements.models import NightlyRun
from huijiang.entitlements.nightly_lines import gather
from huijiang.regions.models import Region
from huijiang.registry.models import Person
from huijiang.registry.snapshot import snapshot

Progress = Callable[[str], None]
BLOCK: Final = 1 << 20
LOCK: Final = "entitlements.nightly"


def run(on: dt.date, progress: Progress = lambda _: None, memory: str = "512MB") -> list[NightlyRun]:
    """Run the night for every region that manages people."""
    with _folder() as folder:
        progress("snapshot")
        taken = snapshot(folder / "facts", on, memory)
        regions = Region.objects.filter(pk__in=Person.objects.values("managed_by").distinct()).order_by("path")
        return [
            _region(each, on, taken.folder, taken.taken_at, folder / each.code, progress, memory) for each in regions
        ]


@contextmanager
def _folder() -> Iterator[Path]:
    """A private folder in the data folder, gone at the end; what a killed run left goes first."""
    home = Path(settings.DATA) / "nightly"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in home.iterdir():
        if not _alive(left.name.partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=home))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _alive(pid: str) -> bool:
    return pid.isdigit() and Path(f"/proc/{pid}").exists()


def _region(
    region: Region, on: dt.date, facts: Path, taken_at: dt.datetime, out: Path, progress: Progress, memory: str
) -> NightlyRun:
    placed = library.placed(region.code)
    out.mkdir()
    gather(placed, region.code, on, facts, out / "found.csv", memory,
           lambda done, all_, what: progress(f"{region.name} {done}/{all_} {what}"))  # fmt: skip
    progress(f"{region.name} changes")
    return store(region, placed.release, on, taken_at, out / "found.csv")


def store(region: Region, release: str, on: dt.date, taken_at: dt.datetime, found: Path) -> NightlyRun:
    """Bring the stored results of a region up to a file: leave what is the same, close what is gone, open what is
    new, all or nothing."""
    with transaction.atomic():
        night = NightlyRun.objects.create(region=region, release=release, on=on, snapshot_at=taken_at)
        with connection.cursor() as outer:
            cursor: Any = outer.connection.cursor()
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"{LOCK} {region.code}",))
            _copy(cursor, found)
            _own(cursor, region)
            told = {"night": night.pk, "region": region.code}
            night.kept = cursor.execute(_MATCH, told).rowcount
            night.closed = cursor.execute(_CLOSE, told).rowcount
            night.opened = cursor.execute(_OPEN, told).rowcount
            cursor.execute("DROP TABLE night_found")
        night.people = Person.objects.filter(managed_by=region).count()
        night.ended_at = dt.datetime.now(dt.UTC)
        night.save()
        audit.record(None, "entitlements.nightly", f"nightly_run:{night.pk}", region.code, on=on.isoformat(),
                     opened=night.opened, closed=night.closed, kept=night.kept)  # fmt: skip
    return night


def _copy(cursor: Any, found: Path) -> None:
    cursor.execute(
        "CREATE TEMP TABLE night_found (benefit text, holder text, person_id bigint, organisation_id bigint, state text,"
        " low bigint, high bigint, waits_for varchar(128)[], same bigint) ON COMMIT DROP"
    )
    command = (
        "COPY night_found (benefit, holder, person_id, organisation_id, state, low, high, waits_for)"
        " FROM STDIN (FORMAT csv, NULL '\\N')"
    )
    with found.open("rb") as source, cursor.copy(command) as copy:
        while block := source.read(BLOCK):
            copy.write(block)
    cursor.execute("CREATE INDEX ON night_found (benefit, holder)")
    cursor.execute("ANALYZE night_found")


def _own(cursor: Any, region: Region) -> None:
    """A region keeps the results of those whom it manages; the others' are their own region's."""
    for table, column in (("registry_person", "person_id"), ("registry_organisation", "organisation_id")):
        cursor.execute(
            sql.SQL(
                "DELETE FROM night_found WHERE {column} IS NOT NULL AND NOT EXISTS"
                " (SELECT FROM {table} WHERE id = {column} AND managed_by_id = %s)"
            ).format(column=sql.Identifier(column), table=sql.Identifier(table)),
            (region.code,),
        )


_MATCH: Final = """
UPDATE night_found AS f SET same = s.id FROM entitlements_standing AS s
WHERE s.last_run_id IS NULL AND s.region_id = %(region)s
  AND s.benefit = f.benefit AND s.holder = f.holder AND s.state = f.state AND s.low = f.low
  AND s.high IS NOT DISTINCT FROM f.high AND s.waits_for = f.waits_for
  AND s.person_id IS NOT DISTINCT FROM f.person_id AND s.organisation_id IS NOT DISTINCT FROM f.organisation_id
"""
_CLOSE: Final = """
UPDATE entitlements_standing AS s SET last_run_id = %(night)s
WHERE s.last_run_id IS NULL AND s.region_id = %(region)s
  AND NOT EXISTS (SELECT FROM night_found AS f WHERE f.same = s.id)
"""
_OPEN: Final = """
INSERT INTO entitlements_standing
  (person_id, organisation_id, region_id, benefit, holder, state, low, high, waits_for, first_run_id)
SELECT person_id, organisation_id, %(region)s, benefit, holder, state, low, high, waits_for, %(night)s
FROM night_found WHERE same IS NULL
"""
