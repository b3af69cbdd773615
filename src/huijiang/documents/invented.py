"""The invented document of the invented 临溪市, with its full printed text, as the demo releases it.

It is the example of the guide to encoding; a real installation never has it.  Because its words are ours, text
and rule can be seen side by side without anybody attaching a real original.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from huijiang.accounts.models import User
from huijiang.documents.models import Original

CITY: Final = "浙江省/临溪市"
NAME: Final = "linxi-2026-1"
REGIONS: Final = "vocabulary/regions.md"
ROW: Final = "| local-linxi | 临溪市 | 330000 |  |  |  |"
PARTS: Final = (".md", ".cases.yaml", ".figures.yaml")


def folder(policies: Path) -> Path:
    """Where the example lies: with the guide, beside the policies."""
    return policies.parent / "docs" / "guide" / "临溪市"


def with_invented(files: Mapping[str, str], example: Path) -> dict[str, str]:
    """The files with the invented city and its document; as they are where the guide is not at hand."""
    if not (example / f"{NAME}.md").is_file() or REGIONS not in files:
        return dict(files)
    found = dict(files)
    head, mark, tail = found[REGIONS].rpartition("\n| 330109 ")
    found[REGIONS] = f"{head}\n{ROW}{mark}{tail}"
    for part in PARTS:
        found[f"{CITY}/{NAME}{part}"] = (example / f"{NAME}{part}").read_text(encoding="utf-8")
    return found


def originals(example: Path, by: User) -> dict[str, Original]:
    """Its printed text, ready to go into a release."""
    path = example / f"{NAME}.txt"
    if not path.is_file():
        return {}
    content = path.read_bytes()
    made = Original.objects.create(name=path.name, text=content.decode("utf-8"), attached_by=by,
                                   digest=hashlib.sha256(content).hexdigest())  # fmt: skip
    return {NAME: made}
