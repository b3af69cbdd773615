"""The workbook: downloaded with what is known, filled in with a spreadsheet program's own library, read back cell by cell."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huijiang.access.viewers import as_agent
from huijiang.labour import answering, export, surveys, workbook
from huijiang.labour.models import SurveyAnswer, SurveyUpload
from tests.huijiang.labour.town import ANSWER, Place, answered, asked, client, states

FIRST = 8  # the row after the header: six lines above it


def downloaded(found: Place, name: str = "甲") -> Any:
    answer = client(found.agents[name]).get(reverse("labour:survey_workbook", args=[found.survey.uid]))
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def content_of(book: Any) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def row_of(sheet: Any, occupation: str, level: str) -> int:
    return next(row for row in range(FIRST, sheet.max_row + 1)
                if (sheet.cell(row, 1).value, sheet.cell(row, 2).value) == (occupation, level))  # fmt: skip


def filled(book: Any, lines: dict[answering.Key, dict[str, Any]]) -> bytes:
    """Write an answer into a workbook, yuan for fen, and empty what it does not say."""
    sheet = book[workbook.SHEET]
    names = list(workbook.HEADERS)
    for row in range(FIRST, sheet.max_row + 1):
        line = lines.get((sheet.cell(row, 1).value, sheet.cell(row, 2).value), {})
        for at, name in enumerate(names[2:], start=3):
            value = line.get(name)
            sheet.cell(row, at).value = value / 100 if name.startswith("wage") and value is not None else value
    return content_of(book)


def sent_in(found: Place, content: bytes, name: str = "甲", file: str = "填好的.xlsx") -> Any:
    at = reverse("labour:survey_upload", args=[found.survey.uid])
    return client(found.agents[name]).post(at, {"file": SimpleUploadedFile(file, content)})


def test_a_firm_downloads_fills_in_looks_and_takes_the_whole(open_: Place) -> None:
    book = downloaded(open_)
    sheet = book[workbook.SHEET]
    assert [cell.value for cell in sheet[FIRST - 1]] == list(workbook.HEADERS.values())
    assert sheet.max_row == FIRST - 1 + 2 * 9  # two occupations, eight levels and none
    senior = row_of(sheet, "焊工", "高级工")
    assert [sheet.cell(senior, at).value for at in (3, 4, 5, 6)] == [1, 1, 1, None]  # what is registered, no gap known
    content = filled(book, ANSWER)
    page = client(open_.agents["甲"])
    answer = sent_in(open_, content)
    upload = SurveyUpload.objects.get()
    at = reverse("labour:survey_uploaded", args=[open_.survey.uid, upload.uid])
    assert answer.headers["Location"] == at
    assert upload.faults == []
    told = page.get(at).content.decode()
    assert "工作簿里填了 4 行" in told
    assert "8,000–12,000.50" in told
    assert not SurveyAnswer.objects.exists()  # nothing changes by looking
    firm = open_.firm("甲")
    for _ in range(2):
        assert page.post(at).status_code == 302
    lines = answering.lines_of(answering.draft_of(firm))
    assert {key: {n: v for n, v in line.items() if v not in (None, "")} for key, line in lines.items()} == ANSWER
    assert states(firm) == [(1, "draft")]

    answering.send(firm, open_.agent("甲"), 1)
    sent_in(open_, content)  # the same file once more
    again = SurveyUpload.objects.order_by("-pk").first()
    assert again is not None
    seen = page.get(reverse("labour:survey_uploaded", args=[open_.survey.uid, again.uid])).content.decode()
    assert "与现在的填报完全相同" in seen
    page.post(reverse("labour:survey_uploaded", args=[open_.survey.uid, again.uid]))
    assert states(firm) == [(1, "sent")]

    less = {key: line for key, line in ANSWER.items() if key[1] != "无等级"} | {("钳工", "技师"): {"heads": 0}}
    sent_in(open_, filled(downloaded(open_), less))
    third = SurveyUpload.objects.order_by("-pk").first()
    assert third is not None
    changes = page.get(reverse("labour:survey_uploaded", args=[open_.survey.uid, third.uid])).content.decode()
    assert "其中 1 行工作簿里是空的" in changes
    page.post(reverse("labour:survey_uploaded", args=[open_.survey.uid, third.uid]))
    assert states(firm) == [(1, "sent"), (2, "draft")]
    draft = answering.lines_of(answering.draft_of(firm))
    assert ("焊工", "无等级") not in draft
    assert draft["钳工", "技师"]["heads"] == 0  # none, which is not an empty cell
    assert draft["钳工", "技师"]["vacancies"] is None


def test_every_mistake_is_named_by_its_cell_and_nothing_is_taken(open_: Place) -> None:
    book = downloaded(open_)
    sheet = book[workbook.SHEET]
    senior, bench = row_of(sheet, "焊工", "高级工"), row_of(sheet, "钳工", "无等级")
    for at, value in ((3, "两个"), (6, -1), (7, 3.5), (8, "无"), (9, 9000)):
        sheet.cell(senior, at).value = value
    sheet.cell(bench, 3).value, sheet.cell(bench, 4).value, sheet.cell(bench, 5).value = 2, 3, 1
    sheet.cell(bench + 1, 1).value = "电工"
    sheet.cell(bench + 2, 2).value = "特级大师"
    sheet.cell(bench + 3, 1).value, sheet.cell(bench + 3, 2).value = "焊工", "高级工"
    sheet.cell(bench + 3, 3).value = 1
    sheet.cell(bench + 4, 10).value, sheet.cell(bench + 4, 9).value = 100, 200
    sheet.cell(bench + 5, 11).value = "难" * 301
    sheet.cell(bench + 6, 3).value = 1_000_001
    sheet.cell(bench + 7, 60).value = "备注"  # so far out that reading ends there
    sent_in(open_, content_of(book))
    upload = SurveyUpload.objects.get()
    where = {(each["row"], each["column"][:1]) for each in upload.faults}
    assert where == {(senior, column) for column in "CFGHJ"} | {
        (bench, "D"), (bench, "E"), (bench + 1, "A"), (bench + 2, "B"), (bench + 3, "A"), (bench + 4, "I"), (bench + 5, "K"),
        (bench + 6, "C"), (bench + 7, "B"),
    }  # fmt: skip
    assert upload.faults[-1]["column"] == "BH"
    assert upload.lines == []
    at = reverse("labour:survey_uploaded", args=[open_.survey.uid, upload.uid])
    page = client(open_.agents["甲"])
    told = page.get(at).content.decode()
    assert f"第 {senior} 行" in told
    assert "没有就填 0；不清楚就空着" in told
    refused = page.post(at)
    assert refused.status_code == 422
    assert not SurveyAnswer.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("other firm", "另一个单位"), ("other survey", "另一次摸排"), ("no numbers", "另一个单位"), ("no sheet", "用工摸排"), ("no header", "表头"),
        ("column renamed", "模板里的列名"), ("column twice", "每列只出现一次"),
    ],
)  # fmt: skip
def test_a_workbook_of_another_firm_or_another_making_is_refused(open_: Place, change: str, said: str) -> None:
    book = downloaded(open_, "丙" if change == "other firm" else "甲")
    sheet = book[workbook.SHEET]
    match change:
        case "other survey":
            sheet["B2"].value = "00000000-0000-0000-0000-000000000000"
        case "no numbers":
            sheet["B4"].value = None
        case "no sheet":
            sheet.title = "表一"
        case "no header":
            sheet.delete_rows(FIRST - 1)
        case "column renamed":
            sheet.cell(FIRST - 1, 6).value = "空缺"
        case "column twice":
            sheet.cell(FIRST - 1, 7).value = "缺口人数"
    sent_in(open_, content_of(book))
    upload = SurveyUpload.objects.get()
    assert upload.lines == []
    assert any(said in each["expected"] for each in upload.faults), upload.faults


def test_what_is_no_workbook_and_what_comes_too_late_is_refused(open_: Place) -> None:
    content = filled(downloaded(open_), ANSWER)
    assert sent_in(open_, b"PK\x03\x04 nothing of the kind").status_code == 422
    assert sent_in(open_, b"a,b\n1,2\n", file="a.csv").status_code == 422
    assert SurveyUpload.objects.count() == 0
    sent_in(open_, content)
    upload = SurveyUpload.objects.get()
    at = reverse("labour:survey_uploaded", args=[open_.survey.uid, upload.uid])
    assert client(open_.agents["丙"]).get(at).status_code == 404
    assert client(open_.agents["丙"]).post(at).status_code == 404
    surveys.close(open_.survey, open_.officer)
    late = sent_in(open_, content)
    assert late.status_code == 422
    assert "不在填报期内" in late.content.decode()
    refused = client(open_.agents["甲"]).post(at)
    assert refused.status_code == 422
    assert not SurveyAnswer.objects.exists()


def test_words_that_look_like_a_formula_stay_words_and_levels_are_read_as_people_write_them(open_: Place) -> None:
    firm, viewer = open_.firm("甲"), open_.agent("甲")
    answering.keep(firm, viewer, {("焊工", "高级工"): {"heads": 2, "difficulty": "=1+1"}})
    book = downloaded(open_)
    sheet = book[workbook.SHEET]
    senior = row_of(sheet, "焊工", "高级工")
    assert (sheet.cell(senior, 11).value, sheet.cell(senior, 11).data_type) == ("=1+1", "s")
    sheet.cell(senior, 2).value = "三级/高级工"
    sheet.cell(senior, 3).value = "３名"
    sheet.cell(senior, 11).value = "氩弧焊"
    sent_in(open_, content_of(book))
    read = SurveyUpload.objects.get()
    assert read.faults == []
    assert [(each["level"], each["heads"], each["difficulty"]) for each in read.lines] == [("高级工", 3, "氩弧焊")]
    sheet.cell(senior, 3).value = "=1+1"  # a formula that no program has computed
    sent_in(open_, content_of(book))
    again = SurveyUpload.objects.order_by("-pk").first()
    assert again is not None
    assert [(each["row"], each["column"][:1]) for each in again.faults] == [(senior, "C")]


def test_the_officers_workbook_has_gaps_sums_firms_and_leaves_unanswered_cells_empty(open_: Place) -> None:
    answered(open_)
    book = openpyxl.load_workbook(io.BytesIO(export.as_workbook(open_.officer, open_.survey)))
    assert book.sheetnames == [
        "说明",
        "缺口·职业",
        "缺口·职业和等级",
        "合计·职业和等级",
        "合计·行业",
        "合计·镇街",
        "单位",
    ]
    rows = [[cell.value for cell in row] for row in book["缺口·职业"].iter_rows(min_row=2)]
    # gap 8: 甲 6, 丙 2; plans: 甲 alone answered 4 and 3; nobody did of 钳工
    assert rows == [["焊工", 1, 8, 2, 17, 381, 4, 3], ["钳工", 2, 4, 1, 4, 500, None, None]]
    firms = {row[0].value: [cell.value for cell in row] for row in book["单位"].iter_rows(min_row=2)}
    assert firms["甲厂"][4:] == ["已报", 7, 6, 4, 6, 4, 3, 6]
    assert firms["戊软件"][4:] == ["未报", None, None, None, None, None, None, None]
    answer = client(open_.registrar).get(reverse("labour:desk_export", args=[open_.survey.uid]))
    assert answer.status_code == 200
    assert client(open_.leader).get(reverse("labour:desk_export", args=[open_.survey.uid])).status_code == 403


def test_a_workbook_of_an_older_survey_of_the_same_firm_is_refused(here: Place) -> None:
    older = downloaded(asked(here, title="上一次"))
    surveys.close(here.survey, here.officer)
    now = asked(here)
    sent_in(now, content_of(older))
    upload = SurveyUpload.objects.get()
    assert len(upload.faults) == 2  # the survey's number and, with it, the firm's in it
    assert as_agent(here.agents["甲"]) is not None
