"""`tiaowen evaluate` and `tiaowen demo`, run as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tiaowen.cli import main

DAY = "2026-11-22"
CASE = """\
region: 萧山区
on: 2026-11-22
tables:
  单位:
    - {id: 甲, 单位类型: 企业, 单位所在地: 萧山区}
  人:
    - {id: 丙}
  工作室:
    - {id: 室, 所在单位: 甲, master: 丙, 工作室类型: 技师工作室, 工作室级别: 区级, 认定日期: 2025-06-18}
covers:
  - {table: 工作室, by: 所在单位}
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert main(["demo", "--on", DAY, "--folder", str(folder), "--staff", "120"]) == 0
    return folder


def test_the_demo_writes_the_roster_and_the_report_in_both_languages(demo: Path) -> None:
    assert sorted(path.name for path in demo.iterdir()) == ["report.en.html", "report.html", "roster.xlsx"]
    assert 'href="report.en.html"' in (demo / "report.html").read_text(encoding="utf-8")
    assert 'href="report.html"' in (demo / "report.en.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("lang", "start"), [("zh", "贵公司现在可以申领"), ("en", "The firm can claim")])
def test_the_terminal_says_the_sum_and_where_the_page_is(
    demo: Path, tmp_path: Path, lang: str, start: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "page.html"
    assert main(["evaluate", str(demo / "roster.xlsx"), "--on", DAY, "--out", str(out), "--lang", lang]) == 0
    said = capsys.readouterr().out
    assert start in said
    assert str(out) in said
    assert out.is_file()


def test_the_workbook_of_results_is_written_on_request(demo: Path, tmp_path: Path) -> None:
    wanted = tmp_path / "all.xlsx"
    arguments = ["evaluate", str(demo / "roster.xlsx"), "--on", DAY, "--out", str(tmp_path / "a.html")]
    assert main([*arguments, "--no-compare", "--workbook", str(wanted)]) == 0
    assert "可以申领" in openpyxl.load_workbook(wanted, read_only=True).sheetnames


def test_a_roster_as_json_names_release_day_and_answers(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(demo / "roster.xlsx"), "--on", DAY, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["region"], found["on"]) == ("330109", DAY)
    assert {answer["release"] for answer in found["answers"]} == {found["release"]}


def test_the_documents_of_another_place_apply_where_asked(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "there.html"
    assert main(["evaluate", str(demo / "roster.xlsx"), "--on", DAY, "--region", "上虞区", "--out", str(out)]) == 0
    assert "虞区人领〔2022〕3号" in out.read_text(encoding="utf-8")
    assert "没有搬动" in out.read_text(encoding="utf-8")


def test_a_template_is_written(tmp_path: Path) -> None:
    assert main(["evaluate", "--template", str(tmp_path / "empty.xlsx")]) == 0
    assert "职工花名册" in openpyxl.load_workbook(tmp_path / "empty.xlsx", read_only=True).sheetnames


def test_an_empty_template_is_no_roster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.xlsx"
    main(["evaluate", "--template", str(path)])
    assert main(["evaluate", str(path), "--on", DAY]) == 2
    assert "职工花名册" in capsys.readouterr().err
    assert not path.with_suffix(".html").exists()


def test_a_file_that_is_no_workbook_gives_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "no.xlsx"
    path.write_bytes(b"hello")
    assert main(["evaluate", str(path), "--on", DAY]) == 2
    assert capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["no.xlsx"]


def test_a_bad_cell_is_named_and_nothing_is_written(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(demo / "roster.xlsx")
    sheet = book["职工花名册"]
    sheet["L5"] = "上个月"
    path = tmp_path / "bad.xlsx"
    book.save(path)
    assert main(["evaluate", str(path), "--on", DAY]) == 2
    said = capsys.readouterr().err
    assert "工作表“职工花名册” 第 5 行 L 列（入职日期）" in said
    assert "上个月" in said
    assert [each.name for each in tmp_path.iterdir()] == ["bad.xlsx"]


@pytest.mark.parametrize("name", ["case.yaml", "case.json"])
def test_a_case_in_the_public_format_is_answered(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    firm = {"id": "甲", "单位类型": "企业", "单位所在地": "萧山区"}
    studio = {
        "id": "室", "所在单位": "甲",
        "master": "丙", "工作室类型": "技师工作室", "工作室级别": "区级", "认定日期": "2025-06-18",
    }  # fmt: skip
    as_json: dict[str, object] = {
        "region": "萧山区",
        "on": DAY,
        "tables": {"单位": [firm], "人": [{"id": "丙"}], "工作室": [studio]},
    }
    as_json["covers"] = [{"table": "工作室", "by": "所在单位"}]
    path.write_text(CASE if name.endswith("yaml") else json.dumps(as_json), encoding="utf-8")
    assert main(["evaluate", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    start = next(each for each in found["answers"] if each["benefit"] == "xiaoshan-2025-3#studio-start")
    assert (start["outcome"], start["payee"], start["low"], start["high"]) == ("entitled", "甲", 10_000_000, 10_000_000)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "region: 萧山区\ntables: [\n", "a.yaml:3"),
        ("a.yaml", "- 1\n", "a.yaml:1"),
        ("a.yaml", "region: 萧山区\ntables:\n  没有的表: []\n", "没有的表"),
        ("a.json", '{"region": "萧山区",\n "tables": }', "a.json:2:12"),
        ("a.json", '{"region": "萧山区", "region": "上虞区"}', "region"),
        ("a.json", '{"region": "萧山区", "tables": {"单位": [{"students": NaN}]}}', "NaN"),
        ("a.json", "[" * 100_000, "a.json"),
    ],
)
def test_a_case_that_can_t_be_read_is_refused_with_its_place(
    tmp_path: Path, name: str, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert main(["evaluate", str(tmp_path / name), "--json"]) == 2
    caught = capsys.readouterr()
    assert said in caught.err
    assert caught.out == ""


@pytest.mark.parametrize(
    "arguments", [["--region", "不存在区"], ["--on", "昨天"], ["--on", "2026-02-30"]], ids=lambda each: each[1]
)
def test_a_place_or_day_that_is_none_is_refused(
    demo: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(demo / "roster.xlsx"), *arguments]) == 2
    assert arguments[1] in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(tmp_path / "none.xlsx"), "--on", DAY]) == 2
    assert "none.xlsx" in capsys.readouterr().err


def test_half_a_character_in_a_case_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case.json"
    case.write_text('{"region": "萧山区", "tables": {"person": [{"id": "\\ud800"}]}}', encoding="utf-8")
    assert main(["evaluate", str(case), "--on", DAY, "--json"]) == 2
    assert "UTF-8" in capsys.readouterr().err


def test_the_place_on_the_command_line_stands_for_one_that_the_case_does_not_name(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(CASE.replace("region: 萧山区\n", ""), encoding="utf-8")
    assert main(["evaluate", str(case), "--on", DAY]) == 2
    assert main(["evaluate", str(case), "--on", DAY, "--region", "萧山区"]) == 0
