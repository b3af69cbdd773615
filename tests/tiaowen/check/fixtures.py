"""The fixture documents of this folder, read against a vocabulary of a few made-up tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tiaowen.check.library import Library, load_library
from tiaowen.check.lints import lint_document
from tiaowen.problems import Problem

HERE = Path(__file__).parent
GOOD = sorted((HERE / "good").glob("*.md"))
BAD = sorted((HERE / "bad").glob("*.md"))


@cache
def vocabulary_files() -> dict[str, str]:
    return {f"vocabulary/{path.name}": path.read_text(encoding="utf-8") for path in (HERE / "vocabulary").glob("*.md")}


def library_of(*documents: tuple[str, str]) -> Library:
    """A library of the fixture vocabulary and documents given as (name, text)."""
    return load_library({**vocabulary_files(), **dict(documents)})


def problems_in(library: Library) -> list[Problem]:
    """What loading found and what the whole-document checks find, each once."""
    found = list(library.problems)
    for name, plan in library.plans.items():
        found += lint_document(library.sources[name], plan, library)
    return list(dict.fromkeys(found))


@cache
def found_in(path: Path) -> tuple[Problem, ...]:
    return tuple(problems_in(library_of((path.name, path.read_text(encoding="utf-8")))))


def shown(problems: tuple[Problem, ...]) -> str:
    """Every finding in Chinese and in English, with its severity."""
    return "".join(f"{each.severity}\n{each.show('zh')}\n{each.show('en')}\n\n" for each in problems)
