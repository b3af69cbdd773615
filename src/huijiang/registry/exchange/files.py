"""Reading a file of a profile into rows of ours, and writing rows of ours as such a file."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from huijiang.registry.exchange.profiles import Column, Profile, UnknownCode
from huijiang.registry.identity import read_document
from huijiang.registry.imports.template import write_cells
from tiaowen.identifiers.person import FIVE_STAR, OLD_FOREIGN, PERMIT_HM, PERMIT_TW, RESIDENCE, RESIDENT
from tiaowen.problems import nearest
from tiaowen.workbook.container import Container, Limits
from tiaowen.workbook.problems import WorkbookError
from tiaowen.workbook.sheets import Book

Row = Mapping[str, str]
ROOT: Final = "ROWS"
ROW: Final = "ROW"
ENCODINGS: Final = ("utf-8-sig", "gb18030")
NONE: Final = "none"
MOST_WRONG: Final = 100
LIMITS: Final = Limits()
Line = tuple[int, list[str]]
"""The number of a row, as whoever opens the file sees it, and its cells."""


class FileProblem(ValueError):
    """A file that is not of its profile: where, what was seen, what was expected; `others` are more of the kind."""

    def __init__(self, where: str, seen: str, expected: str, others: Sequence[FileProblem] = ()) -> None:
        super().__init__("\n".join([f"{where}: {seen}；应为 {expected}", *(str(each) for each in others)]))
        self.where, self.seen, self.expected, self.others = where, seen[:200], expected, tuple(others)


def read(profile: Profile, content: bytes, kind: str) -> list[dict[str, str]]:
    """Rows, field → value as the registry's own file writes it.  Raises FileProblem.

    A blank cell says nothing.  Columns that the profile does not know are refused by name: something that
    nobody mapped must not vanish.
    """
    if kind not in profile.files:
        raise FileProblem(kind, kind, "、".join(profile.files))
    sheet, lines = {"csv": _csv, "xml": _xml, "xlsx": _xlsx}[kind](content)
    if not lines:
        raise FileProblem("1", "", "表头 a header line")
    (_at, header), *rest = lines
    columns = [_known(profile, at, said.strip()) for at, said in enumerate(header, 1) if said.strip()]
    missing = [each.name for each in profile.columns if each.field and _required(profile, each) and each not in columns]
    if missing:
        raise FileProblem("1", "", f"必填的列 the columns {'、'.join(missing)}")
    places = [at for at, said in enumerate(header) if said.strip()]
    wrong: list[FileProblem] = []
    rows = [
        _row(profile, columns, places, line, f"{sheet}{at}", wrong)
        for at, line in rest if any(cell.strip() for cell in line)
    ]  # fmt: skip
    if wrong:
        first, *others = wrong[:MOST_WRONG]
        raise FileProblem(first.where, first.seen, first.expected, others)
    return rows


def _required(profile: Profile, column: Column) -> bool:
    leaf = profile.leaf(column)
    return leaf is not None and leaf.written.required


def _known(profile: Profile, at: int, said: str) -> Column:
    found = profile.column(said)
    if found is None:
        close = nearest(said, [name for each in profile.columns for name in (each.name, each.label) if name])
        raise FileProblem(
            f"1 · {at}", said, f"{profile.title}的列 a column of the profile" + (f"（{close}？）" if close else "")
        )
    return found


def _row(
    profile: Profile, columns: Sequence[Column], places: Sequence[int], line: Sequence[str], row: str,
    wrong: list[FileProblem],
) -> dict[str, str]:  # fmt: skip
    """One row; codes that their table lacks go to `wrong`, with sheet, row and column."""
    found = dict(profile.constant)
    for column, place in zip(columns, places, strict=True):
        said = line[place].strip() if place < len(line) else ""
        if not said:
            continue
        try:
            value = column.ours(said)
        except UnknownCode as error:
            wrong.append(FileProblem(f"{row} · {column.name}", said, str(error)))
            continue
        leaf = profile.leaf(column)
        if leaf is None or not value:
            continue
        found[column.field] = profile.read_date(value) if leaf.written.kind == "date" else value
    return found


def _text(content: bytes) -> str:
    for each in ENCODINGS:
        try:
            return content.decode(each)
        except UnicodeDecodeError:
            continue
    raise FileProblem("", "", "UTF-8 或 or GB 18030")


def _csv(content: bytes) -> tuple[str, list[Line]]:
    try:
        return "", list(enumerate(csv.reader(io.StringIO(_text(content), newline="")), 1))
    except csv.Error as error:
        raise FileProblem("", str(error), "引号成对的 CSV well-formed CSV") from error


def _xml(content: bytes) -> tuple[str, list[Line]]:
    """`<ROWS><ROW><AAC002>…</AAC002></ROW></ROWS>`; a column stands in the header once any row has it.  The first ROW is 1."""
    body = content
    if content.lstrip()[:60].lower().find(b"gb18030") >= 0:  # the parser of the standard library does not know it
        body = _text(content).partition("?>")[2].encode()
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise FileProblem("", type(error).__name__, f"<{ROOT}><{ROW}>…") from error
    rows = [{str(cell.tag): (cell.text or "").strip() for cell in row} for row in root]
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [(at, [row.get(name, "") for name in names]) for at, row in enumerate(rows, 1)]
    return "", [(0, names), *lines] if names else []


def _xlsx(content: bytes) -> tuple[str, list[Line]]:
    with tempfile.TemporaryDirectory(prefix="huijiang-exchange-") as folder:
        path = Path(folder) / "in.xlsx"
        path.write_bytes(content)
        try:
            container = Container(path, LIMITS)
            try:
                book = Book(container)
                sheet = next(each for each in book.sheets if not each.hidden)
                lines = list(book.rows(sheet))
            finally:
                container.close()
        except (WorkbookError, StopIteration) as error:
            raise FileProblem("", type(error).__name__, "一个 .xlsx 工作簿 a workbook") from error
    beyond = sheet.too_long or (sheet.too_wide[0] if sheet.too_wide else 0)
    if beyond:  # what comes after was not read
        raise FileProblem(
            f"{sheet.name} · {beyond}",
            "",
            f"不多于 {LIMITS.rows} 行、{LIMITS.columns} 列 at most so many rows and columns",
        )
    wide = max((max(row) for _number, row in lines), default=0)
    return f"{sheet.name} · ", [
        (number, [row[at].text if at in row else "" for at in range(1, wide + 1)]) for number, row in lines
    ]


def write(profile: Profile, rows: Iterable[Row], kind: str, extra: Iterable[Row] = ()) -> bytes:
    """Rows as a file of the profile.  `extra`: for each row, columns of theirs that we don't keep (a name to check by)."""
    beside = list(extra)
    lines = [
        [_cell(profile, each, row, beside[at] if at < len(beside) else {}, at + 2) for each in profile.columns]
        for at, row in enumerate(rows)
    ]
    header = [each.name for each in profile.columns]
    if kind == "xml":
        return _as_xml(profile, header, lines)
    if kind == "xlsx":
        return _as_xlsx(profile, header, lines)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *lines])
    return text.getvalue().encode(profile.encoding)


def _cell(profile: Profile, column: Column, row: Row, beside: Row, at: int) -> str:
    leaf = profile.leaf(column)
    if leaf is None:
        return str(beside.get(column.name, "")) or (TELL[column.told](row) if column.told else "")
    value = str(row.get(column.field, ""))
    try:
        return column.theirs(profile.write_date(value) if leaf.written.kind == "date" else value)
    except UnknownCode as error:
        raise FileProblem(f"{at} · {column.name}", value, str(error)) from error


def _document(row: Row) -> Any:
    """The identity document of a row; None where it has none."""
    said = next((value for name, value in row.items() if name.rpartition(".")[2] == "id_number" and value), "")
    try:
        return read_document(said) if said else None
    except ValueError:
        return None


def _sex(row: Row) -> str:
    """The 17th digit of a resident's number (GB 11643): odd for men; of other numbers nobody can tell."""
    found = _document(row)
    if found is None or found.kind not in (RESIDENT, RESIDENCE):
        return ""
    return "1" if int(found.number[16]) % 2 else "2"


def _kind_of_document(row: Row) -> str:
    if any(value.startswith("护照") for name, value in row.items() if name.rpartition(".")[2] == "id_number"):
        return "08"
    found = _document(row)
    if found is None:
        return ""
    if found.kind == PERMIT_HM:
        return "04" if found.number.startswith("H") else "05"
    return {RESIDENT: "01", PERMIT_TW: "06", FIVE_STAR: "07", OLD_FOREIGN: "07"}.get(found.kind, "99")


def _insured(row: Row) -> str:
    """Whether a spell of insurance goes on; one that ended was at least paused."""
    ended = str(row.get("ended_on", ""))
    return "1" if ended == NOTHING else "2" if ended else ""


NOTHING: Final = "无"
TELL: Final = {"sex": _sex, "document": _kind_of_document, "insured": _insured}


def _as_xml(profile: Profile, header: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    root = Element(ROOT)
    for line in lines:
        row = SubElement(root, ROW)
        for name, value in zip(header, line, strict=True):
            if value:
                SubElement(row, name).text = value
    indent(root, " ")
    named = profile.encoding.removesuffix("-sig").upper()
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="{named}"?>\n{text}\n'.encode(profile.encoding.removesuffix("-sig"))


def _as_xlsx(profile: Profile, header: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(profile.title[:31])
        for number, line in enumerate([header, *lines]):
            write_cells(sheet, number, list(line))
        sheet.set_column(0, len(header) - 1, 18, book.add_format({"num_format": "@"}))
        sheet.freeze_panes(1, 0)
    return made.getvalue()
