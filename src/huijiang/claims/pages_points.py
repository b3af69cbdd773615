"""Which benefits pay no certain amount yet, and what would make it one: for stewards."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.accounts.viewers import today
from huijiang.documents import library, shelf
from huijiang.documents.pages_library import about_release
from huijiang.documents.pages_releases import stewards
from huijiang.web.components.amount import grouped
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from tiaowen.compare.sums import SumRow, rows_of
from tiaowen.plan.rules import Rule
from tiaowen.vocabulary.model import Vocabulary


def open_rows(rule: Rule, vocabulary: Vocabulary) -> list[SumRow]:
    """The rows of a benefit's amount that are an interval, not a point."""
    found = rows_of(rule, vocabulary)
    return [each for each in found if each.how == "undetermined" or (each.how != "worked out" and each.low != each.high)
            or (each.how == "worked out" and _worth_open(rule))]  # fmt: skip


def _worth_open(rule: Rule) -> bool:
    return getattr(rule.amount, "kind", "exactly") != "exactly"


def ways(row: SumRow) -> list[str]:
    """What would make a row a point."""
    if row.how == "standard":
        return [_("公布标准")]
    if row.how == "undetermined":
        return [_("本地规定")]
    if row.how == "worked out":
        return [_("审定成本"), _("本地规定")]
    return [_("本地规定"), _("审定成本"), _("评审确定")]


def words_of(row: SumRow) -> str:
    """The interval as the text leaves it."""
    label = f"{row.label}：" if row.label else ""
    if row.how == "worked out":
        return label + _("按实际支出，有上限")
    if row.how == "undetermined" or (row.low == 0 and row.high is None):
        return label + (_("标准没有公布") if row.how == "standard" else _("文件没有写数"))
    if row.high is None:
        return label + _("不低于 %(low)s 元") % {"low": grouped(row.low)}
    if row.low == 0:
        return label + _("不超过 %(high)s 元") % {"high": grouped(row.high)}
    return label + _("%(low)s 元到 %(high)s 元") % {"low": grouped(row.low), "high": grouped(row.high)}


@stewards
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    held = library.current()
    columns = [
        Column(_("项目")),
        Column(_("文件所留的范围")),
        Column(_("怎样成为确定的数")),
        Column(_("现在"), "state"),
    ]
    rows = []
    for document in shelf.documents(held, today()):
        for rule in document.of_kind("benefit"):
            found = open_rows(rule, held.vocabulary)
            if not found:
                continue
            state = Tag(_("有本地规定"), "green", "check") if rule.fixed_by else Tag(_("逐件核定"), "amber")
            how = list(dict.fromkeys(word for row in found for word in ways(row)))
            rows.append([
                Cell(rule.name, reverse("documents:benefit", args=[document.plan.id, rule.id]), note=f"{document.plan.number} {rule.clause}"),
                _("；").join(words_of(row) for row in found[:4]) + ("…" if len(found) > 4 else ""), _("、").join(how), Cell(tag=state),
            ])  # fmt: skip
    return render(
        request,
        "claims/points.html",
        {"table": Table(_("金额未定的项目"), columns, rows), "count": len(rows)} | about_release(),
    )
