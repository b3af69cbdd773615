"""The real documents, and their originals where the machine has them."""

from __future__ import annotations

from pathlib import Path

from tiaowen.coverage.comparison import units_of
from tiaowen.language.blocks import BlockFile, read_blocks

ROOT = Path(__file__).resolve().parents[3]
POLICIES = ROOT / "policies"
SEEDS = ROOT.parent / "shared" / "seeds"
DOCUMENTS = ["xiaoshan-2025-3", "huzhou-2023-55", "shangyu-2022-3", "yuyao-2021-draft", "zhejiang-2023"]
UNITS = units_of(POLICIES)


def policy(document: str) -> BlockFile:
    path = next(POLICIES.rglob(f"{document}.md"))
    return read_blocks(path.read_text(encoding="utf-8"), path.name)


def original(document: str) -> str | None:
    """The text of an original, or None (with a line that says so) where it is not at hand."""
    path = SEEDS / f"{document}.txt"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    print(f"the original of {document} is not at hand: only its index is checked")
    return None
