"""Finding a sheet's header row and matching its headers with the template's columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tiaowen.problems import nearest
from tiaowen.workbook.columns import FORM, Column
from tiaowen.workbook.columns import Sheet as Template
from tiaowen.workbook.container import Limits
from tiaowen.workbook.problems import Findings, problem
from tiaowen.workbook.roster import SHEET
from tiaowen.workbook.sheets import Book, Row, Sheet, column_letter, column_number
from tiaowen.workbook.values import tidy

_LOOK_AT: Final = 10


@dataclass(slots=True)
class Layout:
    """Where the columns of a sheet stand: position from 1 → the template's column."""

    row: int = 0
    columns: dict[int, Column] = field(default_factory=dict)

    def letter(self, header: str) -> str:
        """The letter of the column with this header, or nothing."""
        return next((column_letter(n) for n, c in self.columns.items() if c.header == header), "")


def plain_header(text: str) -> str:
    """A header without white space, required marks, and the difference of brackets."""
    return re.sub(r"\s|\*|\((?:必填|选填)\)", "", tidy(text))


def choose_sheets(book: Book, findings: Findings) -> dict[str, Sheet]:
    """The template's sheets that the workbook has; complains of missing and unknown ones."""
    known = {plain_header(name): name for name in (FORM, *SHEET)}
    found: dict[str, Sheet] = {}
    strangers: list[Sheet] = []
    for sheet in book.sheets:
        name = known.get(plain_header(sheet.name))
        if name is None:
            strangers.append(sheet)
        elif name in found:
            findings.add(problem("sheet twice", sheet=sheet.name))
        else:
            found[name] = sheet
            if sheet.hidden:
                findings.add(problem("sheet hidden", sheet=sheet.name, severity="warning"))
    for sheet in strangers:
        if sheet.hidden:
            continue
        close = nearest(sheet.name, [name for name in known.values() if name not in found])
        if close and _alike(sheet.name, close):
            findings.add(problem("sheet misspelt", sheet=sheet.name, wanted=close))
        else:
            findings.add(problem("sheet unknown", sheet=sheet.name, severity="warning"))
    for wanted in (FORM, *(name for name, sheet in SHEET.items() if sheet.required)):
        if wanted not in found:
            findings.add(problem("sheet missing", wanted=wanted))
    return found


def data_rows(
    book: Book, sheet: Sheet, template: Template, layout: Layout, limits: Limits, findings: Findings
) -> Iterator[tuple[int, Row]]:
    """The rows under the header; fills `layout` on the way and complains of what it meets."""
    waiting: list[tuple[int, Row]] = []
    rows = book.rows(sheet)
    for number, row in rows:
        waiting.append((number, row))
        if number >= _LOOK_AT or len(waiting) == _LOOK_AT:
            break
    _find_header(waiting, template, layout)
    if layout.row:
        header = next(row for number, row in waiting if number == layout.row)
        _match(header, sheet, template, layout, findings)
        yield from (one for one in waiting if one[0] > layout.row)
        yield from rows
    else:
        for _ in rows:  # read to the end, so that merges and limits are reported too
            pass
        wanted = "、".join(column.header for column in template.columns if column.required)
        findings.add(problem("no header", sheet=sheet.name, wanted=wanted))
    _complain_of_shape(sheet, layout, limits, findings)


def _find_header(rows: list[tuple[int, Row]], template: Template, layout: Layout) -> None:
    names = {plain_header(n) for c in template.columns for n in (c.header, *c.also)}
    best = 0
    for number, row in rows:
        hits = sum(1 for cell in row.values() if plain_header(cell.text) in names)
        if hits > best:
            best, layout.row = hits, number
    if best < min(2, len(template.columns)):
        layout.row = 0


def _match(row: Row, sheet: Sheet, template: Template, layout: Layout, findings: Findings) -> None:
    known = {plain_header(name): c for c in template.columns for name in (c.header, *c.also)}
    taken: dict[str, int] = {}
    strangers: list[tuple[int, str]] = []
    for position, cell in sorted(row.items()):
        column = known.get(plain_header(cell.text))
        if column is None:
            strangers.append((position, tidy(cell.text)))
        elif column.header in taken:
            findings.add(
                problem(
                    "header twice",
                    sheet=sheet.name,
                    row=layout.row,
                    column=column_letter(position),
                    header=column.header,
                    wanted=column.header,
                    other=column_letter(taken[column.header]),
                )
            )
        else:
            taken[column.header] = position
            layout.columns[position] = column
    free = [c.header for c in template.columns if c.header not in taken]
    for position, text in strangers:
        close = nearest(text, free)
        alike = bool(close) and _alike(text, close)
        key = "header misspelt" if alike else "header unknown"
        findings.add(
            problem(
                key,
                severity="error" if alike else "warning",
                sheet=sheet.name,
                row=layout.row,
                column=column_letter(position),
                header=text[:20],
                seen=text,
                wanted=close if alike else "模板里的表头",
            )
        )
    for column in template.columns:
        if column.required and column.header not in taken:
            findings.add(problem("header missing", sheet=sheet.name, row=layout.row, wanted=column.header))


def _alike(seen: str, wanted: str) -> bool:
    """Whether one is the other with at most one character wrong, missing or added, or two in a long one."""
    allowed = 1 if len(wanted) <= 4 else 2
    if abs(len(seen) - len(wanted)) > allowed or not set(seen) & set(wanted):
        return False
    before = list(range(len(wanted) + 1))
    for i, one in enumerate(seen, 1):
        now = [i]
        for j, other in enumerate(wanted, 1):
            now.append(min(before[j] + 1, now[j - 1] + 1, before[j - 1] + (one != other)))
        before = now
    return before[-1] <= allowed


def _complain_of_shape(sheet: Sheet, layout: Layout, limits: Limits, findings: Findings) -> None:
    if sheet.too_wide:
        row, column = sheet.too_wide
        findings.add(
            problem("too wide", sheet=sheet.name, row=row, column=column_letter(column), limit=str(limits.columns))
        )
    if sheet.too_long:
        findings.add(problem("too long", sheet=sheet.name, row=sheet.too_long, limit=str(limits.rows)))
    for area in sheet.merges:
        first, _, last = area.partition(":")
        start, end = _row_of(first), _row_of(last or first)
        # A merged title above the header, or merged cells outside the columns that are read, do no harm.
        if end < layout.row or (layout.row and not _touches(area, layout)):
            continue
        key = "merged header" if not layout.row or start <= layout.row else "merged cells"
        letter = column_letter(column_number(first))
        findings.add(problem(key, sheet=sheet.name, row=start, column=letter, area=area))


def _touches(area: str, layout: Layout) -> bool:
    first, _, last = area.partition(":")
    return any(column_number(first) <= n <= column_number(last or first) for n in layout.columns)


def _row_of(reference: str) -> int:
    digits = re.sub(r"\D", "", reference)
    return int(digits) if digits else 0
