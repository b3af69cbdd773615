"""Sums that came back and are not paid again: how long they stand, and giving them back to the budget by two."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huijiang.access.humans import same
from huijiang.accounts.viewers import today
from huijiang.claims.public_notice import masked, name_of
from huijiang.funds import returned
from huijiang.funds.access import access_accounts, access_refunds, finance, readers
from huijiang.funds.models import Account, Payment, Refund, RefundLine
from huijiang.funds.pages_batches import moment
from huijiang.funds.pages_budget import WhyForm, viewer_of, works
from huijiang.funds.returned import Standing
from huijiang.funds.wording import money
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from huijiang.web.forms import choice

LATE = 30  # days after which a sum that stands is shown in amber
OLD = 90  # and in red
MOST = 500  # to choose from at once: the oldest; the others come next


class BackForm(forms.Form):
    """Which sums go back, and why they are not paid."""

    payments = forms.MultipleChoiceField(label=gettext_lazy("转回哪几笔"), widget=forms.CheckboxSelectMultiple(attrs={"lang": "zh-Hans"}))  # fmt: skip
    because = forms.CharField(
        label=gettext_lazy("为什么不再支付"), max_length=500, help_text=gettext_lazy("如：收款人注销，多次联系不上"),
        widget=forms.Textarea(attrs={"class": "input", "rows": 3, "lang": "zh-Hans"}),
    )  # fmt: skip

    def __init__(self, data: Any, found: list[Standing]) -> None:
        super().__init__(data)
        choice(self, "payments").choices = [
            (
                str(each.payment.pk),
                f"{each.payment.reference} · {_payee(each.payment)} · "
                + _("%(yuan)s 元") % {"yuan": money(each.amount)},
            )
            for each in found
        ]


def _payee(payment: Payment) -> str:
    claim = payment.due.claim
    if claim.payee_organisation is not None:
        return claim.payee_organisation.name
    return masked(claim.payee_person.name) if claim.payee_person is not None else "—"


def age(days: int) -> Tag:
    """How long a sum stands already."""
    return Tag(_("%(n)s 天") % {"n": days}, "red" if days > OLD else "amber" if days > LATE else "grey")


@readers
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every sum that stands, by the year and source that paid it, the oldest first; what was asked for and decided."""
    viewer = viewer_of(request)
    found = sorted(returned.standing(viewer.paths()), key=lambda each: (each.account, each.since, each.payment.pk))
    accounts = access_accounts(viewer).in_bulk({each.account for each in found})
    groups = []
    for pk, some in groupby(found, key=lambda each: each.account):
        account, sums = accounts[pk], list(some)
        groups.append((account, _standing(account, sums), money(sum(each.amount for each in sums)), len(sums)))
    groups.sort(key=lambda each: (each[0].year, each[0].source.code))
    refunds = list(
        access_refunds(viewer).order_by(F("decided_at").desc(nulls_first=True), "-id").prefetch_related("lines")[:MOST]
    )
    return render(request, "funds/returned.html", {
        "groups": groups, "refunds": _refunds(refunds) if refunds else None, "works": works(request), "count": len(found),
    })  # fmt: skip


def _standing(account: Account, sums: list[Standing]) -> Table:
    columns = [Column(_("流水号")), Column(_("收款人")), Column(_("金额（元）"), "number"), Column(_("退回日期")), Column(_("原因")),
               Column(_("已停留"), "state")]  # fmt: skip
    on, dues = today(), [each.payment.due_id for each in sums]
    asked = _asked(account)
    batched = set(Payment.objects.filter(due__in=dues, state=Payment.State.PREPARED).values_list("due_id", flat=True))
    rows = []
    for each in sums[:MOST]:
        note = _("已提出转回") if each.payment.pk in asked else _stands(each.payment, each.payment.due_id in batched)
        rows.append([
            Cell(each.payment.reference, reverse("funds:trace", args=[each.payment.reference]), note=each.payment.due.claim.number or ""),
            Cell(_payee(each.payment), note=name_of(each.payment.due.benefit)), money(each.amount), each.since.isoformat(),
            Cell(each.payment.reason or "—", note=note), Cell(tag=age(each.days(on))),
        ])  # fmt: skip
    return Table(f"{account.source.name} {account.year}", columns, rows)


def _asked(account: Account) -> set[int]:
    """The payments of which somebody asked already that they go back."""
    found = RefundLine.objects.filter(refund__account=account, refund__decided_by=None)
    return set(found.values_list("payment_id", flat=True))


def _stands(payment: Payment, batched: bool) -> str:
    """What happens to a due whose money came back."""
    if payment.due.cancelled_at is not None:
        return _("应付已撤销")
    if batched:
        return _("重付在批次中")
    return _("已换账户，等待重付") if payment.due.claim.account_id != payment.account_id else _("等待收款人改账户")


def _refunds(found: list[Refund]) -> Table:
    columns = [
        Column(_("提出时间")),
        Column(_("由谁提出")),
        Column(_("笔数"), "number"),
        Column(_("金额（元）"), "number"),
        Column(_("状态"), "state"),
    ]
    rows = []
    for each in found:
        lines = [line.amount for line in each.lines.all()]
        rows.append([
            Cell(moment(each.asked_at)[:10], reverse("funds:refund", args=[each.uid]), note=f"{each.account.source.name} {each.account.year}"),
            each.asked_by.name, str(len(lines)), money(sum(lines)), Cell(tag=tag(each)),
        ])  # fmt: skip
    return Table(_("退票转回"), columns, rows, show_caption=True)


def tag(refund: Refund) -> Tag:
    if refund.entry_id is not None:
        return Tag(_("已转回"), "green", "check")
    return Tag(_("没有同意"), "grey") if refund.decided_by_id else Tag(_("待另一人决定"), "amber", "clock")


@finance
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that some of an account's sums go back to the budget."""
    account = get_object_or_404(access_accounts(viewer_of(request)).filter(kind=Account.Kind.RETURNED), pk=pk)
    asked = _asked(account)
    found = [each for each in returned.in_account(account) if each.payment.pk not in asked][:MOST]
    form = BackForm(request.POST if request.method == "POST" else None, found)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            made = returned.ask(
                account, [int(each) for each in told["payments"]], viewer_of(request).user, told["because"]
            )
        except returned.ReturnedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提出。由另一位财务人员决定。"))
            return redirect("funds:refund", uid=made.uid)
    return render(request, "funds/back.html", {"account": account, "form": form, "any": bool(found)},
                  status=422 if form.is_bound else 200)  # fmt: skip


@readers
@require_safe
def refund(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One proposal: what would go back, why, and what became of it."""
    return _page(request, get_object_or_404(access_refunds(viewer_of(request)), uid=uid))


def _page(request: HttpRequest, held: Refund, form: forms.Form | None = None, wrong: str = "") -> HttpResponse:
    lines = list(held.lines.select_related(
        "payment__batch", "payment__due__claim__payee_person", "payment__due__claim__payee_organisation"))  # fmt: skip
    columns = [Column(_("流水号")), Column(_("收款人")), Column(_("退回日期")), Column(_("金额（元）"), "number")]
    rows = [
        [Cell(each.payment.reference, reverse("funds:trace", args=[each.payment.reference]), note=each.payment.due.claim.number or ""),
         Cell(_payee(each.payment), note=name_of(each.payment.due.benefit)), (each.payment.settled_on or today()).isoformat(), money(each.amount)]
        for each in lines
    ]  # fmt: skip
    facts = [
        Fact(_("资金"), f"{held.account.source.name} {held.account.year}"), Fact(_("地区"), held.account.region.name),
        Fact(_("金额"), _("%(yuan)s 元") % {"yuan": money(sum(each.amount for each in lines))}), Fact(_("理由"), held.because),
        Fact(_("由谁提出"), f"{held.asked_by.name} {moment(held.asked_at)}"),
    ]  # fmt: skip
    if held.decided_by:
        facts.append(Fact(_("决定"), f"{held.decided_by.name} {moment(held.decided_at)}"))
    if held.dropped_because:
        facts.append(Fact(_("不同意的理由"), held.dropped_because))
    able = works(request) and held.decided_by_id is None
    own = able and same(viewer_of(request).user, held.asked_by)
    return render(request, "funds/refund.html", {
        "refund": held, "tag": tag(held), "facts": facts, "table": Table(_("转回的款项"), columns, rows), "wrong": wrong,
        "form": form or WhyForm(), "can_agree": able and not own, "own": own, "open": able,
    }, status=422 if wrong or form is not None else 200)  # fmt: skip


@finance
@require_POST
def agree(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_refunds(viewer_of(request)), uid=uid)
    try:
        returned.agree(held, viewer_of(request).user)
    except returned.ReturnedError as error:
        return _page(request, held, wrong=str(error))
    messages.success(request, _("已转回原年度预算，记了一张凭证。"))
    return redirect("funds:refund", uid=uid)


@finance
@require_POST
def decline(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_refunds(viewer_of(request)), uid=uid)
    form = WhyForm(request.POST)
    if form.is_valid():
        try:
            returned.decline(held, viewer_of(request).user, form.cleaned_data["because"])
        except returned.ReturnedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("没有转回，款项留在退票待处理。"))
            return redirect("funds:refund", uid=uid)
    return _page(request, held, form)
