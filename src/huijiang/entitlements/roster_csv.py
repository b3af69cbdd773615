"""A roster as CSV: one file a sheet, named after it, in UTF-8 or GB 18030, as staff systems export it.

The files become the sheets of a workbook, cell for cell and line for line, and are read as one: the same guards,
and a mistake is told with the sheet, row and column that the file has it in.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Final

from django.utils.translation import gettext as _

from tiaowen.workbook import SHEETS
from tiaowen.workbook.columns import FORM, STAFF
from tiaowen.workbook.roster import FORM_LINES, STATEMENTS

ENCODINGS: Final = ("utf-8-sig", "gb18030")
NAMES: Final = (FORM, *(sheet.name for sheet in SHEETS))
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 256


class FileError(ValueError):
    """Files that make no roster; the words say which, what was expected and how to mend it, for the page."""


def is_csv(name: str) -> bool:
    return name.lower().endswith(".csv")


def as_workbook(files: Mapping[str, bytes], form: Mapping[str, str], path: Path) -> None:
    """Write the sheets (file name → content) to `path`.  `form`: label → value, for a firm that sends no form.

    Raises FileError.
    """
    import xlsxwriter

    sheets: dict[str, list[list[str]]] = {}
    for name, content in files.items():
        sheet = _sheet(name, alone=len(files) == 1)
        if sheet in sheets:
            raise FileError(_("“%(sheet)s”有两个文件，只要一个。") % {"sheet": sheet})
        sheets[sheet] = _lines(name, content)
    sheets.setdefault(FORM, [["项目", "填写"], *([label, told] for label, told in form.items())])
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for sheet, lines in sheets.items():
            page = book.add_worksheet(sheet)
            for row, line in enumerate(lines):
                for column, text in enumerate(line):
                    if text.strip():
                        page.write_string(row, column, text[:32_767])


def _sheet(name: str, alone: bool) -> str:
    """The sheet that a file is: by its name; a single file is the list of the staff, whatever its name."""
    stem = PurePath(name).stem.strip()
    found = next((each for each in NAMES if stem == each), STAFF if alone else "")
    if not found:
        raise FileError(
            _("“%(name)s”不知道是哪张表；文件名要和模板里的表名一样，例如 %(example)s.csv。")
            % {"name": name[-60:], "example": STAFF}
        )
    return found


def _lines(name: str, content: bytes) -> list[list[str]]:
    text = _text(name, content)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise FileError(
            _("“%(name)s”不是完整的 CSV（%(error)s）；请重新导出。") % {"name": name[-60:], "error": error}
        ) from None
    if len(lines) > MOST_ROWS or any(len(line) > MOST_COLUMNS for line in lines):
        raise FileError(
            _("“%(name)s”超过 %(rows)s 行或 %(columns)s 列，请分成几份。")
            % {"name": name[-60:], "rows": f"{MOST_ROWS:,}", "columns": MOST_COLUMNS}
        )
    return lines


def _text(name: str, content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileError(_("“%(name)s”既不是 UTF-8 也不是 GB 18030；请另存后再传。") % {"name": name[-60:]})


def templates() -> bytes:
    """A .zip with an empty CSV of each sheet, the header alone; UTF-8 with a mark, as spreadsheets like it."""
    held = io.BytesIO()
    form = [["项目", "填写"], *([each.header, ""] for each in FORM_LINES), *([each.label, ""] for each in STATEMENTS)]
    sheets = {FORM: form} | {sheet.name: [[each.header for each in sheet.columns]] for sheet in SHEETS}
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, lines in sheets.items():
            written = io.StringIO()
            csv.writer(written).writerows(lines)
            packed.writestr(zipfile.ZipInfo(f"{name}.csv", (2026, 1, 1, 0, 0, 0)), "\ufeff" + written.getvalue())
    return held.getvalue()
