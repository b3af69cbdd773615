"""`huijiang backup FILE`, `huijiang restore FILE`: the database as one file and the papers beside it (`FILE.files`);
secrets are kept apart, on purpose.

The papers are copied after the database, so that every paper that the database names is there; they stay encrypted.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from huijiang import configuration
from huijiang.supervisor.postgres import PostgresError, client

PAPER = re.compile(r"[0-9a-f]{2}/[0-9a-f]+")  # where the vault keeps one, from its folder on


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
        papers = pack(papers_folder(), papers_of(arguments.file))
        unfinished.replace(arguments.file)
    except (PostgresError, OSError) as error:
        unfinished.unlink(missing_ok=True)
        print(f"huijiang backup: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.file}: {arguments.file.stat().st_size >> 10} KiB；{papers} 份材料 papers: {papers_of(arguments.file)}；密钥另存 keep apart: "
          f"{configuration.home() / 'secrets'}")  # fmt: skip
    return 0


def papers_folder() -> Path:
    return configuration.home() / "files"


def papers_of(backup: Path) -> Path:
    """The archive of papers that belongs to a backup."""
    return backup.with_name(f"{backup.name}.files")


def pack(folder: Path, archive: Path) -> int:
    """Every stored paper into an archive; gives how many.  One that its retention removes meanwhile is left out."""
    unfinished, count = archive.with_name(f".{archive.name}.unfinished"), 0
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out, tarfile.open(fileobj=out, mode="w") as made:
            for path in sorted(folder.glob("[0-9a-f][0-9a-f]/*")):
                try:
                    made.add(path, f"{path.parent.name}/{path.name}", recursive=False)
                    count += 1
                except FileNotFoundError:
                    continue
        unfinished.replace(archive)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def unpack(archive: Path, folder: Path) -> int:
    """The papers of a backup into an empty place; gives how many.  Raises PostgresError where there are papers."""
    if any(folder.glob("[0-9a-f][0-9a-f]/*")):
        raise PostgresError(f"{folder}: 已有材料 has papers already；只恢复到空文件夹 restore into an empty one")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tarfile.open(archive, mode="r:") as made:
        papers = [each for each in made if each.isfile()]
        strange = next((each.name for each in papers if PAPER.fullmatch(each.name) is None), None)
        if strange is not None:  # before anything is written
            raise PostgresError(f"{archive.name} {strange}: 不是材料的名字 no name of a paper; 应为 expected 0f/…")
        for each in papers:  # by hand: the filters of `extractall` came with Python 3.11.4
            path = folder / each.name
            path.parent.mkdir(exist_ok=True, mode=0o700)
            source = made.extractfile(each)
            assert source is not None
            with source, os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                shutil.copyfileobj(source, out)
    return len(papers)


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
        papers = papers_of(arguments.file)
        count = unpack(papers, papers_folder()) if papers.is_file() else 0
    except (PostgresError, OSError, tarfile.TarError) as error:
        print(f"huijiang restore: {error}", file=sys.stderr)
        return 1
    print(
        f"已恢复 restored，{count} 份材料 papers；接着 then: huijiang doctor && huijiang verify-audit && huijiang verify-files"
    )
    return 0
