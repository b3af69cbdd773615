"""The workbook of results holds every benefit's answers, and no formula."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.tiaowen.report.conftest import Sample
from tiaowen.evaluate.answers import answer_case
from tiaowen.report.names import Names
from tiaowen.report.results import neutral, write_results


def test_every_answer_has_a_row(sample: Sample, tmp_path: Path) -> None:
    answers = answer_case(sample.library, sample.facts, sample.region)
    write_results(tmp_path / "all.xlsx", answers, Names(sample.roster, sample.library.vocabulary))
    book = openpyxl.load_workbook(tmp_path / "all.xlsx", read_only=True)
    rows = {sheet.title: sum(1 for _ in sheet.iter_rows()) - 1 for sheet in book}
    assert rows["可以申领"] == sample.report.claims_of("ready")
    assert rows["补信息后可判断"] == sample.report.claims_of("unknown")
    refused = sum(line.count for line in sample.report.refusals) + sample.report.claims_of("near")
    assert rows["暂不符合"] + rows["不在有效期"] == refused


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-2", "@SUM(A1)", "\t=1"])
def test_text_that_looks_like_a_formula_is_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"


def test_ordinary_text_is_left_alone() -> None:
    assert neutral("焊工") == "焊工"
