"""Closing a period of a dry pro-rata line: what each gets, two signatures, or given up."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huijiang.claims.public_notice import masked, name_of
from huijiang.funds import sharing
from huijiang.funds.access import access_closings, access_lines, finance, readers
from huijiang.funds.models import Closing, Line
from huijiang.funds.pages_budget import viewer_of, works
from huijiang.funds.wording import line_name, money
from huijiang.web.components.lists import Event, Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 50
COLOURS = {"open": "amber", "applied": "green", "dropped": "grey"}


class CloseForm(forms.Form):
    """By which document money is shared."""

    document = forms.CharField(
        label=gettext_lazy("按比例发放的依据"), max_length=200, help_text=gettext_lazy("文号和条款，写入告知书"),
        widget=forms.TextInput(attrs={"class": "input", "lang": "zh-Hans"}),
    )  # fmt: skip


def percent(money_: int, asked: int) -> str:
    """`33.33%`, rounded down."""
    part = money_ * 10_000 // asked
    return f"{part // 100}.{part % 100:02d}%"


def tag(closing: Closing) -> Tag:
    return Tag(closing.get_state_display(), COLOURS[closing.state], "clock" if closing.state == "open" else "")


@finance
def close(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What would be shared, and the document by which; then the portions are computed."""
    held = get_object_or_404(access_lines(viewer_of(request)), uid=uid)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = sharing.compute(held, request.user, form.cleaned_data["document"])  # type: ignore[arg-type]
        except sharing.SharingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已算好每一笔。请另外两位财务人员核对并签署。"))
            return redirect("funds:closing", uid=made.uid)
    waiting = sharing.waiting_on(held)
    asked = sum(each.due.amount for each in waiting)
    facts = [
        Fact(_("额度"), f"{line_name(held)} {held.year}"), Fact(_("等待的"), _("%(n)s 笔，应发 %(yuan)s 元") % {"n": len(waiting), "yuan": money(asked)}),
        Fact(_("可分配"), _("%(yuan)s 元") % {"yuan": money(held.free)}), Fact(_("按比例发放后"), held.get_rest_display()),
    ]  # fmt: skip
    if asked > held.free > 0:
        facts.insert(3, Fact(_("比例"), percent(held.free, asked)))
    return render(request, "funds/close.html", {"line": held, "name": line_name(held), "facts": facts, "form": form},
                  status=422 if form.errors else 200)  # fmt: skip


@readers
@require_safe
def closing(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _page(request, get_object_or_404(access_closings(viewer_of(request)), uid=uid))


def _page(request: HttpRequest, held: Closing, wrong: str = "") -> HttpResponse:
    found = held.portions.select_related("due__claim__payee_person", "due__claim__payee_organisation").order_by("id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    signatures = list(held.signatures.select_related("user").order_by("id"))
    able = works(request) and held.state == Closing.State.OPEN
    why_not = sharing.why_not_sign(held, viewer_of(request).user) if able else ""
    facts = [
        Fact(_("可分配"), _("%(yuan)s 元") % {"yuan": money(held.money)}), Fact(_("应发合计"), _("%(yuan)s 元") % {"yuan": money(held.asked)}),
        Fact(_("比例"), percent(held.money, held.asked)), Fact(_("笔数"), str(held.count)), Fact(_("按比例发放后"), held.get_rest_display()),
        Fact(_("依据"), held.document), Fact(_("内容摘要"), held.digest),
    ]  # fmt: skip
    if held.dropped_because:
        facts.append(Fact(_("作废原因"), held.dropped_because))
    events = [Event(localtime(held.made_at), _("计算"), by=held.made_by.name),
              *(Event(localtime(each.at), _("签署"), by=each.user.name) for each in signatures)]  # fmt: skip
    if held.applied_at:
        events.append(Event(localtime(held.applied_at), _("落实资金"), automatic=True))
    return render(request, "funds/closing.html", {
        "closing": held, "name": line_name(held.line), "tag": tag(held), "facts": facts, "page": page, "table": _portions(page),
        "events": sorted(events, key=lambda each: each.at, reverse=True), "can_sign": able and not why_not, "why_not": why_not,
        "can_drop": able, "wrong": wrong,
    }, status=422 if wrong else 200)  # fmt: skip


def _portions(page: Any) -> Table:
    columns = [Column(_("受理编号")), Column(_("收款人")), Column(_("依据")), Column(_("应发（元）"), "number"), Column(_("本次发放（元）"), "number"),
               Column(_("其余（元）"), "number")]  # fmt: skip
    rows = []
    for each in page:
        claim = each.due.claim
        payee = claim.payee_organisation.name if claim.payee_organisation else masked(claim.payee_person.name)
        rows.append([
            Cell(claim.number or "", note=each.due.period or each.due.label), Cell(payee, note=name_of(claim.benefit)), each.clause,
            money(each.asked), money(each.share), money(each.asked - each.share),
        ])  # fmt: skip
    return Table(_("每一笔"), columns, rows)


@finance
@require_POST
def sign(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_closings(viewer_of(request)), uid=uid)
    try:
        done = sharing.sign(held, request.user)  # type: ignore[arg-type]
    except sharing.SharingError as error:
        return _page(request, held, str(error))
    applied = done.state == Closing.State.APPLIED
    messages.success(request, _("两人已签署，资金已落实，告知书在出具。") if applied else _("已签署，还要另一位。"))
    return redirect("funds:closing", uid=uid)


@finance
def drop(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Given up, with the reason."""
    held = get_object_or_404(access_closings(viewer_of(request)), uid=uid)
    wrong = ""
    if request.method == "POST":
        try:
            sharing.drop(held, request.user, request.POST.get("because", ""))  # type: ignore[arg-type]
        except sharing.SharingError as error:
            wrong = str(error)
        else:
            messages.success(request, _("已作废，没有改变任何人的金额。"))
            return redirect("funds:line", uid=held.line.uid)
    return render(request, "funds/drop_closing.html", {"closing": held, "wrong": wrong}, status=422 if wrong else 200)


def closings_of(line: Line) -> Table:
    """What was shared out of a line, the newest first."""
    columns = [Column(_("计算时间")), Column(_("可分配（元）"), "number"), Column(_("应发（元）"), "number"), Column(_("比例"), "number"),
               Column(_("状态"), "state")]  # fmt: skip
    rows = [
        [Cell(f"{localtime(each.made_at):%Y-%m-%d}", reverse("funds:closing", args=[each.uid]), note=each.document), money(each.money),
         money(each.asked), percent(each.money, each.asked), Cell(tag=tag(each))]
        for each in line.closings.order_by("-id")
    ]  # fmt: skip
    return Table(_("按比例发放"), columns, rows, show_caption=True)
