"""`huijiang backup FILE`, `huijiang restore FILE`: the database as one file; secrets are kept apart, on purpose."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from huijiang import configuration
from huijiang.supervisor.postgres import PostgresError, client


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for name, act, words in (
        ("backup", run_backup, "备份数据库到一个文件 the database into one file (secrets are not in it)"),
        ("restore", run_restore, "把备份恢复到空数据库 a backup into an empty database"),
    ):
        parser = commands.add_parser(name, help=words)
        parser.add_argument("file", type=Path)
        parser.set_defaults(run=act)


def _connection() -> tuple[str, Sequence[str], dict[str, str]]:
    said = configuration.database()
    line = [part for flag, value in (("-h", said.host), ("-p", said.port), ("-U", said.user)) if value
            for part in (flag, value)]  # fmt: skip
    return said.name, line, {"PGPASSWORD": said.password} if said.password else {}


def run_backup(arguments: argparse.Namespace) -> int:
    """Whole or not at all: written beside, then renamed."""
    from huijiang.commands.serve import with_database

    name, line, environment = _connection()
    unfinished = arguments.file.with_name(f".{arguments.file.name}.unfinished")
    try:
        with with_database():
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as out:
                client("pg_dump", [*line, "-Fc", "-d", name], environment, out)
        unfinished.replace(arguments.file)
    except (PostgresError, OSError) as error:
        unfinished.unlink(missing_ok=True)
        print(f"huijiang backup: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.file}: {arguments.file.stat().st_size >> 10} KiB；密钥另存 keep apart: "
          f"{configuration.home() / 'secrets'}")  # fmt: skip
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """In one transaction, into an empty database only."""
    from huijiang.commands.serve import with_database

    name, line, environment = _connection()
    try:
        with with_database():
            there = client("psql", [*line, "-X", "-A", "-t", "-d", name, "-c",
                                    "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"], environment)  # fmt: skip
            if int(there) != 0:
                raise PostgresError(
                    f"{name}: 已有 has {int(there)} 张表 tables；只恢复到空数据库 restore into an empty one"
                )
            if not arguments.file.is_file():
                raise PostgresError(f"{arguments.file}: 没有这个文件 no such file")
            with arguments.file.open("rb") as given:
                client("pg_restore", [*line, "--single-transaction", "--exit-on-error", "--no-owner", "-d", name],
                       environment, given=given)  # fmt: skip
    except PostgresError as error:
        print(f"huijiang restore: {error}", file=sys.stderr)
        return 1
    print("已恢复 restored；接着 then: huijiang doctor && huijiang verify-audit")
    return 0
