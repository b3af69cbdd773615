"""What cannot be used is refused at once, with what was seen and what was expected."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from huijiang import cli
from huijiang.commands import serve
from huijiang.supervisor.supervisor import SupervisorError
from tests.huijiang.commands.test_operations import Installation


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "--bind", "8000"], "'8000'；应为 expected ADDRESS:PORT"),
        (["serve", "--bind", "127.0.0.1:99999"], "应为 expected ADDRESS:PORT"),
        (["demo", "--port", "99999"], "'99999'；应为 expected 0–65535"),
        (["documents", "import", "x", "--by", "a", "--from", "tomorrow"], "tomorrow"),
    ],
)
def test_an_argument_that_is_none_ends_the_command(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_list_that_could_not_be_written_is_refused_before_the_county_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["load", str(tmp_path), "--refused", str(tmp_path / "no" / "list.csv")]) == 2
    assert "没有这个文件夹" in capsys.readouterr().err


def test_a_number_of_processes_that_is_none_is_refused_and_not_started_again_and_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUIJIANG_WEB_PROCESSES", "two")
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve"])
    assert ended.value.code == 1
    assert "HUIJIANG_WEB_PROCESSES: 'two'；应为 expected a whole number from 1" in capsys.readouterr().err


def test_an_address_that_somebody_uses_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SupervisorError, match=f"{address}: 不能在这里监听"):
            serve.refuse_a_taken_address(address)
    serve.refuse_a_taken_address(address)


def test_a_database_that_does_not_answer_is_said_in_a_sentence(tmp_path: Path) -> None:
    away = Installation(tmp_path / "home")
    assert away.run("secrets")[0] == 0
    away.environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    code, said = away.run("anchor")
    assert code == 1
    assert said.startswith("huijiang anchor: ")
    assert said.endswith("；核对 check DATABASE_URL\n")
