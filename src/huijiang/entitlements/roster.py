"""A firm's roster: read with the engine's guards, judged at once, nothing of it kept."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from huijiang.documents import library
from tiaowen.cases.format import read_case
from tiaowen.report.gather import build_report
from tiaowen.report.model import Report
from tiaowen.workbook import Limits, WorkbookError, WorkbookProblem, read_roster, write_template

MOST_BYTES: Final = 10 << 20
LIMITS: Final = Limits(file_bytes=MOST_BYTES, unpacked_bytes=120 << 20, rows=20_000)


def judge(chunks: Iterable[bytes], on: dt.date) -> Report:
    """What the firm of a roster and its people are owed.  Raises WorkbookError with every mistake."""
    with tempfile.TemporaryDirectory(prefix="huijiang-roster-") as made:
        path = Path(made) / "roster.xlsx"
        with path.open("wb") as target:
            for chunk in chunks:
                target.write(chunk)
        current = library.current()
        roster = read_roster(path, on=on, vocabulary=current.vocabulary, limits=LIMITS)
        facts, place = read_case(current.vocabulary, roster.case)
        return build_report(current, roster, facts, place, compare=False)


def template() -> bytes:
    """The empty workbook."""
    with tempfile.TemporaryDirectory(prefix="huijiang-roster-") as made:
        path = Path(made) / "roster.xlsx"
        write_template(path, library.current().vocabulary)
        return path.read_bytes()


def mistakes(error: WorkbookError, language: str) -> list[WorkbookProblem]:
    """Errors first, in the order of sheets and rows."""
    return sorted(error.problems, key=lambda each: each.severity != "error")


__all__ = ["MOST_BYTES", "WorkbookError", "judge", "mistakes", "template"]
