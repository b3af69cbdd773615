"""What a viewer sees: never the upload itself, but a copy that says who looked, when and why."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from reportlab.lib import colors
from reportlab.pdfgen import canvas

from huijiang.files.content.pictures import opened
from huijiang.files.paper import faces

LONGEST_SIDE: Final = 2_000  # pixels: enough to read a certificate, not to print another
SHOWN_PAGES: Final = 60
QUALITY: Final = 82


def mark(width: float, height: float, lines: list[str], size: float) -> bytes:
    """One page of transparent repeated words, as PDF."""
    made = BytesIO()
    page = canvas.Canvas(made, pagesize=(width, height), invariant=1)
    page.setFont(faces.main(), size)
    page.setFillColor(colors.Color(0.62, 0.1, 0.1, alpha=0.22))
    step = size * 9
    y = -height * 0.2
    while y < height * 1.2:
        x = -width * 0.1
        while x < width * 1.1:
            page.saveState()
            page.translate(x, y)
            page.rotate(24)
            for number, line in enumerate(lines):
                page.drawString(0, -number * size * 1.5, line)
            page.restoreState()
            x += max(len(line) for line in lines) * size * 0.95 + size * 3
        y += step
    page.save()
    return made.getvalue()


def picture(content: bytes, lines: list[str]) -> bytes:
    """A JPEG: decoded, made smaller, the words drawn into its dots; nothing of the upload's own data stays."""
    image = opened(content).convert("RGBA")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    ground = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    size = max(12, min(ground.size) // 28)
    layer = Image.new("RGBA", (ground.width * 2, ground.height * 2), (0, 0, 0, 0))
    drawing = ImageDraw.Draw(layer)
    font = _font(size)
    step = max(int(drawing.textlength(max(lines, key=len), font=font)) + size * 2, 1)
    for row, y in enumerate(range(0, layer.height, size * 6)):
        for x in range(-(row % 2) * step // 2, layer.width, step):
            for number, line in enumerate(lines):
                drawing.text((x, y + number * int(size * 1.4)), line, fill=(160, 24, 24, 110), font=font)
    layer = layer.rotate(24, resample=Image.Resampling.BILINEAR)
    left, top = (layer.width - ground.width) // 2, (layer.height - ground.height) // 2
    ground.alpha_composite(layer.crop((left, top, left + ground.width, top + ground.height)))
    made = BytesIO()
    ground.convert("RGB").save(made, "JPEG", quality=QUALITY)
    return made.getvalue()


def pages(content: bytes, lines: list[str], most: int = SHOWN_PAGES) -> bytes:
    """The first pages of a PDF with the words laid over each; forms, links and attachments are left behind."""
    reader, writer = PdfReader(BytesIO(content)), PdfWriter()
    for each in reader.pages[:most]:
        page = writer.add_page(each)
        page.pop("/Annots", None)
        page.pop("/AA", None)
        page.transfer_rotation_to_content()
        box = page.mediabox
        over = PdfReader(BytesIO(mark(float(box.width), float(box.height), lines, _size(box)))).pages[0]
        page.merge_translated_page(over, float(box.left), float(box.bottom), expand=False)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _size(box: Any) -> float:
    return max(8.0, min(float(box.width), float(box.height)) / 42)


def _font(size: int) -> Any:
    from PIL import ImageFont

    path = faces.kept_file()
    return ImageFont.truetype(str(path), size) if path is not None else ImageFont.load_default(size)
