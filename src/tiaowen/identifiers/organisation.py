"""The unified social credit code of an organisation, GB 32100."""

import re
from typing import Final

from tiaowen.identifiers.result import Identifier, IdentifierError, cleaned

KIND: Final = "统一社会信用代码"
_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# The first two characters name the registering authority and the kind of body; codes that begin
# with a letter (N: rural collectives, also A and Y) are as valid as those that begin with a digit.
_FORM = re.compile(r"[0-9ANY][0-9A-Z]\d{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)


def organisation_check_character(seventeen: str) -> str:
    """The 18th character for 17 characters: weights 3 to the power of i, modulo 31.

    >>> organisation_check_character("91330100799655058")
    'B'
    """
    total = sum(_ALPHABET.index(character) * pow(3, position, 31) for position, character in enumerate(seventeen))
    return _ALPHABET[-total % 31]


def parse_organisation_code(text: str) -> Identifier:
    """Reads a unified social credit code. Raises `IdentifierError`."""
    plain = cleaned(KIND, text)
    if not _FORM.fullmatch(plain) or any(c not in _ALPHABET for c in plain):
        raise IdentifierError(
            KIND, plain, "wrong form", form="18 位数字或大写字母，不含 I、O、S、V、Z，第 3 到 8 位是数字"
        )
    computed = organisation_check_character(plain[:17])
    if computed != plain[17]:
        raise IdentifierError(KIND, plain, "check", seen=plain[17], computed=computed)
    return Identifier(KIND, plain)
