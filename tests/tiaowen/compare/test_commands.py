"""`tiaowen compare` and `tiaowen lint`, run as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tiaowen.draft.drafts import GOOD, paragraph, word_file
from tiaowen.cli import main

CASE = """\
region: 浙江省/杭州市/萧山区
on: 2026-11-22
tables:
  organisation:
    - {id: 甲厂, kind: 企业, place: 萧山区}
  person:
    - {id: 小林}
  studio:
    - {id: 室, host: 甲厂, master: 小林, kind: 技师工作室, level: 区级, recognised_on: 2025-06-01}
covers: [{table: all}]
"""


def test_comparing_writes_a_page_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(CASE, encoding="utf-8")
    out = tmp_path / "pages" / "compare.html"
    arguments = ["compare", "--places", "萧山区，上虞区", "--case", str(case), "--out", str(out), "--lang", "zh"]
    assert main(arguments) == 0
    assert sorted(path.name for path in out.parent.iterdir()) == ["compare.en.html", "compare.html"]
    assert 'href="compare.en.html"' in out.read_text(encoding="utf-8")
    assert "萧山区最多：100,000 元" in capsys.readouterr().out


def test_an_unknown_place_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--places", "无此区", "--lang", "en"]) == 2
    assert "no such place" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["{", "region: 萧山区\ntables: {nothing: []}\n", "just words"])
def test_a_case_that_cannot_be_used_writes_nothing(tmp_path: Path, content: str) -> None:
    case, out = tmp_path / "case.yaml", tmp_path / "compare.html"
    case.write_text(content, encoding="utf-8")
    assert main(["compare", "--case", str(case), "--out", str(out)]) == 2
    assert not out.exists()


def test_a_sound_text_passes_and_an_unsound_one_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text(GOOD, encoding="utf-8")
    bad.write_text("一、补贴\n对当选的给予15万的补助。\n", encoding="utf-8")
    assert main(["lint", str(good), "--lang", "zh"]) == 0
    assert main(["lint", str(bad), "--lang", "zh"]) == 1
    assert "金额没有单位  「15万」  [unit-missing]" in capsys.readouterr().out


def test_a_text_in_gb18030_is_read(tmp_path: Path) -> None:
    path = tmp_path / "good.txt"
    path.write_bytes(GOOD.encode("gb18030"))
    assert main(["lint", str(path)]) == 0


def test_a_word_file_says_the_same_as_its_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["一、补贴", "对当选的给予15万的补助。"]
    (tmp_path / "a.txt").write_text("\n".join(lines), encoding="utf-8")
    word_file(tmp_path / "a.docx", "".join(paragraph(line) for line in lines))
    shown = []
    for name in ("a.txt", "a.docx"):
        assert main(["lint", str(tmp_path / name), "--json"]) == 1
        shown.append(json.loads(capsys.readouterr().out))
    assert shown[0]["findings"] == shown[1]["findings"]
    assert [each["kind"] for each in shown] == ["text", "docx"]


def test_json_says_code_clause_token_severity_why_and_how(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.txt"
    path.write_text("一、补贴\n对当选的给予15万的补助。\n", encoding="utf-8")
    assert main(["lint", str(path), "--json", "--lang", "en"]) == 1
    said = json.loads(capsys.readouterr().out)
    each = next(each for each in said["findings"] if each["code"] == "unit-missing")
    assert (each["clause"], each["token"], each["severity"]) == ("一", "15万", "error")
    assert each["why"]
    assert each["mend"]


@pytest.mark.parametrize("name", ["none.txt", "a.pdf", "empty.txt", "binary.txt", "wrong.docx"])
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    (tmp_path / "empty.txt").write_text(" \n", encoding="utf-8")
    (tmp_path / "binary.txt").write_bytes(b"\0\1\2")
    (tmp_path / "wrong.docx").write_bytes(b"PK")
    assert main(["lint", str(tmp_path / name)]) == 2


def test_the_list_of_patterns_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--patterns", "--lang", "en"]) == 0
    assert "| once-per-what |" in capsys.readouterr().out
