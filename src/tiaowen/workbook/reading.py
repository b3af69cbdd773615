"""`read_roster`: a workbook in the roster template → a case for the engine, or every reason why not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tiaowen.vocabulary.model import Vocabulary
from tiaowen.workbook.columns import FORM
from tiaowen.workbook.container import Container, Limits
from tiaowen.workbook.facts import FactBuilder
from tiaowen.workbook.headers import Layout, choose_sheets, data_rows
from tiaowen.workbook.problems import Findings, WorkbookProblem, problem
from tiaowen.workbook.records import Form, RecordReader
from tiaowen.workbook.roster import SHEET, SHEETS, STATEMENTS, mapped_columns
from tiaowen.workbook.sheets import Book, Row, Sheet
from tiaowen.workbook.tables import FIRM, Facts, Person
from tiaowen.workbook.values import CellReader

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A cell of the workbook, or a whole column when `row` is 0."""

    sheet: str
    row: int
    column: str
    header: str


@dataclass(frozen=True, slots=True)
class RosterCase:
    """What a workbook says.

    `case` is the public case format (JSON-able; no names or numbers of persons). `people` and
    `organisations` say whom the ids stand for; `origin` gives sheet and row of (table, id).
    `warnings` were found but stopped nothing; further ones of a kind are counted in each.
    """

    case: dict[str, Any]
    firm: str
    people: dict[str, Person]
    organisations: dict[str, str]
    origin: dict[tuple[str, str], tuple[str, int]]
    warnings: tuple[WorkbookProblem, ...]
    letters: dict[tuple[str, str], str]
    form_rows: dict[str, int]

    def places(self, table: str, column: str, row_id: str = "") -> tuple[CellPlace, ...]:
        """The cells that would state a fact: for one row, or (without `row_id`) the columns.

        Empty when no column of the template carries the fact.
        """
        found = []
        at = self.origin.get((table, row_id))
        for sheet, header in mapped_columns().get(f"{table}.{column}", ()):
            if not header or (at is not None and at[0] != sheet):
                continue
            if sheet == FORM:
                found.append(CellPlace(sheet, self.form_rows.get(header, 0), "B", header))
            else:
                letter = self.letters.get((sheet, header), "")
                found.append(CellPlace(sheet, at[1] if at else 0, letter, header))
        return tuple(found)


def read_roster(
    path: str | Path,
    *,
    on: date,
    vocabulary: Vocabulary,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> RosterCase:
    """Reads a workbook in the roster template.

    `on` is the day that the case is looked at (ages are checked against it). `progress` is called
    with the sheet's name and the rows read so far, every thousand rows.
    Raises `WorkbookError` with all problems when there is any error: nothing is made of half a file.
    """
    limits = limits or Limits()
    findings = Findings(limits.problems)
    container = Container(Path(path), limits)
    try:
        book = Book(container)
        sheets = choose_sheets(book, findings)
        cells = CellReader(vocabulary, from_1904=book.from_1904)
        records = RecordReader(cells, findings, on)
        form = Form()
        if FORM in sheets:
            form = records.form(_form_rows(book, sheets[FORM]))
        place = form.values.get("所在地区")
        cells.home = str(place) if place is not None else None
        builder = FactBuilder(form, cells, findings)
        letters = _read_sheets(book, sheets, records, builder, form, limits, findings, progress)
    finally:
        container.close()
    findings.stop_on_errors()
    return RosterCase(
        _case(builder.facts, form, on),
        FIRM,
        builder.facts.people,
        builder.facts.organisations,
        builder.facts.origin,
        findings.warnings,
        letters,
        form.rows,
    )


def _form_rows(book: Book, sheet: Sheet) -> Iterator[tuple[int, Row]]:
    for number, row in book.rows(sheet):
        if number > 500:
            return
        yield number, row


def _read_sheets(
    book: Book,
    sheets: dict[str, Sheet],
    records: RecordReader,
    builder: FactBuilder,
    form: Form,
    limits: Limits,
    findings: Findings,
    progress: Progress | None,
) -> dict[tuple[str, str], str]:
    letters: dict[tuple[str, str], str] = {}
    for template in SHEETS:
        sheet = sheets.get(template.name)
        if sheet is None:
            continue
        layout = Layout()
        read = 0
        for number, row in data_rows(book, sheet, template, layout, limits, findings):
            record = records.record(template.name, number, row, layout, form)
            if record is None:
                continue
            builder.add(template, record)
            read += 1
            if progress is not None and read % 1000 == 0:
                progress(template.name, read)
        if progress is not None:
            progress(template.name, read)
        if template.required and not read and layout.row:
            findings.add(problem("no rows", sheet=template.name))
        for column in SHEET[template.name].columns:
            letters[template.name, column.header] = layout.letter(column.header)
    return letters


def _case(facts: Facts, form: Form, on: date) -> dict[str, Any]:
    covers: list[dict[str, Any]] = []
    for statement in STATEMENTS:
        start = form.statements.get(statement.label)
        if start is None:
            continue
        for table, by in statement.covers:
            covered: dict[str, Any] = {"table": table, "by": [by], "from": start.isoformat()}
            if form.filed_on is not None:
                covered["to"] = form.filed_on.isoformat()
            covers.append(covered)
    return {
        "region": form.values.get("所在地区"),
        "on": on.isoformat(),
        "tables": dict(facts.tables),
        "covers": covers,
    }
