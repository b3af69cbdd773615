"""The columns of a table's file: what is written in each, and which row of the registry it means.

A reference is written by what names the other row outside the registry: an identity number, a credit code,
a certificate number; where a row has no number of its own, by the columns that tell it apart (`laws.py`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from huijiang.registry.columns import NONE_SUFFIX, is_duration
from huijiang.registry.laws import LAWS
from huijiang.registry.vocabulary import stored_columns, vocabulary
from tiaowen.vocabulary.model import Column, Table
from tiaowen.workbook.columns import Column as Written
from tiaowen.workbook.values import expectation

PERSON: Final = "person"
ORGANISATION: Final = "organisation"
OWN_NUMBER: Final = "id_number"
DOCUMENT: Final = "document"
SEPARATOR: Final = "·"
REQUIRED: Final = {PERSON: {"name", OWN_NUMBER}, ORGANISATION: {"name", "uscc"}}
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Leaf:
    """One column of the file.  `stage` is the column that its value is staged in, `none` the one that keeps
    "known to be absent" (empty: there is none, or another leaf of the same reference says it)."""

    path: tuple[str, ...]
    column: Column
    written: Written
    stage: str
    none: str = ""

    @property
    def header(self) -> str:
        return self.written.header


@dataclass(frozen=True)
class Reference:
    """A reference that is put together from leaves; `parts` are the target's key columns and where they are
    staged, `stage` is where the found row's number goes."""

    path: tuple[str, ...]
    target: str
    parts: tuple[tuple[Column, str], ...]
    stage: str
    header: str


@dataclass(frozen=True)
class Template:
    """The file of one table.  References stand in the order in which they can be looked up."""

    table: Table
    leaves: tuple[Leaf, ...]
    references: tuple[Reference, ...]


@lru_cache(maxsize=64)
def template(table: str) -> Template:
    """Raises KeyError for a table that the vocabulary does not have."""
    told = vocabulary().tables[table]
    leaves: list[Leaf] = []
    references: list[Reference] = []
    if table == PERSON:
        leaves.append(_document((OWN_NUMBER,), told.columns[OWN_NUMBER], "证件号码", True, ""))
    for column in stored_columns(told):
        required = column.name in REQUIRED.get(table, ())
        none = column.name + NONE_SUFFIX if column.type.or_none else ""
        _add((column.name,), column, column.label, required, none, leaves, references)
    return Template(told, tuple(leaves), tuple(references))


def _add(
    path: tuple[str, ...], column: Column, header: str, required: bool, none: str, leaves: list[Leaf],
    references: list[Reference],
) -> str:  # fmt: skip
    """Add the leaves of one column; gives the column in which its value, or row, is staged."""
    kind = column.type
    if kind.kind != "row":
        leaves.append(_plain(path, column, header, required, none))
        return leaves[-1].stage
    stage = f"{path[0]}_id" if len(path) == 1 else f"x_{'__'.join(path)}_id"
    parts: list[tuple[Column, str]] = []
    if kind.name == PERSON:
        leaf = _document(path, column, f"{header}{SEPARATOR}证件号码", required, none)
        leaves.append(leaf)
        parts.append((column, leaf.stage))
    else:
        target = vocabulary().tables[kind.name]
        for at, name in enumerate(LAWS[kind.name].key):
            told = none if at == 0 else ""
            inner = target.columns[name]
            staged = _add((*path, name), inner, f"{header}{SEPARATOR}{inner.label}", required, told, leaves, references)
            parts.append((inner, staged))
    references.append(Reference(path, kind.name, tuple(parts), stage, header))
    return stage


def _document(path: tuple[str, ...], column: Column, header: str, required: bool, none: str) -> Leaf:
    note = "居民身份证等；护照写：护照 DEU C01X00T47"
    written = Written(header, DOCUMENT, required=required, none="word" if none else "", note=note)
    return Leaf(path, column, written, f"x_{'__'.join(path)}", none)


def _plain(path: tuple[str, ...], column: Column, header: str, required: bool, none: str) -> Leaf:
    kind = column.type
    word = {"quantity": "money", "row": "text"}.get(kind.kind, kind.kind)
    if kind.kind == "quantity" and kind.name != "fen":
        word = "months" if is_duration(kind) else "int"
    codes = kind.name if kind.kind == "code" else ""
    absence = "word" if none or column.type.or_none else ""
    written = Written(header, word, codes=codes, required=required, none=absence, note=column.note)
    own = f"{column.name}_id" if kind.kind == "region" else column.name
    return Leaf(path, column, written, own if len(path) == 1 else f"x_{'__'.join(path)}", none)


def explain(leaf: Leaf) -> str:
    """What a cell of this column should hold, in Chinese."""
    kind = leaf.written.kind
    if kind == "name":
        return "姓名或名称"
    return "月份，如 2025-03" if kind == "month" else expectation(leaf.written)


def choices(leaf: Leaf) -> list[str]:
    """The values to choose from, where the list is closed."""
    listed = vocabulary().codes.get(leaf.written.codes)
    return list(listed.codes) if listed is not None else []


def as_workbook(table: str, rows: Iterable[list[object]] = ()) -> bytes:
    """An empty workbook to fill in, or one with rows."""
    import xlsxwriter

    told = template(table)
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(told.table.label[:31])
        guide = book.add_worksheet("填写说明")
        bold, must = book.add_format({"bold": True}), book.add_format({"bold": True, "bg_color": "#FDE7D3"})
        text = book.add_format({"num_format": "@"})
        for at, leaf in enumerate(told.leaves):
            sheet.write_string(0, at, leaf.header, must if leaf.written.required else bold)
            sheet.set_column(at, at, 18, text if leaf.written.kind in ("document", "text") else None)
            values = choices(leaf)
            if values and len(",".join(values)) <= 255:
                sheet.data_validation(1, at, 10_000, at, {"validate": "list", "source": values})
            guide.write_row(at + 1, 0, [leaf.header, explain(leaf), "、".join(values), leaf.written.note])
        guide.write_row(0, 0, ["列", "填什么", "可选的值", "说明"], bold)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, 1):
            write_cells(sheet, number, row)
    return made.getvalue()


def write_cells(sheet: Any, number: int, row: list[object]) -> None:
    """A row of values; text is never a formula."""
    for at, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(number, at, value)
        elif value is not None:
            sheet.write(number, at, value)


def as_csv(table: str) -> bytes:
    """The header line, in UTF-8 with the mark that spreadsheet programs look for."""
    text = io.StringIO()
    csv.writer(text).writerow([leaf.header for leaf in template(table).leaves])
    return text.getvalue().encode("utf-8-sig")
