"""A policies folder as one .zip: taken in with suspicion, given out byte for byte."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import BinaryIO

from huijiang.documents.releases import MOST_BYTES, MOST_FILES, Refused, ReleaseError, decoded

MOST_UPLOAD = 8 * 1024 * 1024
MOST_UNPACKED = 16 * 1024 * 1024
UTF8_NAME = 0x800
ENCRYPTED = 0x1
FIXED_DAY = (2020, 1, 1, 0, 0, 0)  # the same files make the same bundle


def unpack(stream: BinaryIO, size: int) -> dict[str, str]:
    """Path → text of every file.  Raises Refused with what is wrong: too large, bad paths, not text."""
    if size > MOST_UPLOAD:
        raise Refused([f"{size} 字节 bytes；压缩包最多 at most {MOST_UPLOAD}"])
    try:
        with zipfile.ZipFile(stream) as archive:
            return _files(archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zipfile.LargeZipFile) as error:
        raise Refused([f"读不了这个压缩包 not a readable .zip: {error}"]) from None


def _files(archive: zipfile.ZipFile) -> dict[str, str]:
    entries = [each for each in archive.infolist() if not each.is_dir()]
    if len(entries) > MOST_FILES:
        raise Refused([f"{len(entries)} 个文件 files；最多 at most {MOST_FILES}"])
    if sum(each.file_size for each in entries) > MOST_UNPACKED:
        raise Refused([f"解开后超过 {MOST_UNPACKED} 字节 too large when unpacked"])
    found: dict[str, str] = {}
    wrong: list[str] = []
    for entry in entries:
        try:
            name = _name(entry)
            if name:
                if name in found:
                    raise ReleaseError(f"{name}: 出现两次 is there twice")
                found[name] = decoded(name, _content(archive, entry, name))
        except ReleaseError as error:
            wrong.append(str(error))
    if wrong:
        raise Refused(wrong)
    return _without_top(found)


def _name(entry: zipfile.ZipInfo) -> str:
    """The path of an entry; empty for what systems leave in bundles.  Raises ReleaseError for a path that leads out."""
    said = entry.filename
    if not entry.flag_bits & UTF8_NAME and not said.isascii():
        raw = said.encode("cp437")
        try:
            said = raw.decode("utf-8")
        except UnicodeDecodeError:
            try:
                said = raw.decode("gb18030")
            except UnicodeDecodeError:
                raise ReleaseError(f"{entry.filename!r}: 文件名编码不明 unreadable file name") from None
    parts = PurePosixPath(said).parts
    if said.startswith("/") or "\\" in said or ":" in said or ".." in parts or "\0" in said:
        raise ReleaseError(f"{said!r}: 路径指到外面 the path leads out；应为 expected 地区/文件.md")
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return ""
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ReleaseError(f"{said}: 是链接 is a link；应为文件 expected a file")
    if entry.flag_bits & ENCRYPTED:
        raise ReleaseError(f"{said}: 加了密码 is encrypted；请去掉密码 remove the password")
    return "/".join(parts)


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    with archive.open(entry) as opened:  # what an entry says of its size is not believed
        try:
            content = opened.read(MOST_BYTES + 1)
        except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
            raise ReleaseError(f"{name}: 已损坏 is damaged: {error}") from None
    if len(content) > MOST_BYTES:
        raise ReleaseError(f"{name}: 超过 {MOST_BYTES} 字节 is too large")
    return content


def _without_top(files: dict[str, str]) -> dict[str, str]:
    """A bundle of the folder itself counts as a bundle of what is in it."""
    tops = {name.split("/")[0] for name in files}
    if len(tops) == 1 and all(name.count("/") >= 1 for name in files) and tops == {"policies"}:
        return {name.split("/", 1)[1]: text for name, text in files.items()}
    return files


def pack(files: Mapping[str, str]) -> bytes:
    """The files as a .zip; equal files give equal bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            entry = zipfile.ZipInfo(name, FIXED_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode("utf-8"))
    return held.getvalue()
