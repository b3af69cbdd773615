"""One bad workbook for each way of being bad: real files, made from the sample's own writer."""

import struct
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from tiaowen.identifiers import organisation_check_character, person_check_character
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.workbook import write_template

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
CODE = "91339999MA2K0XR0T"
FORM: dict[str, object] = {
    "单位名称": "萧然精工机械（虚构）有限公司",
    "统一社会信用代码": CODE + organisation_check_character(CODE),
    "所在地区": "浙江省/杭州市/萧山区",
    "单位类型": "企业",
    "填报日期": date(2026, 11, 22),
}


def document(born: str, sequence: int) -> str:
    """An identity number that nobody has."""
    body = f"339999{born}{sequence:03d}"
    return body + person_check_character(body)


def worker(number: int, **more: object) -> dict[str, object]:
    """A row of the roster with all that is required."""
    return {
        "工号": f"A{number}",
        "姓名": f"员工{number}",
        "证件号码": document("19900101", number),
        "入职日期": date(2025, 4, 1),
        **more,
    }


def ole_file(path: Path, stream: str) -> None:
    """An OLE compound file: its header, and a directory that names one stream."""
    header = bytearray(512)
    header[:8] = OLE
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<I", header, 44, 1)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<I", header, 56, 4096)
    struct.pack_into("<I", header, 76, 0)
    directory = bytearray(512)
    for index, name in enumerate(("Root Entry", stream)):
        text = name.encode("utf-16-le")
        directory[index * 128 : index * 128 + len(text)] = text
        struct.pack_into("<H", directory, index * 128 + 64, len(text) + 2)
    path.write_bytes(bytes(header) + b"\xfd\xff\xff\xff" + b"\xff" * 508 + bytes(directory))


def repacked(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """A copy of a workbook with each part changed, or dropped when `change` gives None."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)


def with_member(source: Path, target: Path, name: str, data: bytes) -> None:
    """A copy of a workbook with one more part."""
    target.write_bytes(source.read_bytes())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as new:
        new.writestr(name, data)


def raw_workbook(path: Path, sheets: Mapping[str, Callable[[Any, Any], None]]) -> None:
    """A workbook whose sheets are written by hand; the form is filled in unless it is given."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, write in {"填报说明": _form, **sheets}.items():
            write(book, book.add_worksheet(name))


def _form(book: Any, page: Any) -> None:
    for row, (label, value) in enumerate(FORM.items()):
        page.write_string(row, 0, label)
        page.write_string(row, 1, str(value))


def table(*lines: list[object]) -> Callable[[Any, Any], None]:
    """Writes lines of values from A1; a value that is callable writes its own cell."""

    def write(book: Any, page: Any) -> None:
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if callable(value):
                    value(book, page, row, column)
                elif value is not None:
                    page.write(row, column, value)

    return write


HEADERS: list[object] = ["工号", "姓名", "证件号码", "入职日期"]
LINE: list[object] = ["A1", "员工1", document("19900101", 1), "2025-04-01"]


def zip_bomb(path: Path, good: Path, size: int) -> None:
    """A small file whose roster unpacks to `size` bytes of blanks."""
    block = b" " * (1024 * 1024)
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet2.xml":
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet2.xml", "w") as part:
            for _ in range(size // len(block)):
                part.write(block)


def broken_samples(folder: Path, vocabulary: Vocabulary) -> dict[str, Path]:
    """Writes one bad workbook per kind into the folder; kind → path."""
    good = folder / "good.xlsx"
    write_template(good, vocabulary, form=FORM, rows={"职工花名册": [worker(1), worker(2)]})
    found: dict[str, Path] = {}

    def new(kind: str) -> Path:
        found[kind] = folder / f"{kind}.xlsx".replace(" ", "-")
        return found[kind]

    new("text file").write_text("工号,姓名\nA1,员工1\n", encoding="utf-8")
    new("web page").write_text("<html><table></table></html>", encoding="utf-8")
    new("pdf").write_bytes(b"%PDF-1.7\n%%EOF")
    new("empty").write_bytes(b"")
    new("random bytes").write_bytes(bytes(range(256)) * 8)
    ole_file(new("encrypted"), "EncryptedPackage")
    ole_file(new("old xls"), "Workbook")
    new("cut short").write_bytes(good.read_bytes()[:-200])
    spoilt = bytearray(good.read_bytes())
    with zipfile.ZipFile(good) as book:
        info = book.getinfo("xl/worksheets/sheet2.xml")
    for at in range(info.header_offset + 80, info.header_offset + 120):
        spoilt[at] ^= 0xFF
    new("spoilt inside").write_bytes(bytes(spoilt))
    with zipfile.ZipFile(new("plain zip"), "w") as plain:
        plain.writestr("a.txt", "a")
    with_member(good, new("macros"), "xl/vbaProject.bin", b"\0" * 64)
    with_member(good, new("xlsb"), "xl/workbook.bin", b"\0" * 64)
    repacked(good, new("no workbook part"), lambda name, data: None if name == "xl/workbook.xml" else data)
    zip_bomb(new("zip bomb"), good, 600 * 1024 * 1024)
    zip_bomb(new("tight part"), good, 40 * 1024 * 1024)
    with zipfile.ZipFile(new("too many parts"), "w") as many:
        for index in range(2_500):
            many.writestr(f"xl/{index}", b"")
    doctype = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;">]><sst><si><t>&c;</t></si></sst>'
    )
    repacked(good, new("entities"), lambda name, data: doctype if name == "xl/sharedStrings.xml" else data)
    repacked(good, new("broken xml"), lambda name, data: data[:-30] if name == "xl/worksheets/sheet2.xml" else data)
    token = b"<worksheet><sheetData><row r='1" + b" " * (3 * 1024 * 1024)
    repacked(good, new("endless tag"), lambda name, data: token if name == "xl/worksheets/sheet2.xml" else data)
    return found
