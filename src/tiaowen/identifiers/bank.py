"""Bank card numbers. Corporate accounts and passbooks follow other rules and are not read here."""

import re
from typing import Final

from tiaowen.identifiers.result import Identifier, IdentifierError, cleaned

KIND: Final = "银行卡号"
_FORM = re.compile(r"\d{16,19}", re.ASCII)


def parse_bank_card(text: str) -> Identifier:
    """Reads a bank card number of 16 to 19 digits with its Luhn check digit.

    Raises `IdentifierError`.
    """
    plain = cleaned(KIND, text)
    if not _FORM.fullmatch(plain):
        raise IdentifierError(KIND, plain, "wrong form", form="16 到 19 位数字；对公账号和存折不在此列")
    total = 0
    for place, digit in enumerate(reversed(plain[:-1])):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled - 9 if doubled > 9 else doubled
    computed = str(-total % 10)
    if computed != plain[-1]:
        raise IdentifierError(KIND, plain, "check", seen=plain[-1], computed=computed)
    return Identifier(KIND, plain)
