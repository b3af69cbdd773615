"""The nights that ran: for those who keep the system and those who read its figures."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.access.law import in_scope
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer
from huijiang.entitlements.models import NightlyRun
from huijiang.web.components.figures import thousands
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 30


@staff(Role.SYSTEM_ADMIN, Role.ANALYST)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The newest first: day, region, how many results began, ended, stayed."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    nights = NightlyRun.objects.filter(in_scope(viewer.paths(), "region")).select_related("region")
    page = Paginator(nights, PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("判断日期")), Column(_("地区")), Column(_("人数"), "number"), Column(_("新增结果"), "number"),
               Column(_("消失结果"), "number"), Column(_("不变结果"), "number"), Column(_("状态"), "state")]  # fmt: skip
    rows = [
        [Cell(each.on.isoformat(), note=_("数据截至 %(at)s") % {"at": f"{localtime(each.snapshot_at):%m-%d %H:%M}"}), each.region.name,
         *(thousands(figure) for figure in (each.people, each.opened, each.closed, each.kept)),
         Cell(tag=Tag(_("完成"), "green") if each.ended_at else Tag(_("没有完成"), "red"))]
        for each in page
    ]  # fmt: skip
    return render(request, "entitlements/nights.html", {"page": page, "table": Table(_("夜间计算"), columns, rows)})
