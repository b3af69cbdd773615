"""What no committed line may say, as functions from a line to what was found in it.

The patterns are written so that they don't match themselves.
"""

from __future__ import annotations

import datetime
import re

REGISTRY = re.compile(
    r"pypi[.]org|pythonhosted[.]org|pypi[.]python[.]org|npmjs[.](?:org|com)|npmmirror[.]com|yarnpkg[.]com"
    r"|(?:deb|security|archive|ftp)[.](?:debian[.]org|ubuntu[.]com)|mirrors?[.][a-z]+(?:[.]edu)?[.](?:cn|com)"
    r"|tuna[.]tsinghua|proxy[.]golang[.]org|crates[.]io|maven[.](?:org|apache)|jsdelivr[.]net|unpkg[.]com"
    r"|^\s*(?:-i|--index-url|--extra-index-url|--find-links|-f)[ =]"
)
# A path from the machine's root, not the middle of a relative one and not a closing tag.
MACHINE_PATH = re.compile(r"(?<![\w.~/<*\\])/(?:work|tmp|root|home/\w+|Users/\w+)(?![\w-])|[A-Z]:\\Users\\")
SECRET = re.compile(r"BEGIN [A-Z ]*PRIVATE[ ]KEY-|\bgh[pousr]_\w{30}|\bAKIA[0-9A-Z]{16}\b")

PERSON = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
ORGANISATION = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])")

# Area codes that GB/T 2260 has never given out, so that a number carrying one is nobody's.
UNASSIGNED_AREAS = frozenset({"339999"})

PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
PERSON_CHECKS = "10X98765432"
ORGANISATION_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100


def registry_addresses(line: str) -> list[str]:
    return [found.group() for found in REGISTRY.finditer(line)]


def machine_paths(line: str) -> list[str]:
    return [found.group() for found in MACHINE_PATH.finditer(line)]


def secrets(line: str) -> list[str]:
    return [found.group() for found in SECRET.finditer(line)]


def possible_persons(line: str) -> list[str]:
    """Identity numbers that could be somebody's: a real day, a right check digit, an area not known as unassigned."""
    return [
        number
        for number in PERSON.findall(line)
        if has_birthday(number) and has_person_check(number.upper()) and number[:6] not in UNASSIGNED_AREAS
    ]


def possible_organisations(line: str) -> list[str]:
    """Unified social credit codes that could be somebody's, judged likewise."""
    return [
        code
        for code in ORGANISATION.findall(line)
        if has_organisation_check(code) and code[2:8] not in UNASSIGNED_AREAS and not has_birthday(code)
    ]


def has_birthday(number: str) -> bool:
    try:
        born = datetime.date.fromisoformat(number[6:14])
    except ValueError:
        return False
    return 1850 <= born.year <= 2100


def has_person_check(number: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(PERSON_WEIGHTS, number[:17], strict=True))
    return PERSON_CHECKS[total % 11] == number[17]


def has_organisation_check(code: str) -> bool:
    values = [ORGANISATION_SIGNS.index(sign) for sign in code]
    total = sum(value * pow(3, place, 31) for place, value in enumerate(values[:17]))
    return (31 - total % 31) % 31 == values[17]
