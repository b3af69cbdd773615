"""PDF: readable, open, without programs; how many pages."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from django.utils.translation import gettext as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from huijiang.files.content.refusing import Refused

MOST_PAGES: Final = 500
MOST_OBJECTS: Final = 200_000
ACTIVE: Final = frozenset({"/JavaScript", "/JS", "/Launch", "/RichMedia", "/XFA"})
ATTACHED: Final = (".xml", ".xbrl", ".ofd")  # electronic invoices carry their data so
BROKEN = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError,
          AssertionError, NotImplementedError, OverflowError, MemoryError)  # fmt: skip


def pages_of(content: bytes) -> int:
    """How many pages.  Raises Refused: a password, programs inside, attachments, no pages, broken."""
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            raise Refused("locked", _("PDF 有密码或权限限制。请另存为不加密的 PDF，或打印成 PDF 再上传。"))
        pages = len(reader.pages)
        _harmless(reader)
    except BROKEN as error:
        if isinstance(error, Refused):
            raise
        raise Refused("broken", _("PDF 不完整或已损坏，打不开。请重新导出后上传。")) from error
    if not 1 <= pages <= MOST_PAGES:
        raise Refused("pages", _("PDF 有 %(pages)s 页，应为 1 到 %(most)s 页。请分开上传。") % {
            "pages": pages, "most": MOST_PAGES})  # fmt: skip
    if b"PK\x05\x06" in content[-65_579:] and b"PK\x03\x04" in content:
        raise Refused("polyglot", _("PDF 里夹带了压缩包，不能上传。请打印成 PDF 再上传。"))
    return pages


def _harmless(reader: PdfReader) -> None:
    """Walk everything that the document holds, each object once."""
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            mark = (each.idnum, each.generation)
            if mark in seen:
                continue
            seen.add(mark)
            if len(seen) > MOST_OBJECTS:
                raise Refused("bomb", _("文件展开后太大，不能上传。请删去不需要的内容，或另存为 PDF。"))
            each = each.get_object()
        if isinstance(each, DictionaryObject):
            if ACTIVE & each.keys() or each.get("/S") in ACTIVE:
                raise Refused("active", _("PDF 里有脚本或程序，不能上传。请打印成 PDF 再上传。"))
            if each.get("/Type") == "/Filespec" and "/EF" in each:
                name = str(each.get("/UF") or each.get("/F") or "").lower()
                if not name.endswith(ATTACHED):
                    raise Refused("embedded", _("PDF 里嵌着别的文件。请打印成 PDF 再上传。"))
            waiting.extend(each.raw_get(key) for key in each)
        elif isinstance(each, ArrayObject):
            waiting.extend(list.__iter__(each))
