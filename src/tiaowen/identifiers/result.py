"""What reading an identifier gives: the identifier, or an error that never shows it whole."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from tiaowen.identifiers.wording import WORDING, Language

Sex = Literal["男", "女"]

# Spaces, zero-width marks and the dashes that people put between groups of digits.
_SEPARATORS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff'’\-‐-―−]+")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")


@dataclass(frozen=True, slots=True)
class IdentifierWarning:
    """Something that a person should look at, though the identifier is accepted."""

    key: str
    words: tuple[tuple[str, str], ...] = ()

    def text(self, language: Language = "zh") -> str:
        """The warning as a sentence without its subject."""
        wrong, expected = _fill(self.key, dict(self.words), language)
        return f"{wrong}；{expected}" if language == "zh" else f"{wrong}; {expected}"


@dataclass(frozen=True, slots=True)
class Identifier:
    """An accepted identifier.

    `value` is the canonical form (half width, upper case, 15 digits upgraded to 18);
    `same_holder` is equal for two numbers of one kind that name the same holder
    (a permit's reissue count is left out); `birth_date` and `sex` are None where the number
    does not carry them.
    """

    kind: str
    value: str
    birth_date: date | None = None
    sex: Sex | None = None
    warnings: tuple[IdentifierWarning, ...] = ()
    same_holder: str = field(default="")

    def __post_init__(self) -> None:
        if not self.same_holder:
            object.__setattr__(self, "same_holder", self.value)

    @property
    def masked(self) -> str:
        """The value with its middle hidden, for screens and reports."""
        return mask(self.value)


class IdentifierError(ValueError):
    """A value that can't be the identifier that was asked for. Its text shows the value masked."""

    def __init__(self, kind: str, value: str, key: str, **words: str) -> None:
        self.kind = kind
        self.key = key
        self.words = {"kind": kind, **words}
        self.masked = mask(value)
        super().__init__(self.text())

    def wrong(self, language: Language = "zh") -> str:
        """What is wrong, without the value."""
        return _fill(self.key, self.words, language)[0]

    def expected(self, language: Language = "zh") -> str:
        """What was expected instead."""
        return _fill(self.key, self.words, language)[1]

    def text(self, language: Language = "zh") -> str:
        """The whole sentence: kind, masked value, what is wrong, what was expected."""
        wrong, expected = _fill(self.key, self.words, language)
        if language == "zh":
            return f"{self.kind} {self.masked or '（空）'}：{wrong}。应为：{expected}。"
        return f"{self.kind} {self.masked or '(empty)'} {wrong}. Expected: {expected}."


def _fill(key: str, words: dict[str, str], language: Language) -> tuple[str, str]:
    wrong_zh, expected_zh, wrong_en, expected_en = WORDING[key]
    wrong, expected = (wrong_zh, expected_zh) if language == "zh" else (wrong_en, expected_en)
    return wrong.format(**words), expected.format(**words)


def mask(value: str) -> str:
    """The value with its middle (in an identity number: the birth date) replaced by stars.

    >>> mask("33999919900101001X")
    '339***********001X'
    """
    size = len(value)
    if size >= 15:
        return value[:3] + "*" * (size - 7) + value[-4:]
    if size >= 8:
        return value[:2] + "*" * (size - 4) + value[-2:]
    return value[:1] + "*" * max(size - 1, 0)


def plain_characters(text: str) -> str:
    """Full-width to half-width, separators removed, upper case."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def cleaned(kind: str, text: str) -> str:
    """The plain characters of `text`; refuses an empty value and scientific notation."""
    if not isinstance(text, str):
        raise IdentifierError(kind, repr(text), "wrong form", form="一段文字 (text)")
    if _SCIENTIFIC.fullmatch(unicodedata.normalize("NFKC", text).strip()):
        raise IdentifierError(kind, text, "scientific")
    plain = plain_characters(text)
    if not plain:
        raise IdentifierError(kind, plain, "empty")
    return plain


def warn(key: str, **words: str) -> IdentifierWarning:
    """A warning with its words in a hashable form."""
    return IdentifierWarning(key, tuple(words.items()))
