"""The XML parts of a workbook, parsed with expat: shared strings, date styles, and any small part.

A DOCTYPE is refused, so there are no entities to expand.
"""

import re
from collections.abc import Callable
from typing import Final
from xml.parsers import expat

from tiaowen.workbook.container import Container
from tiaowen.workbook.problems import WorkbookError, problem

_DATE_FORMATS: Final = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
_TOKEN: Final = 1024 * 1024
_NAMES: Final = 200
_NOT_DATE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


class Xml:
    """An expat parser that refuses DOCTYPE and tokens longer than any real one.

    The second matters because older expat reads an unfinished token again from its start with
    each chunk: a tag of 100 MB would take hours.
    """

    def __init__(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        characters: Callable[[str], None] | None = None,
    ) -> None:
        self._part = part
        self._fed = 0
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        local: dict[str, str] = {}

        def plain(name: str) -> str:
            if name not in local and len(local) < _NAMES:
                local[name] = name.rpartition(":")[2]
            return local.get(name, name)

        def refuse(*_: object) -> None:
            raise WorkbookError([problem("entities", seen="<!DOCTYPE")])

        parser.StartDoctypeDeclHandler = refuse
        parser.StartElementHandler = lambda name, attributes: start(plain(name), attributes)
        if end is not None:
            closing = end
            parser.EndElementHandler = lambda name: closing(plain(name))
        if characters is not None:
            parser.CharacterDataHandler = characters

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """Parses one more chunk. Raises `WorkbookError`."""
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise WorkbookError([problem("damaged", seen=f"{self._part}: {error}")]) from error
        self._fed += len(chunk)
        if not last and self._fed - self._parser.CurrentByteIndex > _TOKEN:
            raise WorkbookError([problem("damaged", seen=f"{self._part}: token > {_TOKEN}")])


def walk(container: Container, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
    xml = Xml(part, start)
    for chunk in container.chunks(part, container.limits.small_part_bytes):
        xml.feed(chunk)
    xml.feed(b"", last=True)


def date_styles(container: Container) -> frozenset[int]:
    """Which cell styles show a number as a date."""
    custom: dict[str, bool] = {}
    dates: set[int] = set()
    state = {"inside": 0, "index": 0}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            code = _NOT_DATE.sub("", attributes.get("formatCode", "")).lower()
            custom[attributes.get("numFmtId", "")] = "y" in code or "d" in code
        elif tag in ("cellStyleXfs", "cellXfs", "dxfs", "cellStyles"):
            state["inside"] = int(tag == "cellXfs")
        elif tag == "xf" and state["inside"]:
            number = attributes.get("numFmtId", "0")
            built_in = number.isdecimal() and int(number) in _DATE_FORMATS
            if custom.get(number, built_in):
                dates.add(state["index"])
            state["index"] += 1

    if container.has("xl/styles.xml"):
        walk(container, "xl/styles.xml", start)
    return frozenset(dates)


def shared_strings(container: Container) -> list[str]:
    part = "xl/sharedStrings.xml"
    if not container.has(part):
        return []
    strings: list[str] = []
    pieces: list[str] = []
    state = {"taking": 0, "phonetic": 0, "size": 0}

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "t":
            state["taking"] = int(state["phonetic"] == 0)
        elif tag == "rPh":
            state["phonetic"] += 1

    def characters(text: str) -> None:
        if state["taking"]:
            pieces.append(text)
            state["size"] += len(text)

    def end(tag: str) -> None:
        if tag == "t":
            state["taking"] = 0
        elif tag == "rPh":
            state["phonetic"] -= 1
        elif tag == "si":
            state["size"] += 1
            strings.append("".join(pieces))
            pieces.clear()

    xml = Xml(part, start, end, characters)
    allowed = container.limits.shared_characters
    for chunk in container.chunks(part):
        xml.feed(chunk)
        if state["size"] > allowed:
            raise WorkbookError([problem("too much text", limit=str(allowed))])
    xml.feed(b"", last=True)
    return strings
