"""A sixth document of 萧山, invented: its file, its cases, its printed text; nothing of it in any policies folder."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "sixth"
NAME = "xiaoshan-2026-9"
PATH = f"浙江省/杭州市/萧山区/{NAME}.md"
TEXT = (FOLDER / f"{NAME}.md").read_text(encoding="utf-8")
CASES = (FOLDER / f"{NAME}.cases.yaml").read_text(encoding="utf-8")
PRINTED = (FOLDER / f"{NAME}.txt").read_text(encoding="utf-8")


def docx(text: str) -> bytes:
    """The text as the smallest .docx that Word opens."""
    import io
    import zipfile
    from xml.sax.saxutils import escape

    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in text.split("\n"))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{paragraphs}</w:body></w:document>")
    return held.getvalue()
