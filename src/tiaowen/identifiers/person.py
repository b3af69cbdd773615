"""Personal documents: GB 11643 cards and the cards and permits that stand beside them.

The area code is never a reason to refuse: published tables lack counties made since
(临平区, 钱塘区) and counties that people were born in before.
"""

import re
from datetime import date
from typing import Final

from tiaowen.identifiers.result import (
    Identifier,
    IdentifierError,
    IdentifierWarning,
    Sex,
    cleaned,
    warn,
)

RESIDENT: Final = "居民身份证"
RESIDENCE: Final = "港澳台居民居住证"
FIVE_STAR: Final = "外国人永久居留身份证"
PERMIT_HM: Final = "港澳居民来往内地通行证"
PERMIT_TW: Final = "台湾居民来往大陆通行证"
OLD_FOREIGN: Final = "外国人永久居留身份证（旧版）"

PERSON_DOCUMENTS: Final = (RESIDENT, RESIDENCE, FIVE_STAR, PERMIT_HM, PERMIT_TW, OLD_FOREIGN)
ALSO_WRITTEN: Final = {
    "身份证": RESIDENT,
    "二代身份证": RESIDENT,
    "居住证": RESIDENCE,
    "港澳台居住证": RESIDENCE,
    "五星卡": FIVE_STAR,
    "外国人永久居留证": FIVE_STAR,
    "港澳通行证": PERMIT_HM,
    "回乡证": PERMIT_HM,
    "台胞证": PERMIT_TW,
}

_EIGHTEEN = re.compile(r"\d{17}[\dX]", re.ASCII)
_FIFTEEN = re.compile(r"\d{15}", re.ASCII)
_HM = re.compile(r"([HM]\d{8})(\d{2})?", re.ASCII)
_TW = re.compile(r"\d{8}", re.ASCII)
_OLD = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71".split()
)
_RESIDENCE_AREAS = ("810000", "820000", "830000")


def person_check_character(seventeen: str) -> str:
    """The 18th character for 17 digits: ISO 7064 MOD 11-2.

    >>> person_check_character("33999919900101001")
    '3'
    """
    total = 0
    for digit in seventeen:
        total = (total + int(digit)) * 2 % 11
    return "0123456789X"[(12 - total) % 11]


def parse_person_document(text: str, kind: str | None = None, *, on: date | None = None) -> Identifier:
    """Reads a personal document number.

    `kind` is the stated kind of document (any of `PERSON_DOCUMENTS` or a usual short name), or
    None to tell it from the number. `on` is the day on which the holder must have been born
    already and whose age is looked at; without it neither is checked.
    Raises `IdentifierError`.
    """
    stated = _stated(kind, text)
    plain = cleaned(stated or "个人证件号码", text)
    found = _kind_of(plain)
    if found is None:
        if stated is not None:
            raise IdentifierError(stated, plain, "wrong form", form=_FORMS[stated])
        raise IdentifierError("个人证件号码", plain, "unknown document")
    if stated is not None and stated != found:
        raise IdentifierError(stated, plain, "other kind", stated=stated, found=found)
    if found == PERMIT_HM:
        permit = plain[:9]
        return Identifier(found, plain, warnings=(warn("no check digit"),), same_holder=permit)
    if found in (PERMIT_TW, OLD_FOREIGN):
        return Identifier(found, plain, warnings=(warn("no check digit"),))
    return _eighteen(found, plain, on)


_FORMS: Final = {
    RESIDENT: "18 位：17 位数字加 1 位校验（数字或 X）",
    RESIDENCE: "18 位，以 810000、820000 或 830000 开头",
    FIVE_STAR: "18 位，以 9 开头",
    PERMIT_HM: "H 或 M 加 8 位数字（旧证再加 2 位换证次数）",
    PERMIT_TW: "8 位数字",
    OLD_FOREIGN: "3 个字母加 12 位数字",
}


def _stated(kind: str | None, text: str) -> str | None:
    if kind is None or not kind.strip():
        return None
    name = ALSO_WRITTEN.get(kind.strip(), kind.strip())
    if name not in PERSON_DOCUMENTS:
        raise IdentifierError("个人证件", str(text), "unlisted kind", stated=name, kinds="、".join(PERSON_DOCUMENTS))
    return name


def _kind_of(plain: str) -> str | None:
    if _EIGHTEEN.fullmatch(plain):
        if plain.startswith(_RESIDENCE_AREAS):
            return RESIDENCE
        return FIVE_STAR if plain.startswith("9") else RESIDENT
    if _FIFTEEN.fullmatch(plain):
        return RESIDENT
    if _HM.fullmatch(plain):
        return PERMIT_HM
    if _OLD.fullmatch(plain):
        return OLD_FOREIGN
    return PERMIT_TW if _TW.fullmatch(plain) else None


def _eighteen(kind: str, plain: str, on: date | None) -> Identifier:
    if len(plain) == 15:
        # The century was left out; every holder of a 15-digit card was born in the 1900s.
        body = plain[:6] + "19" + plain[6:]
        plain = body + person_check_character(body)
    digits = plain[6:14]
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise IdentifierError(kind, plain, "no such day", seen=digits) from error
    computed = person_check_character(plain[:17])
    if computed != plain[17]:
        raise IdentifierError(kind, plain, "check", seen=plain[17], computed=computed)
    warnings: list[IdentifierWarning] = []
    if kind == RESIDENT and plain[:2] not in _PROVINCES:
        warnings.append(warn("area", seen=plain[:2]))
    if on is not None:
        if birth > on:
            raise IdentifierError(kind, plain, "not yet born", seen=birth.isoformat(), on=on.isoformat())
        age = on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
        if not 16 <= age <= 75:
            warnings.append(warn("age", birth=birth.isoformat(), age=str(age)))
    sex: Sex = "男" if int(plain[16]) % 2 else "女"
    return Identifier(kind, plain, birth, sex, tuple(warnings))
