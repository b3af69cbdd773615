"""Sheets → records: each filled row with the typed value of each of its cells."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from tiaowen.identifiers import (
    Identifier,
    IdentifierError,
    parse_certificate_number,
    parse_organisation_code,
    parse_person_document,
)
from tiaowen.workbook.columns import FORM, ORDERED_DATES, PAST_DATES, Column
from tiaowen.workbook.headers import Layout, plain_header
from tiaowen.workbook.problems import Findings, Severity, problem
from tiaowen.workbook.roster import FORM_LINES, STATEMENTS
from tiaowen.workbook.sheets import Cell, Row, column_letter
from tiaowen.workbook.values import CellReader, Complain, Complaint, Value, expectation, shown


@dataclass(slots=True)
class Record:
    """One row of a sheet: header → value; what is unknown has no entry."""

    sheet: str
    row: int
    values: dict[str, Value]
    document: Identifier | None = None
    letters: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Form:
    """The firm's own form: header → value, its rows, and from when each statement holds."""

    values: dict[str, Value] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    statements: dict[str, date] = field(default_factory=dict)

    @property
    def filed_on(self) -> date | None:
        """The day of filing."""
        found = self.values.get("填报日期")
        return found if isinstance(found, date) else None


class RecordReader:
    """Turns rows into records and puts every complaint at its cell."""

    def __init__(self, cells: CellReader, findings: Findings, on: date) -> None:
        self._cells = cells
        self._findings = findings
        self._on = on

    def form(self, rows: Iterator[tuple[int, Row]]) -> Form:
        """Reads the firm's form: a label in column A, its value in column B."""
        lines = {plain_header(name): c for c in FORM_LINES for name in (c.header, *c.also)}
        lines |= {plain_header(s.label): Column(s.label, "date") for s in STATEMENTS}
        stated = {s.label for s in STATEMENTS}
        form = Form()
        for number, row in rows:
            label = row.get(1)
            column = lines.get(plain_header(label.text)) if label else None
            cell = row.get(2)
            if column is None or cell is None:
                continue
            if column.header in form.rows:
                other = str(form.rows[column.header])
                self._findings.add(
                    problem("form line twice", sheet=FORM, row=number, column="B", wanted=column.header, other=other)
                )
                continue
            form.rows[column.header] = number
            value = self._cell(cell, column, FORM, number, 2)
            if value is None:
                continue
            if column.header in stated and isinstance(value, date):
                form.statements[column.header] = value
            else:
                form.values[column.header] = value
        for line in FORM_LINES:
            if line.required and line.header not in form.rows:
                self._findings.add(problem("form line missing", sheet=FORM, wanted=line.header))
        return form

    def record(self, sheet: str, number: int, row: Row, layout: Layout, form: Form) -> Record | None:
        """Reads one row; None when no column of the template is filled in it."""
        record = Record(sheet, number, {})
        filled = False
        open_end = form.values.get("空白的终止日期是否表示至今未止") is True
        for position, column in layout.columns.items():
            cell = row.get(position)
            if cell is None:
                continue
            filled = True
            record.letters[column.header] = column_letter(position)
            value = self._cell(cell, column, sheet, number, position)
            if value is not None:
                record.values[column.header] = value
        if not filled:
            return None
        for position, column in layout.columns.items():
            if row.get(position) is not None:
                continue
            if column.required:
                self._complain(
                    Complaint("blank", words=(("wanted", expectation(column)),)), record, column, position, ""
                )
            elif column.none == "blank" and open_end:
                record.values[column.header] = "none"
        self._identify(record, layout)
        self._check_dates(record, form)
        return record

    def _cell(self, cell: Cell, column: Column, sheet: str, number: int, position: int) -> Value | None:
        place = Record(sheet, number, {})

        def complain(one: Complaint) -> None:
            self._complain(one, place, column, position, cell.text)

        if column.kind == "organisation code":
            text = self._cells.text(cell, column, complain)
            return self._code(text, complain) if text is not None else None
        return self._cells.value(cell, column, complain)

    def _code(self, text: str, complain: Complain) -> Value | None:
        try:
            return parse_organisation_code(text).value
        except IdentifierError as error:
            complain(_wrong(error))
            return None

    def _identify(self, record: Record, layout: Layout) -> None:
        for position, column in layout.columns.items():
            text = record.values.get(column.header)
            if not isinstance(text, str):
                continue
            if column.kind == "document":
                kind = record.values.get("证件类型")
                try:
                    found = parse_person_document(text, kind if isinstance(kind, str) else None, on=self._on)
                except IdentifierError as error:
                    # A wrong kind is the fault of the kind's cell when the number itself is sound.
                    self._complain(_wrong(error), record, column, position, text)
                    continue
                record.document = found
            elif column.kind == "certificate number" and text != "none":
                level, issued = record.values.get("等级"), record.values.get("发证日期")
                if record.values.get("证书类型") not in (None, "职业技能等级证书"):
                    continue
                try:
                    found = parse_certificate_number(
                        text,
                        level=level if isinstance(level, str) else None,
                        year=issued.year if isinstance(issued, date) else None,
                    )
                except IdentifierError as error:
                    # The number proves nothing and decides nothing, so a wrong one does not stop the file.
                    self._complain(_wrong(error, "warning"), record, column, position, text)
                    continue
            else:
                continue
            for warning in found.warnings:
                if warning.key != "no check digit":
                    wrong, _, expected = warning.text().partition("；")
                    words = (("wrong", wrong), ("expected", expected), ("about", warning.key))
                    self._complain(Complaint("identifier doubtful", "warning", words), record, column, position, text)

    def _check_dates(self, record: Record, form: Form) -> None:
        for earlier, later in ORDERED_DATES:
            first, second = record.values.get(earlier), record.values.get(later)
            if isinstance(first, date) and isinstance(second, date) and second < first:
                words = {"later": later, "earlier": earlier, "day": first.isoformat()}
                self._at(record, later, "two days", second.isoformat(), "error", **words)
        filed = form.filed_on
        for header in PAST_DATES & record.values.keys():
            day = record.values[header]
            if filed is not None and isinstance(day, date) and day > filed:
                self._at(record, header, "future", day.isoformat(), "warning", on=filed.isoformat())

    def _at(self, record: Record, header: str, key: str, seen: str, severity: Severity, **words: str) -> None:
        self._findings.add(
            problem(
                key,
                severity=severity,
                sheet=record.sheet,
                row=record.row,
                column=record.letters.get(header, ""),
                header=header,
                seen=seen,
                **words,
            )
        )

    def _complain(self, one: Complaint, record: Record, column: Column, position: int, seen: str) -> None:
        self._findings.add(
            problem(
                one.key,
                severity="error" if one.severity == "error" else "warning",
                sheet=record.sheet,
                row=record.row,
                column=column_letter(position),
                header=column.header,
                seen=shown(seen, column),
                **dict(one.words),
            )
        )


def _wrong(error: IdentifierError, severity: str = "error") -> Complaint:
    words = (("wrong", error.wrong()), ("expected", error.expected()), ("about", error.key))
    return Complaint("identifier" if severity == "error" else "identifier doubtful", severity, words)
