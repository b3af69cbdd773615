"""Sheets of A4: styles, tables, page numbers; the same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, Final

from reportlab.lib import colors, textsplit
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
    paragraph,
)

from huijiang.files.paper import faces

WIDTH, HEIGHT = A4

# What may not begin a line of Chinese (GB/T 15834); reportlab's own list lacks the full-width marks of ASCII.
NOT_FIRST: Final = textsplit.ALL_CANNOT_START + "，：；！？）》〉」』】〕”’…％"
textsplit.ALL_CANNOT_START = paragraph.ALL_CANNOT_START = NOT_FIRST
LEFT: Final = 28 * mm  # GB/T 9704: 28 mm beside the binding, 26 mm at the other side
RIGHT: Final = 26 * mm
TOP: Final = 30 * mm
BOTTOM: Final = 28 * mm
INNER: Final = WIDTH - LEFT - RIGHT
INK: Final = colors.HexColor("#17222e")
GREY: Final = colors.HexColor("#4b5a6a")
RED: Final = colors.HexColor("#c2181d")


def style(size: float, leading: float, **more: Any) -> ParagraphStyle:
    """A paragraph's style in the face of papers."""
    told = {"textColor": INK, "wordWrap": "CJK", **more}
    return ParagraphStyle("", fontName=faces.main(), fontSize=size, leading=leading, **told)


def text(words: str, size: float = 12, leading: float = 22, **more: Any) -> Paragraph:
    return Paragraph(faces.marked(words), style(size, leading, **more))


def body(words: str) -> Paragraph:
    """A paragraph of a Chinese letter: two characters in."""
    return text(words, firstLineIndent=24, spaceAfter=4)


def centred(words: str, size: float, leading: float, **more: Any) -> Paragraph:
    return text(words, size, leading, alignment=TA_CENTER, **more)


def right(words: str, **more: Any) -> Paragraph:
    return text(words, alignment=TA_RIGHT, **more)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float] = ()) -> Table:
    """A table that breaks between pages and repeats its heading."""
    cells = [[text(str(cell), 10, 15) for cell in row] for row in (columns, *rows)]
    total = sum(widths) or len(columns)
    shares = [INNER * each / total for each in (widths or [1] * len(columns))]
    made = Table(cells, colWidths=shares, repeatRows=1)
    made.setStyle(TableStyle([
        ("GRID", (0, 0), (-1, -1), 0.5, GREY), ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#eef2f6")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]))  # fmt: skip
    return made


def space(height: float) -> Spacer:
    return Spacer(1, height)


def pdf(parts: Sequence[Flowable], title: str, author: str, each_page: Callable[[Any, Any], None]) -> bytes:
    """Sheets with what stands on them; no time and no chance gets into the bytes."""
    made = BytesIO()
    document = BaseDocTemplate(made, pagesize=A4, invariant=1, title=title, author=author, lang="zh-CN",
                               leftMargin=LEFT, rightMargin=RIGHT, topMargin=TOP, bottomMargin=BOTTOM)  # fmt: skip
    frame = Frame(LEFT, BOTTOM, INNER, HEIGHT - TOP - BOTTOM, leftPadding=0, rightPadding=0, topPadding=0,
                  bottomPadding=0)  # fmt: skip
    document.addPageTemplates([PageTemplate("sheet", [frame], onPage=each_page)])
    document.build(list(parts))
    return made.getvalue()
