"""Text and tables as text: UTF-8 or GB 18030, no markup that a browser would run."""

from __future__ import annotations

import csv
from typing import Final

from django.utils.translation import gettext as _

from huijiang.files.content.refusing import Refused
from huijiang.files.models import Kind

ENCODINGS: Final = ("utf-8-sig", "gb18030")
MARKUP: Final = (
    "<!doctype",
    "<html",
    "<head",
    "<body",
    "<script",
    "<svg",
    "<?xml",
    "<iframe",
    "<object",
    "<?php",
    "<math",
)
LOOKED_AT: Final = 20  # lines


def decoded(content: bytes) -> str | None:
    """The text, or None where it is none."""
    if b"\0" in content:
        return None
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def kind_of(content: bytes) -> str | None:
    """csv or txt; None for what is no text.  Raises Refused for pages and drawings that a browser would run."""
    text = decoded(content)
    if text is None or any(ord(each) < 32 and each not in "\t\n\r\f\v" for each in text[:100_000]):
        return None
    folded = text.casefold()
    if any(mark in folded for mark in MARKUP):
        raise Refused("markup", _("不收网页、SVG 或带脚本的文本。请打印成 PDF 再上传。"))
    return Kind.CSV if _is_table(text) else Kind.TXT


def _is_table(text: str) -> bool:
    """Two lines or more with the same number of cells, more than one."""
    lines = text.splitlines()[:LOOKED_AT]
    try:
        widths = {len(row) for row in csv.reader(lines) if row}
    except csv.Error:
        return False
    return len(lines) > 1 and len(widths) == 1 and widths.pop() > 1
