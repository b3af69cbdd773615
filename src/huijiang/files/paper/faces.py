"""The face that papers are set in.

A Chinese font of the machine (or `HUIJIANG_FONT`) is cut down once to the characters in use and kept in the data
folder; a paper then carries the characters that it shows, and any reader shows them.  Where the machine has no such
font, the name of a standard face is written (STSong-Light) and the reader brings its own.

reportlab embeds TrueType outlines only; fonts with PostScript outlines (Noto, Source Han) are converted.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from django.conf import settings
from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont as Embedded

PLACES: Final = (
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-serif-cjk-vf-fonts/NotoSerifCJK-VF.ttc",
    "/usr/share/fonts/opentype/source-han-serif/SourceHanSerifSC-Regular.otf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
)
STANDARD: Final = "STSong-Light"
VERSION: Final = 2  # of what is written into the data folder
logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of each table that it drops
ERROR: Final = 1.0  # units that a converted curve may be off, of 1,000


def source() -> Path | None:
    """The font file that papers are cut from; None where the machine has none."""
    said = settings.PAPER_FONT
    for each in (said,) if said else PLACES:
        if Path(each).is_file():
            return Path(each)
    return None


@lru_cache(maxsize=1)
def usual() -> frozenset[str]:
    """ASCII and GB 2312: 7,540 characters, with nearly every one of a letter."""
    found = {chr(code) for code in range(32, 127)} | {"·", "—", "…", "〔", "〕", "¥", "□", "☑", "•", "＊"}
    for high in range(0xA1, 0xF8):
        found.update(bytes([high, low]).decode("gb2312", "ignore") for low in range(0xA1, 0xFF))
    return frozenset(each for each in found if len(each) == 1)


def main() -> str:
    """The name of the face for text, ready to use."""
    found = source()
    if found is None:
        return _standard()
    return _registered(found, usual())


def prepare() -> bool:
    """Cut the usual characters now, so that the first letter need not wait; whether there is a font."""
    main()
    return source() is not None


def marked(text: str) -> str:
    """Text as reportlab's paragraphs take it: escaped, with rare characters in a face of their own."""
    found, known = source(), usual()
    rare = sorted({each for each in text if each not in known and ord(each) > 126})
    if found is None or not rare:
        return escape(text)
    face = _registered(found, frozenset(rare) | {" "})
    return "".join(f'<font name="{face}">{escape(each)}</font>' if each in rare else escape(each) for each in text)


@lru_cache(maxsize=1)
def _standard() -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(STANDARD))
    return STANDARD


def kept_file() -> Path | None:
    """The cut font with the usual characters, for drawing into pictures; None where the machine has no font."""
    found = source()
    return None if found is None else _cut_file(found, usual())


@lru_cache(maxsize=256)
def _registered(found: Path, characters: frozenset[str]) -> str:
    kept = _cut_file(found, characters)
    name = f"paper-{kept.stem}"
    pdfmetrics.registerFont(Embedded(name, str(kept)))
    return name


def _cut_file(found: Path, characters: frozenset[str]) -> Path:
    told = found.stat()
    mark = hashlib.sha256(
        f"{VERSION} {found} {told.st_size} {''.join(sorted(characters))}".encode(), usedforsecurity=False
    ).hexdigest()[:16]
    kept = Path(settings.DATA) / "fonts" / f"{mark}.ttf"
    if not kept.is_file():
        _write(kept, cut(found, characters, f"Paper-{mark}"))
    return kept


def _write(kept: Path, content: bytes) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=kept.parent, prefix=".cut-")
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    Path(part).chmod(0o644)
    Path(part).replace(kept)


def cut(found: Path, characters: Iterable[str], name: str) -> bytes:
    """A TrueType font with these characters (those that the font has), under a name of its own: two cuts of one font
    in one paper are two fonts."""
    with _opened(found) as font:
        return _cut(font, characters, name)


def _cut(font: Any, characters: Iterable[str], name: str) -> bytes:
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.desubroutinize = True
    options.name_IDs = [1, 2, 4, 6, 13, 14]  # its licence stays with it
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "STAT"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(each) for each in characters])
    cutter.subset(font)
    if "CFF " in font:
        _to_truetype(font)
    for number in (1, 4, 6):
        font["name"].setName(name, number, 3, 1, 0x409)
        font["name"].setName(name, number, 1, 0, 0)
    made = BytesIO()
    font.save(made)
    return made.getvalue()


def _opened(found: Path) -> Any:
    if found.suffix.lower() not in (".ttc", ".otc"):
        return TTFont(found, lazy=True, recalcTimestamp=False)
    with TTCollection(found, lazy=True) as collection:
        names = [str(each["name"].getDebugName(4)) for each in collection.fonts]
    number = next((at for at, name in enumerate(names) if name.endswith((" SC", " SC Regular"))), 0)
    return TTFont(found, fontNumber=number, lazy=True, recalcTimestamp=False)


def _to_truetype(font: Any) -> None:
    """Cubic outlines become quadratic ones."""
    drawn, order, glyphs = font.getGlyphSet(), font.getGlyphOrder(), {}
    for name in order:
        pen = TTGlyphPen(drawn)
        drawn[name].draw(Cu2QuPen(pen, ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    outlines = newTable("glyf")
    outlines.glyphOrder, outlines.glyphs = order, glyphs
    for each in glyphs.values():
        each.recalcBounds(outlines)
    most = newTable("maxp")
    most.tableVersion, most.maxZones, most.numGlyphs = 0x00010000, 1, len(order)
    for name in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
                 "maxSizeOfInstructions", "maxComponentElements"):  # fmt: skip
        setattr(most, name, 0)
    font["loca"], font["glyf"], font["maxp"] = newTable("loca"), outlines, most
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\0\1\0\0"
