"""Audit packs: asked for on the page of the office, followed while they are made, fetched part by part."""

from __future__ import annotations

import uuid
from typing import Final
from urllib.parse import quote

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huijiang import audit
from huijiang.accounts.doors import staff
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import packs
from huijiang.claims.errors import ClaimError
from huijiang.claims.models import AuditPack
from huijiang.claims.pages_desk import viewer_of
from huijiang.claims.public_notice import name_of
from huijiang.jobs.models import ENDED, State
from huijiang.jobs.queue import cancel
from huijiang.web import watching
from huijiang.web.components.tables import Cell, Column, Table

SHOWN: Final = 10
FIRST: Final = 2000
auditing = staff(*packs.AUDITS)


def asked(viewer: Viewer) -> Table | None:
    """The newest packs of a viewer."""
    rows = [
        [Cell(name_of(each.benefit), reverse("claims:pack", args=[each.uid])), str(each.year), str(each.claims),
         f"{timezone.localtime(each.asked_at):%Y-%m-%d %H:%M}", _state_of(each)]
        for each in packs.access_packs(viewer)[:SHOWN]
    ]  # fmt: skip
    columns = [
        Column(_("项目")),
        Column(_("年份")),
        Column(_("件数"), "number"),
        Column(_("提交时间")),
        Column(_("状态")),
    ]
    return Table(_("我的审计包"), columns, rows) if rows else None


def _state_of(held: AuditPack) -> str:
    """Done, being made, stopped by somebody, or broken off: four different things."""
    if held.ready_at is not None:
        return _("已做好")
    run = packs.run_of(held)
    if run is not None and run.state not in ENDED:
        return _("正在制作")
    return _("已取消") if run is not None and run.state == State.CANCELLED else _("没有做完")


@auditing
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for one; the same again leads to the one that is being made."""
    viewer, said = viewer_of(request), request.POST.get("year", "")
    year = int(said) if said.isascii() and said.isdigit() and len(said) == 4 else 0
    if not FIRST <= year <= today().year:
        messages.error(
            request, _("请填写四位数的年份，%(first)s 到 %(last)s。") % {"first": FIRST, "last": today().year}
        )
        return redirect("claims:team")
    try:
        made = packs.ask(viewer, request.POST.get("benefit", ""), year)
    except ClaimError as error:
        messages.info(request, str(error))
        return redirect("claims:team")
    return redirect("claims:pack", uid=made.uid)


def _pack(request: HttpRequest, uid: uuid.UUID) -> AuditPack:
    return get_object_or_404(packs.access_packs(viewer_of(request)), uid=uid)


@auditing
@require_safe
def pack(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """How far it is; the parts that are there."""
    held = _pack(request, uid)
    run = packs.run_of(held)
    parts = list(held.parts.select_related("file").order_by("number"))
    rows = [
        [Cell(_("第 %(n)s 卷") % {"n": each.number}, reverse("claims:pack_part", args=[held.uid, each.number]))
         if each.file.blob_id else Cell(_("第 %(n)s 卷（已到期清除）") % {"n": each.number}),
         str(each.claims), filesizeformat(each.size), each.file.keep_until.isoformat()]
        for each in parts
    ]  # fmt: skip
    columns = [Column(_("分卷")), Column(_("件数"), "number"), Column(_("大小"), "number"), Column(_("可下载到"))]
    over = run is None or run.state in ENDED
    if (ended := watching.over(request, not over)) is not None:
        return ended
    return render(request, "claims/pack.html", {
        "pack": held, "name": name_of(held.benefit), "run": run, "over": over, "under_way": not over,
        "cancelled": run is not None and run.state == State.CANCELLED,
        "table": Table(_("分卷"), columns, rows) if rows else None,
        "again": over and held.ready_at is None,
    })  # fmt: skip


@auditing
@require_POST
def cancel_pack(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = _pack(request, uid)
    run = packs.run_of(held)
    if run is not None and run.state not in ENDED:
        with transaction.atomic():
            cancel(run)
            audit.record(viewer_of(request).user, "claims.pack_cancelled", f"pack:{held.uid}")
        messages.info(request, _("已要求取消，做好的分卷仍可下载。"))
    return redirect("claims:pack", uid=uid)


@auditing
@require_safe
def part(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponseBase:
    held = _pack(request, uid)
    opened = packs.fetch(viewer_of(request), held, number)
    answer = StreamingHttpResponse(opened.chunks(), content_type="application/zip")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{packs.title(held, number)}.zip')}"
    assert opened.file.blob is not None
    answer.headers["Content-Length"] = str(opened.file.blob.size)
    return answer
