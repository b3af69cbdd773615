"""One PDF: cover, contents, the parts, the manifest; every page numbered through."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas
from reportlab.platypus import Flowable, PageBreak

from huijiang.accounts.viewers import Viewer
from huijiang.files.content import plain
from huijiang.files.content.pictures import opened
from huijiang.files.dossiers.parts import Dossier, Grid, Line, Paper, Part, Words
from huijiang.files.models import PICTURES, Kind
from huijiang.files.opening import open_file
from huijiang.files.paper import faces, sheets

PIXELS: Final = 2_200  # the longer side of a picture in a dossier: about 200 dots per inch on A4
MOST_LINES: Final = 2_000
PER_PAGE: Final = 24  # lines of the contents


@dataclass(frozen=True)
class Bound:
    """The PDF, how many pages, and its manifest."""

    content: bytes
    pages: int
    manifest: tuple[Line, ...]


@dataclass(frozen=True)
class _Leaf:
    line: Line
    pdf: bytes


def sm3(content: bytes) -> str:
    work = hashes.Hash(hashes.SM3())
    work.update(content)
    return work.finalize().hex()


def as_pdf(viewer: Viewer, dossier: Dossier, purpose: str) -> Bound:
    """Bind a dossier.  Every file in it is opened for the viewer, with its traces (`opening.open_file`).

    Raises what open_file raises.  Kinds that are no pages (Word, Excel, OFD) get a sheet that names them and their
    digest; the originals go with `as_archive`.
    """
    leaves = [_leaf(viewer, number, part, purpose) for number, part in enumerate(dossier.parts, start=1)]
    before = 1 + max(1, -(-len(leaves) // PER_PAGE))
    lines, at = [], before + 1
    for leaf in leaves:
        pages = leaf.line.last
        lines.append(Line(leaf.line.number, leaf.line.title, leaf.line.kind, leaf.line.size, leaf.line.digest, at,
                          at + pages - 1, leaf.line.note))  # fmt: skip
        at += pages
    writer = PdfWriter()
    front = sheets.pdf(_front(viewer, dossier, lines), f"{dossier.title} {dossier.number}", "惠匠", _nothing)
    for content in (front, *(leaf.pdf for leaf in leaves), _manifest_sheets(dossier, lines)):
        for page in PdfReader(BytesIO(content)).pages:
            added = writer.add_page(page)
            added.pop("/Annots", None)
            added.pop("/AA", None)
            added.transfer_rotation_to_content()
    for line in lines:
        writer.add_outline_item(title=f"{line.number}. {line.title}", page_number=line.first - 1)
    total = len(writer.pages)
    for number, page in enumerate(writer.pages, start=1):
        _stamp(page, f"{dossier.number}　第 {number} 页，共 {total} 页")
    writer.add_metadata({"/Title": f"{dossier.title} {dossier.number}", "/Producer": "Huijiang"})
    made = BytesIO()
    writer.write(made)
    return Bound(made.getvalue(), total, tuple(lines))


def _nothing(canvas: Any, document: Any) -> None:
    """These sheets get their page numbers when the whole is bound."""


def _front(viewer: Viewer, dossier: Dossier, lines: list[Line]) -> list[Flowable]:
    made = f"{timezone.localtime():%Y-%m-%d %H:%M}　{viewer.user.name}"
    parts: list[Flowable] = [sheets.space(90), sheets.centred("卷　宗", 30, 46), sheets.space(12),
                             sheets.centred(dossier.title, 18, 28), sheets.centred(dossier.number, 13, 22),
                             sheets.space(40)]  # fmt: skip
    facts = [*dossier.facts.items(), ("件数", str(len(lines))), ("制作", made)]
    parts += [sheets.table(("项目", "内容"), facts, (1, 3)), PageBreak()]
    for start in range(0, max(1, len(lines)), PER_PAGE):
        rows = [(str(each.number), each.title, str(each.first)) for each in lines[start : start + PER_PAGE]]
        parts += [sheets.centred("目　录", 18, 30), sheets.table(("序号", "名称", "页"), rows, (1, 8, 1)), PageBreak()]
    return parts[:-1]


def _manifest_sheets(dossier: Dossier, lines: list[Line]) -> bytes:
    rows = [
        (str(each.number), each.title, each.kind, f"{each.first}–{each.last}", each.digest or "—") for each in lines
    ]
    parts: list[Flowable] = [
        sheets.centred("清　单", 18, 30),
        sheets.table(("序号", "名称", "类型", "页", "原件摘要（SM3）"), rows, (1, 4, 1, 1, 5)),
        sheets.space(8),
        sheets.text("摘要由原件的全部字节算出。原件改动一个字节，摘要就不同。", 10, 16, textColor=sheets.GREY),
    ]
    return sheets.pdf(parts, dossier.number, "惠匠", _nothing)


def _leaf(viewer: Viewer, number: int, part: Part, purpose: str) -> _Leaf:
    """The part as PDF; its line carries how many pages it has in `last`."""
    if isinstance(part, Paper):
        return _of_file(viewer, number, part, purpose)
    body: list[Flowable] = [sheets.text(f"{number}．{part.title}", 15, 26), sheets.space(6)]
    if isinstance(part, Grid):
        body.append(sheets.table(part.columns, part.rows))
        kind = "表"
    else:
        assert isinstance(part, Words)
        body += [sheets.text(each, 11, 19, spaceAfter=4) for each in part.paragraphs]
        kind = "记录"
    content = sheets.pdf(body, part.title, "惠匠", _nothing)
    return _Leaf(Line(number, part.title, kind, 0, "", 0, _pages(content)), content)


def _of_file(viewer: Viewer, number: int, part: Paper, purpose: str) -> _Leaf:
    opened_file = open_file(viewer, part.uid, purpose)
    content, blob = opened_file.read(), opened_file.file.blob
    assert blob is not None
    shown, note = _as_pages(content, blob.kind, part.title, opened_file.name)
    line = Line(number, part.title, str(Kind(blob.kind).label), blob.size, sm3(content), 0, _pages(shown), note)
    return _Leaf(line, shown)


def _as_pages(content: bytes, kind: str, title: str, name: str) -> tuple[bytes, str]:
    if kind == Kind.PDF:
        return content, ""
    if kind in PICTURES:
        return _picture(content), ""
    if kind in (Kind.TXT, Kind.CSV):
        said = (plain.decoded(content) or "").splitlines()
        cut = f"（共 {len(said)} 行，只印前 {MOST_LINES} 行）" if len(said) > MOST_LINES else ""
        body = [sheets.text(title, 14, 24), *(sheets.text(each or " ", 10, 15) for each in said[:MOST_LINES])]
        return sheets.pdf([*body, *([sheets.text(cut, 10, 16)] if cut else [])], title, "惠匠", _nothing), cut
    note = "原件不是页面格式，随审计包附上"
    body = [sheets.text(title, 14, 24), sheets.text(f"文件：{name}"), sheets.text(f"摘要（SM3）：{sm3(content)}", 10, 16),
            sheets.text(f"{note}。", 11, 18)]  # fmt: skip
    return sheets.pdf(body, title, "惠匠", _nothing), note


def _picture(content: bytes) -> bytes:
    """A picture on a sheet of its own, as large as fits, upright."""
    image = opened(content).convert("RGBA")
    image.thumbnail((PIXELS, PIXELS))
    ground = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    pressed = BytesIO()
    ground.save(pressed, "JPEG", quality=85)
    width, height = sheets.WIDTH - 30 * mm, sheets.HEIGHT - 40 * mm
    scale = min(width / ground.width, height / ground.height)
    made = BytesIO()
    page = canvas.Canvas(made, pagesize=(sheets.WIDTH, sheets.HEIGHT), invariant=1)
    across, down = ground.width * scale, ground.height * scale
    page.drawImage(ImageReader(pressed), (sheets.WIDTH - across) / 2, (sheets.HEIGHT - down) / 2, across, down)
    page.save()
    return made.getvalue()


def _stamp(page: Any, words: str) -> None:
    box = page.mediabox
    made = BytesIO()
    over = canvas.Canvas(made, pagesize=(float(box.width), float(box.height)), invariant=1)
    over.setFont(faces.main(), 9)
    over.setFillColor(sheets.GREY)
    over.drawCentredString(float(box.width) / 2, 5 * mm, words)
    over.save()
    page.merge_translated_page(PdfReader(BytesIO(made.getvalue())).pages[0], float(box.left), float(box.bottom),
                               expand=False)  # fmt: skip


def _pages(content: bytes) -> int:
    return len(PdfReader(BytesIO(content)).pages)
