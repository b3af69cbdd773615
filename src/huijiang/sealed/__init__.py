"""Values encrypted at rest and found by keyed hash: numbers, phones, accounts (DESIGN §5, GM/T 0002, 0004)."""

from huijiang.sealed.errors import SealedError
from huijiang.sealed.fields import KeyedHash, SealedText, found_by
from huijiang.sealed.value import Sealed, keyed_hash, seal

__all__ = ["KeyedHash", "Sealed", "SealedError", "SealedText", "found_by", "keyed_hash", "seal"]
