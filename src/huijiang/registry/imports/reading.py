"""The rows of an uploaded file, one at a time: .xlsx or CSV in UTF-8 or GB 18030."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from huijiang.registry.imports.faults import Fault
from huijiang.registry.imports.template import Leaf, Template
from tiaowen.problems import nearest
from tiaowen.workbook.container import Container, Limits
from tiaowen.workbook.headers import plain_header
from tiaowen.workbook.problems import WorkbookError
from tiaowen.workbook.sheets import Book, Cell, Row, Sheet, column_letter

LIMITS: Final = Limits()
HEADER_WITHIN: Final = 10
ENCODINGS: Final = ("utf-8-sig", "gb18030")
_PIECE: Final = 1 << 20


class FileError(ValueError):
    """Nothing of the file can be used; `faults` say why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(each.expected for each in faults))
        self.faults = faults


@dataclass
class Opened:
    """A file whose header was understood.  `rows` runs through what follows it."""

    sheet: str
    columns: dict[int, Leaf]
    rows: Iterator[tuple[int, Row]]
    from_1904: bool = False
    faults: list[Fault] = field(default_factory=list)

    def letter(self, position: int) -> str:
        return f"{column_letter(position)}（{self.columns[position].header}）"


@contextmanager
def opened(path: Path, name: str, told: Template) -> Iterator[Opened]:
    """Open a file by its name's ending.  Raises FileError."""
    if name.lower().endswith(".csv"):
        with _text(path) as rows:
            yield _with_header("", rows, told)
        return
    if not name.lower().endswith(".xlsx"):
        raise _file(name[-20:], "一个 .xlsx 工作簿，或 .csv 文件（UTF-8 或 GB 18030）")
    try:
        container = Container(path, LIMITS)
    except WorkbookError as error:
        raise FileError(_problems(error)) from error
    try:
        yield _workbook(container, told)
    except WorkbookError as error:
        raise FileError(_problems(error)) from error
    finally:
        container.close()


def _workbook(container: Container, told: Template) -> Opened:
    book = Book(container)
    shown = [sheet for sheet in book.sheets if not sheet.hidden]
    sheet = next((each for each in shown if each.name == told.table.label[:31]), shown[0] if shown else None)
    if sheet is None:
        raise _file("", f"有一张名为“{told.table.label}”的工作表")
    found = _with_header(sheet.name, _limited(book, sheet), told)
    found.from_1904 = book.from_1904
    return found


def _limited(book: Book, sheet: Sheet) -> Iterator[tuple[int, Row]]:
    yield from book.rows(sheet)
    if sheet.too_long is not None:
        raise FileError([Fault(sheet.name, sheet.too_long, "", "", f"不多于 {LIMITS.rows} 行；请分成几份")])
    if sheet.too_wide is not None:
        raise FileError([Fault(sheet.name, sheet.too_wide[0], "", "", f"不多于 {LIMITS.columns} 列")])


@contextmanager
def _text(path: Path) -> Iterator[Iterator[tuple[int, Row]]]:
    if not path.is_file() or path.stat().st_size == 0:
        raise _file("", "有内容的文件")
    if path.stat().st_size > LIMITS.file_bytes:
        raise _file(f"{path.stat().st_size} B", f"不大于 {LIMITS.file_bytes >> 20} MiB")
    with path.open(encoding=_encoding(path), newline="") as stream:
        yield _lines(csv.reader(stream))


def _encoding(path: Path) -> str:
    """The first encoding in which the whole file can be read."""
    for each in ENCODINGS:
        try:
            with path.open(encoding=each) as stream:
                while stream.read(_PIECE):
                    pass
        except UnicodeDecodeError:
            continue
        return each
    raise _file("", "UTF-8 或 GB 18030 编码的 CSV；请另存后再上传")


def _lines(lines: Iterator[list[str]]) -> Iterator[tuple[int, Row]]:
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            if number > LIMITS.rows:
                raise FileError([Fault("", number, "", "", f"不多于 {LIMITS.rows} 行；请分成几份")])
            if len(line) > LIMITS.columns:
                raise FileError([Fault("", number, "", "", f"不多于 {LIMITS.columns} 列")])
            yield number, {at: Cell("text", text) for at, text in enumerate(line, 1) if text.strip()}
    except csv.Error as error:
        raise FileError([Fault("", number + 1, "", str(error), "一格不多于 131072 个字，引号成对")]) from error


def _with_header(sheet: str, rows: Iterator[tuple[int, Row]], told: Template) -> Opened:
    """Find the header among the first rows: the first one with at least two of the template's columns."""
    leaves = {plain_header(leaf.header): leaf for leaf in told.leaves}
    wanted = min(2, len(leaves))
    for at, (number, row) in enumerate(rows):
        known = {position: leaves[plain_header(cell.text)] for position, cell in row.items()
                 if plain_header(cell.text) in leaves}  # fmt: skip
        if len(known) >= wanted:
            return Opened(sheet, known, rows, faults=_header_faults(sheet, number, row, known, leaves))
        if at >= HEADER_WITHIN:
            break
    raise _file("", f"前 {HEADER_WITHIN} 行里有表头：{'、'.join(leaf.header for leaf in told.leaves[:6])}…", sheet)


def _header_faults(sheet: str, number: int, row: Row, known: dict[int, Leaf], leaves: dict[str, Leaf]) -> list[Fault]:
    faults = []
    seen: set[str] = set()
    for position, cell in sorted(row.items()):
        leaf = known.get(position)
        if leaf is None:
            close = nearest(plain_header(cell.text), list(leaves))
            hint = f"；是不是“{leaves[close].header}”" if close else ""
            expected = f"模板里的列名{hint}；用不上的列请删去"
            faults.append(Fault(sheet, number, column_letter(position), cell.text[:60], expected))
        elif leaf.header in seen:
            faults.append(Fault(sheet, number, column_letter(position), cell.text[:60], "每列只出现一次"))
        else:
            seen.add(leaf.header)
    missing = [leaf.header for leaf in leaves.values() if leaf.written.required and leaf.header not in seen]
    return faults + [Fault(sheet, number, "", "", f"必填的列：{header}") for header in missing]


def _problems(error: WorkbookError) -> list[Fault]:
    return [
        Fault(
            each.sheet,
            each.row,
            each.column,
            each.seen,
            f"{each.wrong()}；应为：{each.expected()}；{each.mend()}"[:300],
        )
        for each in error.problems
    ]


def _file(seen: str, expected: str, sheet: str = "") -> FileError:
    return FileError([Fault(sheet, 0, "", seen, expected)])
