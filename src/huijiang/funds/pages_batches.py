"""Batch pages: build one, look at every line, freeze, sign as the second pair of eyes, export, send, drop."""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.claims.public_notice import masked, name_of
from huijiang.funds import batches, exporting
from huijiang.funds.access import access_batches, finance, readers
from huijiang.funds.bankfiles.instructions import FileError
from huijiang.funds.models import Batch, BatchSignature, Line, Payment, Source
from huijiang.funds.pages_budget import viewer_of, works
from huijiang.funds.wording import batch_tag, masked_number, money, payment_tag
from huijiang.regions.models import Region
from huijiang.web.components.lists import Event, Fact, Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.forms import choice

PER_PAGE = 50


class BuildForm(forms.Form):
    """From which source, for which place, by which day."""

    region = forms.ChoiceField(label=gettext_lazy("地区"), widget=forms.Select(attrs={"lang": "zh-Hans"}))
    source = forms.ChoiceField(label=gettext_lazy("资金来源"), widget=forms.Select(attrs={"lang": "zh-Hans"}))
    year = forms.TypedChoiceField(label=gettext_lazy("额度年度"), coerce=int, required=False, empty_value=None,
                                  help_text=gettext_lazy("上一年度已预留、还没有付的，选上一年度"))  # fmt: skip
    pay_on = forms.DateField(label=gettext_lazy("付款日期"), help_text=gettext_lazy("到期日不晚于这一天的都会进入批次"),
                             widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))  # fmt: skip

    def __init__(self, *args: Any, paths: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of = Line.objects.filter(region__in=[each.rstrip("/").rpartition("/")[2] for each in paths])
        choice(self, "region").choices = [(each.pk, each.name) for each in Region.objects.filter(
            pk__in=[each.rstrip("/").rpartition("/")[2] for each in paths])]  # fmt: skip
        choice(self, "source").choices = [
            (each.code, each.name) for each in Source.objects.filter(lines__in=of).distinct()
        ]
        years = of.order_by("-year").values_list("year", flat=True).distinct()
        choice(self, "year").choices = [(each, str(each)) for each in years if each <= today().year]


@readers
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Batches, the newest first."""
    page = Paginator(access_batches(viewer_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("批次")), Column(_("资金来源")), Column(_("付款日期")), Column(_("笔数"), "number"), Column(_("金额（元）"), "number"),
               Column(_("状态"), "state")]  # fmt: skip
    rows = [
        [Cell(each.number, reverse("funds:batch", args=[each.uid]), note=each.region.name), each.source.name, each.pay_on.isoformat(),
         str(count), money(total), Cell(tag=batch_tag(each))]
        for each in page for count, total in [_sums(each)]
    ]  # fmt: skip
    return render(
        request,
        "funds/batches.html",
        {"page": page, "table": Table(_("拨付批次"), columns, rows), "works": works(request)},
    )


@finance
def build(request: HttpRequest) -> HttpResponse:
    """Put together what may be paid."""
    paths = viewer_of(request).paths()
    form = BuildForm(request.POST or None, paths=paths, initial={"pay_on": today(), "year": today().year})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = batches.build(Region.objects.get(pk=told["region"]), Source.objects.get(code=told["source"]),
                                 request.user, year=told["year"], pay_on=told["pay_on"])  # type: ignore[arg-type]  # fmt: skip
        except batches.BatchError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("批次已建立。核对后锁定，再由另外两位签署。"))
            return redirect("funds:batch", uid=made.uid)
    return render(request, "funds/build.html", {"form": form}, status=422 if form.is_bound else 200)


def _batch(request: HttpRequest, uid: uuid.UUID) -> Batch:
    return get_object_or_404(access_batches(viewer_of(request)), uid=uid)


@readers
@require_safe
def batch(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One batch: what it holds, who signed, what may be done now."""
    return _page(request, _batch(request, uid))


def _page(request: HttpRequest, held: Batch, wrong: str = "") -> HttpResponse:
    asked = request.GET.get("state", "")
    found = held.payments.select_related(
        "account", "due__claim__payee_person", "due__claim__payee_organisation"
    ).order_by("id")
    if asked in Payment.State.values:
        found = found.filter(state=asked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    signatures = list(held.signatures.select_related("user").order_by("id"))
    able = works(request)
    kinds, why_not = _kinds(held, signatures, viewer_of(request).user) if able else ([], "")
    return render(request, "funds/batch.html", {
        "batch": held, "tag": batch_tag(held), "facts": _facts(held), "page": page, "table": _lines(page), "wrong": wrong,
        "events": _events(held, signatures), "states": _states(held, asked), "kinds": kinds, "why_not": why_not,
        "can_freeze": able and held.state == Batch.State.OPEN,
        "can_export": able and held.state in exporting.READY, "can_send": able and held.state == Batch.State.SIGNED,
        "can_drop": able and held.state in (Batch.State.OPEN, Batch.State.FROZEN, Batch.State.SIGNED), "shapes": exporting.forms(),
        "files": list(held.files.order_by("form", "part")),
    }, status=422 if wrong else 200)  # fmt: skip


def _facts(held: Batch) -> list[Fact]:
    told = [Fact(_("资金来源"), held.source.name), Fact(_("付款日期"), held.pay_on.isoformat()),
            Fact(_("付款账户"), f"{held.paying.name} {held.paying.bank} {masked_number(held.paying.number.open())}")]  # fmt: skip
    count, total = _sums(held)
    told += [Fact(_("笔数"), str(count)), Fact(_("合计"), _("%(yuan)s 元") % {"yuan": money(total)})]
    return told + ([Fact(_("内容摘要"), held.digest)] if held.frozen_at else [])


def _sums(held: Batch) -> tuple[int, int]:
    """Payments and fen: as frozen; of a batch that is being built, as it stands now."""
    if held.frozen_at:
        return held.count, held.total
    now = held.payments.aggregate(n=Count("id"), fen=Sum("amount"))
    return now["n"], int(now["fen"] or 0)


def _lines(page: Any) -> Table:
    columns = [
        Column(_("流水号")),
        Column(_("收款人")),
        Column(_("项目")),
        Column(_("金额（元）"), "number"),
        Column(_("状态"), "state"),
    ]
    rows = []
    for each in page:
        claim = each.due.claim
        payee = claim.payee_organisation.name if claim.payee_organisation else masked(claim.payee_person.name)
        kept = _("另抵扣 %(yuan)s") % {"yuan": money(each.offset)} if each.offset else each.reason
        rows.append([
            Cell(each.reference, reverse("funds:trace", args=[each.reference]), note=claim.number),
            Cell(payee, note=masked_number(each.account.number.open())), Cell(name_of(each.due.benefit), note=each.due.period),
            Cell(money(each.amount), note=kept), Cell(tag=payment_tag(each)),
        ])  # fmt: skip
    return Table(_("付款明细"), columns, rows)


def _states(held: Batch, asked: str) -> list[Tab]:
    """The lines by state, with how many each has."""
    here = reverse("funds:batch", args=[held.uid])
    counted = dict(held.payments.values_list("state").annotate(count=Count("id")).order_by())
    tabs = [Tab(_("全部"), here, sum(counted.values()), asked not in counted)]
    return tabs + [Tab(str(Payment.State(state).label), f"{here}?state={state}", counted[state], asked == state)
                   for state in Payment.State.values if state in counted]  # fmt: skip


def _events(held: Batch, signatures: list[BatchSignature]) -> list[Event]:
    told = [Event(localtime(held.made_at), _("组批"), by=held.made_by.name)]
    if held.frozen_at:
        told.append(Event(localtime(held.frozen_at), _("锁定"), automatic=True))
    told += [Event(localtime(each.at), each.get_kind_display(), by=each.user.name) for each in signatures]
    if held.sent_at and held.sent_by:
        told.append(Event(localtime(held.sent_at), _("送银行"), by=held.sent_by.name))
    if held.settled_at:
        told.append(Event(localtime(held.settled_at), _("对账完成"), automatic=True))
    return sorted(told, key=lambda each: each.at, reverse=True)


def _kinds(held: Batch, signatures: list[BatchSignature], user: User) -> tuple[list[tuple[str, str]], str]:
    """As what somebody may sign now, and where they may not at all, why."""
    if held.state != Batch.State.FROZEN:
        return [], ""
    taken = {each.kind for each in signatures}
    left = [
        (kind, str(label), batches.why_not_sign(held, user, kind))
        for kind, label in BatchSignature.Kind.choices
        if kind not in taken
    ]
    offered = [(kind, label) for kind, label, why in left if not why]
    return offered, "" if offered or not left else left[0][2]


def _step(request: HttpRequest, uid: uuid.UUID, act: Any, done: str) -> HttpResponse:
    held = _batch(request, uid)
    try:
        act(held)
    except (batches.BatchError, FileError) as error:
        held.refresh_from_db()
        return _page(request, held, str(error))
    messages.success(request, done)
    return redirect("funds:batch", uid=uid)


@finance
@require_POST
def freeze(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _step(
        request, uid, lambda held: batches.freeze(held, viewer_of(request).user), _("已锁定。请另外两位财务人员签署。")
    )


@finance
@require_POST
def sign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if kind not in BatchSignature.Kind.values:
        return _page(request, _batch(request, uid), _("请选择以什么身份签署"))
    return _step(request, uid, lambda held: batches.sign(held, viewer_of(request).user, kind), _("已签署。"))


@finance
@require_POST
def send(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _step(
        request,
        uid,
        lambda held: batches.send(held, viewer_of(request).user),
        _("已记为送银行。收到回单后在“银行回单”里上传。"),
    )


@finance
def drop(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Give up a batch, with a reason."""
    held = _batch(request, uid)
    wrong = ""
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        try:
            batches.drop(held, request.user, request.POST.get("because", ""))  # type: ignore[arg-type]
        except batches.BatchError as error:
            wrong = str(error)
        else:
            messages.success(request, _("批次已作废，其中的款项可以另组批次。"))
            return redirect("funds:batch", uid=uid)
    return render(request, "funds/drop.html", {"batch": held, "wrong": wrong}, status=422 if wrong else 200)


@finance
@require_POST
def export(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The files for the bank: one as it is, several in a zip."""
    held = _batch(request, uid)
    try:
        made = list(exporting.export(held, request.user, request.POST.get("form", "")))  # type: ignore[arg-type]
    except (batches.BatchError, FileError) as error:
        return _page(request, held, str(error))
    if not made:
        return _page(request, held, _("全部用于抵扣，没有要送银行的款项"))
    if len(made) == 1:
        name, content = made[0].row.name, made[0].content
    else:
        name, packed = f"{held.number}.zip", io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
            for each in made:
                bundle.writestr(zipfile.ZipInfo(each.row.name, date_time=(1980, 1, 1, 0, 0, 0)), each.content)
        content = packed.getvalue()
    return HttpResponse(content, content_type="application/octet-stream",
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


def moment(when: Any) -> str:
    """A moment as people here read it."""
    return date_format(localtime(when), "Y-m-d H:i") if when else ""
