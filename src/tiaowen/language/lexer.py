"""Tokens of the expression language.

ASCII names things, Chinese is a value, a unit stands right after its number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tiaowen.problems import Problem, Spot, problem

MAX_LENGTH = 4_000
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KINDS = {  # the first that matches
    "space": r"[ \t\n]+",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9-])",
    "number": r"[0-9]+(?:\.[0-9]+)?",
    "name": r"[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*",
    "quoted": r"「[^「」]{1,200}」",
    "value": rf"[{_HAN}〇（][{_HAN}〇（）()“”A-Za-z0-9]*",
    "sign": r">=|<=|[><()\[\],.+*%-]",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))
_UNIT = re.compile(rf"\s*(万|亿)?\s*(%|[{_HAN}]+(?:[/·][{_HAN}]+)*)?")
_LOOK_ALIKE = {
    "≥": ">=", "≤": "<=", "＞": ">", "＜": "<", "（": "(", "）": ")", "，": ",", "。": ".",
    "：": ":", "＝": "is", "=": "is", "&": "and", "|": "or", "!": "not", "/": "", "；": ",",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """kind: date, number, name, quoted, value, sign, end.  A number carries 万/亿 and unit."""

    kind: str
    text: str
    start: int
    end: int
    scale: str = ""
    unit: str = ""


class LexicalError(Exception):
    """A character that no token begins with; carries the problem."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


def tokens(text: str, spot: Spot) -> list[Token]:
    """Split an expression.  Raises LexicalError with the column of the bad character."""
    if len(text) > MAX_LENGTH:
        raise LexicalError(problem("expression-long", spot, limit=MAX_LENGTH))
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise LexicalError(_bad_character(text, at, spot))
        kind = match.lastgroup or ""
        if kind == "number":
            token = _number(text, match)
        elif kind == "value" and text[at] == "（":
            raise LexicalError(_bad_character(text, at, spot))
        elif kind == "value":
            token = _value(match)
        else:
            token = Token(kind, match.group(), match.start(), match.end())
        if kind != "space":
            found.append(token)
        at = token.end
    found.append(Token("end", "", len(text), len(text)))
    return found


def _number(text: str, match: re.Match[str]) -> Token:
    unit = _UNIT.match(text, match.end())
    if unit and unit.group().strip():
        scale, name = unit.group(1) or "", unit.group(2) or ""
        return Token("number", match.group(), match.start(), unit.end(), scale, name)
    return Token("number", match.group(), match.start(), match.end())


def _value(match: re.Match[str]) -> Token:
    """A closing bracket belongs to the value only if the value opened it."""
    text = match.group()
    depth = 0
    for index, char in enumerate(text):
        if char in "(（":
            depth += 1
        elif char in ")）":
            depth -= 1
            if depth < 0:
                return Token("value", text[:index], match.start(), match.start() + index)
    if depth > 0:
        cut = max(text.rfind("("), text.rfind("（"))
        if text[cut] == "(":
            return Token("value", text[:cut], match.start(), match.start() + cut)
    return Token("value", text, match.start(), match.end())


def _bad_character(text: str, at: int, spot: Spot) -> Problem:
    char = text[at]
    return problem("bad-character", spot.at(at), found=char, instead=_LOOK_ALIKE.get(char, "") or _plain(char))


def _plain(char: str) -> str:
    """The ASCII sign that a full-width one stands for, or a dash."""
    plain = unicodedata.normalize("NFKC", char)
    return plain if plain.isascii() and plain.strip() else "—"
