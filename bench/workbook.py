"""From nothing to an answer: importing the library, and a roster of 10,000 rows in a fresh process."""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.measure import process

TITLE = "Import, and a workbook from file to report"
ROWS = 10_000
HOME = Path(__file__).resolve().parent.parent


def rows() -> list[tuple[str, str, str]]:
    """Import time, then file to report."""
    walls, _, _ = process("import tiaowen.files, tiaowen.evaluate.answers, tiaowen.cases.format", 9)
    bare, _, _ = process("pass", 9)
    with tempfile.TemporaryDirectory() as folder:
        return [
            ("import of the library (whole process minus an empty Python)",
             f"{walls.median - bare.median:.0f} ms", "< 300 ms"),
            *_workbook(Path(folder)),
        ]  # fmt: skip


def _workbook(folder: Path) -> list[tuple[str, str, str]]:
    path, report = folder / "firm.xlsx", folder / "report.html"
    _sample(path)
    code = (
        "from tiaowen.cli import main\n"
        f"import os\nos.chdir({str(HOME)!r})\n"
        f"assert main(['evaluate', {str(path)!r}, '--on', '2026-11-22', '--out', {str(report)!r}]) == 0\n"
    )
    walls, cpus, peak = process(code, 3)
    size = report.stat().st_size // 1024
    return [
        (f"{ROWS:,}-row workbook from file to report ({size} KiB of HTML), median of 3",
         f"{walls.median / 1000:.1f} s wall, {cpus[1]:.1f} s CPU", "< 10 s"),
        ("peak memory of that process", f"{peak} MiB", ""),
    ]  # fmt: skip


def _sample(path: Path) -> None:
    from tiaowen.files import open_library
    from tiaowen.workbook import write_sample

    write_sample(path, open_library().vocabulary, staff=ROWS)
