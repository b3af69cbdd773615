"""The text of a .docx: paragraphs and table rows of word/document.xml, and nothing else.

Decided from the first bytes and the directory of the zip before any XML is parsed; a
DOCTYPE is refused, so there are no entities to expand.  Deleted text of tracked changes is
left out, inserted text is read.  Numbers that Word makes itself are not in the text: they are counted.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

PART: Final = "word/document.xml"
FILE_BYTES: Final = 20 * 1024 * 1024
PART_BYTES: Final = 64 * 1024 * 1024
MEMBERS: Final = 2_000
RATIO: Final = 200
RATIO_FROM: Final = 4 * 1024 * 1024
CHARACTERS: Final = 200_000  # the longest document met has 14,000
TOKEN: Final = 1024 * 1024
_OLE: Final = bytes.fromhex("D0CF11E0A1B11AE1")
_CHUNK: Final = 64 * 1024


class DraftError(ValueError):
    """A draft that can't be read: what is wrong, in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)

    def text(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(slots=True)
class WordText:
    """The text, and how many paragraphs are numbered by Word (their numbers are not in the text)."""

    text: str
    numbered: int = 0
    changes: int = 0


def read_docx(path: Path) -> WordText:
    """Raises DraftError for anything but an ordinary, unencrypted .docx within the limits."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError as error:
        raise DraftError(f"{path.name}：读不了（{error.strerror}）", f"{path.name}: {error.strerror}") from error
    if size > FILE_BYTES:
        raise DraftError(
            f"{path.name}：{size} 字节，上限 {FILE_BYTES}", f"{path.name}: {size} bytes, limit {FILE_BYTES}"
        )
    if head.startswith(_OLE):
        raise DraftError(f"{path.name}：是旧版 .doc 或加了密码；请另存为不加密的 .docx。",
                         f"{path.name}: an old .doc, or encrypted; save it as a plain .docx.")  # fmt: skip
    if not head.startswith(b"PK"):
        raise DraftError(
            f"{path.name}：不是 .docx；纯文本请用 .txt。", f"{path.name}: not a .docx; plain text ends in .txt."
        )
    reader = _Reader()
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive, path.name)
            reader.read(_chunks(archive, path.name), path.name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, EOFError, NotImplementedError,
            RuntimeError) as error:  # fmt: skip
        raise DraftError(f"{path.name}：文件已损坏（{error}）", f"{path.name}: damaged ({error})") from error
    return WordText("\n".join(reader.lines), reader.numbered, reader.changes)


def _check(archive: zipfile.ZipFile, name: str) -> None:
    members = archive.infolist()
    if len(members) > MEMBERS:
        raise DraftError(
            f"{name}：部件 {len(members)} 个，上限 {MEMBERS}", f"{name}: {len(members)} parts, limit {MEMBERS}"
        )
    for member in members:
        if member.flag_bits & 0x1:
            raise DraftError(f"{name}：加了密码", f"{name}: encrypted")
    part = next((m for m in members if m.filename == PART), None)
    if part is None:
        raise DraftError(f"{name}：里面没有 {PART}，不是 .docx", f"{name}: has no {PART}, so it is no .docx")
    packed = max(part.compress_size, 1)
    if part.file_size > PART_BYTES or (part.file_size > RATIO_FROM and part.file_size // packed > RATIO):
        raise DraftError(
            f"{name}：展开后 {part.file_size} 字节，过大", f"{name}: {part.file_size} bytes unpacked, too large"
        )


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    allowed = PART_BYTES  # counted as it is read: a directory that lies gains nothing
    with archive.open(PART) as stream:
        while chunk := stream.read(_CHUNK):
            allowed -= len(chunk)
            if allowed < 0:
                raise DraftError(
                    f"{name}：展开后超过 {PART_BYTES} 字节", f"{name}: more than {PART_BYTES} bytes unpacked"
                )
            yield chunk


@dataclass(slots=True)
class _Reader:
    """Paragraphs become lines, the cells of a row are set off by tabs."""

    lines: list[str] = field(default_factory=list)
    numbered: int = 0
    changes: int = 0
    _pieces: list[str] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)
    _taking: bool = False
    _fallback: int = 0
    _size: int = 0

    def read(self, chunks: Iterator[bytes], name: str) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True

        def refuse(*_: object) -> None:
            raise DraftError(f"{name}：XML 里有 DOCTYPE，不读", f"{name}: its XML has a DOCTYPE, refused")

        parser.StartDoctypeDeclHandler = refuse
        parser.StartElementHandler = lambda tag, _: self._start(tag.rpartition(":")[2])
        parser.EndElementHandler = lambda tag: self._end(tag.rpartition(":")[2])
        parser.CharacterDataHandler = self._characters
        fed = 0
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > TOKEN:
                    raise DraftError(
                        f"{name}：有一个标记超过 {TOKEN} 字节", f"{name}: a token of more than {TOKEN} bytes"
                    )
                if self._size > CHARACTERS:
                    raise DraftError(f"{name}：超过 {CHARACTERS} 字", f"{name}: more than {CHARACTERS} characters")
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise DraftError(f"{name}：XML 已损坏（{error}）", f"{name}: damaged XML ({error})") from error

    def _start(self, tag: str) -> None:
        if tag == "Fallback":  # the same words again, for older programs
            self._fallback += 1
        elif tag == "t":
            self._taking = not self._fallback
        elif tag == "tab" and not self._cells:
            self._pieces.append(" ")
        elif tag in ("br", "cr"):
            self._pieces.append("\n")
        elif tag == "numPr":
            self.numbered += 1
        elif tag in ("ins", "del"):
            self.changes += 1
        elif tag == "tr":
            self._cells.append([])
        elif tag == "p" and not self._cells:
            self._pieces.clear()

    def _end(self, tag: str) -> None:
        if tag == "Fallback":
            self._fallback -= 1
        elif tag == "t":
            self._taking = False
        elif tag == "p" and not self._cells:
            self.lines.append("".join(self._pieces))
            self._pieces.clear()
        elif tag == "tc" and self._cells:
            self._cells[-1].append(" ".join("".join(self._pieces).split()))
            self._pieces.clear()
        elif tag == "tr" and self._cells:
            self.lines.append("\t".join(self._cells.pop()))

    def _characters(self, text: str) -> None:
        if self._taking:
            self._pieces.append(text)
            self._size += len(text)
