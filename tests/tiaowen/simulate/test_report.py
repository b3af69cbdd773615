"""The report of a simulation: what it says, and that page and workbook say the same."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.tiaowen.population_run.town import PLACE, write_town
from tests.tiaowen.simulate.test_simulation import NEW, RAISED
from tiaowen.cli import main


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_town(folder / "facts")
    for name, text in (("raised.yaml", RAISED), ("new.yaml", NEW)):
        (folder / name).write_text(text, encoding="utf-8")
    arguments = ["simulate", str(folder / "raised.yaml"), str(folder / "new.yaml"), "--folder", str(folder / "facts"),
                 "--out", str(folder / "report.html"), "--region", PLACE, "--lang", "zh"]  # fmt: skip
    assert main(arguments) == 0
    return folder


def test_the_page_states_the_finding_draws_it_and_holds_the_table(written: Path) -> None:
    page = (written / "report.html").read_text(encoding="utf-8")
    assert "高级工两千：确定支出 7,000 元，比现行多 1,500 元" in page
    assert "新设奖励：1 个收款方多得 5,500 元，1 个少得 2,000 元" in page
    assert "门槛：新增 1 处，消除 0 处" in page
    assert page.count("<svg") >= 5
    assert "<script" not in page


def test_the_assumed_take_up_is_stated_with_its_day_and_reason(written: Path) -> None:
    page = (written / "report.html").read_text(encoding="utf-8")
    assert "2026-06-01 上年申领情况 xiaoshan-2025-3#employer-grant 33 %" in page
    assert "2,310" in page


def test_the_workbook_holds_the_same_sums_as_numbers(written: Path) -> None:
    book = openpyxl.load_workbook(written / "report.xlsx")
    sheet = book.worksheets[0]
    rows = {row[0]: row[1:] for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]}
    assert rows["合计"][0] == 5500
    assert rows["合计"][4] == 7000
    with zipfile.ZipFile(written / "report.xlsx") as parts:
        assert any(name.startswith("xl/charts/") for name in parts.namelist())


def test_nothing_is_left_beside_the_report(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == {"facts", "raised.yaml", "new.yaml", "report.html",
                                                         "report.xlsx"}  # fmt: skip


def test_a_patch_that_can_not_be_used_writes_no_report(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (written / "facts" / "bad.yaml").write_text("nowhere: {a: {b: c}}", encoding="utf-8")
    out = written / "facts" / "none.html"
    assert main(["simulate", str(written / "facts" / "bad.yaml"), "--folder", str(written / "facts"),
                 "--out", str(out)]) == 2  # fmt: skip
    assert "nowhere" in capsys.readouterr().err
    assert not out.exists()
