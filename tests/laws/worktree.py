"""The files that the laws look at: everything that is, or could be, committed."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def files() -> tuple[Path, ...]:
    """Tracked files and untracked ones that git does not ignore, relative to the root."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        check=True,
    )
    paths = sorted({Path(name) for name in listed.stdout.decode().split("\0") if name})
    return tuple(path for path in paths if (ROOT / path).is_file())


def python_files() -> Iterator[Path]:
    return (path for path in files() if path.suffix == ".py")


def files_of_tests() -> Iterator[Path]:
    return (path for path in python_files() if path.parts[0] == "tests" and path.name.startswith("test_"))


def source(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def texts(path: Path) -> tuple[tuple[str, str], ...]:
    """Where and what: a text file once, a workbook or archive once per part, other binaries not at all."""
    whole = ROOT / path
    if zipfile.is_zipfile(whole):
        with zipfile.ZipFile(whole) as archive:
            return tuple(
                (f"{path}!{name}", archive.read(name).decode("utf-8", "replace")) for name in archive.namelist()
            )
    content = whole.read_bytes()
    if b"\0" in content:
        return ()
    return ((str(path), content.decode("utf-8", "replace")),)


def lines() -> Iterator[tuple[str, str]]:
    """Every line of every text, with its place as `file:line`."""
    for path in files():
        for where, text in texts(path):
            for number, line in enumerate(text.splitlines(), start=1):
                yield f"{where}:{number}", line
