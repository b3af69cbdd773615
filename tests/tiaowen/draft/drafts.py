"""Invented drafts: a text of an invented city, and blocks of an invented district beside a real document."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tiaowen.draft.finding import Finding
from tiaowen.draft.text import lint_text
from tiaowen.files import open_library

VOCABULARY = open_library(thorough=False).vocabulary

GOOD = """临溪市人民政府办公室关于支持技能人才的若干意见

为支持技能人才，现提出如下意见。
一、培养
（一）鼓励考证。在本市企业就业满6个月的职工，自2026年3月1日起取得高级工及以上证书的，由市人力社保局给予职工本人一次性1000元补贴，同一人只享受一次。
（二）支持企业。对在本市参加评价的企业，按职工每人500元给予企业补贴，每个自然年累计不超过5万元，由市人力社保局核定。
二、附则
本意见所称以上、以内均含本数。所需资金由就业补助资金列支，与其他补贴按就高不重复原则享受。申领期限为事由发生后6个月内，由市人力社保局受理。
本意见自2026年3月1日起施行，有效期至2029年2月28日。

临溪市人民政府办公室
2026年2月10日
"""


def clause(*sentences: str) -> str:
    """A whole draft whose only numbered clause holds the sentences; nothing else is said."""
    return f"一、补贴\n{''.join(sentences)}\n"


def codes(text: str) -> set[str]:
    return {each.code for each in lint_text(text, VOCABULARY)}


def found(text: str, code: str) -> list[Finding]:
    return [each for each in lint_text(text, VOCABULARY) if each.code == code]


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word_file(path: Path, body: str, head: str = "", part: str = "word/document.xml") -> Path:
    """A .docx with one part; `head` stands before the root element."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
    return path


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"
