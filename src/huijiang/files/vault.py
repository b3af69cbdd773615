"""Content on disk: encrypted in chunks, each bound to its content and its place, whole or not there at all.

A file of the vault is a row of records, each `nonce ‖ ciphertext ‖ tag` of at most CHUNK bytes of content.  What a
record belongs to (which content, which place, whether it is the last) is authenticated with it, so that a record
that is missing, repeated, moved or of another file does not open.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes, hmac
from django.conf import settings
from django.db import connection

from huijiang import disk
from huijiang.disk import NoRoom
from huijiang.files.models import Addressing, Blob
from huijiang.sealed import SealedError
from huijiang.sealed.keys import provider
from huijiang.sealed.provider import NONCE, TAG

CHUNK: Final = 64 * 1024
KEY_BYTES: Final = 16
PART: Final = ".part"


@dataclass(frozen=True)
class Written:
    """Content that was encrypted beside the vault and has no place in it yet."""

    part: Path
    uid: uuid.UUID
    digest: bytes
    key: str
    size: int


def folder() -> Path:
    return Path(settings.DATA) / "files"


def incoming() -> Path:
    return folder() / "incoming"


def place(digest: bytes) -> Path:
    """Where content stands: 256 folders of it."""
    name = digest.hex()
    return folder() / name[:2] / name


def address_key() -> bytes:
    """The key of addresses, made with the first file."""
    found = Addressing.objects.first()
    if found is None:
        Addressing.objects.bulk_create([Addressing(key=os.urandom(32).hex())], ignore_conflicts=True)
        found = Addressing.objects.get()
    return bytes.fromhex(found.key.open())


def lock(digest: bytes) -> None:
    """Until the transaction ends nobody else stores or removes this content."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])


def write(content: Iterable[bytes]) -> Written:
    """Encrypt content into a part file.  Raises NoRoom; then nothing stays behind."""
    incoming().mkdir(parents=True, exist_ok=True, mode=0o700)
    disk.require()
    uid, key = uuid.uuid4(), os.urandom(KEY_BYTES)
    part = incoming() / f"{uid}{PART}"
    address = hmac.HMAC(address_key(), hashes.SM3())
    size, whole = 0, False
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            for index, (text, last) in enumerate(_chunked(content)):
                address.update(text)
                size += len(text)
                out.write(provider().encrypt(key, text, _bound(uid, index, last)))
            out.flush()
            os.fsync(out.fileno())
        whole = True
    except OSError as error:
        if disk.is_full(error):
            raise NoRoom from error
        raise
    finally:
        if not whole:  # also when what makes the content stops
            part.unlink(missing_ok=True)
    return Written(part, uid, address.finalize(), key.hex(), size)


def settle(written: Written) -> None:
    """Give content its place.  The caller holds its lock."""
    target = place(written.digest)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    written.part.replace(target)
    for each in (target.parent, folder()):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read(blob: Blob) -> Iterator[bytes]:
    """The content, chunk by chunk.  Raises SealedError where a record was altered, moved, cut off, or is missing."""
    key, left, index = bytes.fromhex(blob.key.open()), blob.size, 0
    try:
        stream = place(bytes(blob.digest)).open("rb")
    except FileNotFoundError as error:
        raise SealedError(
            f"blob:{blob.uid}: 磁盘上没有这份内容 not on disk; 从备份恢复 files 文件夹 restore the folder files from a backup"
        ) from error
    with stream:
        while left > 0:
            length = min(CHUNK, left)
            sealed = stream.read(NONCE + length + TAG)
            left -= length
            yield provider().decrypt(key, sealed, _bound(blob.uid, index, left == 0))
            index += 1
        if stream.read(1):
            raise SealedError(f"blob:{blob.uid}: 末尾有多余的字节 bytes after the end")


def _chunked(content: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Content cut into chunks, the last one marked."""
    held = bytearray()
    for each in content:
        held += each
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK]), False
            del held[:CHUNK]
    yield bytes(held), True


def _bound(uid: uuid.UUID, index: int, last: bool) -> bytes:
    return f"huijiang file {uid} {index} {'last' if last else 'more'}".encode()
