"""Reading policy folders from disk.  Everything else in the engine works on text."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from tiaowen.check.library import Library, load_library
from tiaowen.problems import PolicyError, Spot, problem

MAX_BYTES = 2_000_000
FRONT = re.compile(r"---\n(?:(?!---\n).*\n)*?document:")  # the head of a document, not of a vocabulary


def read_folder(folder: Path, suffixes: tuple[str, ...] = (".md", ".yaml")) -> dict[str, str]:
    """File name (relative, with /) → text of every policy file below a folder.

    Raises PolicyError for a file that is too large, not UTF-8 or not readable.
    """
    found: dict[str, str] = {}
    problems = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or not path.name.endswith(suffixes) or path.name.startswith("."):
            continue
        name = path.relative_to(folder).as_posix()
        try:
            if path.stat().st_size > MAX_BYTES:
                raise ValueError(f"> {MAX_BYTES} bytes")
            found[name] = path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            problems.append(problem("file-unreadable", Spot(name), said=error))
    if problems:
        raise PolicyError(problems)
    return found


def default_folder() -> Path:
    """The project's own `policies/`: beside `src/` in a checkout."""
    for base in (Path.cwd(), *Path(__file__).resolve().parents):
        if (base / "policies" / "vocabulary").is_dir():
            return base / "policies"
    raise FileNotFoundError("policies/vocabulary")


def open_library(folder: Path | None = None, thorough: bool = True, documents: Collection[str] = ()) -> Library:
    """The checked library of a folder (default: the project's policies).

    `documents`: only these beside the vocabulary, where all of what they refer to is among them; so without
    local rules of others.
    """
    files = read_folder(folder or default_folder())
    if documents:
        files = {name: text for name, text in files.items()
                 if not FRONT.match(text) or PurePosixPath(name).stem in documents}  # fmt: skip
    return load_library(files, thorough)
