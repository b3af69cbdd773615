"""What a worker or a firm sees of money: what arrived, from which fund, by which clause, and a proof of it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, OuterRef, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.access import doors
from huijiang.accounts.viewers import Capacity
from huijiang.claims.public_notice import name_of
from huijiang.funds.access import access_payments
from huijiang.funds.letter_tasks import letters_of
from huijiang.funds.models import Payment
from huijiang.funds.pages_budget import viewer_of
from huijiang.funds.wording import clause_of, masked_number, money, payment_tag, transfer_lines
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table

PER_PAGE = 30
SHOWN = (Payment.State.SENT, Payment.State.PAID, Payment.State.REJECTED, Payment.State.RETURNED)


def _listed(request: HttpRequest, proof: str, lead: str) -> HttpResponse:
    every = access_payments(viewer_of(request)).filter(state__in=SHOWN)
    of = Payment.objects.filter(transfer=OuterRef("transfer"), batch=OuterRef("batch")).order_by().values("transfer")
    found = every.filter(reference=F("transfer")).annotate(
        whole=Subquery(of.annotate(sum=Sum("amount")).values("sum")), kept=Subquery(of.annotate(sum=Sum("offset")).values("sum")),
        lines=Subquery(of.annotate(count=Count("id")).values("count")), until=Subquery(of.annotate(last=Max("due__period")).values("last")),
    ).order_by("-id")  # fmt: skip
    page: Page[Any] = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("项目")),
        Column(_("所属期")),
        Column(_("金额（元）"), "number"),
        Column(_("到账日期")),
        Column(_("状态"), "state"),
    ]
    rows = [
        [Cell(name_of(each.due.benefit), reverse(proof, args=[each.reference]), note=each.due.claim.number or ""),
         _periods(each.due.period, each.until, each.lines), Cell(money(each.whole), note=_("另抵扣 %(yuan)s") % {"yuan": money(each.kept)} if each.kept else ""),
         each.settled_on.isoformat() if each.settled_on and each.state == Payment.State.PAID else "—", Cell(tag=payment_tag(each))]
        for each in page
    ]  # fmt: skip
    total = sum(every.filter(state=Payment.State.PAID).values_list("amount", flat=True))
    return render(
        request,
        "funds/mine.html",
        {"page": page, "table": Table(_("到账记录"), columns, rows), "total": money(total), "lead": lead},
    )


def _periods(since: str, until: str, lines: int) -> Cell:
    if lines == 1:
        return Cell(since or _("一次性"))
    return Cell(_("%(since)s 至 %(until)s") % {"since": since, "until": until} if since else _("一次性"),
                note=_("%(n)s 期一次付") % {"n": lines})  # fmt: skip


@doors.worker
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What a person was paid."""
    return _listed(request, "funds:my_payment", _("系统替您记着每一笔：从哪项资金来，依据哪一条。"))


@doors.agent
@require_safe
def of_firm(request: HttpRequest) -> HttpResponse:
    """What an organisation was paid."""
    return _listed(request, "funds:org_payment", _("本单位收到的每一笔：从哪项资金来，依据哪一条。"))


def _owed(payment: Payment) -> list[Fact]:
    """What is being taken back of it, with the letter that says why and how to object."""
    found = []
    for each in payment.recoveries.order_by("id"):
        found.append(
            Fact(
                _("应退回"),
                _("%(yuan)s 元，%(state)s") % {"yuan": money(each.amount), "state": each.get_state_display()},
            )
        )
        found += [Fact(letter.get_kind_display(), letter.number, change=reverse("letters:letter", args=[letter.uid]), change_label=_("打开"))
                  for letter in letters_of(each)]  # fmt: skip
    return found


def _proof(request: HttpRequest, reference: str, back: str) -> HttpResponse:
    payment = get_object_or_404(access_payments(viewer_of(request)).filter(state__in=SHOWN), reference=reference)
    claim = payment.due.claim
    person, firm = claim.payee_person, claim.payee_organisation
    facts = [
        Fact(_("收款人"), person.name if person else firm.name if firm else ""), Fact(_("项目"), name_of(claim.benefit)),
        Fact(_("依据"), clause_of(claim.benefit)), Fact(_("受理编号"), claim.number or ""), Fact(_("所属期"), payment.due.period or _("一次性")),
        Fact(_("金额"), _("%(yuan)s 元") % {"yuan": money(payment.amount)}), Fact(_("资金来源"), payment.batch.source.name),
        Fact(_("到账账户"), f"{payment.account.bank} {masked_number(payment.account.number.open())}"), Fact(_("付款流水号"), payment.reference),
        Fact(_("银行流水号"), payment.bank_reference or "—"),
        Fact(_("到账日期"), payment.settled_on.isoformat() if payment.settled_on else "—"),
    ]  # fmt: skip
    if payment.offset and payment.recovery:
        facts.append(Fact(_("抵扣"), _("%(yuan)s 元用于退还多付的款项") % {"yuan": money(payment.offset)}))
    lines = [{"reference": each.reference, "period": each.due.period, "label": each.due.label, "amount": each.amount, "offset": each.offset}
             for each in Payment.objects.filter(transfer=payment.transfer).select_related("due").order_by("due__due_on", "id")]  # fmt: skip
    proof = "funds:my_payment" if viewer_of(request).capacity is Capacity.WORKER else "funds:org_payment"
    return render(request, "funds/proof.html", {
        "lines": transfer_lines(lines, reference, proof), "back_to_pay": _owed(payment),
        "objects": reverse("claims:my_case" if viewer_of(request).capacity is Capacity.WORKER else "claims:org_case", args=[claim.number]),
        "payment": payment, "tag": payment_tag(payment), "facts": facts, "back": reverse(back), "paid": payment.state == Payment.State.PAID,
        "worker": viewer_of(request).capacity is Capacity.WORKER,
    })  # fmt: skip


@doors.worker
@require_safe
def my_proof(request: HttpRequest, reference: str) -> HttpResponse:
    """A proof of payment for a person, to print."""
    return _proof(request, reference, "funds:my_payments")


@doors.agent
@require_safe
def firm_proof(request: HttpRequest, reference: str) -> HttpResponse:
    """A proof of payment for an organisation, to print."""
    return _proof(request, reference, "funds:org_payments")
