"""The printed text of a document: read from .txt or .docx, laid beside the clauses by its own numbering.

An original that is of another document is refused; one that differs in places is kept, and says where.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from huijiang.accounts.models import User
from huijiang.documents.models import Original, Release, ReleaseOriginal
from huijiang.documents.releases import ReleaseError, decoded
from tiaowen.coverage import index as indexes
from tiaowen.coverage.align import align
from tiaowen.coverage.comparison import MAX_CHARACTERS, compare, index_of
from tiaowen.coverage.originals import read_original
from tiaowen.coverage.report import CoverageReport
from tiaowen.draft.docx import DraftError, read_docx
from tiaowen.language.blocks import BlockFile
from tiaowen.vocabulary.units import Units

MOST_BYTES = 20 * 1024 * 1024
ZIP = b"PK\x03\x04"


class OriginalError(ReleaseError):
    """An original that can't be used: what is wrong and how to mend it."""


@dataclass(frozen=True)
class Difference:
    """A clause in which the original and the document are not the same, and what is not."""

    clause: str
    what: str
    said: str = ""


def text_of(name: str, content: bytes, language: str = "zh") -> str:
    """The text of an uploaded original.  Raises OriginalError."""
    if len(content) > MOST_BYTES:
        raise OriginalError(f"{name}: {len(content)} 字节 bytes；最多 at most {MOST_BYTES}")
    if name.lower().endswith(".docx") or content.startswith(ZIP):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "original.docx"
            path.write_bytes(content)
            try:
                read = read_docx(path)
            except DraftError as error:
                raise OriginalError(error.text(language).replace("original.docx", name)) from None
        if read.numbered:
            raise OriginalError(
                f"{name}: 有 {read.numbered} 段由 Word 自动编号，编号不在文字里，不能对上条款；"
                "请在 Word 里把自动编号转成文字，或另存为 .txt the numbers are made by Word: turn them into text, or save as .txt"
            )
        text = read.text
    else:
        try:
            text = decoded(name, content)
        except OriginalError:
            raise
        except ReleaseError as error:
            raise OriginalError(str(error)) from None
    if not text.strip():
        raise OriginalError(f"{name}: 没有文字 holds no text")
    if len(text) > MAX_CHARACTERS:
        raise OriginalError(f"{name}: {len(text)} 字 characters；最多 at most {MAX_CHARACTERS}")
    return text


def attached(name: str, content: bytes, document: str, read: BlockFile, units: Units, by: User,
             language: str = "zh") -> tuple[Original, str]:  # fmt: skip
    """Store an original, with the index of its figures as the policies folder keeps it.

    Raises OriginalError when it can't be read, or is of another document.
    """
    text = text_of(name, content, language)
    found = read_original(text)
    numbered = [each.label for each in found.passages if not each.own]
    met = [label for label in align(numbered, read).headings if label in numbered]
    ours = [each.label for each in read.clauses if each.level > 1 and not each.label.startswith("〔")]
    if not numbered or 2 * len(set(met)) < max(len(set(numbered)), len(ours)):
        raise OriginalError(
            f"{name}: 不是这份文件的原文 is not the original of this document；"
            f"原文有 {len(set(numbered))} 条，文件有 {len(ours)} 条，编号对得上的 {len(set(met))} 条。"
            f"原文没有的 not printed：{_some(sorted(set(ours) - set(met)))}；"
            f"文件没有的 not in the document：{_some(sorted(set(numbered) - set(met)))}"
        )
    original = Original.objects.create(
        name=name[-200:], text=text, digest=hashlib.sha256(content).hexdigest(), attached_by=by
    )
    return original, indexes.write(index_of(document, found, units))


def _some(labels: list[str]) -> str:
    return "、".join(labels[:12]) + ("…" if len(labels) > 12 else "") if labels else "—"


def coverage(document: str, read: BlockFile, units: Units, original: Original | None, figures: str) -> CoverageReport | None:  # fmt: skip
    """Which block accounts for each printed figure: by the original, else by the index of its figures; None without either."""
    if original is not None:
        found = read_original(original.text)
        return compare(document, read, units, index_of(document, found, units), found)
    index, problems = indexes.read(figures, f"{document}.figures.yaml") if figures else (None, [])
    return None if index is None or problems else compare(document, read, units, index)


def differences(report: CoverageReport) -> list[Difference]:
    """Where original and document are not the same, clause by clause."""
    words = {
        "unread": _("原文有这一条，文件里没有标题或没有块"), "lost": _("文件有这一条，原文没有"),
        "order": _("次序与原文不同"), "twice": _("原文里这个编号出现两次"), "title": _("标题与原文不同"),
        "rows": _("附表的行数不同"), "misordered": _("几个数的先后与原文不同"),
        "unsourced": _("文件里的这个数，原文没有"), "index": _("与存着的数字索引不同"), "missing": _("没有数字索引"),
    }  # fmt: skip
    found = [
        Difference(str(values.get("label", "")), words[key],
                   str(values.get("title") or values.get("text") or values.get("what") or ""))
        for key, values in report.findings
    ]  # fmt: skip
    found += [Difference(line.clause, _("原文的这个数，没有块交代"), line.figure.token) for line in report.unaccounted]
    return found


def of_release(release: Release | None, document: str) -> Original | None:
    """The original of a document in a release."""
    held = ReleaseOriginal.objects.filter(release=release, document=document).select_related("original").first()
    return held.original if held is not None else None


def beside(original: Original | None, read: BlockFile) -> Mapping[int, list[str]]:
    """Index of a heading → the printed paragraphs of its clause."""
    return {} if original is None else _beside(original.pk, original.text, read.file, tuple(read.lines))


@lru_cache(maxsize=32)
def _beside(pk: int, text: str, file: str, lines: tuple[str, ...]) -> dict[int, list[str]]:
    from tiaowen.language.blocks import read_blocks

    read = read_blocks("\n".join(lines), file)
    found: dict[int, list[str]] = {}
    passages = read_original(text).passages
    headings = align([each.label for each in passages], read).headings
    for passage in passages:
        at = headings.get(passage.label)
        if at is not None and passage.text and read.clauses[at].level > 1:
            found.setdefault(at, []).extend(line for line in passage.text.split("\n") if line.strip())
    return found
