"""How much room is left where this installation writes: its data folder and, where it is embedded, its database.

Below the reserve nothing that writes much begins: no start, no import, no night's run, no paper.  What is small goes
on (signing in, deciding a case), so that whoever frees space can sign in to do it.  Below LEAST nothing is written at
all: the database stops itself when its own log finds no room, and then nobody reads either.
"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import Final

from huijiang import configuration
from huijiang.supervisor import places

LEAST: Final = 64 << 20  # bytes below which no form and no call of the API is taken
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
SQLSTATE_FULL: Final = "53100"
SAID_FULL: Final = "No space left on device"  # how programs of others say it in their own errors


class NoRoom(Exception):
    """The disk is full, or nearly."""


def reserve() -> int:
    """Bytes that stay free: `HUIJIANG_DISK_RESERVE` in MiB, 256 unless told otherwise.  Raises ConfigurationError."""
    return configuration.number("HUIJIANG_DISK_RESERVE", 256, least=0) << 20


def free() -> int:
    """Bytes left on the fuller of the two disks."""
    home = configuration.home()
    told = [home, *([places.data(home)] if configuration.embedded() else [])]
    return min(shutil.disk_usage(_there(each)).free for each in told)


def scarce() -> bool:
    """Whether less than the reserve is left."""
    return free() < reserve()


def require(least: int | None = None) -> None:
    """Raises NoRoom where less than the reserve (or so many bytes) is left."""
    left, least = free(), reserve() if least is None else least
    if left < least:
        raise NoRoom(
            f"磁盘只剩 {left >> 20} MiB，至少要留 {least >> 20} MiB；"
            f"the disk has {left >> 20} MiB left, {least >> 20} MiB are to stay free"
        )


def is_full(error: BaseException | None) -> bool:
    """Whether an error says that a disk is full, itself or what it came from."""
    while error is not None:
        if isinstance(error, NoRoom) or (isinstance(error, OSError) and error.errno in FULL):
            return True
        if getattr(error, "sqlstate", None) == SQLSTATE_FULL or SAID_FULL in str(error):
            return True
        error = error.__cause__
    return False


def _there(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())
