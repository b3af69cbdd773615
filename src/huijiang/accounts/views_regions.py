"""The tree of places with its dates and successors; it comes from the vocabulary and is changed there."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.accounts.forms_admin import RegionSearch, within_self
from huijiang.accounts.models import Grant
from huijiang.accounts.views_users import system
from huijiang.regions.models import Region
from huijiang.web.components.tables import Cell, Column, Table

PER_PAGE = 60


@system
@require_safe
def regions(request: HttpRequest) -> HttpResponse:
    form = RegionSearch(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    found = Region.objects.filter(within_self(request.viewer.paths())).select_related("parent", "successor")  # type: ignore[attr-defined]
    if told.get("q"):
        found = found.filter(Q(name__icontains=told["q"]) | Q(code=told["q"]))
    page = Paginator(found.order_by("path"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/regions.html", {"form": form, "page": page, "table": _table(list(page))})


def _table(found: list[Region]) -> Table:
    counts = dict(Grant.objects.filter(region__in=found).order_by().values_list("region").annotate(Count("id")))
    columns = [
        Column(_("名称")), Column(_("代码")), Column(_("上级")), Column(_("启用日期")), Column(_("停用日期")),
        Column(_("由谁接续")), Column(_("授权数"), "number"),
    ]  # fmt: skip
    rows = [
        [
            Cell(each.name), each.code, each.parent.name if each.parent else "—",
            each.valid_from.isoformat() if each.valid_from else "—",
            each.valid_until.isoformat() if each.valid_until else "—",
            each.successor.name if each.successor else "—", str(counts.get(each.pk, 0)),
        ]
        for each in found
    ]  # fmt: skip
    return Table(_("地区"), columns, rows)
