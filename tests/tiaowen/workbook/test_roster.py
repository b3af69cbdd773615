"""A filled workbook becomes a case: rows of the vocabulary, nothing personal, nothing guessed."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.tiaowen.workbook.broken_samples import FORM, worker
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.workbook import CellPlace, RosterCase, code_lists, mapped_columns, read_roster, write_template
from tiaowen.workbook.roster import FORM_LINES, SHEETS, STATEMENTS

ON = date(2026, 11, 22)


class Filled:
    """Writes the template with these rows and reads it back."""

    def __init__(self, folder: Path, vocabulary: Vocabulary) -> None:
        self.path = folder / "a.xlsx"
        self.vocabulary = vocabulary

    def read(self, form: Mapping[str, object] | None = None, **rows: list[dict[str, object]]) -> RosterCase:
        filled = {"职工花名册": [worker(1)], **rows}
        write_template(self.path, self.vocabulary, form={**FORM, **(form or {})}, rows=filled)
        return read_roster(self.path, on=ON, vocabulary=self.vocabulary)

    def row(
        self, table: str, form: Mapping[str, object] | None = None, **rows: list[dict[str, object]]
    ) -> dict[str, Any]:
        found = self.read(form, **rows).case["tables"][table]
        assert len(found) == 1
        return dict(found[0])


@pytest.fixture
def filled(tmp_path: Path, vocabulary: Vocabulary) -> Filled:
    return Filled(tmp_path, vocabulary)


def test_every_column_of_the_template_exists_in_the_vocabulary(vocabulary: Vocabulary) -> None:
    known = {f"{table.id}.{column}" for table in vocabulary.tables.values() for column in table.columns}
    assert set(mapped_columns()) <= known
    assert code_lists() <= set(vocabulary.codes)


def test_no_column_of_the_template_fills_a_derived_fact(vocabulary: Vocabulary) -> None:
    for target in mapped_columns():
        table, _, column = target.partition(".")
        assert vocabulary.tables[table].columns[column].derived is None, target


def test_absence_can_be_stated_exactly_where_the_vocabulary_has_it(vocabulary: Vocabulary) -> None:
    for sheet in SHEETS:
        for column in sheet.columns:
            for target in column.fills:
                table, _, name = target.partition(".")
                has = vocabulary.tables[table].columns[name].type.or_none
                if column.kind not in ("schemes", "bool"):
                    assert has is bool(column.none), (sheet.name, column.header)


def test_the_columns_that_statements_cover_are_columns_of_their_tables(vocabulary: Vocabulary) -> None:
    for statement in STATEMENTS:
        for table, by in statement.covers:
            assert by in vocabulary.tables[table].columns


def test_the_empty_template_has_every_sheet_and_header_and_is_the_same_each_time(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    import openpyxl

    write_template(tmp_path / "a.xlsx", vocabulary)
    write_template(tmp_path / "b.xlsx", vocabulary)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for sheet in SHEETS:
        page = book[sheet.name]
        assert [cell.value for cell in page[1]] == [column.header for column in sheet.columns]
        assert page.freeze_panes == "A2"
        assert all(cell.comment is not None for cell in page[1])
        assert bool(page.data_validations.dataValidation) is any(
            column.kind in ("bool", "code", "document kind") for column in sheet.columns
        )
    labels = {str(cell.value) for cell in book["填报说明"]["A"]}
    assert {line.header for line in FORM_LINES} | {one.label for one in STATEMENTS} <= labels
    assert book["选项"].sheet_state == "hidden"


def test_text_that_looks_like_a_formula_is_written_as_text(filled: Filled) -> None:
    case = filled.read(职工花名册=[worker(1, 岗位="=1+1")])
    assert case.case["tables"]["employment"][0]["position"] == "=1+1"


def test_one_staff_row_gives_person_employment_hire_and_insurance(filled: Filled) -> None:
    case = filled.read(
        职工花名册=[
            worker(
                1, 户籍地="安徽省", 工作地="萧山区", 离职日期="无", 是否参保=True,
                参保地="萧山区", 参保起始日期=date(2025, 4, 1), 参保终止日期="无", 是否首次在本地参保=True, 来源地="江西省",
                技能等级="三级/高级工", 工种="模具工", **{"合同期限（月）": 36, "年收入（元）": 98000.5},
            )
        ]
    )  # fmt: skip
    tables = case.case["tables"]
    assert tables["person"] == [
        {
            "id": "P0001", "hukou": "安徽省", "works_in": "浙江省/杭州市/萧山区", "level_stated": "高级工",
            "annual_pay": "98000.50 元", "birth_date": "1990-01-01", "employer": "O0001",
        }
    ]  # fmt: skip
    assert tables["employment"] == [
        {"id": "E0001", "occupation": "模具工", "started_on": "2025-04-01", "ended_on": "none",
         "worker": "P0001", "employer": "O0001"}
    ]  # fmt: skip
    assert tables["hire"] == [
        {
            "id": "H0001", "started_on": "2025-04-01", "ended_on": "none", "contract_length": "36 个月", "insured": True,
            "first_insured_stated": True, "origin": "江西省", "worker": "P0001", "employer": "O0001",
        }
    ]  # fmt: skip
    assert tables["insurance"] == [
        {
            "id": "I0001", "place": "浙江省/杭州市/萧山区", "started_on": "2025-04-01", "ended_on": "none",
            "worker": "P0001", "employer": "O0001", "kind": "职工社会保险",
        }
    ]  # fmt: skip
    json.dumps(case.case)


def test_no_name_and_no_number_of_a_person_is_among_the_facts(filled: Filled) -> None:
    person = worker(1)
    case = filled.read(职工花名册=[person])
    facts = json.dumps(case.case, ensure_ascii=False)
    assert str(person["姓名"]) not in facts
    assert str(person["证件号码"]) not in facts
    assert str(person["证件号码"]) not in str(case.people)
    assert case.people["P0001"].name == person["姓名"]


def test_an_empty_cell_is_unknown_and_not_no(filled: Filled) -> None:
    hire = filled.row("hire")
    assert "insured" not in hire
    assert "ended_on" not in hire


def test_an_empty_end_means_not_ended_only_when_the_form_says_so(filled: Filled) -> None:
    stated = filled.row("hire", {"空白的终止日期是否表示至今未止": True})
    assert stated["ended_on"] == "none"
    assert "ended_on" not in filled.row("hire", {"空白的终止日期是否表示至今未止": False})


@pytest.mark.parametrize(
    "written",
    [
        "2025-03-01", "2025/3/1", "2025.3.1", "2025年3月1日", "20250301", "２０２５年３月１日", " 2025 - 3 - 1 ",
        "2025-03-01 00:00:00", date(2025, 3, 1), 45717, 20250301,
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(filled: Filled, written: object) -> None:
    assert filled.row("hire", 职工花名册=[worker(1, 入职日期=written)])["started_on"] == "2025-03-01"


@pytest.mark.parametrize(
    "written", ["高级工", "三级/高级工", "高级技能", "高级工（三级）", "高级工(三级)", " 高级工 ", "３级"]
)
def test_a_level_is_read_however_it_is_written(filled: Filled, written: str) -> None:
    certificate = {"工号": "A1", "等级": written, "发证日期": date(2025, 5, 6)}
    assert filled.row("certificate", 技能证书=[certificate])["level"] == "高级工"


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("萧山区", "浙江省/杭州市/萧山区"),
        ("浙江省杭州市萧山区", "浙江省/杭州市/萧山区"),
        ("浙江 杭州 萧山", "浙江省/杭州市/萧山区"),
        ("浙江省/杭州市/萧山区", "浙江省/杭州市/萧山区"),
        ("浙江省杭州市萧山区新塘街道", "浙江省/杭州市/萧山区/新塘街道"),
        ("浙江省萧山区", "浙江省/杭州市/萧山区"),
        ("四川省达州市渠县", "四川省"),
        ("内蒙古", "内蒙古自治区"),
    ],
)
def test_a_place_is_read_as_the_deepest_place_of_the_tree(filled: Filled, written: str, path: str) -> None:
    assert filled.row("hire", 职工花名册=[worker(1, 来源地=written)])["origin"] == path


def certificate(**more: object) -> dict[str, object]:
    return {"工号": "A1", "发证日期": date(2025, 5, 6), **more}


@pytest.mark.parametrize(
    ("cells", "issuer"),
    [
        ({"发证机构是否本单位": True}, "O0001"),
        ({"发证机构名称": "萧然精工机械（虚构）有限公司"}, "O0001"),
        ({"发证机构名称": "萧然精工机械(虚构)有限公司 "}, "O0001"),
        ({"发证机构名称": "甲学校"}, "O0002"),
        ({"发证机构是否本单位": False}, "O0002"),
        ({}, None),
    ],
)
def test_the_issuer_is_the_firm_another_body_or_unknown(
    filled: Filled, cells: dict[str, object], issuer: str | None
) -> None:
    assert filled.row("certificate", 技能证书=[certificate(**cells)]).get("issuer") == issuer


@pytest.mark.parametrize(
    ("cells", "trainer", "direct"),
    [
        ({"是否由本单位直接培养": True}, "O0001", True),
        ({"是否由本单位直接培养": False}, None, False),
        ({"是否由本单位直接培养": False, "培训单位": "甲学校"}, "O0002", None),
        ({"是否由本单位直接培养": False, "培训单位": "本单位"}, "O0001", False),
        ({"培训单位": "甲学校"}, "O0002", None),
        ({"培训单位": "无"}, "none", None),
        ({}, None, None),
    ],
)
def test_who_trained_the_holder_is_taken_only_as_far_as_it_is_said(
    filled: Filled, cells: dict[str, object], trainer: str | None, direct: bool | None
) -> None:
    row = filled.row("certificate", 技能证书=[certificate(**cells)])
    assert (row.get("trainer"), row.get("trained_directly")) == (trainer, direct)


def test_cells_that_contradict_each_other_leave_the_fact_unknown_with_a_warning(filled: Filled) -> None:
    case = filled.read(技能证书=[certificate(发证机构是否本单位=True, 发证机构名称="甲学校")])
    assert "issuer" not in case.case["tables"]["certificate"][0]
    assert [(one.key, one.sheet, one.row) for one in case.warnings] == [("contradiction", "技能证书", 2)]


def test_the_holders_employer_is_the_firm_only_while_employed_there(filled: Filled) -> None:
    rows = [certificate(), certificate(发证日期=date(2025, 3, 31)), certificate(发证日期=date(2026, 7, 1))]
    case = filled.read(职工花名册=[worker(1, 离职日期=date(2026, 6, 30))], 技能证书=rows)
    assert [row.get("holder_employer") for row in case.case["tables"]["certificate"]] == ["O0001", None, None]


def test_a_certificate_number_that_disagrees_with_level_and_year_is_a_warning(filled: Filled) -> None:
    case = filled.read(技能证书=[certificate(等级="高级工", 证书编号="Y00003399XR01244000001")])
    assert {one.words[0][1] for one in case.warnings} == {
        "第 16 位是 4，与等级“高级工”不符", "年份位是 24，与发证年份 2025 不符",
    }  # fmt: skip


def test_several_entrants_share_one_contest(filled: Filled) -> None:
    entry: dict[str, object] = {
        "竞赛名称": "区赛", "竞赛级别": "区级", "举办地区": "萧山区", "举办日期": date(2025, 9, 1),
        "竞赛项目": "钳工", "公布日期": date(2025, 9, 9),
    }  # fmt: skip
    tables = filled.read(
        职工花名册=[worker(1), worker(2)], 竞赛获奖=[{**entry, "工号": "A1"}, {**entry, "工号": "A2"}]
    ).case["tables"]
    assert len(tables["contest"]) == len(tables["contest_item"]) == 1
    assert [row["item"] for row in tables["contest_entry"]] == ["KI0001", "KI0001"]


def test_an_intern_who_is_on_the_roster_is_the_same_person(filled: Filled) -> None:
    staff = worker(1)
    intern = {"姓名": "员工1", "证件号码": staff["证件号码"], "开始日期": date(2025, 1, 6)}
    case = filled.read(职工花名册=[staff], 见习实习=[intern, {**intern, "开始日期": date(2025, 2, 6)}])
    assert len(case.case["tables"]["person"]) == 1
    assert {row["person"] for row in case.case["tables"]["stay"]} == {"P0001"}


def test_talent_schemes_become_memberships_without_dates(filled: Filled) -> None:
    case = filled.read(职工花名册=[worker(1, 已享受的人才计划="4.0版、领航团"), worker(2, 已享受的人才计划="无")])
    assert case.case["tables"]["membership"] == [
        {"id": "M0001", "person": "P0001", "scheme": "4.0版人才政策"},
        {"id": "M0002", "person": "P0001", "scheme": "萧山名匠领航团"},
    ]


def test_another_organisation_brings_its_facts_from_its_own_sheet(filled: Filled) -> None:
    case = filled.read(
        相关单位=[{"单位名称": "甲学校", "单位类型": "技工学校", "所在地区": "萧山区", "是否定点培训机构": True}],
        技能证书=[certificate(发证机构名称="甲学校")],
    )
    assert case.case["tables"]["organisation"][1] == {
        "id": "O0002", "kind": "技工院校", "place": "浙江省/杭州市/萧山区", "designated": True,
    }  # fmt: skip
    assert case.case["tables"]["certificate"][0]["issuer"] == "O0002"
    assert case.organisations["O0002"] == "甲学校"


def test_a_statement_of_completeness_says_table_subject_and_days(filled: Filled) -> None:
    case = filled.read({"本单位自主认定的证书已列全，自": date(2025, 3, 1)})
    assert case.case["covers"] == [{"table": "certificate", "by": ["issuer"], "from": "2025-03-01", "to": "2026-11-22"}]
    assert filled.read().case["covers"] == []


def test_a_year_of_education_funds_ends_on_its_last_day(filled: Filled) -> None:
    row = filled.row("education_fund", 职工教育经费=[{"年度": "2025年", "使用（元）": "98.6", "其中一线职工（元）": 0}])
    assert row == {
        "id": "F0001", "year": "2025", "year_end": "2025-12-31", "spent": "98.60 元", "front_line": "0 元",
        "employer": "O0001",
    }  # fmt: skip


def test_the_cell_that_would_settle_an_unknown_can_be_named(filled: Filled) -> None:
    case = filled.read()
    assert case.places("hire", "origin", "H0001") == (CellPlace("职工花名册", 2, "V", "来源地"),)
    assert case.places("organisation", "above_scale", "O0001")[0].header == "是否规模以上"
    assert case.places("hire", "talent_class") == (CellPlace("职工花名册", 0, "Z", "人才分类"),)
    assert case.places("enrolment", "class_type") == ()


def test_region_and_day_of_the_case_come_from_form_and_call(filled: Filled) -> None:
    case = filled.read().case
    assert (case["region"], case["on"]) == ("浙江省/杭州市/萧山区", "2026-11-22")
