"""Taking over from spreadsheets: upload past payments, reconcile them, run the rules beside them."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huijiang.access.humans import same
from huijiang.claims.public_notice import masked, name_of
from huijiang.funds import past_events, takeover
from huijiang.funds.access import access_past, finance, readers
from huijiang.funds.bankfiles.instructions import FileError
from huijiang.funds.models import PastFile, PastPayment
from huijiang.funds.pages_batches import moment
from huijiang.funds.pages_budget import MoneyField, viewer_of, works
from huijiang.funds.wording import money
from huijiang.jobs import enqueue
from huijiang.jobs.models import Run
from huijiang.regions.models import Region
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from huijiang.web.forms import choice

PER_PAGE = 50
SHOWN = 100
MOST_EVENTS = 200  # to choose from; of more the books have to say the number or the day
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PastForm(forms.Form):
    """A workbook, and what the office's own books come to."""

    region = forms.ChoiceField(label=gettext_lazy("地区"), widget=forms.Select(attrs={"lang": "zh-Hans"}))
    said_total = MoneyField(label=gettext_lazy("单位账面合计（元）"), max_length=24, help_text=gettext_lazy("用来核对，不影响导入"),
                            widget=forms.TextInput(attrs={"class": "input", "inputmode": "decimal"}))  # fmt: skip
    file = forms.FileField(label=gettext_lazy("历史发放工作簿"), max_length=200)

    def __init__(self, *args: Any, paths: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice(self, "region").choices = [(each.pk, each.name) for each in Region.objects.filter(
            pk__in=[each.rstrip("/").rpartition("/")[2] for each in paths])]  # fmt: skip


@readers
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    page = Paginator(access_past(viewer_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("文件")),
        Column(_("接管")),
        Column(_("笔数"), "number"),
        Column(_("金额（元）"), "number"),
        Column(_("状态"), "state"),
    ]
    rows = [
        [Cell(each.name, reverse("funds:past", args=[each.uid]), note=each.region.name), Cell(moment(each.taken_at), note=each.taken_by.name),
         str(each.rows), money(each.total), Cell(tag=_tag(each))]
        for each in page
    ]  # fmt: skip
    return render(
        request,
        "funds/past_files.html",
        {"page": page, "table": Table(_("历史发放"), columns, rows), "works": works(request)},
    )


def _tag(file: PastFile) -> Tag:
    return Tag(_("已确认"), "green", "check") if file.confirmed_at else Tag(_("待另一人确认"), "amber", "clock")


@finance
def upload(request: HttpRequest) -> HttpResponse:
    """Take a workbook, whole or not at all."""
    form = PastForm(request.POST or None, request.FILES or None, paths=viewer_of(request).paths())
    faults: tuple[takeover.Fault, ...] = ()
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = takeover.take(
                told["file"],
                told["file"].name,
                Region.objects.get(pk=told["region"]),
                told["said_total"],
                viewer_of(request).user,
            )
        except takeover.Refused as error:
            faults = error.faults
        except FileError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("已导入。请另一位核对后确认。"))
            return redirect("funds:past", uid=made.uid)
    columns = [Column(_("行"), "number"), Column(_("列")), Column(_("看到的")), Column(_("应为"))]
    rows = [[str(each.row), each.column, each.seen[:40], each.expected] for each in faults[:SHOWN]]
    return render(request, "funds/past_upload.html", {
        "form": form, "faults": Table(_("有误的格子"), columns, rows) if faults else None, "count": len(faults), "errors": bool(faults),
    }, status=422 if form.is_bound else 200)  # fmt: skip


@finance
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    return HttpResponse(takeover.template(), content_type=XLSX,
                        headers={"Content-Disposition": 'attachment; filename="past-payments.xlsx"'})  # fmt: skip


@readers
@require_safe
def past(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One file: its totals against the office's own, and the parallel run."""
    held = get_object_or_404(access_past(viewer_of(request)), uid=uid)
    columns = [
        Column(_("项目")),
        Column(_("年度"), "number"),
        Column(_("笔数"), "number"),
        Column(_("金额（元）"), "number"),
        Column(_("没有找到事由"), "number"),
    ]
    rows = [[Cell(name_of(each.benefit)), str(each.year), str(each.count), money(each.amount), str(each.without_event)]
            for each in takeover.reconciliation(held)]  # fmt: skip
    gap = held.total - held.said_total
    facts = [
        Fact(_("笔数"), str(held.rows)), Fact(_("合计"), _("%(yuan)s 元") % {"yuan": money(held.total)}),
        Fact(_("单位账面合计"), _("%(yuan)s 元") % {"yuan": money(held.said_total)}),
        Fact(_("差额"), _("%(yuan)s 元") % {"yuan": money(gap)}, tag=Tag(_("一致"), "green") if gap == 0 else Tag(_("不一致"), "red")),
        Fact(_("导入"), f"{held.taken_by.name} {moment(held.taken_at)}"),
        Fact(_("确认人"), f"{held.confirmed_by.name} {moment(held.confirmed_at)}" if held.confirmed_by else "—"),
    ]  # fmt: skip
    waits = works(request) and not held.confirmed_at
    own = same(viewer_of(request).user, held.taken_by)
    run = Run.objects.filter(kind="funds.parallel", arguments__file=str(held.uid)).order_by("-asked_at").first()
    return render(request, "funds/past.html", {
        "file": held, "tag": _tag(held), "facts": facts, "table": Table(_("按项目和年度"), columns, rows, show_caption=True), "run": run,
        "confirms": waits and not own, "own": waits and own, "works": works(request),
        "different": _different(run), "result": run.result if run else None, "unplaced": _unplaced(held) if works(request) else None,
    })  # fmt: skip


def _different(run: Run | None) -> Table | None:
    """What the parallel run found to differ."""
    found = (run.result or {}).get("different", []) if run else []
    if not found:
        return None
    columns = [
        Column(_("位置")),
        Column(_("项目")),
        Column(_("已发（元）"), "number"),
        Column(_("按规则（元）"), "number"),
        Column(_("差在哪里")),
    ]
    rows = [
        [each["place"], name_of(each["benefit"]), money(each["paid"]), each["rule"], each["why"]]
        for each in found[:SHOWN]
    ]
    return Table(_("与规则不一致的"), columns, rows)


def _unplaced(held: PastFile) -> Table | None:
    """Payments whose event was not found: nothing keeps those from being paid again."""
    found = held.payments.filter(holder="").select_related("person", "organisation").order_by("pk")[:SHOWN]
    columns = [
        Column(_("位置")),
        Column(_("收款人")),
        Column(_("项目")),
        Column(_("所属期")),
        Column(_("金额（元）"), "number"),
    ]
    rows = [
        [Cell(each.place, reverse("funds:past_event", args=[held.uid, each.pk])), _payee(each), name_of(each.benefit),
         each.period or "—", money(each.amount)]
        for each in found
    ]  # fmt: skip
    return Table(_("没有找到事由的，定了才不会重复发放"), columns, rows, show_caption=True) if rows else None


def _payee(each: PastPayment) -> str:
    return each.organisation.name if each.organisation else masked(each.person.name) if each.person else "—"


class EventForm(forms.Form):
    """Which event a past payment was for."""

    holder = forms.ChoiceField(label=gettext_lazy("登记里的事由"), widget=forms.RadioSelect(attrs={"lang": "zh-Hans"}))

    def __init__(self, data: Any, events: list[past_events.Event]) -> None:
        super().__init__(data)
        choice(self, "holder").choices = [(each.holder, each.words) for each in events[:MOST_EVENTS]]


@finance
def event(request: HttpRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """Say for which event a past payment was."""
    held = get_object_or_404(access_past(viewer_of(request)), uid=uid)
    payment = get_object_or_404(held.payments.select_related("file", "person", "organisation", "source"), pk=pk)
    found = past_events.of(payment)
    form = EventForm(request.POST if request.method == "POST" else None, found)
    if form.is_bound and form.is_valid():
        try:
            past_events.place(payment, form.cleaned_data["holder"], viewer_of(request).user)
        except ValueError as error:
            form.add_error("holder", str(error))
        else:
            messages.success(request, _("已定。这一期不会再发。"))
            return redirect("funds:past", uid=uid)
    here = next((each.words for each in found if each.holder == payment.holder), payment.holder)
    facts = [
        Fact(_("位置"), payment.place), Fact(_("收款人"), _payee(payment)), Fact(_("项目"), name_of(payment.benefit)),
        Fact(_("所属期"), payment.period or "—"), Fact(_("金额"), _("%(yuan)s 元") % {"yuan": money(payment.amount)}),
        Fact(_("发放日期"), payment.paid_on.isoformat()), Fact(_("资金来源"), payment.source.name),
        Fact(_("原凭证号"), payment.voucher or "—"), *([Fact(_("事由"), here)] if payment.holder else []),
    ]  # fmt: skip
    return render(request, "funds/past_event.html", {
        "file": held, "facts": facts, "form": form, "open": not payment.holder, "any": not payment.holder and found,
    }, status=422 if form.is_bound else 200)  # fmt: skip


@finance
@require_POST
def confirm(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_past(viewer_of(request)), uid=uid)
    try:
        takeover.confirm(held, request.user)  # type: ignore[arg-type]
    except ValueError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已确认。"))
    return redirect("funds:past", uid=uid)


@finance
@require_POST
def parallel(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Run the rules beside what the office paid, as a job."""
    held = get_object_or_404(access_past(viewer_of(request)), uid=uid)
    enqueue("funds.parallel", actor=request.user, region=held.region_id, unique=str(held.uid), file=str(held.uid))  # type: ignore[arg-type]
    messages.success(request, _("已开始比对，完成后在这一页看结果。"))
    return redirect("funds:past", uid=uid)
