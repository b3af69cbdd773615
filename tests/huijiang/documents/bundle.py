"""A small policies folder: the vocabulary and one real document, without its cases so that it is read fast."""

from __future__ import annotations

from huijiang.documents.releases import read_folder
from tiaowen.files import default_folder

DOCUMENT = "浙江省/杭州市/萧山区/xiaoshan-2025-3.md"
OFFICE_FILES = {
    name: text
    for name, text in read_folder(default_folder()).items()
    if name.split("/")[0] in ("vocabulary", "parameters", "directories") or name == DOCUMENT
}


def changed(files: dict[str, str], old: str, new: str) -> dict[str, str]:
    """The files with one piece of the document replaced; it must be there."""
    assert old in files[DOCUMENT], old
    return {**files, DOCUMENT: files[DOCUMENT].replace(old, new, 1)}


def raised(files: dict[str, str]) -> dict[str, str]:
    """The start-up grant of a studio raised from 100,000 to 120,000 yuan."""
    head, mark, tail = files[DOCUMENT].partition("id: studio-start\n")
    assert mark
    assert "10 万元" in tail
    return {**files, DOCUMENT: head + mark + tail.replace("10 万元", "12 万元", 1)}
