"""Documents by which people are known, and how their numbers are read.

Two numbers may name the same holder: a permit of Hong Kong or Macao keeps its first nine characters
through reissues.  What is matched is therefore not the number but what stays the same in it.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from tiaowen.identifiers.person import (
    FIVE_STAR,
    OLD_FOREIGN,
    PERMIT_HM,
    PERMIT_TW,
    RESIDENCE,
    RESIDENT,
    parse_person_document,
)
from tiaowen.identifiers.result import IdentifierWarning, plain_characters

PASSPORT: Final = "护照"
KINDS: Final = (RESIDENT, RESIDENCE, FIVE_STAR, OLD_FOREIGN, PERMIT_HM, PERMIT_TW, PASSPORT)
_PASSPORT: Final = re.compile(r"[A-Z0-9]{5,15}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{3}", re.ASCII)


class DocumentError(ValueError):
    """A passport number or its country that can't be one; the number is never told whole."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """`matched` is what two numbers of the same holder have in common."""

    kind: str
    number: str
    matched: str
    birth_date: dt.date | None = None
    warnings: tuple[IdentifierWarning, ...] = ()


def read_document(number: str, kind: str | None = None, country: str = "", on: dt.date | None = None) -> ReadDocument:
    """Read a number.  Raises IdentifierError or DocumentError, both ValueErrors, and nothing else.

    `country` (three letters, ISO 3166) is needed for a passport: numbers are a country's own.  `on` is the
    day by which the holder must have been born.
    """
    if kind is not None and kind.strip() == PASSPORT:
        return _passport(number, country)
    found = parse_person_document(number, kind, on=on)
    return ReadDocument(found.kind, found.value, found.same_holder, found.birth_date, found.warnings)


def _passport(number: str, country: str) -> ReadDocument:
    plain, of = plain_characters(number).upper(), country.strip().upper()
    if not _PASSPORT.fullmatch(plain):
        raise DocumentError(
            f"护照号码 passport number: {len(plain)} 位 characters；应为 expected 5 到 15 位字母或数字 letters or digits"
        )
    if not _COUNTRY.fullmatch(of):
        raise DocumentError(
            f"护照签发国 country of the passport: {of or '（空）'}；应为三个字母 expected three letters: DEU"
        )
    return ReadDocument(PASSPORT, plain, f"{of} {plain}")
