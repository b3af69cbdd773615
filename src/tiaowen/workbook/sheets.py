"""Sheets of an .xlsx as streams of rows, read with expat straight from the zip.

Why not a library: in its streaming mode openpyxl shows neither merged ranges nor a formula beside
its cached value, and both are needed here; this is also somewhat faster. A DOCTYPE is refused, so there
are no entities to expand. Memory holds the shared strings (bounded) and one row at a time.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tiaowen.workbook.container import Container
from tiaowen.workbook.parts import Xml, date_styles, shared_strings, walk

_CELL: Final = 32_767


class Cell(NamedTuple):
    """One filled cell. `kind`: text, number, date (a number shown as a date), bool or error.

    `formula` says that the cell is computed; `text` is then the value that was last computed, and
    is empty when the file carries none.
    """

    kind: str
    text: str
    formula: bool = False


Row = dict[int, Cell]


@dataclass(slots=True)
class Sheet:
    """One sheet. `merges` is complete only after its rows have been read."""

    name: str
    hidden: bool
    part: str
    merges: list[str] = field(default_factory=list)
    too_wide: tuple[int, int] | None = None
    too_long: int | None = None


class Book:
    """The sheets of an opened container, in the order of the file."""

    def __init__(self, container: Container) -> None:
        self._container = container
        targets: dict[str, str] = {}

        def relation(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        self.sheets: list[Sheet] = []
        self.from_1904 = False

        def sheet(tag: str, attributes: dict[str, str]) -> None:
            if tag == "sheet":
                reference = next((v for k, v in attributes.items() if k.endswith(":id")), "")
                target = targets.get(reference, "")
                part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                hidden = attributes.get("state", "visible") != "visible"
                self.sheets.append(Sheet(attributes.get("name", ""), hidden, part))
            elif tag == "workbookPr":
                self.from_1904 = attributes.get("date1904", "0") in ("1", "true")

        walk(container, "xl/_rels/workbook.xml.rels", relation)
        walk(container, "xl/workbook.xml", sheet)
        self._dates = date_styles(container)
        self._strings: list[str] | None = None

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, Row]]:
        """The rows of a sheet that have a filled cell, with their numbers from 1.

        Stops at the limits of rows and columns and notes that on the sheet.
        """
        if self._strings is None:
            self._strings = shared_strings(self._container)
        reading = _SheetReading(sheet, self._strings, self._dates, self._container.limits.columns)
        xml = Xml(sheet.part, reading.start, reading.end, reading.characters)
        limit = self._container.limits.rows
        seen = 0
        for chunk in self._container.chunks(sheet.part):
            xml.feed(chunk)
            while reading.done:
                seen += 1
                if seen > limit:
                    sheet.too_long = reading.done[0][0]
                    return
                yield reading.done.popleft()
            if sheet.too_wide:
                return
        xml.feed(b"", last=True)
        while reading.done:
            yield reading.done.popleft()


class _SheetReading:
    """The state of one sheet's XML: which cell we are in and the row so far."""

    def __init__(self, sheet: Sheet, strings: list[str], dates: frozenset[int], columns: int) -> None:
        self.sheet = sheet
        self.done: deque[tuple[int, Row]] = deque()
        self._strings = strings
        self._dates = dates
        self._columns = columns
        self._number = 0
        self._row: Row = {}
        self._column = 0
        self._type = "n"
        self._style = -1
        self._formula = False
        self._phonetic = 0
        self._value: list[str] = []
        self._length = 0
        self._taking = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            reference = attributes.get("r")
            self._column = column_number(reference) if reference else self._column + 1
            self._type = attributes.get("t", "n")
            style = attributes.get("s", "")
            self._style = int(style) if style.isdecimal() else -1
            self._formula = False
            self._value = []
            self._length = 0
        elif tag in ("v", "t"):
            self._taking = self._phonetic == 0
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            # Phonetic runs repeat the text in another script; they are not part of the value.
            self._phonetic += 1
        elif tag == "row":
            number = attributes.get("r", "")
            self._number = int(number) if number.isdecimal() else self._number + 1
            self._row = {}
            self._column = 0
        elif tag == "mergeCell" and len(self.sheet.merges) < 1_000:
            self.sheet.merges.append(attributes.get("ref", ""))

    def characters(self, text: str) -> None:
        # Excel holds at most 32,767 characters in a cell; what a forged file has beyond is dropped.
        if self._taking and self._length <= _CELL:
            self._length += len(text)
            self._value.append(text[:_CELL])

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self._taking = False
        elif tag == "c":
            self._close_cell()
        elif tag == "rPh":
            self._phonetic -= 1
        elif tag == "row" and self._row:
            self.done.append((self._number, self._row))

    def _close_cell(self) -> None:
        text = "".join(self._value)
        kind = "number"
        if self._type == "s":
            kind = "text"
            index = int(text) if text.isdecimal() else -1
            text = self._strings[index] if 0 <= index < len(self._strings) else ""
        elif self._type in ("inlineStr", "str"):
            kind = "text"
        elif self._type == "b":
            kind = "bool"
        elif self._type == "e":
            kind = "error"
        elif self._type == "d":
            kind = "text"
        elif self._style in self._dates:
            kind = "date"
        if not text.strip() and not self._formula:
            return
        if self._column > self._columns:
            if self.sheet.too_wide is None:
                self.sheet.too_wide = (self._number, self._column)
            return
        self._row[self._column] = Cell(kind, text, self._formula)


def column_number(reference: str) -> int:
    """The column of a cell reference, from 1: B7 → 2.

    >>> column_number("AA10")
    27
    """
    number = 0
    for character in reference:
        if not "A" <= character <= "Z":
            break
        number = number * 26 + ord(character) - 64
    return number


def column_letter(number: int) -> str:
    """The letter of a column, from 1.

    >>> column_letter(27)
    'AA'
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
