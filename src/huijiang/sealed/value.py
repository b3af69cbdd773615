"""A sealed value, and sealing and hashing as such."""

from __future__ import annotations

from huijiang.sealed.errors import SealedError
from huijiang.sealed.keys import provider, ring

NUMBER = 2  # bytes of the key's number before the ciphertext


class Sealed:
    """A value as it stands in the database.  It opens only when asked, so that no log, page or trace
    shows it by accident."""

    __slots__ = ("context", "data")

    def __init__(self, data: bytes, context: str) -> None:
        self.data = data
        self.context = context

    def open(self) -> str:
        """The plain text.  Raises SealedError (altered, another column, key missing)."""
        if len(self.data) < NUMBER:
            raise SealedError(f"{self.context}: 密文为空 nothing is sealed here")
        key = ring().key(self.key_number)
        text = provider().decrypt(bytes.fromhex(key.cipher), self.data[NUMBER:], self.context.encode())
        return text.decode()

    @property
    def key_number(self) -> int:
        return int.from_bytes(self.data[:NUMBER])

    def __str__(self) -> str:
        return "••••"

    def __repr__(self) -> str:
        return f"<Sealed {self.context}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and (self.data, self.context) == (other.data, other.context)

    def __hash__(self) -> int:
        return hash((self.data, self.context))


def seal(text: str, context: str) -> Sealed:
    """Encrypt under the key in use (during a rotation: the coming one).  `context` is `table.column`: a value
    copied to another column does not open there."""
    held = ring()
    key = held.key(held.coming or held.active)
    body = provider().encrypt(bytes.fromhex(key.cipher), text.encode(), context.encode())
    return Sealed(key.number.to_bytes(NUMBER) + body, context)


def keyed_hash(text: str, context: str, number: int) -> bytes:
    """32 bytes by which equal values of one column are found; without the key nobody can try values out."""
    key = ring().key(number)
    return provider().keyed_hash(bytes.fromhex(key.lookup), f"{context}\0{text}".encode())
