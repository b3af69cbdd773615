"""The same tables as one workbook, a sheet for each, for counties small enough to open in a spreadsheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import duckdb
import xlsxwriter

from tiaowen.population.expr import ABSENT_DATE, ABSENT_TEXT
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import Type

LARGEST: Final = 20_000  # people; above that the workbook is no use to anybody
NAME: Final = "county.xlsx"
STAMP: Final = dt.datetime(2026, 6, 30)  # noqa: DTZ001  a fixed moment, so that the bytes do not tell when it was written
NONE: Final = "无"
BATCH: Final = 2_000


def write_workbook(vocabulary: Vocabulary, folder: Path) -> Path:
    """Write `county.xlsx` beside the Parquet files.  Unknown cells are empty, absent ones say 无; money in yuan."""
    path = folder / NAME
    connection = duckdb.connect()
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": STAMP})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    try:
        for table in vocabulary.tables.values():
            connection.read_parquet(str(folder / f"{table.id}.parquet")).create_view("facts", replace=True)
            kinds = [c.type for c in table.columns.values() if c.derived is None]
            sheet = book.add_worksheet(table.label)
            sheet.freeze_panes(1, 1)
            labels = [c.label for c in table.columns.values() if c.derived is None]
            for at, label in enumerate(["编号", *labels]):
                sheet.write_string(0, at, label, bold)
            worded = [wording(kind, vocabulary) for kind in kinds]
            found = connection.execute("FROM facts")
            number = 0
            while rows := found.fetchmany(BATCH):
                for row in rows:
                    number += 1
                    sheet.write_string(number, 0, row[0])
                    for at, (value, word) in enumerate(zip(row[1:], worded, strict=True), start=1):
                        _write(sheet, number, at, None if value is None else word(value), day)
    finally:
        book.close()
        connection.close()
    return path


def wording(kind: Type, vocabulary: Vocabulary) -> Callable[[Any], Any]:
    """How a value of a column stands in a cell."""
    if kind.kind == "bool":
        return lambda value: "是" if value else "否"
    if kind.kind == "region":
        return lambda value: NONE if value == ABSENT_TEXT else vocabulary.regions.name(value)
    if kind.kind == "quantity" and kind.name == "fen":
        return lambda value: value // 100 if value % 100 == 0 else f"{value // 100}.{value % 100:02}"
    if kind.kind == "date":
        return lambda value: NONE if value == ABSENT_DATE else value
    return lambda value: NONE if value == ABSENT_TEXT else value


def _write(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
    elif isinstance(value, int):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value))
