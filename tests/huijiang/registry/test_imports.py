"""Files come in whole or not at all; what is wrong is said by sheet, row and column."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl
import pytest

from huijiang.audit.models import Event
from huijiang.jobs.models import Run, State
from huijiang.regions.models import Region
from huijiang.registry.imports import batches
from huijiang.registry.imports.faults import Fault
from huijiang.registry.imports.faults import as_workbook as faults_workbook
from huijiang.registry.imports.template import as_csv, as_workbook, template
from huijiang.registry.models import MODELS, IdentityDocument, ImportBatch, Organisation, Person
from huijiang.registry.vocabulary import vocabulary
from tiaowen.identifiers.person import person_check_character

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 30)
CODE = "91339999MA0000000J"
PERSON = ["证件号码", "姓名", "出生日期", "就业地", "年工资收入", "技能等级"]
SPELL = ["参保人·证件号码", "参保单位·统一社会信用代码", "参保地", "参保类型", "参保起始", "参保截止"]


def number(sequence: int) -> str:
    body = f"33999919900101{sequence:03d}"
    return body + person_check_character(body)


def lines(header: list[str], rows: list[list[str]], encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def workbook(header: list[str], rows: list[list[Any]], sheet: str = "参保") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in [header, *rows]:
        page.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def brought(region: Region, table: str, content: bytes, name: str = "名册.csv") -> ImportBatch:
    batch = batches.receive(None, table, region, DAY, name, [content])
    batches.examine(batch)
    batch.refresh_from_db()
    return batch


def stored(region: Region, table: str, content: bytes, name: str = "名册.csv") -> ImportBatch:
    batch = brought(region, table, content, name)
    assert batch.state == "read", list(batch.faults.values_list("row", "column", "seen", "expected"))
    batches.apply(batch)
    batch.refresh_from_db()
    assert batch.state == "applied"
    return batch


def counts(batch: ImportBatch) -> tuple[int | None, ...]:
    return batch.rows_new, batch.rows_changed, batch.rows_same, batch.rows_wrong


def faults(batch: ImportBatch) -> list[tuple[int | None, str, str]]:
    return [(each.row, each.column, each.seen) for each in batch.faults.all()]


def people(count: int) -> list[list[str]]:
    return [[number(n), f"小{n}", "1990-01-01", "萧山区", "123456.78", "无"] for n in range(1, count + 1)]


def test_a_file_is_previewed_before_anything_is_stored_and_a_second_time_changes_nothing(xiaoshan: Region) -> None:
    content = lines(PERSON, people(5))
    batch = brought(xiaoshan, "person", content)
    assert (batch.state, counts(batch)) == ("read", (5, 0, 0, 0))
    assert Person.objects.count() == 0
    batches.apply(batch)
    assert Person.objects.count() == IdentityDocument.objects.count() == 5
    someone = Person.objects.get(name="小1")
    assert (someone.annual_pay, someone.level_stated_none, someone.batch_id) == (12_345_678, True, batch.pk)
    assert someone.documents.get().number.open() == number(1)
    again = stored(xiaoshan, "person", content)
    assert counts(again) == (0, 0, 5, 0)
    assert batches.earlier(again) == batch
    assert Person.pgh_event_model.objects.count() == 0
    batches.apply(again)  # pressed twice
    assert Person.objects.count() == 5
    assert Event.objects.filter(action="registry.import").count() == 2


def test_a_change_changes_its_row_alone_and_a_blank_cell_says_nothing(xiaoshan: Region) -> None:
    stored(xiaoshan, "person", lines(PERSON, people(3)))
    rows = people(3)
    rows[1][5], rows[2][3] = "技师", ""
    assert counts(stored(xiaoshan, "person", lines(PERSON, rows))) == (0, 1, 2, 0)
    second = Person.objects.get(name="小2")
    assert (second.level_stated, second.level_stated_none) == ("技师", False)
    assert Person.objects.get(name="小3").works_in == xiaoshan
    assert Person.pgh_event_model.objects.get().level_stated_none is True


def test_one_wrong_row_keeps_the_whole_file_out_and_each_fault_has_its_place(xiaoshan: Region) -> None:
    rows = people(6)
    rows[0][0] = rows[0][0][:17] + ("0" if rows[0][0][17] != "0" else "1")
    rows[1][2], rows[2][1], rows[3][5], rows[4][4] = "昨天", "", "七级", "-5"
    batch = brought(xiaoshan, "person", lines(PERSON, rows))
    assert (batch.state, batch.rows_wrong) == ("refused", 5)
    assert faults(batch) == [
        (2, "A（证件号码）", "339***********" + rows[0][0][-4:]),
        (3, "C（出生日期）", "昨天"),
        (4, "B（姓名）", ""),
        (5, "F（技能等级）", "七级"),
        (6, "E（年工资收入）", "-5"),
    ]
    assert Person.objects.count() == 0
    batches.apply(batch)
    assert Person.objects.count() == 0
    found = openpyxl.load_workbook(io.BytesIO(faults_workbook([Fault("表", 3, "C", "=1+1", "日期")])))
    assert [cell.value for cell in found.active[2]] == ["表", 3, "C", "=1+1", "日期"]
    assert found.active["D2"].data_type == "s"  # text, no formula


def test_rows_point_to_people_and_firms_by_their_numbers(xiaoshan: Region) -> None:
    stored(xiaoshan, "person", lines(PERSON, people(2)))
    stored(xiaoshan, "organisation", lines(["单位名称", "统一社会信用代码"], [["甲厂", CODE]]))
    rows = [
        [number(1), CODE, "浙江省/杭州市/萧山区", "职工", dt.date(2024, 1, 1), "无"],
        [number(2), "无", "萧山区", "灵活就业", "2024年3月1日", "2024-08-31"],
        [number(2), "", "", "", "2025-01-01", ""],
    ]
    content = workbook(SPELL, rows)
    assert counts(stored(xiaoshan, "insurance", content, "参保.xlsx")) == (3, 0, 0, 0)
    first, second, third = MODELS["insurance"].objects.order_by("pk")
    assert (first.worker.name, first.employer.name, first.kind, first.ended_on_none) == (
        "小1",
        "甲厂",
        "职工社会保险",
        True,
    )
    assert (second.employer, second.employer_none, second.started_on) == (None, True, dt.date(2024, 3, 1))
    assert (third.employer, third.employer_none, third.ended_on, third.ended_on_none) == (None, False, None, False)
    assert counts(stored(xiaoshan, "insurance", content, "参保.xlsx")) == (0, 0, 3, 0)


def test_a_reference_to_nobody_and_an_overlap_are_faults_of_their_rows(xiaoshan: Region) -> None:
    stored(xiaoshan, "person", lines(PERSON, people(1)))
    spells = [[number(1), "无", "萧山区", "职工", "2024-01-01", "无"]]
    stored(xiaoshan, "insurance", lines(SPELL, spells))
    more = [
        [number(1), "无", "萧山区", "职工", "2024-06-01", "无"],
        [number(9), "无", "萧山区", "职工", "2024-06-01", "无"],
        [number(1), "无", "萧山区", "职工", "2023-06-01", "2023-05-01"],
    ]
    batch = brought(xiaoshan, "insurance", lines(SPELL, more))
    assert {row for row, _, _ in faults(batch)} == {2, 3, 4}
    assert MODELS["insurance"].objects.count() == 1


def test_rows_without_a_number_of_their_own_are_referred_to_by_what_tells_them_apart(xiaoshan: Region) -> None:
    stored(xiaoshan, "person", lines(PERSON, people(2)))
    stored(xiaoshan, "organisation", lines(["单位名称", "统一社会信用代码"], [["甲校", CODE]]))
    trained = ["学员·证件号码", "培训机构·统一社会信用代码", "培训类型", "班次", "结业日期"]
    kind = next(iter(vocabulary().codes["training_kind"].codes))
    stored(xiaoshan, "training", lines(trained, [[number(n), CODE, kind, "一班", "2026-05-01"] for n in (1, 2)]))
    attended = ["学员·证件号码", *(f"培训·{each}" for each in trained), "当日学时", "出勤日期"]
    row = [number(2), number(2), CODE, kind, "一班", "2026-05-01", "8", "2026-04-20"]
    stored(xiaoshan, "attendance", lines(attended, [row]))
    assert MODELS["attendance"].objects.get().training.trainee.name == "小2"
    batch = brought(xiaoshan, "attendance", lines(attended, [[*row[:4], "二班", *row[5:]]]))
    assert [each[0] for each in faults(batch)] == [2]


def test_a_row_that_another_region_manages_is_not_changed(xiaoshan: Region) -> None:
    stored(xiaoshan, "person", lines(PERSON, people(1)))
    stored(xiaoshan, "organisation", lines(["单位名称", "统一社会信用代码"], [["甲厂", CODE]]))
    binjiang = Region.objects.get(name="滨江区")
    assert brought(binjiang, "person", lines(PERSON, people(1))).state == "refused"
    assert (
        brought(binjiang, "organisation", lines(["单位名称", "统一社会信用代码"], [["乙厂", CODE]])).state == "refused"
    )
    assert Organisation.objects.get().name == "甲厂"


def test_equal_rows_of_a_table_without_a_key_are_counted_not_merged(xiaoshan: Region) -> None:
    stored(xiaoshan, "person", lines(PERSON, people(1)))
    stored(xiaoshan, "organisation", lines(["单位名称", "统一社会信用代码"], [["甲厂", CODE]]))
    header = ["牵头人·证件号码", "受助单位·统一社会信用代码", "攻关日期"]
    twice = lines(header, [[number(1), CODE, "2026-01-01"]] * 2)
    assert counts(stored(xiaoshan, "breakthrough", twice)) == (2, 0, 0, 0)
    assert counts(stored(xiaoshan, "breakthrough", twice)) == (0, 0, 2, 0)
    thrice = lines(header, [[number(1), CODE, "2026-01-01"]] * 3)
    assert counts(stored(xiaoshan, "breakthrough", thrice)) == (1, 0, 2, 0)


def test_names_in_gb_18030_keep_their_rare_characters(xiaoshan: Region) -> None:
    rows = people(1)
    rows[0][1] = "买买提•𠮷"
    stored(xiaoshan, "person", lines(PERSON, rows, "gb18030"))
    assert Person.objects.get().name == "买买提·𠮷"


def _bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 << 20))
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("名册.xlsx", b"PK\x03\x04 not a zip"),
        ("名册.xlsx", b"%PDF-1.7"),
        ("名册.xlsx", _bomb()),
        ("名册.exe", b"MZ"),
        ("名册.csv", b"\xff\xfe\x81\xff"),
        ("名册.csv", b"a,b\n1,2\n"),
        ("名册.csv", lines(["姓名", "出生日期"], [["小林", "1990-01-01"]])),
        ("名册.csv", lines([*PERSON, "绰号"], [])),
        ("名册.csv", lines([*PERSON, "姓名"], [])),
        ("名册.csv", lines(PERSON, [[number(1), "小" * 201, "", "", "", ""]])),
        ("名册.csv", lines(PERSON, [[number(1), "小\x00林", "", "", "", ""]])),
        ("名册.csv", lines(PERSON, [[number(1), "小林", "", "", "", ""] for _ in range(2)])),
        ("名册.csv", b'"' + b"x" * 200_000),
        ("../../etc/passwd", b"root"),
    ],
)
def test_a_bad_upload_is_answered_and_stores_nothing(xiaoshan: Region, name: str, content: bytes) -> None:
    batch = brought(xiaoshan, "person", content, name)
    assert batch.state == "refused"
    assert batch.faults.exists()
    assert all(each.expected for each in batch.faults.all())
    assert Person.objects.count() == 0


def test_an_empty_or_unknown_upload_is_not_taken(xiaoshan: Region) -> None:
    before = set(batches.folder().iterdir())
    for table, chunks in (("person", []), ("user", [b"x"])):
        with pytest.raises(batches.UploadError):
            batches.receive(None, table, xiaoshan, DAY, "a.csv", chunks)
    assert ImportBatch.objects.count() == 0
    assert set(batches.folder().iterdir()) == before


def test_a_formula_counts_as_the_value_it_had_and_one_without_a_value_is_a_fault(xiaoshan: Region) -> None:
    batch = brought(
        xiaoshan, "person", workbook(PERSON, [[number(1), '=CONCAT("小","林")', "", "", "", ""]], "人"), "a.xlsx"
    )
    assert faults(batch)[0][:2] == (2, "B（姓名）")


def test_every_table_has_a_template_that_its_own_reader_understands(xiaoshan: Region) -> None:
    for table in vocabulary().tables:
        for content, name in ((as_workbook(table), "a.xlsx"), (as_csv(table), "a.csv")):
            batch = brought(xiaoshan, table, content, name)
            assert (batch.state, counts(batch)) == ("read", (0, 0, 0, 0)), (table, faults(batch))
        headers = [leaf.header for leaf in template(table).leaves]
        assert len(headers) == len(set(headers))


def test_a_waiting_batch_can_be_cancelled_and_then_never_stores(xiaoshan: Region) -> None:
    batch = brought(xiaoshan, "person", lines(PERSON, people(1)))
    assert batches.cancel(batch)
    batches.apply(batch)
    batch.refresh_from_db()
    assert batch.state == "cancelled"
    assert not batches.cancel(batch)
    assert Person.objects.count() == 0


def test_a_batch_whose_job_died_says_so(xiaoshan: Region) -> None:
    batch = brought(xiaoshan, "person", lines(PERSON, people(1)))
    assert batches.settle() == 0
    assert batches.confirm(None, batch)
    assert not batches.confirm(None, batch)
    batch.refresh_from_db()
    ImportBatch.objects.filter(pk=batch.pk).update(state="applying")
    Run.objects.filter(uid=batch.run).update(state=State.FAILED, ended_at=dt.datetime.now(dt.UTC))
    assert batches.settle() == 1
    batch.refresh_from_db()
    assert batch.state == "broken"
    assert "中断" in batch.message
