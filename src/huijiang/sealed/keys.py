"""The key ring: one key in use, at most one that comes next, and those that still open old values.

Kept in `secrets/keys.json` of the data folder, readable by its owner alone.  A back-up of the
database without this file can't be read; keep the two apart.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from huijiang.sealed.errors import SealedError
from huijiang.sealed.provider import Provider

FILE = "keys.json"
CIPHER_BYTES = 16
HASH_BYTES = 32


@dataclass(frozen=True)
class Key:
    """`number` 1…65535 is stored with each value; `cipher` and `lookup` are hexadecimal."""

    number: int
    cipher: str
    lookup: str


@dataclass(frozen=True)
class Ring:
    """`active` is the key in use, `coming` the one that a rotation moves to, or None."""

    keys: tuple[Key, ...]
    active: int
    coming: int | None = None

    def key(self, number: int) -> Key:
        """Raises SealedError when the ring lacks the key."""
        for each in self.keys:
            if each.number == number:
                return each
        raise SealedError(
            f"第 {number} 号密钥不在密钥文件里 key {number} is not in the key file "
            f"(有 it holds {sorted(each.number for each in self.keys)}); 请放回对应的密钥文件 put back the file that has it"
        )


def path() -> Path:
    return Path(settings.KEY_FILE)


@cache
def provider() -> Provider:
    made: Provider = import_string(settings.KEY_PROVIDER)()
    return made


def ring() -> Ring:
    """The key ring of this installation, read again when its file was replaced: a rotation reaches every
    process at once.  Raises SealedError when there is none or it can't be read."""
    try:
        told = path().stat()
    except FileNotFoundError:
        return read(path())  # which says how to mend it
    return _kept(path(), told.st_ino, told.st_mtime_ns)


@lru_cache(maxsize=1)
def _kept(file: Path, _inode: int, _written: int) -> Ring:
    return read(file)


def read(file: Path) -> Ring:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return Ring(tuple(Key(**each) for each in told["keys"]), told["active"], told["coming"])
    except FileNotFoundError as error:
        raise SealedError(f"{file.name}: 没有密钥文件 no key file；运行 run: huijiang secrets") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SealedError(f"{file.name}: {type(error).__name__}，不是密钥文件 not a key file") from error


def write(file: Path, kept: Ring) -> None:
    """Whole or not at all, and for its owner's eyes only."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_suffix(".part")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(asdict(kept), stream)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)


def new_key(number: int) -> Key:
    return Key(number, secrets.token_hex(CIPHER_BYTES), secrets.token_hex(HASH_BYTES))


def ensure(file: Path) -> Ring:
    """The ring of a file; a new one is made only where there is no file."""
    if not file.exists():
        write(file, Ring((new_key(1),), active=1))
    return read(file)
