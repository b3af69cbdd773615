"""The registry at the size of a county: load, snapshot, and an import, over the embedded PostgreSQL.

Every step is a process of its own against one server in a temporary folder, as an installation runs it.
BENCH_PEOPLE is the size (1,000,000); BENCH_COUNTY a county of `huijiang synth` that is
there already.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import serving
from bench.steps import run, server_of, step

TITLE = "The registry: load, snapshot, import"
PEOPLE = 1_000_000
FILE_ROWS = 100_000
REGION = "萧山区"
DAY = dt.date(2025, 6, 30)


def rows() -> list[tuple[str, str, str]]:
    """Load, snapshot and imports, measured."""
    people = int(os.environ.get("BENCH_PEOPLE", PEOPLE))
    with serving.home() as home:
        county = Path(os.environ.get("BENCH_COUNTY") or home / "county")
        if not county.is_dir():
            arguments = ["--people", str(people), "--seed", "1", "--region", REGION, "--out", str(county)]
            run(["huijiang", "synth", *arguments], home)
        with server_of(home) as server:
            return list(_steps(home, county, server, people))


def _steps(home: Path, county: Path, server: int, people: int) -> Iterator[tuple[str, str, str]]:
    serving.set_up(home)
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
