"""`huijiang documents import` and `export`, on the database of the tests."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from huijiang.accounts.models import Role
from huijiang.accounts.viewers import today
from huijiang.commands import documents
from huijiang.documents import releases
from huijiang.documents.models import Release
from tests.huijiang.documents.bundle import DOCUMENT, OFFICE_FILES
from tests.huijiang.documents.pages import staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def database_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands start the embedded database unless an operator names one."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://named/by-the-operator")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    staff("maker", Role.STEWARD)
    staff("checker", Role.STEWARD_APPROVER)
    for name, text in OFFICE_FILES.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(text.encode())
    return tmp_path


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    documents.add(parser.add_subparsers())
    arguments = parser.parse_args(["documents", *words])
    status: int = arguments.run(arguments)
    return status


def test_the_first_import_makes_release_1_and_says_by_whom(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", str(folder / "in"), "--by", "maker", "--approved-by", "checker") == 0
    said = capsys.readouterr().out
    assert "版本 release 1 " in said
    assert "提交 made by 周立" in said
    assert f"复核 approved by 吴敏，{today()} 起启用" in said
    held = releases.in_force()
    assert held is not None
    assert run("export", str(folder / "out")) == 0
    assert (folder / "out" / DOCUMENT).read_bytes() == OFFICE_FILES[DOCUMENT].encode()
    assert run("export", str(folder / "out")) == 1  # not into a folder that holds something


def test_without_an_approver_it_waits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", str(folder / "in"), "--by", "maker") == 0
    assert "等待另一人复核" in capsys.readouterr().out
    assert releases.in_force() is None
    assert run("export", str(folder / "out")) == 1


def test_what_does_not_pass_is_refused_with_its_problems(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = folder / "in" / DOCUMENT
    broken.write_text(broken.read_text("utf-8").replace("800 元/人", "800 元/月", 1), "utf-8")
    assert run("import", str(folder / "in"), "--by", "maker", "--approved-by", "checker") == 1
    said = capsys.readouterr().err
    assert "xiaoshan-2025-3.md:" in said
    assert "未导入" in said
    assert Release.objects.count() == 0


def test_nobody_approves_what_they_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", str(folder / "in"), "--by", "maker", "--approved-by", "maker") == 1
    assert "提交的人不能复核" in capsys.readouterr().err
    assert Release.objects.count() == 0  # whole or not at all


@pytest.mark.parametrize("words", [("nowhere", "--by", "maker"), (".", "--by", "nobody")])
def test_unusable_input_is_named(folder: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", *words) == 2
    assert words[0 if words[0] != "." else 2] in capsys.readouterr().err
