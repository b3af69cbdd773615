"""An encoded draft put among the documents of a folder, in place of its namesake if it has one.  No I/O."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import PurePosixPath

from tiaowen.check.library import Library, load_library
from tiaowen.draft.beside import in_neighbours
from tiaowen.draft.docx import DraftError
from tiaowen.draft.encoded import in_blocks
from tiaowen.draft.finding import Finding
from tiaowen.draft.targets import in_targets
from tiaowen.problems import PolicyError


def with_draft(files: Mapping[str, str], name: str, text: str) -> tuple[Library, str]:
    """The library with the draft `name` in it, and the draft's id.

    Raises DraftError for a file that is no policy, PolicyError when the other files are wrong: then nothing can be compared.
    """
    ident = PurePosixPath(name).stem
    others = {path: each for path, each in files.items() if PurePosixPath(path).name != f"{ident}.md"}
    place = next((path for path in files if PurePosixPath(path).name == f"{ident}.md"), f"{ident}.md")
    library = load_library({**others, place: text})
    if strangers := [each for each in library.errors if each.spot.file != place]:
        raise PolicyError(strangers)
    if ident not in library.plans:
        raise DraftError(f"{name}：没有政策的文件头，不是已编码的文件；原文请用 .txt 或 .docx。",
                         f"{name}: no front matter of a policy; a plain text ends in .txt or .docx.")  # fmt: skip
    return library, ident


def lint_encoded(files: Mapping[str, str], name: str, text: str, on: dt.date) -> list[Finding]:
    """Findings of the draft `name` among `files` (name → text); `on` decides what is in force.

    Raises DraftError and PolicyError as `with_draft` does.
    """
    library, ident = with_draft(files, name, text)
    found = [*in_blocks(library, ident), *in_neighbours(library, ident, on), *in_targets(library, ident, on)]
    order = {clause.label: at for at, clause in enumerate(library.sources[ident].read.clauses)}
    return sorted(found, key=lambda each: order.get(each.clause, -1) if each.clause else -1)
