"""From the first bytes to a kind, then the whole content against what that kind may hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from huijiang.files.content import archives, pictures, plain, portable
from huijiang.files.content.refusing import Refused
from huijiang.files.models import Kind

LARGEST: Final = 20 << 20  # bytes of one file
LONGEST_NAME: Final = 120

KNOWN: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "picture"), (b"\xff\xd8\xff", "picture"), (b"PK\x03\x04", "archive"),
)  # fmt: skip

# What people send that is not taken in, by its first bytes; anything else that is not text is simply unknown.
REFUSED: Final[tuple[tuple[bytes, str], ...]] = (
    (b"MZ", "program"), (b"\x7fELF", "program"), (b"#!", "program"), (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"), (b"\xfe\xed\xfa", "program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"), (b"Rar!", "packed"), (b"7z\xbc\xaf", "packed"),
    (b"\x1f\x8b", "packed"), (b"BZh", "packed"), (b"\xfd7zXZ", "packed"), (b"PK\x05\x06", "packed"),
    (b"GIF8", "other_picture"), (b"RIFF", "other_picture"), (b"BM", "other_picture"), (b"II*\x00", "other_picture"),
    (b"MM\x00*", "other_picture"), (b"\x00\x00\x00", "phone_picture"),
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What an upload is.  `look`: 32 bytes of how a picture looks, with `bands` of them for the index."""

    kind: str
    pages: int | None = None
    look: bytes | None = None
    bands: list[int] = field(default_factory=list)


def said(code: str) -> str:
    """Why content of a kind is refused, and what to do."""
    return {
        "program": _("这是程序，不是材料。请上传 PDF、图片、Word、Excel、OFD、CSV 或文本。"),
        "old_office": _("这是旧版 Office 文件（.doc、.xls）。请另存为 .docx、.xlsx 或 PDF 再上传。"),
        "packed": _("不收压缩包。请解开后逐个上传。"),
        "other_picture": _("不收这种图片格式。请另存为 JPEG 或 PNG 再上传。"),
        "phone_picture": _("这可能是 HEIC 照片或视频。请在手机上把照片格式改为“兼容性最佳”（JPEG），或截图后再上传。"),
        "unknown": _("认不出这是什么文件。请上传 PDF、图片（JPEG、PNG）、Word、Excel、OFD、CSV 或文本。"),
        "empty": _("文件是空的。请检查后重新上传。"),
        "large": _("文件超过 %(limit)s MB。请压缩图片或分成几个文件。") % {"limit": LARGEST >> 20},
        "not_here": _("这里不收这种文件。请换一种格式。"),
    }[code]


def inspect(upload: Any, allow: frozenset[str] | None = None) -> Found:
    """Tell what an upload is.  Raises Refused.  `upload`: size, seek, read as Django's files have them."""
    if upload.size == 0:
        raise Refused("empty", said("empty"))
    if upload.size > LARGEST:
        raise Refused("large", said("large"))
    upload.seek(0)
    content: bytes = upload.read(LARGEST + 1)
    upload.seek(0)
    if len(content) > LARGEST:
        raise Refused("large", said("large"))
    found = of_bytes(content)
    if allow is not None and found.kind not in allow:
        raise Refused("not_here", said("not_here"))
    return found


def of_bytes(content: bytes) -> Found:
    """Tell what content is.  Raises Refused."""
    for mark, family in KNOWN:
        if content.startswith(mark):
            return READERS[family](content)
    for mark, code in REFUSED:
        if content.startswith(mark):
            raise Refused(code, said(code))
    kind = plain.kind_of(content)
    if kind is None:
        raise Refused("unknown", said("unknown"))
    return Found(kind)


def _pdf(content: bytes) -> Found:
    return Found(Kind.PDF, portable.pages_of(content))


def _picture(content: bytes) -> Found:
    kind, look = pictures.look_of(content)
    return Found(kind, 1, look, pictures.bands_of(look))


def _archive(content: bytes) -> Found:
    return Found(archives.kind_of(content))


READERS: Final[dict[str, Callable[[bytes], Found]]] = {"pdf": _pdf, "picture": _picture, "archive": _archive}


def plain_name(name: str | None) -> str:
    """The last part of a name, without what could steer a path, a header or a screen; never empty."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(each for each in unicodedata.normalize("NFC", last) if unicodedata.category(each)[0] != "C")
    kept = kept.strip(" .") or _("未命名")
    if len(kept) <= LONGEST_NAME:
        return kept
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if dot and len(ending) < 10 else kept[:LONGEST_NAME]
