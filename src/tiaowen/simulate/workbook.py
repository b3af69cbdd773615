"""A simulation as a workbook: one sheet per section with its chart; no formulas, no links."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tiaowen.simulate.sections import COLUMNS, Section, Sections
from tiaowen.simulate.simulation import Simulation
from tiaowen.vocabulary.model import Vocabulary

_OPTIONS: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_workbook(path: Path, found: Simulation, vocabulary: Vocabulary, lang: str = "zh") -> None:
    """Write every section.  Money in yuan, exact.  Raises OSError when the file can't be written."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(path), _OPTIONS)
    bold = book.add_format({"bold": True, "text_wrap": True})
    yuan = book.add_format({"num_format": "#,##0.00"})
    changed = book.add_format({"num_format": "+#,##0.00;-#,##0.00;0.00"})
    for number, section in enumerate(Sections(found, vocabulary, lang).every(), 1):
        _sheet(book, number, section, bold, yuan, changed)
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _sheet(book: Any, number: int, section: Section, bold: Any, yuan: Any, changed: Any) -> None:
    name = f"{number} {section.header[0]}"[:31]
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, section.heading, bold)
    sheet.write_string(1, 0, section.group)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, len(section.header), 18)
    for at, text in enumerate(section.header):
        sheet.write_string(2, at, text, bold)
    for line, row in enumerate(section.rows, 3):
        for at, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(line, at, cell)
            elif at in section.money:
                sheet.write_number(line, at, Decimal(cell) / 100, changed if at in section.signed else yuan)
            else:
                sheet.write_number(line, at, cell)
    sheet.freeze_panes(3, 1)
    below = 4 + len(section.rows)
    for at, note in enumerate(section.notes):
        sheet.write_string(below + at, 0, note)
    if section.draw and section.drawn and any(row[at] for row in section.rows for at in section.draw):
        last = 2 + len(section.rows) - (1 if section.total and len(section.rows) > 1 else 0)
        chart = book.add_chart({"type": "column" if section.style == COLUMNS else "bar"})
        for at in section.draw:
            chart.add_series({"name": [name, 2, at], "categories": [name, 3, 0, last, 0],
                              "values": [name, 3, at, last, at]})  # fmt: skip
        chart.set_title({"name": section.heading, "name_font": {"size": 11}})
        chart.set_size({"width": 760, "height": 120 + 22 * min(len(section.rows), 30) * len(section.draw)})
        sheet.insert_chart(below + 1 + len(section.notes), 0, chart)
