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
    assert '<p class="find__says">多付 1,500 元</p>' in page
    assert "确定支出 5,500 → 7,000 元" in page
    assert "2 项支出变了，最多的是“培养奖”：新设奖励 +9,000 元" in page
    assert "新设奖励：1 个收款方多得 5,500 元，1 个少得 2,000 元" in page
    assert "变化最大的月份是 2025-05：新设奖励 +3,500 元" in page
    assert "门槛：新增 1 处，消除 0 处" in page
    assert page.count("<figure") >= 5
    assert "<script" not in page


def test_the_assumed_take_up_is_stated_with_its_day_and_reason(written: Path) -> None:
    page = (written / "report.html").read_text(encoding="utf-8")
    assert "高级工两千：企业自主培养资助 取 33 %，2026-06-01 假定，依据：上年申领情况。" in page
    # a third of 5,500 and of 7,000 yuan
    assert "按申领率估计 1,815 → 2,310 元" in page


def test_the_page_shows_what_the_scenario_says(written: Path) -> None:
    assert "高级工: 2000 元/人" in (written / "report.html").read_text(encoding="utf-8")


def test_the_workbook_holds_the_same_sums_as_numbers(written: Path) -> None:
    book = openpyxl.load_workbook(written / "report.xlsx")
    sheet = book.worksheets[0]
    rows = {row[0]: row[1:] for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]}
    assert rows["合计"][:5] == (5500, 7000, 9000, 1500, 3500)
    assert any("上年申领情况" in str(row[0]) for row in book.worksheets[1].iter_rows(values_only=True))
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
