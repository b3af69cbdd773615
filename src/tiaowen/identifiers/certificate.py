"""Numbers of skill certificates. Neither kind has a check digit: a number can be well formed and
agree with the certificate's level, year and place; that it is genuine only the register can say.

22 characters: kind of issuer (Y employer, S society) · its national number 4 · province 2 ·
the province's own serial 6 · year 2 · level 1 · sequence 6. 特级技师 carries a letter at the level.
16 digits, the older 职业资格证书: year 2 · issuer 2 · city 2 · kind 1 · body 3 · level 1 · sequence 5.
"""

import re
from typing import Final

from tiaowen.identifiers.result import (
    Identifier,
    IdentifierError,
    IdentifierWarning,
    cleaned,
    warn,
)

SKILL_LEVEL: Final = "职业技能等级证书"
QUALIFICATION: Final = "职业资格证书"
LEVEL_DIGITS: Final = {
    "初级工": "5",
    "中级工": "4",
    "高级工": "3",
    "技师": "2",
    "高级技师": "1",
}
_NEW = re.compile(r"[YS]\d{6}[0-9A-Z]{6}\d{2}[0-9A-Z]\d{6}", re.ASCII)
_OLD = re.compile(r"\d{16}", re.ASCII)


def parse_certificate_number(
    text: str,
    *,
    level: str | None = None,
    year: int | None = None,
    province: str | None = None,
) -> Identifier:
    """Reads a certificate number of 22 characters, or the old one of 16 digits.

    `level` is a value of the level ladder (高级工), `year` the calendar year of issue, `province`
    the two-digit code of the issuing province (33). Disagreement is a warning, because the issuer
    decides, not the number. Raises `IdentifierError` for anything that is neither form.
    """
    plain = cleaned("证书编号", text)
    if _NEW.fullmatch(plain):
        kind, at_year, at_level = SKILL_LEVEL, plain[13:15], plain[15]
    elif _OLD.fullmatch(plain):
        kind, at_year, at_level = QUALIFICATION, plain[:2], plain[10]
    else:
        raise IdentifierError(
            "证书编号",
            plain,
            "wrong form",
            form="22 位（Y 或 S 开头）的等级证书编号，或 16 位数字的旧资格证书编号",
        )
    warnings: list[IdentifierWarning] = []
    wanted = LEVEL_DIGITS.get(level) if level is not None else None
    if wanted is not None and level is not None and at_level != wanted:
        warnings.append(warn("certificate level", seen=at_level, stated=level, wanted=wanted))
    if year is not None and at_year != f"{year % 100:02d}":
        warnings.append(warn("certificate year", seen=at_year, stated=str(year), wanted=f"{year % 100:02d}"))
    if province is not None and kind == SKILL_LEVEL and plain[5:7] != province:
        warnings.append(warn("certificate place", seen=plain[5:7], wanted=province))
    return Identifier(kind, plain, warnings=tuple(warnings))


def certificate_number(*, by_employer: bool, province: str, serial: str, year: int, level: str, sequence: int) -> str:
    """A well-formed 22-character number of a body filed with its province, for synthetic data."""
    first = "Y" if by_employer else "S"
    return f"{first}0000{province}{serial}{year % 100:02d}{LEVEL_DIGITS[level]}{sequence:06d}"
