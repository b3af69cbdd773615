"""The papers of a backup go back under the names that the vault gives, all of them or none."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from huijiang.commands.backup import unpack
from huijiang.supervisor.postgres import PostgresError

PAPERS = ("0f/0f" + "ab" * 31, "c4/c4" + "cd" * 31)


def backup(file: Path, *names: str) -> Path:
    with tarfile.open(file, mode="w") as made:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(name)
            made.addfile(member, io.BytesIO(name.encode()))
    return file


def test_papers_come_back_as_they_were_and_are_the_owners_alone(tmp_path: Path) -> None:
    assert unpack(backup(tmp_path / "x", *PAPERS), tmp_path / "files") == 2
    for name in PAPERS:
        found = tmp_path / "files" / name
        assert (found.read_text(encoding="utf-8"), found.stat().st_mode & 0o777) == (name, 0o600)
        assert found.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "0f/../../evil", "0f/evil.sh", "evil"])
def test_a_name_that_no_paper_has_is_refused_before_any_is_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(PostgresError, match="不是材料的名字"):
        unpack(backup(tmp_path / "x", PAPERS[0], name), tmp_path / "files")
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [tmp_path / "x"]


def test_nothing_is_unpacked_over_papers_that_are_there(tmp_path: Path) -> None:
    unpack(backup(tmp_path / "x", PAPERS[0]), tmp_path / "files")
    with pytest.raises(PostgresError, match="已有材料"):
        unpack(backup(tmp_path / "y", PAPERS[1]), tmp_path / "files")
