"""What a worker or a firm sees of money: what arrived, from which fund, by which clause, and a proof of it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.access import doors
from huijiang.accounts.viewers import Capacity
from huijiang.claims.public_notice import name_of
from huijiang.funds.access import access_payments
from huijiang.funds.models import Payment
from huijiang.funds.pages_budget import viewer_of
from huijiang.funds.wording import clause_of, masked_number, money, payment_tag
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table

PER_PAGE = 30
SHOWN = (Payment.State.SENT, Payment.State.PAID, Payment.State.REJECTED, Payment.State.RETURNED)


def _listed(request: HttpRequest, proof: str, lead: str) -> HttpResponse:
    found = access_payments(viewer_of(request)).filter(state__in=SHOWN).order_by("-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("项目")),
        Column(_("所属期")),
        Column(_("金额（元）"), "number"),
        Column(_("到账日期")),
        Column(_("状态"), "state"),
    ]
    rows = [
        [Cell(name_of(each.due.benefit), reverse(proof, args=[each.reference]), note=each.due.claim.number or ""),
         each.due.period or _("一次性"), Cell(money(each.amount), note=_("另抵扣 %(yuan)s") % {"yuan": money(each.offset)} if each.offset else ""),
         each.settled_on.isoformat() if each.settled_on and each.state == Payment.State.PAID else "—", Cell(tag=payment_tag(each))]
        for each in page
    ]  # fmt: skip
    total = sum(found.filter(state=Payment.State.PAID).values_list("amount", flat=True))
    return render(
        request,
        "funds/mine.html",
        {"page": page, "table": Table(_("到账记录"), columns, rows), "total": money(total), "lead": lead},
    )


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
    return render(request, "funds/proof.html", {
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
