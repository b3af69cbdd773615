"""Every problem inside a workbook names sheet, row, column, the value seen and what was expected."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.tiaowen.workbook.broken_samples import FORM, HEADERS, LINE, document, raw_workbook, table, worker
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.workbook import Limits, RosterCase, WorkbookError, WorkbookProblem, read_roster, write_template

ON = date(2026, 11, 22)
Lines = list[list[object]]


@pytest.fixture
def read(tmp_path: Path, vocabulary: Vocabulary) -> Callable[..., RosterCase]:
    """Writes a roster sheet by hand, cell by cell, and reads the workbook."""

    def make(lines: Lines, limits: Limits | None = None, **sheets: Lines) -> RosterCase:
        path = tmp_path / "a.xlsx"
        raw_workbook(path, {"职工花名册": table(*lines), **{name: table(*rows) for name, rows in sheets.items()}})
        return read_roster(path, on=ON, vocabulary=vocabulary, limits=limits)

    return make


Read = Callable[..., RosterCase]


def errors(read: Read, lines: Lines, **sheets: Lines) -> list[WorkbookProblem]:
    with pytest.raises(WorkbookError) as caught:
        read(lines, **sheets)
    return [one for one in caught.value.problems if one.severity == "error"]


def only_error(read: Read, lines: Lines, **sheets: Lines) -> WorkbookProblem:
    found = errors(read, lines, **sheets)
    assert len(found) == 1, [one.text() for one in found]
    return found[0]


def test_an_identity_number_that_became_3_3e17_is_said_to_have_lost_its_digits(read: Read) -> None:
    found = only_error(read, [HEADERS, ["A1", "员工1", 330106199001011234, "2025-04-01"]])
    assert (found.sheet, found.row, found.column, found.header) == ("职工花名册", 2, "C", "证件号码")
    assert "第 15 位以后已丢失" in found.wrong()
    assert "文本" in found.mend()


def test_an_identity_number_typed_as_3_3e17_text_is_caught_too(read: Read) -> None:
    found = only_error(read, [HEADERS, ["A1", "员工1", "3.30106E+17", "2025-04-01"]])
    assert "科学计数" in found.wrong()


def test_a_wrong_check_digit_is_named_with_the_number_masked(read: Read) -> None:
    wrong = document("19900101", 1)[:-1] + ("1" if document("19900101", 1)[-1] != "1" else "2")
    found = only_error(read, [HEADERS, ["A1", "员工1", wrong, "2025-04-01"]])
    assert "校验位" in found.wrong()
    assert "19900101" not in found.text()
    assert found.seen.startswith("339***")


def test_one_person_twice_is_an_error_that_names_both_rows(read: Read) -> None:
    found = only_error(read, [HEADERS, LINE, ["A2", "员工一", LINE[2], "2025-05-01"]])
    assert found.row == 3
    assert "第 2 行（员工1）" in found.wrong()


def test_one_staff_number_twice_is_an_error(read: Read) -> None:
    found = only_error(read, [HEADERS, LINE, ["A1", "员工2", document("19910101", 2), "2025-05-01"]])
    assert (found.key, found.row, found.seen) == ("key twice", 3, "A1")


@pytest.mark.parametrize("written", ["2025年2月30日", "去年", "2025-13-01", 0.5, 99999999, "25.3.1"])
def test_a_date_that_is_none_is_refused_with_its_cell(read: Read, written: object) -> None:
    found = only_error(read, [HEADERS, ["A1", "员工1", LINE[2], written]])
    assert (found.row, found.column, found.header, found.key) == (2, "D", "入职日期", "bad date")
    assert "2025/3/1" in found.expected()


def test_leaving_before_joining_is_an_error(read: Read) -> None:
    found = only_error(read, [[*HEADERS, "离职日期"], [*LINE, "2025-03-31"]])
    assert found.column == "E"
    assert "在入职日期（2025-04-01）之前" in found.wrong()


def test_a_formula_without_a_value_is_an_error(tmp_path: Path, vocabulary: Vocabulary) -> None:
    def formula(book: Any, page: Any, row: int, column: int) -> None:
        page.write_formula(row, column, "=TODAY()", None, "")

    raw_workbook(tmp_path / "a.xlsx", {"职工花名册": table(HEADERS, [*LINE[:3], formula])})
    with pytest.raises(WorkbookError, match=r"公式，文件里没有它的结果") as caught:
        read_roster(tmp_path / "a.xlsx", on=ON, vocabulary=vocabulary)
    assert caught.value.problems[0].column == "D"


def test_a_formula_with_a_value_is_read_with_a_warning(tmp_path: Path, vocabulary: Vocabulary) -> None:
    def formula(book: Any, page: Any, row: int, column: int) -> None:
        page.write_formula(row, column, "=DATE(2025,3,1)", book.add_format({"num_format": "yyyy/m/d"}), 45717)

    raw_workbook(tmp_path / "a.xlsx", {"职工花名册": table(HEADERS, [*LINE[:3], formula])})
    case = read_roster(tmp_path / "a.xlsx", on=ON, vocabulary=vocabulary)
    assert case.case["tables"]["hire"][0]["started_on"] == "2025-03-01"
    assert [(one.column, one.row) for one in case.warnings if one.key == "formula"] == [("D", 2)]


def test_a_formula_error_is_an_error(tmp_path: Path, vocabulary: Vocabulary) -> None:
    def formula(book: Any, page: Any, row: int, column: int) -> None:
        page.write_formula(row, column, "=1/0", None, "#DIV/0!")

    raw_workbook(tmp_path / "a.xlsx", {"职工花名册": table(HEADERS, [*LINE[:3], formula])})
    with pytest.raises(WorkbookError, match=r"D 列（入职日期）.*公式错误.*#DIV/0!"):
        read_roster(tmp_path / "a.xlsx", on=ON, vocabulary=vocabulary)


def test_a_merged_header_is_an_error_that_names_the_area(tmp_path: Path, vocabulary: Vocabulary) -> None:
    def merged(book: Any, page: Any) -> None:
        table(HEADERS, LINE)(book, page)
        page.merge_range(0, 4, 0, 5, "户籍地")

    raw_workbook(tmp_path / "a.xlsx", {"职工花名册": merged})
    with pytest.raises(WorkbookError, match=r"第 1 行 E 列：表头里有合并单元格 E1:F1"):
        read_roster(tmp_path / "a.xlsx", on=ON, vocabulary=vocabulary)


def test_merged_data_cells_are_an_error(tmp_path: Path, vocabulary: Vocabulary) -> None:
    def merged(book: Any, page: Any) -> None:
        table([*HEADERS, "户籍地"], LINE, ["A2", "员工2", document("19910101", 2), "2025-05-01"])(book, page)
        page.merge_range(1, 4, 2, 4, "萧山区")

    raw_workbook(tmp_path / "a.xlsx", {"职工花名册": merged})
    with pytest.raises(WorkbookError, match=r"第 2 行 E 列：数据里有合并单元格 E2:E3"):
        read_roster(tmp_path / "a.xlsx", on=ON, vocabulary=vocabulary)


def test_a_merged_title_above_the_header_does_no_harm(tmp_path: Path, vocabulary: Vocabulary) -> None:
    def titled(book: Any, page: Any) -> None:
        table([], HEADERS, LINE)(book, page)
        page.merge_range(0, 0, 0, 3, "二〇二六年花名册")

    raw_workbook(tmp_path / "a.xlsx", {"职工花名册": titled})
    case = read_roster(tmp_path / "a.xlsx", on=ON, vocabulary=vocabulary)
    assert case.origin["person", "P0001"] == ("职工花名册", 3)


def test_a_row_of_a_thousand_columns_is_an_error(read: Read) -> None:
    found = errors(read, [HEADERS, [*LINE, *(["x"] * 1_000)]])
    assert [(one.key, one.row, one.column) for one in found] == [("too wide", 2, "IW")]


def test_more_rows_than_the_limit_are_an_error(read: Read) -> None:
    lines = [HEADERS, *([f"A{i}", f"员工{i}", document("19900101", i), "2025-04-01"] for i in range(1, 8))]
    with pytest.raises(WorkbookError, match=r"第 6 行：行数太多。应为：不超过 5 行") as caught:
        read(lines, Limits(rows=5))
    assert len(caught.value.problems) > 0


def test_missing_and_misspelt_headers_are_named_with_the_right_one(read: Read) -> None:
    found = errors(read, [["工号", "姓名", "证件号吗", "入职日期"], LINE])
    assert ("header misspelt", "C") in [(one.key, one.column) for one in found]
    assert "证件号码" in found[0].wrong()
    assert "header missing" in {one.key for one in found}


def test_a_header_twice_is_an_error_that_names_both_columns(read: Read) -> None:
    found = only_error(read, [[*HEADERS, "姓名"], [*LINE, "员工1"]])
    assert (found.column, found.seen) == ("E", "")
    assert "另一列在 B 列" in found.wrong()


def test_an_unknown_header_is_a_warning_and_its_column_is_not_read(read: Read) -> None:
    case = read([[*HEADERS, "宿舍"], [*LINE, "3-201"]])
    assert [(one.key, one.column, one.seen) for one in case.warnings if one.key.startswith("header")] == [
        ("header unknown", "E", "宿舍")
    ]


def test_a_sheet_without_a_header_row_is_an_error(read: Read) -> None:
    found = only_error(read, [["甲", "乙"], [1, 2]])
    assert found.key == "no header"
    assert "工号" in found.expected()


def test_a_misspelt_sheet_name_is_an_error_and_a_strange_sheet_only_a_warning(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    raw_workbook(tmp_path / "a.xlsx", {"职工花名测": table(HEADERS, LINE), "食堂": table(["甲"])})
    with pytest.raises(WorkbookError) as caught:
        read_roster(tmp_path / "a.xlsx", on=ON, vocabulary=vocabulary)
    found = {(one.key, one.sheet, one.severity) for one in caught.value.problems}
    assert ("sheet misspelt", "职工花名测", "error") in found
    assert ("sheet unknown", "食堂", "warning") in found
    assert ("sheet missing", "", "error") in found


def test_a_hidden_sheet_is_read_and_pointed_out(tmp_path: Path, vocabulary: Vocabulary) -> None:
    def hidden(book: Any, page: Any) -> None:
        table(HEADERS, LINE)(book, page)
        page.hide()

    raw_workbook(tmp_path / "a.xlsx", {"职工花名册": hidden})
    case = read_roster(tmp_path / "a.xlsx", on=ON, vocabulary=vocabulary)
    assert len(case.people) == 1
    assert "sheet hidden" in {one.key for one in case.warnings}


@pytest.mark.parametrize(
    ("header", "written", "key", "hint"),
    [
        ("是否参保", "可能", "bad bool", "是、否"),
        ("合同期限（月）", "三年", "bad number", "月数"),
        ("年收入（元）", "八万", "bad money", "元"),
        ("年收入（元）", -5, "bad money", "元"),
        ("技能等级", "高级技工", "bad code", "高级工"),
        ("户籍地", "火星", "bad region", "省/市"),
        ("户籍地", "浙江省杭州市肖山区", "bad region", "省/市"),
        ("参保地", "无", "no absence", "省/市"),
        ("证件类型", "学生证", "identifier", "居民身份证"),
        ("证件类型", "台胞证", "identifier", "证件类型"),
    ],
)
def test_a_cell_that_can_not_be_read_says_what_was_expected(
    read: Read, header: str, written: object, key: str, hint: str
) -> None:
    found = only_error(read, [[*HEADERS, header], [*LINE, written]])
    assert found.key == key
    assert found.row == 2
    assert hint in found.text()


def test_a_required_cell_that_is_empty_is_an_error(read: Read) -> None:
    found = only_error(read, [HEADERS, ["A1", None, LINE[2], LINE[3]]])
    assert (found.key, found.column, found.header) == ("blank", "B", "姓名")


def test_a_certificate_of_nobody_names_the_nearest_staff_number(read: Read) -> None:
    found = only_error(read, [HEADERS, LINE], 技能证书=[["工号", "发证日期"], ["A9", "2025-05-01"]])
    assert (found.sheet, found.row, found.column, found.key) == ("技能证书", 2, "A", "no such key")
    assert "A1" in found.wrong()


def test_one_certificate_number_twice_is_an_error(read: Read) -> None:
    head: list[object] = ["工号", "证书编号", "发证日期"]
    line: list[object] = ["A1", "Y00003399XR01253000001", "2025-05-01"]
    found = only_error(read, [HEADERS, LINE], 技能证书=[head, line, line])
    assert (found.key, found.row) == ("certificate twice", 3)


def test_the_form_must_be_filled_in(tmp_path: Path, vocabulary: Vocabulary) -> None:
    form = {**FORM, "所在地区": None, "统一社会信用代码": "91330100799655058C"}
    write_template(tmp_path / "a.xlsx", vocabulary, form=form, rows={"职工花名册": [worker(1)]})
    with pytest.raises(WorkbookError) as caught:
        read_roster(tmp_path / "a.xlsx", on=ON, vocabulary=vocabulary)
    assert "没有填写“所在地区”" in caught.value.text()
    assert "校验位是 C，算得 B" in caught.value.text()


def test_all_problems_are_listed_up_to_a_maximum_and_the_rest_counted(read: Read) -> None:
    lines = [HEADERS, *([f"A{i}", f"员工{i}", document("19900101", i), "某天"] for i in range(1, 31))]
    with pytest.raises(WorkbookError) as caught:
        read(lines, Limits(problems=10))
    assert len([one for one in caught.value.problems if one.severity == "error"]) == 10
    assert caught.value.more == 20
    assert caught.value.text().endswith("另有 20 处没有列出。")
    assert caught.value.text("en").endswith("and 20 more.")


def test_every_problem_reads_as_a_sentence_in_both_languages(read: Read) -> None:
    found = only_error(read, [HEADERS, ["A1", "员工1", LINE[2], "某天"]])
    assert found.text() == (
        "工作表“职工花名册” 第 2 行 D 列（入职日期）：这不是一个日期。看到“某天”，"
        "应为：日期，如 2025-03-01、2025/3/1、2025年3月1日、20250301。改法：改写成日期。"
    )
    assert found.text("en") == (
        "sheet “职工花名册”, row 2, column D（入职日期）: this is not a date. Seen: “某天”. "
        "Expected: a date such as 2025-03-01, 2025/3/1 or 20250301. To mend: write it as a date."
    )
