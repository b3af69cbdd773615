"""A disk of a few hundred MiB that is really full when it is filled: a tmpfs, mounted by root."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

BLOCK = 1 << 16


class SmallDisk:
    """`fill` leaves so many bytes; `free` gives all back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"

    @property
    def left(self) -> int:
        return shutil.disk_usage(self.folder).free

    def fill(self, leave: int = 0) -> None:
        with self.ballast.open("ab") as out:
            if (most := self.left - leave) > BLOCK:  # at once, so that no job ends meanwhile
                with suppress(OSError):  # somebody else took of it: block by block then
                    os.posix_fallocate(out.fileno(), out.tell(), most)
                out.seek(0, os.SEEK_END)
            while (room := self.left - leave) > 0:
                try:
                    out.write(bytes(min(room, BLOCK)))
                    out.flush()
                except OSError:  # somebody else took the last of it: it is full, which is what was asked for
                    assert self.left < BLOCK
                    return

    def free(self) -> None:
        self.ballast.unlink()


@contextmanager
def short_folder() -> Iterator[Path]:
    """Everybody may pass through it, as the database's user has to."""
    with tempfile.TemporaryDirectory(prefix="hj-disk-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


@contextmanager
def mounted(mebibytes: int) -> Iterator[SmallDisk]:
    """As root."""
    with short_folder() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0755", "tmpfs", folder], check=True)
        try:
            yield SmallDisk(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def may_mount() -> bool:
    """Whether this process may: root, with the right to (a container's root may lack it)."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as made:
        done = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", made], check=False, capture_output=True)
        if done.returncode == 0:
            subprocess.run(["umount", made], check=True)
        return done.returncode == 0
