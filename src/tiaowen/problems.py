"""What is wrong with a policy file, a case or a table of facts, and where.

A problem names file, line, clause, what was found, what was expected and how
to mend it.  Its words are looked up by a code, in Chinese or English, so that
every message can be pinned by a fixture and none is put together by hand.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file.  Lines and columns count from 1; 0 means "the whole file"."""

    file: str = ""
    line: int = 0
    column: int = 0
    clause: str = ""
    block: str = ""
    key: str = ""
    text: str = ""
    width: int = 1

    def at(self, column: int, width: int = 1) -> Spot:
        """The same place, pointing `column` characters (from 0) into `text`."""
        return Spot(
            self.file,
            self.line,
            self.column,
            self.clause,
            self.block,
            self.key,
            self.text,
            max(1, width),
        )._pointing(column)

    def _pointing(self, column: int) -> Spot:
        object.__setattr__(self, "column", column + 1)
        return self


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.  `severity` is error, warning or note; only errors stop a document."""

    code: str
    spot: Spot
    values: tuple[tuple[str, str], ...] = ()
    severity: str = "error"
    related: tuple[Spot, ...] = field(default=())

    def words(self, language: str = "zh") -> str:
        """The message in Chinese (`zh`) or English (`en`)."""
        from tiaowen.messages import wording

        return wording(self.code, dict(self.values), language)

    def show(self, language: str = "zh") -> str:
        """The whole finding: place, the line with a caret, the message, the other place."""
        lines = [where(self.spot)]
        lines += caret(self.spot)
        lines.append(f"    {self.words(language)}")
        for other in self.related:
            lines.append(("  另见 " if language == "zh" else "  see also ") + where(other))
            lines += caret(other)
        return "\n".join(lines)


class PolicyError(ValueError):
    """Raised when something cannot go on; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(p.show("en") for p in self.problems[:20]))


def problem(
    code: str,
    spot: Spot,
    *,
    severity: str = "error",
    related: Iterable[Spot] = (),
    **values: Any,
) -> Problem:
    """Build a problem; values are turned into text here, once."""
    pairs = tuple((key, str(value)) for key, value in values.items())
    return Problem(code, spot, pairs, severity, tuple(related))


def where(spot: Spot) -> str:
    """`file:line · clause · block · key`, leaving out what is not known."""
    head = f"{spot.file}:{spot.line}" if spot.line else spot.file
    return " · ".join(part for part in (head, spot.clause, spot.block, spot.key) if part)


def caret(spot: Spot) -> list[str]:
    """The offending text with a caret under the spot; wide characters count two."""
    if not spot.text:
        return []
    text = spot.text.replace("\n", " ")
    column = max(0, spot.column - 1)
    start = 0
    if len(text) > 160:  # a hostile line must not flood the terminal
        start = max(0, column - 60)
        text = ("…" if start else "") + text[start : start + 150] + "…"
        column = column - start + (1 if start else 0)
    lead = sum(2 if wide(c) else 1 for c in text[:column])
    under = sum(2 if wide(c) else 1 for c in text[column : column + spot.width]) or 1
    return [f"    {text}", "    " + " " * lead + "^" * under]


def wide(char: str) -> bool:
    """Whether a terminal draws the character two cells wide (East Asian)."""
    code = ord(char)
    return code >= 0x1100 and (
        code <= 0x115F
        or 0x2E80 <= code <= 0xA4CF
        or 0xAC00 <= code <= 0xD7A3
        or 0xF900 <= code <= 0xFAFF
        or 0xFE30 <= code <= 0xFE6F
        or 0xFF00 <= code <= 0xFF60
        or 0xFFE0 <= code <= 0xFFE6
    )


def nearest(word: str, choices: Iterable[str]) -> str:
    """The closest known word, or an empty string: for "did you mean"."""
    known = sorted(set(choices))
    close = difflib.get_close_matches(word[:80], known[:2000], n=1, cutoff=0.5)
    return close[0] if close else ""
