"""A changed document checked, mutated and previewed on a county; the search of the library; officers' search of people.

The preview runs over the Parquet of a synthetic county, as it does over a snapshot (whose own time the section
`registry` tells).  The search is asked by a second process; beside it stand a million people in the registry, made
in SQL with surnames of their usual frequency, for the plan of the officers' search by name and by sound.
`HUIJIANG_BENCH_PEOPLE` sets another size than a million, `HUIJIANG_BENCH_COUNTY` a county made before.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import urllib.parse
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar

from bench.load import load
from bench.serving import as_installed, installation, web

TITLE = "Documents: a change previewed, the search"
PEOPLE = int(os.environ.get("HUIJIANG_BENCH_PEOPLE", "1000000"))
COUNTY = os.environ.get("HUIJIANG_BENCH_COUNTY", "")
SECONDS = int(os.environ.get("HUIJIANG_BENCH_SECONDS", "20"))
RATES = ((5, "< 150 ms"), (30, "< 300 ms"))
DOCUMENT = "xiaoshan-2025-3"
PATH = "浙江省/杭州市/萧山区/xiaoshan-2025-3.md"
WORDS = ("技师", "补贴", "新型学徒", "jishi", "竞赛 奖励", "60%", "工作室", "xxxt")
INDEX = re.compile(r"using (\w+) on registry_person|Bitmap Index Scan on (\w+)")
Value = TypeVar("Value")


def rows() -> list[tuple[str, str, str]]:
    """What, measured, promised."""
    with installation() as (home, _server):
        as_installed(home)
        return [*_preview(home), *_search(home)]


def timed(act: Callable[[], Value]) -> tuple[Value, float, float]:
    """What it gives, seconds, CPU seconds of this process."""
    wall, own = time.perf_counter(), time.process_time()
    given = act()
    return given, time.perf_counter() - wall, time.process_time() - own


def _preview(home: Path) -> Iterator[tuple[str, str, str]]:
    """One figure of 萧山's document changed: a certificate benefit, so that a million people's certificates are read."""
    from huijiang.synth import make_county
    from tiaowen.cases.suite import read_suite
    from tiaowen.check.library import load_library
    from tiaowen.files import default_folder, read_folder
    from tiaowen.mutate.run import mutate
    from tiaowen.simulate import Simulation, simulate_library

    files = read_folder(default_folder())
    base = load_library(files, thorough=False).require()
    changed = {**files, PATH: files[PATH].replace("高级工: 800 元/人", "高级工: 900 元/人", 1)}
    county = Path(COUNTY) if COUNTY else home / "county"
    if not COUNTY:
        make_county(base.vocabulary, county, PEOPLE, 1, "萧山区")
    other, wall, own = timed(lambda: load_library(changed).require())
    yield "every check of the library with the change", f"{wall:.1f} s, {own:.1f} CPU s", ""
    spent, taken = wall, own
    suite = read_suite(files[PATH.replace(".md", ".cases.yaml")], "cases")
    report, wall, own = timed(lambda: mutate(other, DOCUMENT, suite))
    yield f"{report.total} mutants of {DOCUMENT}", f"{wall:.1f} s, {own:.1f} CPU s", ""
    spent, taken = spent + wall, taken + own
    for which in ("first of the day", "with the base of the day kept"):
        told: list[int] = []

        def run(told: list[int] = told) -> Simulation:
            return simulate_library(
                base, other, county, home / "results", name="change", region="330109",
                told=lambda done, of, what: told.append(done),
            )  # fmt: skip

        shutil.rmtree(home / "results" / "1", ignore_errors=True)  # as the desk does: only the base of the day stays
        _made, wall, own = timed(run)
        yield (
            f"preview on {PEOPLE:,} people, {which} ({len(told)} steps of progress)",
            f"{wall:.1f} s, {own:.1f} CPU s",
            "",
        )
    yield ("checked, mutated and previewed, the base of the day kept", f"{spent + wall:.1f} s, {taken + own:.1f} CPU s",
           "< 60 s")  # fmt: skip


def _search(home: Path) -> Iterator[tuple[str, str, str]]:
    import django

    django.setup()
    _people()
    yield from _officers()
    asked = [{"path": f"/policies/?q={urllib.parse.quote(each)}"} for each in WORDS]
    with web(home) as (address, _process):
        load(address, 5, islice(cycle(asked), 50))  # each process reads the policies and the index once
        for rate, promised in RATES:
            done = load(address, rate, islice(cycle(asked), rate * SECONDS))
            what = f"search of the library, {rate} requests/s, p95 of {len(done.times)}"
            yield f"{what} (median {done.median:.0f} ms, {len(done.wrong)} failed)", f"{done.p95:.0f} ms", promised


_FILL = """
INSERT INTO registry_person (uid, name, name_key, pinyin, managed_by_id, source, as_of)
SELECT gen_random_uuid(), s.n || g.n, s.n || g.n, s.p || ' ' || g.p, '330109', 'bench', '2026-06-30'
FROM (SELECT i, (random() * random() * 10)::int AS a, (random() * 400)::int AS b FROM generate_series(1, %s) i) r
JOIN (VALUES (0,'王','wang'),(1,'李','li'),(2,'张','zhang'),(3,'刘','liu'),(4,'陈','chen'),(5,'林','lin'),(6,'沈','shen'),
             (7,'单','shan'),(8,'徐','xu'),(9,'俞','yu'),(10,'欧阳','ou yang')) s (at, n, p) ON s.at = r.a
JOIN (SELECT at, chr(20000 + at) || chr(21000 + at * 3 %% 700) AS n, 'x' || at || ' y' || at * 3 %% 700 AS p
      FROM generate_series(0, 400) at) g ON g.at = r.b
"""


def _people() -> None:
    """A million names in the registry; histories and checks of single rows are not what is measured."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_FILL, [PEOPLE])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_person")


def _officers() -> Iterator[tuple[str, str, str]]:
    """The officers' search as its page asks it, and whether PostgreSQL reads the whole table for it."""
    import datetime as dt

    from huijiang.accounts.models import Grant, Role, User
    from huijiang.accounts.viewers import as_staff
    from huijiang.entitlements.desk import SHOWN, find_people
    from huijiang.regions.models import Region

    user = User.objects.create_user("bench-officer", name="bench")
    Grant.objects.create(
        user=user, role=Role.COUNTER, region=Region.objects.get(code="330109"), starts_on=dt.date(2026, 1, 1)
    )
    viewer = as_staff(user)
    assert viewer is not None
    for words in ("王", "wang", "欧阳", "ou yang x7", chr(20000)):
        asked = find_people(viewer, words)[: SHOWN + 1]
        list(asked)
        found, wall, _own = timed(lambda asked=asked: list(asked.all()))  # type: ignore[misc]
        plan = asked.explain()
        named = sorted({each for pair in INDEX.findall(plan) for each in pair if each})
        read = "sequential, up to the first 500 found" if "Seq Scan on registry_person" in plan else "、".join(named)
        yield (
            f"officers' search “{words}” among {PEOPLE:,} people: {len(found)} shown",
            f"{1_000 * wall:.0f} ms ({read})",
            "",
        )
