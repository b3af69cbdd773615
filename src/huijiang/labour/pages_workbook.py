"""A firm's workbook: downloaded with what is known, uploaded, looked at, taken whole or not at all."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang import audit
from huijiang.access import doors
from huijiang.accounts.viewers import today
from huijiang.entitlements.firm import XLSX
from huijiang.files.forms import limit
from huijiang.labour import answering, comparing, registers, showing, surveys, workbook
from huijiang.labour.errors import SurveyError
from huijiang.labour.figures import FIGURES, NAMES
from huijiang.labour.forms import WorkbookForm
from huijiang.labour.models import SurveyUpload
from huijiang.labour.pages_firm import asked, asks, crumbs_of, viewer_of
from huijiang.web.components.layout import Crumb
from huijiang.web.components.tables import Cell, Column, Table

SHOWN: Final = 200


@doors.agent
@require_safe
def template(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The workbook with what stands in the draft or the last version; for who has none, with what the registers know."""
    surveyed = asked(request, uid)
    viewer, held = viewer_of(request), surveyed.survey
    answer = answering.draft_of(surveyed) or answering.newest(surveyed)
    lines = answering.lines_of(answer)
    if answer is None:
        known = registers.registered(viewer, surveyed.organisation, held.counted_on)
        lines = answering.prefilled(known, held.occupations)
    name = f"survey-{held.counted_on.isoformat()}.xlsx"
    return HttpResponse(workbook.template(surveyed, lines), content_type=XLSX,
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


@doors.agent
@asks
def upload(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Read a workbook; nothing changes yet."""
    surveyed = asked(request, uid)
    viewer, held = viewer_of(request), surveyed.survey
    bound = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = WorkbookForm(*bound)
    open_ = surveys.is_open(held, today())
    if form.is_bound and form.is_valid() and not open_:
        form.add_error("file", _("现在不在填报期内，不能上传。"))
    if form.is_bound and form.is_valid():
        sent = form.cleaned_data["file"]
        content = sent.read()
        lines, faults = workbook.read(surveyed, content)
        stored = [{"occupation": occupation, "level": level, **line} for (occupation, level), line in lines.items()]
        made = SurveyUpload.objects.create(
            surveyed=surveyed, file_name=sent.name[-200:], digest=workbook.digest(content), lines=stored, faults=faults,
            made_by=viewer.user,
        )  # fmt: skip
        audit.record(viewer.user, "labour.workbook_read", f"surveyed:{surveyed.uid}", held.region_id,
                     digest=made.digest[:16], lines=len(stored), faults=len(faults))  # fmt: skip
        return redirect("labour:survey_uploaded", uid=uid, upload=made.uid)
    return render(request, "labour/upload.html", {
        "form": form, "survey": held, "open": open_, "limit": limit(), "crumbs": crumbs_of(held, Crumb(_("工作簿"))),
    }, status=422 if form.errors else 200)  # fmt: skip


@doors.agent
@asks
def uploaded(request: HttpRequest, uid: uuid.UUID, upload: uuid.UUID) -> HttpResponse:
    """What a workbook would change, or what is wrong with it; taken by POST."""
    surveyed = asked(request, uid)
    viewer, held = viewer_of(request), surveyed.survey
    found = get_object_or_404(SurveyUpload.objects.filter(surveyed=surveyed), uid=upload)
    found.surveyed = surveyed
    error = ""
    if request.method == "POST":
        try:
            changed = answering.take(found, viewer)
        except SurveyError as refused:
            error = str(refused)
        else:
            words = (
                _("已采用，存为草稿，还没有提交。") if changed else _("没有变化：与现在的填报相同，或者已经采用过。")
            )
            messages.success(request, words)
            return redirect("labour:survey", uid=uid)
    before = answering.lines_of(answering.draft_of(surveyed) or answering.newest(surveyed))
    after = answering.lines_from(found.lines)
    changes = changes_of(before, after)
    return render(request, "labour/uploaded.html", {
        "survey": held, "upload": found, "errors": [(error, "")] if error else [], "faults": faults_table(found.faults) if found.faults else None,
        "changes": changes_table(changes[:SHOWN]) if changes else None, "count": len(changes), "more": max(len(changes) - SHOWN, 0),
        "cleared": sum(1 for key in before if key not in after), "rows": len(after), "open": surveys.is_open(held, today()),
        "crumbs": crumbs_of(held, Crumb(_("工作簿"), reverse("labour:survey_upload", args=[held.uid])), Crumb(found.file_name)),
    }, status=422 if error else 200)  # fmt: skip


Change = tuple[answering.Key, dict[str, Any], dict[str, Any]]


def changes_of(before: dict[answering.Key, answering.Line], after: dict[answering.Key, answering.Line]) -> list[Change]:
    """Lines that would not be the same: key, as it is, as it becomes."""
    found = []
    for key in dict.fromkeys([*after, *before]):
        one, two = before.get(key, {}), after.get(key, {})
        if answering.said(one) != answering.said(two):
            found.append((key, one, two))
    return found


def changes_table(changes: list[Change]) -> Table:
    columns = [
        Column(_("职业（工种）")),
        *(Column(str(each.short), "number") for each in FIGURES),
        Column(_("月工资（元）"), "number"),
    ]
    rows = []
    for (occupation, level), one, two in changes:
        cells: list[Cell | str] = [Cell(occupation, note=level)]
        for name in NAMES:
            cells.append(_changed(comparing.shown(one.get(name)), comparing.shown(two.get(name))))
        cells.append(_changed(showing.pay(one), showing.pay(two)))
        rows.append(cells)
    return Table(_("会变的行"), columns, rows)


def _changed(one: str, two: str) -> Cell:
    return Cell(two) if one == two else Cell(two, note=_("原来 %(one)s") % {"one": one}, tone="amber")


def faults_table(faults: list[dict[str, Any]]) -> Table:
    columns = [Column(_("位置")), Column(_("看到的")), Column(_("应为"))]
    rows = []
    for each in faults:
        row = _("第 %(n)s 行") % {"n": each["row"]} if each["row"] else _("整份文件")
        rows.append([Cell(row, note=each["column"]), each["seen"] or _("（空）"), each["expected"]])
    return Table(_("错误"), columns, rows)
