"""Uploads for tests, made here: sound ones of every kind, and those that attack."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript
from reportlab.pdfgen import canvas


def upload(content: bytes, name: str = "材料.bin") -> ContentFile:
    return ContentFile(content, name=name)


def drawing(seed: int = 1, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture with enough in it to be told from another."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        pen.ellipse((x, y, x + chance.randrange(20, 160), y + chance.randrange(20, 160)),
                    fill=tuple(chance.randrange(256) for _ in range(3)))  # fmt: skip
    return image


def picture(image: Image.Image | None = None, form: str = "PNG", **more: int) -> bytes:
    made = BytesIO()
    (image or drawing()).save(made, form, **more)
    return made.getvalue()


def pdf(pages: int = 1, words: str = "certificate", **more: object) -> bytes:
    made = BytesIO()
    page = canvas.Canvas(made, invariant=1)
    for number in range(pages):
        page.drawString(72, 700, f"{words} {number + 1}")
        page.showPage()
    page.save()
    return made.getvalue()


def changed_pdf(**changes: object) -> bytes:
    """A PDF with a password, a script, a launch action or an attachment."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf())))
    if "script" in changes:
        writer.add_open_action(JavaScript(str(changes["script"])))
    if "attachment" in changes:
        writer.add_attachment(str(changes["attachment"]), b"data")
    if "password" in changes:
        writer.encrypt(str(changes["password"]), algorithm="RC4-128")
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def archive(entries: dict[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", level) as out:
        for name, content in entries.items():
            out.writestr(name, content)
    return made.getvalue()


TYPES = {"[Content_Types].xml": b"<Types/>"}


def docx(**more: bytes) -> bytes:
    return archive({**TYPES, "word/document.xml": b"<w/>", **more})


def xlsx(**more: bytes) -> bytes:
    return archive({**TYPES, "xl/workbook.xml": b"<w/>", **more})


def ofd() -> bytes:
    return archive({"OFD.xml": b"<ofd/>", "Doc_0/Document.xml": b"<d/>"})


def bomb() -> bytes:
    return archive({**TYPES, "word/document.xml": b"<w/>", "word/media/image1.bmp": bytes(64 << 20)})


def many_entries() -> bytes:
    return archive({**TYPES, "word/document.xml": b"<w/>", **{f"word/{n}.xml": b"" for n in range(2_100)}})


def huge_picture() -> bytes:
    """A PNG of 40,000 × 40,000 dots in a few hundred bytes of header and nothing behind."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
