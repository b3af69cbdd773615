"""Pages of the data desk (role registrar): bring a file in, look at what it would do, store it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from huijiang.accounts.viewers import today
from huijiang.jobs.models import Run
from huijiang.regions.models import Region
from huijiang.registry.desk import paths_of, registrar, within
from huijiang.registry.imports import batches
from huijiang.registry.imports.faults import Fault
from huijiang.registry.imports.faults import as_workbook as faults_workbook
from huijiang.registry.imports.template import as_csv, as_workbook
from huijiang.registry.models import ImportBatch
from huijiang.registry.vocabulary import vocabulary
from huijiang.web import watching
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from huijiang.web.forms import choice
from huijiang.web.language import is_chinese

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 30
COLOURS = {
    "received": "grey", "reading": "blue", "read": "amber", "refused": "red", "applying": "blue", "applied": "green",
    "cancelled": "grey", "broken": "red",
}  # fmt: skip
STATES = {
    "received": gettext_lazy("已收到"), "reading": gettext_lazy("读取中"), "read": gettext_lazy("待确认"),
    "refused": gettext_lazy("有错误"), "applying": gettext_lazy("写入中"), "applied": gettext_lazy("已写入"),
    "cancelled": gettext_lazy("已取消"), "broken": gettext_lazy("已中断"),
}  # fmt: skip


def table_label(table: str) -> str:
    """The table's name, in the reader's language."""
    told = vocabulary().tables[table]
    return told.label if is_chinese() else table.replace("_", " ")


class UploadForm(forms.Form):
    """One file for one table of one region, as of a day."""

    table = forms.ChoiceField(label=gettext_lazy("哪张表"))
    region = forms.ChoiceField(label=gettext_lazy("由哪个地区管理"), widget=forms.Select(attrs={"lang": "zh-Hans"}))
    as_of = forms.DateField(
        label=gettext_lazy("数据日期"), help_text=gettext_lazy("这些数据截至哪一天"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    file = forms.FileField(label=gettext_lazy("文件"), max_length=200)

    def __init__(self, *args: Any, paths: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {each.code: each for each in Region.objects.filter(within(paths, ""))}
        choice(self, "table").choices = [(each, table_label(each)) for each in vocabulary().tables]
        choice(self, "region").choices = [(code, each.name) for code, each in self.regions.items()]

    def clean_as_of(self) -> dt.date:
        day: dt.date = self.cleaned_data["as_of"]
        if day > today():
            raise forms.ValidationError(_("数据日期不能晚于今天"))
        return day


def access_batches(request: HttpRequest) -> Any:
    """The batches of the registrar's regions."""
    scope = within(paths_of(request), "managed_by__")
    return ImportBatch.objects.filter(scope).select_related("managed_by", "uploaded_by")


def _batch(request: HttpRequest, uid: uuid.UUID) -> ImportBatch:
    found: ImportBatch = get_object_or_404(access_batches(request), uid=uid)
    return found


@registrar
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    batches.settle()
    page = Paginator(access_batches(request), PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("文件")), Column(_("表")), Column(_("地区")), Column(_("行数"), "number"), Column(_("上传时间")),
               Column(_("状态"), "state")]  # fmt: skip
    rows = [
        [
            Cell(each.file_name, reverse("registry:import", args=[each.uid])),
            table_label(each.table),
            each.managed_by.name,
            str(each.rows_read or ""),
            Cell(_moment(each.uploaded_at), note=each.uploaded_by.name if each.uploaded_by else ""),
            Cell(tag=_tag(each)),
        ]
        for each in page
    ]
    return render(request, "registry/imports.html", {"page": page, "table": Table(_("导入记录"), columns, rows)})


@registrar
def upload(request: HttpRequest) -> HttpResponse:
    paths = paths_of(request)
    if request.method != "POST":
        start = {"as_of": today(), "table": request.GET.get("table", "person")}
        return render(request, "registry/upload.html", _upload_page(UploadForm(initial=start, paths=paths)))
    form = UploadForm(request.POST, request.FILES, paths=paths)
    if form.is_valid():
        said = form.cleaned_data
        try:
            batch = batches.receive(
                request.user, said["table"], form.regions[said["region"]], said["as_of"], said["file"].name,  # type: ignore[arg-type]
                said["file"].chunks(),
            )  # fmt: skip
        except batches.UploadError as error:
            form.add_error("file", str(error))
        else:
            return redirect("registry:import", uid=batch.uid)
    return render(request, "registry/upload.html", _upload_page(form), status=422)


def _upload_page(form: UploadForm) -> dict[str, Any]:
    templates = [(table_label(each), reverse("registry:template", args=[each, "xlsx"]),
                  reverse("registry:template", args=[each, "csv"])) for each in vocabulary().tables]  # fmt: skip
    return {"form": form, "templates": templates}


@registrar
@require_safe
def detail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    batches.settle()
    batch = _batch(request, uid)
    under_way = batch.state in batches.UNDER_WAY
    if (ended := watching.over(request, under_way)) is not None:
        return ended
    current = Run.objects.filter(uid=batch.run).first() if batch.run else None
    faults = list(batch.faults.all()[:200])
    told = {
        "batch": batch,
        "label": table_label(batch.table),
        "tag": _tag(batch),
        "facts": _facts(batch),
        "faults": _fault_table(faults),
        "more": batch.faults.count() - len(faults),
        "under_way": under_way,
        "done": current.done if current else 0,
        "total": (current.total or batch.rows_read or 0) if current else 0,
        "earlier": batches.earlier(batch),
        "over": batch.state in batches.OVER,
    }
    return render(request, "registry/import.html", told)


def _facts(batch: ImportBatch) -> list[Fact]:
    lines = [
        (_("表"), table_label(batch.table)), (_("地区"), batch.managed_by.name), (_("来源"), batch.source),
        (_("数据日期"), date_format(batch.as_of, "Y-m-d")), (_("上传时间"), _moment(batch.uploaded_at)),
    ]  # fmt: skip
    if batch.rows_new is not None:
        lines += [(_("读到的行"), str(batch.rows_read)), (_("新增"), str(batch.rows_new)),
                  (_("变更"), str(batch.rows_changed)), (_("不变"), str(batch.rows_same)),
                  (_("有错误的行"), str(batch.rows_wrong))]  # fmt: skip
    return [Fact(label, value) for label, value in lines]


def _fault_table(faults: list[Any]) -> Table | None:
    if not faults:
        return None
    columns = [Column(_("位置")), Column(_("列")), Column(_("所见")), Column(_("应为"))]
    rows = [[_place(each.sheet, each.row), each.column, each.seen, each.expected] for each in faults]
    return Table(_("错误"), columns, rows)


def _place(sheet: str, row: int | None) -> str:
    return " ".join(each for each in (sheet, _("第 %(row)s 行") % {"row": row} if row else _("整个文件")) if each)


@registrar
@require_POST
def confirm(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    batch = _batch(request, uid)
    if not batches.confirm(request.user, batch) and batch.state == ImportBatch.State.REFUSED:  # type: ignore[arg-type]
        messages.error(request, _("文件有错误，改好后请重新上传"))
    return redirect("registry:import", uid=uid)


@registrar
@require_POST
def cancel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    batches.cancel(_batch(request, uid))
    return redirect("registry:import", uid=uid)


@registrar
@require_GET
def errors(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    batch = _batch(request, uid)
    found = [Fault(each.sheet, each.row or 0, each.column, each.seen, each.expected) for each in batch.faults.all()]
    return _file(faults_workbook(found), XLSX, f"errors-{batch.uid}.xlsx")


@registrar
@require_GET
def template_file(request: HttpRequest, table: str, kind: str) -> HttpResponse:
    if table not in vocabulary().tables or kind not in ("xlsx", "csv"):
        raise Http404
    if kind == "csv":
        return _file(as_csv(table), "text/csv; charset=utf-8", f"{table}.csv")
    return _file(as_workbook(table), XLSX, f"{table}.xlsx")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _tag(batch: ImportBatch) -> Tag:
    return Tag(str(STATES[batch.state]), COLOURS[batch.state])


def _moment(when: dt.datetime) -> str:
    return date_format(localtime(when), "Y-m-d H:i")
