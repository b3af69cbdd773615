"""External ids of rows that have none of their own: a number of the database, enciphered.

The same row has always the same id; nobody without the installation's salt makes an id or reads a number
from one, so that ids can't be counted through.  A cursor of a list is an id too.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

from huijiang.sealed.keys import provider

LENGTH = 32  # hexadecimal digits: one block of SM4


@lru_cache(maxsize=4)
def _cipher(salt: str) -> Cipher[modes.ECB]:
    # One block, each enciphered once: a permutation of numbers is all that is wanted, so ECB is right here.
    return Cipher(algorithms.SM4(provider().keyed_hash(salt.encode(), b"api.row")[:16]), modes.ECB())


@lru_cache(maxsize=256)
def _tag(of: str) -> bytes:
    return hashlib.sha256(of.encode()).digest()[:8]


def shown(of: str, number: int) -> str:
    """The id of a row; `of` is its table, or the name of a list for a cursor."""
    work = _cipher(settings.AUDIT_SALT).encryptor()
    return (work.update(_tag(of) + number.to_bytes(8)) + work.finalize()).hex()


def read(of: str, text: str) -> int | None:
    """The number behind an id; None for what is no id of this kind."""
    if len(text) != LENGTH or not text.isascii():
        return None
    try:
        block = bytes.fromhex(text)
    except ValueError:
        return None
    if len(block) != LENGTH // 2:
        return None
    work = _cipher(settings.AUDIT_SALT).decryptor()
    plain = work.update(block) + work.finalize()
    return int.from_bytes(plain[8:]) if plain[:8] == _tag(of) else None
