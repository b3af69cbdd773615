"""`huijiang secrets`: what an installation must keep to itself, made once."""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path

from huijiang import configuration

FILES = ("django", "audit")
LENGTH = 48  # bytes


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("secrets", help="生成本机的密钥文件 make this installation's secrets, once")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    made = ensure()
    print("\n".join(str(each) for each in made) or "密钥文件都在 all secrets are there")
    return 0


def ensure() -> list[Path]:
    """Make the secrets that are missing; those that are there are never touched.  Returns what was made."""
    folder = configuration.home() / "secrets"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    for name in FILES:
        path = folder / name
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_urlsafe(LENGTH))
        made.append(path)
    from huijiang.sealed import keys

    ring = folder / keys.FILE
    if not ring.exists():
        keys.ensure(ring)
        made.append(ring)
    return made
