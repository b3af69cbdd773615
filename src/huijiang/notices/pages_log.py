"""The log of delivery for those who keep the gateways: what waits, what failed and why.  No words, no addresses."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.notices.models import Delivery
from huijiang.notices.pages_inbox import state_of, tag_of
from huijiang.notices.wording import wordings
from huijiang.web.components.lists import Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.language import language

PER_PAGE = 40
WAITING = Q(why="", outcome="")
FAILED = Q(outcome="failed")


@staff(Role.SYSTEM_ADMIN)
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    """Of the accounts that are managed within the administrator's regions, and of those without one."""
    paths = request.viewer.paths()  # type: ignore[attr-defined]
    mine = Q(user=None)
    for path in paths:
        mine |= Q(user__managed_by__path__startswith=path)
    every = Delivery.objects.filter(mine).select_related("notice", "message")
    which = request.GET.get("state", "")
    found = {"waiting": every.filter(WAITING), "failed": every.filter(FAILED)}.get(which, every)
    tabs = [
        Tab(_("全部"), "?", None, which not in ("waiting", "failed")),
        Tab(_("等待发送"), "?state=waiting", every.filter(WAITING).count(), which == "waiting"),
        Tab(_("失败"), "?state=failed", every.filter(FAILED).count(), which == "failed"),
    ]
    page = Paginator(found.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("时间")), Column(_("消息")), Column(_("渠道")), Column(_("结果")), Column(_("类别"), "state")]
    rows = [
        [f"{timezone.localtime(each.not_before):%Y-%m-%d %H:%M}", _kind(each.notice.template), str(each.get_channel_display()),
         state_of(each), Cell(tag=tag_of(each.notice))]
        for each in page
    ]  # fmt: skip
    return render(
        request, "notices/deliveries.html", {"page": page, "tabs": tabs, "table": Table(_("发送记录"), columns, rows)}
    )


def _kind(template: str) -> Cell:
    """By its title; by its name where this version writes no such message any more."""
    known = wordings().get(template)
    return Cell(known.kind(language()) if known else template)
