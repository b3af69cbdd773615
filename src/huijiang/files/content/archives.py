"""Documents that are archives: Word, Excel, OFD.  Each entry is unpacked once, in bounded steps, and counted."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Final

from django.utils.translation import gettext as _

from huijiang.files.content.refusing import Refused
from huijiang.files.models import Kind

MOST_ENTRIES: Final = 2_000
MOST_BYTES: Final = 200 << 20  # of everything, unpacked
MOST_RATIO: Final = 120  # unpacked to packed, of an entry beyond SMALL
SMALL: Final = 2 << 20
STEP: Final = 1 << 20
END: Final = b"PK\x05\x06"
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


def kind_of(content: bytes) -> str:
    """Word, Excel or OFD.  Raises Refused: a bomb, macros, a password, something in front or behind, any other zip."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _one_thing_only(archive, content)
            names = _walked(archive)
    except BROKEN as error:
        if isinstance(error, Refused):
            raise
        raise Refused("broken", _("文件不完整或已损坏，打不开。请重新保存后上传。")) from error
    if any(name.endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1")) for name in names):
        raise Refused("macros", _("文件里有宏或程序，不能上传。请另存为不带宏的 .docx、.xlsx，或 PDF。"))
    if any("/embeddings/" in name or "/activex/" in name for name in names):
        raise Refused("embedded", _("文件里嵌着别的文件。请另存为 PDF 再上传。"))
    if "[content_types].xml" in names and "word/document.xml" in names:
        return Kind.DOCX
    if "[content_types].xml" in names and "xl/workbook.xml" in names:
        return Kind.XLSX
    if "ofd.xml" in names:
        return Kind.OFD
    raise Refused("packed", _("不收压缩包。请解开后逐个上传。"))


def _one_thing_only(archive: zipfile.ZipFile, content: bytes) -> None:
    first = min((each.header_offset for each in archive.infolist()), default=-1)
    end = content.rfind(END)
    length = 22 + int.from_bytes(content[end + 20 : end + 22], "little")
    if first != 0 or end < 0 or end + length != len(content):
        raise Refused("polyglot", _("文件前后夹带了别的内容，不能上传。请重新保存后上传。"))


def _walked(archive: zipfile.ZipFile) -> set[str]:
    """The names, in lower case, after everything was unpacked once."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise _bomb()
    names: set[str] = set()
    total = 0
    for each in entries:
        name = each.filename.replace("\\", "/").lower()
        if name in names or name.startswith("/") or ".." in name.split("/") or "\0" in name:
            raise Refused("polyglot", _("文件里的路径不正常，不能上传。请重新保存后上传。"))
        if each.flag_bits & 1:
            raise Refused("locked", _("文件有密码，打不开。请去掉密码再上传。"))
        names.add(name)
        size = 0
        with archive.open(each) as stream:
            while step := stream.read(STEP):
                size += len(step)
                total += len(step)
                if total > MOST_BYTES or (size > SMALL and size > MOST_RATIO * max(1, each.compress_size)):
                    raise _bomb()
    return names


def _bomb() -> Refused:
    return Refused("bomb", _("文件展开后太大，不能上传。请删去不需要的内容，或另存为 PDF。"))
