"""All answers as a workbook: a sheet per state, no formulas, no links."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tiaowen.evaluate.answers import Answers
from tiaowen.report.money import yuan
from tiaowen.report.names import Names

SHEETS: Final = {
    "entitled": "可以申领", "unknown": "补信息后可判断", "excluded": "不重复享受与封顶", "refused": "暂不符合",
    "not in force": "不在有效期",
}  # fmt: skip
HEADERS: Final = (
    "项目", "文号", "条款", "收款", "谁", "事由日期", "至少（元）", "至多（元）", "到今天至少（元）", "到今天至多（元）",
    "卡在或等什么", "名册位置",
)  # fmt: skip
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": False,
}


def write_results(path: Path, answers: Answers, names: Names) -> None:
    """Write every benefit's answers, one a row, exact amounts as text; `—` is an open end.

    Raises OSError when the file can't be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(path), _OPTIONS)
    bold = book.add_format({"bold": True, "text_wrap": True})
    sheets: dict[str, Any] = {}
    at: dict[str, int] = {}
    for outcome, title in SHEETS.items():
        sheet = sheets[outcome] = book.add_worksheet(title)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 9, 16)
        sheet.set_column(10, 11, 36)
        sheet.write_row(0, 0, HEADERS, bold)
        at[outcome] = 1
    for answer in answers:
        sheet = sheets.get(answer.outcome)
        if answer.rule.kind != "benefit" or sheet is None:
            continue
        line = answer.lines[0]
        wanted = False if answer.outcome in ("refused", "not in force") else None
        waits = "、".join(check.label for check in answer.checks if check.outcome is wanted)
        values = (
            answer.rule.name, answer.document.number, answer.rule.clause, names.show(answer.payee), names.holder(answer),
            str(line.date or ""), yuan(answer.low), "—" if answer.high is None else yuan(answer.high),
            yuan(answer.due_low), "—" if answer.due_high is None else yuan(answer.due_high), waits,
            names.place(line.row) if line.row is not None else "",
        )  # fmt: skip
        for column, value in enumerate(values):
            sheet.write_string(at[answer.outcome], column, neutral(value))
        at[answer.outcome] += 1
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula, also after saving it as CSV."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
