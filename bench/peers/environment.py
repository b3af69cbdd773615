"""A peer's own virtual environment, made under .cache/ from its hash-locked list."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.measure import environment
from tools import venv
from tools.progress import step

HERE = Path(__file__).resolve().parent
HOME = venv.CACHE / "bench"


def python_of(peer: str) -> Path:
    """The Python of a peer (`openfisca`, `zen`): made when it is not there or its lock changed."""
    home, lock = HOME / peer, HERE / f"{peer}.txt"
    python, stamp = home / "bin" / "python", home / "installed"
    digest = hashlib.sha256(lock.read_bytes() + os.fsencode(home)).hexdigest()
    with venv.only_one_at_a_time():
        if python.exists() and stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
            return python
        step(
            f"creating the environment of {peer}",
            [Path(sys.executable), "-m", "venv", "--clear", home],
            log=venv.LOGS / f"bench-{peer}-venv.log",
            mend="Mend: see the log; then run this again.",
        )
        install: list[str | Path] = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        step(
            f"installing bench/peers/{lock.name}",
            [*install, "--require-hashes", "--only-binary", ":all:", "-r", lock],
            log=venv.LOGS / f"bench-{peer}-pip.log",
            mend="Mend: check that pip reaches its package index (pip config list), then run this again.",
        )
        stamp.write_text(digest, encoding="utf-8")
    return python


def run(peer: str, *arguments: str | Path) -> Any:
    """Run `<peer>_run.py` in the peer's environment; what it prints, read as JSON (None for nothing)."""
    command = [python_of(peer), HERE / f"{peer}_run.py", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment())
    return json.loads(done.stdout) if done.stdout.strip() else None


def versions(peer: str) -> dict[str, str]:
    """Package → version, from the peer's lock."""
    lines = (HERE / f"{peer}.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split()[0].split("==") for line in lines if "==" in line and not line.startswith(" "))
