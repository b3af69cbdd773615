"""A person's or a firm's own papers: put in once, used in any claim; and what is kept of one's cases, until when."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huijiang.access.doors import agent, worker
from huijiang.accounts.viewers import Viewer
from huijiang.files.forms import PAPERS, PaperForm, limit
from huijiang.files.models import File, Purpose
from huijiang.files.opening import access_files
from huijiang.files.storing import NoRoom, store
from huijiang.registry.models import Organisation, Person
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 30
asks = require_http_methods(["GET", "HEAD", "POST"])


@worker
@asks
def mine(request: HttpRequest) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return _folder(request, Person.objects.select_related("managed_by").get(pk=viewer.person), "person")


@agent
@asks
def firm(request: HttpRequest) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return _folder(
        request, Organisation.objects.select_related("managed_by").get(pk=viewer.organisation), "organisation"
    )


def _folder(request: HttpRequest, holder: Any, kind: str) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = PaperForm(request.POST or None, request.FILES or None) if request.method == "POST" else PaperForm()
    status = 200
    if form.is_bound:
        if form.is_valid():
            try:
                with transaction.atomic():
                    store(form.cleaned_data["file"], viewer, f"{kind}:{holder.uid}", Purpose.OWN,
                          region=holder.managed_by_id)  # fmt: skip
            except NoRoom:
                form.add_error("file", _("系统暂时存不下新文件，已通知管理员。请稍后再试；没有保存任何内容。"))
                status = 507
            else:
                messages.success(request, _("已存入。办事时可以直接选用，不必重复上传。"))
                return redirect(request.path)
        else:
            status = 422
    page = Paginator(access_files(viewer), PER_PAGE).get_page(request.GET.get("page"))
    told = {"form": form, "page": page, "table": table_of(list(page)), "accepts": str(PAPERS), "limit": limit(), "firm": kind != "person"}  # fmt: skip
    return render(request, "files/folder.html", told, status=status)


def table_of(found: list[File]) -> Table:
    columns = [
        Column(_("文件")),
        Column(_("用途")),
        Column(_("上传时间")),
        Column(_("大小")),
        Column(_("保存至"), "state"),
    ]
    rows = [
        [
            Cell(each.name.open(), reverse("files:file", args=[each.uid]), note=str(each.blob.get_kind_display()))
            if each.blob is not None else Cell(_("已按期清除")),
            each.get_purpose_display(), f"{timezone.localtime(each.uploaded_at):%Y-%m-%d %H:%M}",
            filesizeformat(each.blob.size) if each.blob is not None else "—",
            Cell(tag=Tag(each.keep_until.isoformat(), "grey")),
        ]
        for each in found
    ]  # fmt: skip
    return Table(_("材料"), columns, rows)
