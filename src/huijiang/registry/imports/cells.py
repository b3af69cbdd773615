"""One cell → the value that is stored, or a fault that says what was expected."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from huijiang.registry import names
from huijiang.registry.columns import TEXT
from huijiang.registry.identity import DocumentError, ReadDocument, read_document
from huijiang.registry.imports.template import Leaf, explain
from huijiang.registry.vocabulary import vocabulary
from tiaowen.identifiers.organisation import parse_organisation_code
from tiaowen.identifiers.result import IdentifierError
from tiaowen.workbook.sheets import Cell
from tiaowen.workbook.values import ABSENT, CellReader, Complaint
from tiaowen.workbook.wording import MESSAGES

Complain = Callable[[str], None]  # takes what was expected
_MONTH: Final = re.compile(r"((?:19|20)\d{2})[-/.年](\d{1,2})月?", re.ASCII)
_PASSPORT: Final = re.compile(r"护照\s+([A-Za-z]{3})\s+(\S+)")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class None_:
    """The cell says that there is none."""


NONE: Final = None_()
Value = str | int | bool | dt.date | ReadDocument | None_ | None


class Cells:
    """Reads the cells of one file.  `on` is the day of its data: nobody in it is born later."""

    def __init__(self, on: dt.date, from_1904: bool = False) -> None:
        self.on = on
        self.reader = CellReader(vocabulary(), from_1904=from_1904)
        self.regions = vocabulary().regions

    def read(self, cell: Cell, leaf: Leaf, complain: Complain) -> Value:
        """None is unknown, or a fault was named."""
        if _CONTROL.search(cell.text):
            complain("没有控制字符的文字")
            return None
        if leaf.path == ("name",) and cell.kind == "text":
            return self._name(cell, complain)

        def told(one: Complaint) -> None:
            if one.severity == "error":
                wrong, expected, mend = MESSAGES[one.key].zh
                words = dict(one.words)
                complain(f"{wrong.format(**words)}；应为：{expected.format(**words)}；{mend.format(**words)}")

        value = self.reader.value(cell, leaf.written, told)
        if value is None or isinstance(value, bool):
            return value
        if value == ABSENT:
            return NONE
        return self._stored(str(value) if isinstance(value, str) else value, leaf, complain)

    def _name(self, cell: Cell, complain: Complain) -> Value:
        """A name as written: no folding, which would turn rare characters into others."""
        name = names.written(cell.text)
        if len(name) > TEXT:
            complain(f"不多于 {TEXT} 个字")
            return None
        return name or None

    def _stored(self, value: str | int | dt.date, leaf: Leaf, complain: Complain) -> Value:
        kind = leaf.written.kind
        if kind == "document":
            return self._document(str(value), complain)
        if leaf.column.name == "uscc":
            return self._code(str(value), complain)
        if kind == "money":
            return int(Decimal(str(value).removesuffix("元")) * 100)
        if kind in ("months", "year"):
            return int(re.match(r"\d+", str(value))[0])  # type: ignore[index]  # the reader gives digits first
        if kind == "region":
            return self.regions.resolve(str(value))
        if kind == "month":
            return self._month(str(value), leaf, complain)
        if isinstance(value, str) and len(value) > TEXT:
            complain(f"不多于 {TEXT} 个字")
            return None
        return value

    def _month(self, value: str, leaf: Leaf, complain: Complain) -> Value:
        found = _MONTH.fullmatch(value)
        if found is None or not 1 <= int(found[2]) <= 12:
            complain(explain(leaf))
            return None
        return dt.date(int(found[1]), int(found[2]), 1)

    def _document(self, value: str, complain: Complain) -> Value:
        passport = _PASSPORT.fullmatch(value)
        try:
            if passport is not None:
                return read_document(passport[2], "护照", passport[1])
            return read_document(value, on=self.on)
        except IdentifierError as error:
            complain(f"{error.wrong()}；应为：{error.expected()}")
        except DocumentError as error:
            complain(str(error))
        return None

    def _code(self, value: str, complain: Complain) -> Value:
        try:
            return parse_organisation_code(value).value
        except IdentifierError as error:
            complain(f"{error.wrong()}；应为：{error.expected()}")
        return None
