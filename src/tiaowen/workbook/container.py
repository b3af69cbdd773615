"""The file before its sheets: is it a workbook at all, and is it safe to unpack?

Everything here is decided from the first bytes and the directory of the zip, before any XML is
parsed; reading a member is counted as it goes, so a directory that lies gains nothing.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tiaowen.workbook.problems import WorkbookError, problem

_OLE: Final = bytes.fromhex("D0CF11E0A1B11AE1")
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a workbook is read at most. Bytes, counts and characters."""

    file_bytes: int = 64 * 1024 * 1024
    members: int = 2_000
    unpacked_bytes: int = 400 * 1024 * 1024
    ratio: int = 200
    # Small members may be packed as tightly as they like.
    ratio_from_bytes: int = 8 * 1024 * 1024
    small_part_bytes: int = 16 * 1024 * 1024
    rows: int = 200_000
    columns: int = 256
    cell_characters: int = 32_767
    shared_characters: int = 30_000_000
    problems: int = 200


class Container:
    """An opened workbook file whose directory has passed the limits. Close it after use."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        _refuse_other_files(path, limits)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise WorkbookError([problem("damaged", seen=str(error))]) from error
        try:
            self._check_directory()
        except WorkbookError:
            self._zip.close()
            raise

    def close(self) -> None:
        """Closes the file."""
        self._zip.close()

    def has(self, name: str) -> bool:
        """Whether the workbook has this part."""
        return name in self._names

    def chunks(self, name: str, limit: int | None = None) -> Iterator[bytes]:
        """The unpacked bytes of one part, at most `limit` of them."""
        allowed = limit if limit is not None else self.limits.unpacked_bytes
        try:
            with self._zip.open(name) as stream:
                while chunk := stream.read(_CHUNK):
                    allowed -= len(chunk)
                    if allowed < 0:
                        raise WorkbookError([problem("too large part", seen=name, limit=f"{limit}")])
                    yield chunk
        except KeyError as error:
            raise WorkbookError([problem("part missing", seen=name)]) from error
        except (
            zipfile.BadZipFile,
            zipfile.LargeZipFile,
            OSError,
            EOFError,
            ValueError,
            NotImplementedError,
            RuntimeError,
            _zlib_error(),
        ) as error:
            if isinstance(error, WorkbookError):
                raise
            raise WorkbookError([problem("damaged", seen=f"{name}: {error}")]) from error

    def _check_directory(self) -> None:
        members = self._zip.infolist()
        limits = self.limits
        if len(members) > limits.members:
            raise WorkbookError([problem("too many parts", seen=str(len(members)), limit=str(limits.members))])
        total = sum(member.file_size for member in members)
        if total > limits.unpacked_bytes:
            raise WorkbookError([problem("bomb", seen=_mib(total), limit=_mib(limits.unpacked_bytes))])
        for member in members:
            if member.flag_bits & 0x1:
                raise WorkbookError([problem("encrypted", seen=member.filename)])
            packed = max(member.compress_size, 1)
            if member.file_size > limits.ratio_from_bytes and (member.file_size // packed > limits.ratio):
                raise WorkbookError(
                    [
                        problem(
                            "bomb ratio",
                            seen=f"{member.filename} {member.file_size // packed}",
                            limit=str(limits.ratio),
                        )
                    ]
                )
        self._names = {member.filename for member in members}
        if "xl/workbook.bin" in self._names:
            raise WorkbookError([problem("binary workbook", seen="xlsb")])
        if "xl/vbaProject.bin" in self._names:
            raise WorkbookError([problem("macros", seen="xl/vbaProject.bin")])
        if "[Content_Types].xml" not in self._names or not any(name.startswith("xl/") for name in self._names):
            first = ", ".join(sorted(self._names)[:3])
            raise WorkbookError([problem("other zip", seen=first or "空")])


def _zlib_error() -> type[Exception]:
    import zlib

    return zlib.error


def _refuse_other_files(path: Path, limits: Limits) -> None:
    # A pipe or a device would block or never end, so only an ordinary file is opened.
    if not path.exists():
        raise WorkbookError([problem("no file", seen=path.name)])
    if not path.is_file():
        raise WorkbookError([problem("no ordinary file", seen=path.name)])
    size = path.stat().st_size
    if size == 0:
        raise WorkbookError([problem("empty file", seen=path.name)])
    if size > limits.file_bytes:
        raise WorkbookError([problem("too large", seen=_mib(size), limit=_mib(limits.file_bytes))])
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
            if head.startswith(_OLE):
                rest = stream.read(4 * 1024 * 1024)
                if "EncryptedPackage".encode("utf-16-le") in rest:
                    raise WorkbookError([problem("encrypted", seen=path.name)])
                raise WorkbookError([problem("old workbook", seen=path.name)])
    except OSError as error:
        raise WorkbookError([problem("unreadable", seen=str(error.strerror))]) from error
    if not head.startswith(b"PK"):
        raise WorkbookError([problem("not a workbook", seen=_printable(head))])


def _printable(head: bytes) -> str:
    if head.startswith(b"%PDF"):
        return "PDF"
    if head.lstrip().startswith(b"<"):
        return "HTML/XML"
    text = head.decode("utf-8", errors="replace")
    return text if text.isprintable() else head.hex(" ")


def _mib(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MiB"
