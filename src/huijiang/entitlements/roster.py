"""A firm's roster: read with the engine's guards, judged at once, nothing of it kept."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from huijiang.documents import library
from huijiang.entitlements import roster_csv
from huijiang.entitlements.roster_csv import FileError
from tiaowen.cases.format import read_case
from tiaowen.report.gather import build_report
from tiaowen.report.model import Report
from tiaowen.workbook import Limits, WorkbookError, WorkbookProblem, read_roster, write_template

MOST_BYTES: Final = 10 << 20
LIMITS: Final = Limits(file_bytes=MOST_BYTES, unpacked_bytes=120 << 20, rows=20_000)


def judge(files: Mapping[str, Iterable[bytes]], form: Mapping[str, str], on: dt.date) -> Report:
    """What the firm of a roster and its people are owed.

    `files`: name → content of one workbook, or of CSV files; `form`: what is known of the firm, for CSV files
    without one.  Raises WorkbookError with every mistake, FileError for files that make no roster.
    """
    with tempfile.TemporaryDirectory(prefix="huijiang-roster-") as made:
        path = Path(made) / "roster.xlsx"
        if any(roster_csv.is_csv(name) for name in files):
            if not all(roster_csv.is_csv(name) for name in files):
                raise FileError(_("要么传一个工作簿，要么传 CSV 文件，不能混在一起。"))
            roster_csv.as_workbook({name: b"".join(chunks) for name, chunks in files.items()}, form, path)
        elif len(files) == 1:
            (chunks,) = files.values()
            with path.open("wb") as target:
                for chunk in chunks:
                    target.write(chunk)
        else:
            raise FileError(_("一次只读一个工作簿；几张表的 CSV 可以一起传。"))
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


__all__ = ["MOST_BYTES", "FileError", "WorkbookError", "judge", "mistakes", "template"]
