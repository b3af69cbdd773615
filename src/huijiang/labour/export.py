"""The gap ranking as a table, and everything as a workbook to take away: evidence, with its base beside each figure."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from huijiang.accounts.viewers import Viewer, today
from huijiang.labour import registers, showing, surveys, totals
from huijiang.labour.comparing import shown
from huijiang.labour.figures import NAMES
from huijiang.labour.models import EmployerSurvey
from huijiang.labour.totals import Answered, Sum
from huijiang.registry.imports.template import write_cells
from huijiang.web.components.tables import Cell, Column, Table


def gaps_table(
    caption: str, rows: Sequence[Answered], ranked: Sequence[tuple[Any, Sum]], by: Callable[[Answered], Any],
    name: Callable[[Any], Cell],
) -> Table:  # fmt: skip
    """Rank, what, gap, how many firms have it, heads, rate, plans."""
    columns = [Column(_("职业（工种）")), Column(_("名次"), "number"), Column(_("缺口"), "number"), Column(_("有缺口的单位"), "number"),
               Column(_("现有"), "number"), Column(_("缺口率"), "number"), Column(_("计划招用"), "number"), Column(_("计划培训"), "number")]  # fmt: skip
    body = [
        [name(key), str(at), shown(each.get("vacancies")), str(len(totals.gap_firms(rows, key, by))), shown(each.get("heads")),
         showing.permille(each.rate), shown(each.get("planned_hires")), shown(each.get("planned_training"))]
        for at, (key, each) in enumerate(ranked, start=1)
    ]  # fmt: skip
    return Table(caption, columns, body)


def as_workbook(viewer: Viewer, survey: EmployerSurvey) -> bytes:
    """Sheets: what this is, gaps, sums, firms.  What nobody answered is an empty cell, 0 is 0.  In Chinese, as it is filed."""
    mine = surveys.access_firms(viewer, survey)
    rows, answered = totals.in_force(mine), totals.response(mine)
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "text_wrap": True})

        def sheet(name: str, header: Sequence[str], body: Sequence[Sequence[object]]) -> None:
            made_ = book.add_worksheet(name)
            made_.write_row(0, 0, header, bold)
            for number, line in enumerate(body, start=1):
                write_cells(made_, number, list(line))
            made_.set_column(0, 0, 30)
            made_.set_column(1, len(header), 14)
            made_.freeze_panes(1, 1)

        sheet("说明", ["项目", "内容"], [
            ["名称", survey.title], ["地区", survey.region.name], ["统计时点", survey.counted_on.isoformat()],
            ["填报期", f"{survey.opens_on.isoformat()} 至 {survey.closes_on.isoformat()}"], ["导出日期", today().isoformat()],
            ["应报单位", answered.asked], ["已报单位", answered.sent], ["报送率（%）", answered.rate],
            ["空格", "没有单位填报；0 是填报为没有"],
            ["缺口率（‰）", "缺口 ÷（缺口 + 现有），只算两项都填了的"],
        ])  # fmt: skip
        gaps = ["职业（工种）", "名次", "缺口人数", "有缺口的单位数", "现有人数", "缺口率（‰）", "计划招用", "计划培训"]
        by_occupation = totals.gaps(totals.summed(rows, totals.occupation))
        sheet("缺口·职业", gaps, [[name, *_gap(at, each, totals.gap_firms(rows, name, totals.occupation))]
                               for at, (name, each) in enumerate(by_occupation, start=1)])  # fmt: skip
        by_cell = totals.gaps(totals.summed(rows, totals.cell))
        sheet("缺口·职业和等级", [gaps[0], "技能等级", *gaps[1:]],
              [[*key, *_gap(at, each, totals.gap_firms(rows, key, totals.cell))] for at, (key, each) in enumerate(by_cell, start=1)])  # fmt: skip
        heads = [str(each) for each in ("现有人数", "其中参保", "其中持证", "缺口人数", "计划招用", "计划培训")]
        cells = totals.ordered(totals.summed(rows, totals.cell), survey.occupations)
        sheet("合计·职业和等级", ["职业（工种）", "技能等级", *heads, "单位数"],
              [[*key, *(each.get(name) for name in NAMES), len(each.firms)] for key, each in cells])  # fmt: skip
        for label, by in (("合计·行业", totals.industry), ("合计·镇街", totals.place)):
            found = sorted(totals.summed(rows, by).items(), key=lambda each: (-each[1].values["heads"], each[0]))
            sheet(label, ["名称", *heads, "单位数"],
                  [[key or "不明", *(each.get(name) for name in NAMES), len(each.firms)] for key, each in found])  # fmt: skip
        sheet(
            "单位",
            ["单位", "统一社会信用代码", "行业门类", "所在地", "状态", *heads, "就业登记"],
            _firms(viewer, survey, mine, rows),
        )
    return made.getvalue()


def _gap(at: int, each: Sum, firms: set[int]) -> list[object]:
    return [
        at,
        each.get("vacancies"),
        len(firms),
        each.get("heads"),
        each.rate,
        each.get("planned_hires"),
        each.get("planned_training"),
    ]


def _firms(viewer: Viewer, survey: EmployerSurvey, mine: Any, rows: Sequence[Answered]) -> list[list[object]]:
    by_firm = totals.summed(rows, lambda each: each.firm.pk)
    found = list(showing.firms_order(mine))
    registered = registers.heads_by_firm(
        viewer, [each.organisation_id for each in found], survey.counted_on, survey.occupations
    )
    body: list[list[object]] = []
    for each in found:
        sum_ = by_firm.get(each.pk, Sum())
        body.append([
            each.organisation.name, each.organisation.uscc, each.industry, each.place.name if each.place else "",
            "已报" if each.pk in by_firm else "未报", *(sum_.get(name) for name in NAMES), registered.get(each.organisation_id),
        ])  # fmt: skip
    return body
