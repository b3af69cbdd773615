"""The project's own virtual environment, installed from the locks of requirements/.

Each group's lock is installed once; a stamp beside it keeps the lock's digest, so
that the next run only compares digests. src/ is put on the path by a .pth file: an
editable install would need a build tool, and its own downloads, on every machine.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import machine
from tools.progress import SetupError, step

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"
CACHE = ROOT / ".cache"
LOGS = CACHE / "setup"

CONSOLE_SCRIPT = """#!{python}
import sys

from tiaowen.cli import main

sys.exit(main())
"""


def ensure(*groups: str) -> None:
    """Make .venv hold exactly what the named groups' locks ask for."""
    if all(is_current(group) for group in groups):
        return
    with only_one_at_a_time():
        create()
        for group in groups:
            if not is_current(group):
                install(group)


def remove() -> None:
    with only_one_at_a_time():
        shutil.rmtree(HOME, ignore_errors=True)


def lock_of(group: str) -> Path:
    return ROOT / "requirements" / f"{group}.txt"


def stamp_of(group: str) -> Path:
    return HOME / f"installed-{group}"


def digest(group: str) -> str:
    # The folder counts too: a .venv copied elsewhere still points at its old place.
    content = lock_of(group).read_bytes() + os.fsencode(HOME)
    return hashlib.sha256(content).hexdigest()


def is_current(group: str) -> bool:
    stamp = stamp_of(group)
    return PYTHON.exists() and stamp.is_file() and stamp.read_text() == digest(group)


def create() -> None:
    if is_usable():
        return
    if importlib.util.find_spec("ensurepip") is None:
        machine.install_packages(["python3-venv", f"python3.{sys.version_info.minor}-venv"], "Python's venv module")
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    step(
        f"creating .venv with Python {sys.version_info.major}.{sys.version_info.minor}",
        [base if base.exists() else Path(sys.executable), "-m", "venv", "--clear", HOME],
        log=LOGS / "venv.log",
        mend="Mend: install Python's venv module (Debian: sudo apt-get install python3-venv), then run this again.",
    )
    packages = HOME / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    (packages / "huijiang_src.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    script = HOME / "bin" / "tiaowen"
    script.write_text(CONSOLE_SCRIPT.format(python=PYTHON), encoding="utf-8")
    script.chmod(0o755)


def is_usable() -> bool:
    """Whether .venv has a pip that runs and was made in this folder."""
    script = HOME / "bin" / "tiaowen"
    if not PYTHON.exists() or not script.is_file():
        return False
    if not script.read_text(encoding="utf-8").startswith(f"#!{PYTHON}\n"):
        return False
    tried = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False)
    return tried.returncode == 0


def install(group: str) -> None:
    lock = lock_of(group)
    command: list[str | Path] = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    step(
        f"installing requirements/{lock.name}",
        [*command, "--require-hashes", "--only-binary", ":all:", "-r", lock],
        log=LOGS / f"pip-{group}.log",
        mend="Mend: check that pip reaches its package index (pip config list), then run this again.",
    )
    stamp_of(group).write_text(digest(group))


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Two terminals may start at once; the second waits for the first."""
    try:
        import fcntl
    except ImportError as error:
        raise SetupError("this script needs Linux, macOS or WSL (no file locks were found).") from error
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
