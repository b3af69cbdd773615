"""The books: a day's journal, an account's statement, and the trace from any yuan to everything that it stands on."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huijiang.accounts.viewers import today
from huijiang.claims import determine
from huijiang.claims.models.decision import Kind
from huijiang.claims.public_notice import name_of
from huijiang.funds import journal
from huijiang.funds import trace as tracing
from huijiang.funds.access import access_accounts, access_payments, readers
from huijiang.funds.models import Account, Entry
from huijiang.funds.pages_budget import viewer_of
from huijiang.funds.pages_entries import waiting
from huijiang.funds.wording import clause_of, money, payment_tag, transfer_lines
from huijiang.regions.models import Region
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Event, Fact
from huijiang.web.components.tables import Cell, Column, Table

PER_PAGE = 100


class DayForm(forms.Form):
    """Which day."""

    on = forms.DateField(
        label=gettext_lazy("记账日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@readers
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """The entries of a day, and the balances today."""
    form = DayForm(request.GET or None, initial={"on": today()})
    on = (form.cleaned_data["on"] if form.is_bound and form.is_valid() else None) or today()
    viewer = viewer_of(request)
    regions = Region.objects.filter(path__in=viewer.paths())
    found = [each for region in regions for each in journal.day(region, on)]
    undone = set(
        Entry.objects.filter(reverses__in={each.entry.pk for each in found}).values_list("reverses_id", flat=True)
    )
    columns = [
        Column(_("事项")),
        Column(_("科目")),
        Column(_("借方（元）"), "number"),
        Column(_("贷方（元）"), "number"),
        Column(_("分录"), "number"),
    ]
    rows = [
        [Cell(each.entry.get_kind_display(), reverse("funds:entry", args=[each.entry.uid]), note=_note(each.entry, undone)), Cell(each.account.get_kind_display(),
              reverse("funds:statement", args=[each.account.pk]), note=f"{each.account.source.name} {each.account.year}"),
         money(each.debit) if each.debit else "", money(each.credit) if each.credit else "", str(each.postings)]
        for each in found
    ]  # fmt: skip
    balances = access_accounts(viewer).order_by("-year", "source__code", "kind")
    columns_of = [
        Column(_("科目")),
        Column(_("资金来源")),
        Column(_("年度"), "number"),
        Column(_("余额（元）"), "number"),
    ]
    rows_of = [[Cell(each.get_kind_display(), reverse("funds:statement", args=[each.pk]), note=each.region.name), each.source.name, str(each.year), money(each.balance)]
               for each in balances]  # fmt: skip
    if request.GET.get("form") == "csv":
        return _csv(on, found)
    return render(request, "funds/journal.html", {
        "form": form, "on": on, "count": len(found), "table": Table(_("%(day)s 的凭证") % {"day": on.isoformat()}, columns, rows),
        "balances": Table(_("科目余额"), columns_of, rows_of), "debit": money(sum(each.debit for each in found)),
        "credit": money(sum(each.credit for each in found)), "waiting": waiting(request),
    })  # fmt: skip


def _note(entry: Entry, undone: set[int]) -> str:
    """What an entry says of itself, and where a reversal stands on it."""
    if entry.pk in undone:
        return f"{entry.note} {_('已冲正')}".strip()
    return entry.note


def _csv(on: dt.date, found: list[journal.JournalLine]) -> HttpResponse:
    """The same for finance's own programs."""
    out = io.StringIO()
    book = csv.writer(out)
    book.writerow(["日期", "凭证", "事项", "摘要", "科目", "资金来源", "年度", "借方（元）", "贷方（元）"])
    for each in found:
        book.writerow([each.entry.on, each.entry.uid, each.entry.get_kind_display(), _plain(each.entry.note), each.account.get_kind_display(),
                       each.account.source.name, each.account.year, money(each.debit).replace(",", ""), money(each.credit).replace(",", "")])  # fmt: skip
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="journal-{on}.csv"'})  # fmt: skip


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


class SpanForm(forms.Form):
    """From which day to which."""

    since = forms.DateField(
        label=gettext_lazy("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@readers
@require_safe
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """An account between two days: balance before, postings, balance after."""
    account = get_object_or_404(access_accounts(viewer_of(request)), pk=pk)
    form = SpanForm(request.GET or None)
    told = form.cleaned_data if form.is_bound and form.is_valid() else {}
    since = told.get("since") or dt.date(account.year, 1, 1)
    until = told.get("until") or max(today(), dt.date(account.year, 12, 31))
    before, found = journal.statement(account, since, until)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("日期")),
        Column(_("事项")),
        Column(_("付款")),
        Column(_("借方（元）"), "number"),
        Column(_("贷方（元）"), "number"),
    ]
    rows = [
        [each.entry.on.isoformat(), Cell(each.entry.get_kind_display(), reverse("funds:entry", args=[each.entry.uid]), note=each.entry.note),
         Cell(each.payment.reference, reverse("funds:trace", args=[each.payment.reference])) if each.payment else Cell("—"),
         money(each.amount) if each.amount > 0 else "", money(-each.amount) if each.amount < 0 else ""]
        for each in page
    ]  # fmt: skip
    return render(request, "funds/statement.html", {
        "account": account, "form": form, "since": since, "until": until, "before": money(before), "page": page,
        "table": Table(_("分录"), columns, rows), "balance": money(account.balance),
    })  # fmt: skip


class FindForm(forms.Form):
    """A number of ours, the bank's, of a claim or of a batch."""

    q = forms.CharField(label=gettext_lazy("流水号、受理编号、银行流水号或批次号"), max_length=64, required=False)


@readers
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find a payment; one found is opened at once."""
    form = FindForm(request.GET or None)
    asked = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    found = [each for path in viewer_of(request).paths() for each in tracing.find(asked, path)] if asked else []
    if len(found) == 1:
        return redirect("funds:trace", reference=found[0].reference)
    columns = [
        Column(_("流水号")),
        Column(_("受理编号")),
        Column(_("批次")),
        Column(_("金额（元）"), "number"),
        Column(_("状态"), "state"),
    ]
    rows = [[Cell(each.reference, reverse("funds:trace", args=[each.reference])), each.due.claim.number or "", each.batch.number, money(each.amount),
             Cell(tag=payment_tag(each))] for each in found]  # fmt: skip
    return render(
        request,
        "funds/search.html",
        {"form": form, "asked": asked, "table": Table(_("付款"), columns, rows), "count": len(found)},
    )


@readers
@require_safe
def trace(request: HttpRequest, reference: str) -> HttpResponse:
    """From one payment to document, clause, conditions, facts, people, postings and the bank's line."""
    payment = get_object_or_404(access_payments(viewer_of(request)), reference=reference)
    found = tracing.trace(payment)
    body = determine.body_of(found.determination)
    return render(request, "funds/trace.html", {
        "payment": payment, "tag": payment_tag(payment), "told": found.told, "facts": _payment_facts(found), "events": _events(found),
        "claim": _claim_facts(found), "conditions": _conditions(body), "working": body.get("working", []), "postings": _postings(found),
        "bank": _bank(found), "lines": transfer_lines(found.told["lines"], reference, "funds:trace"), "determination": found.determination, "crumbs": [Crumb(_("查一笔钱"), reverse("funds:search")), Crumb(reference)],
    })  # fmt: skip


def _payment_facts(found: tracing.Trace) -> list[Fact]:
    told = found.told
    return [
        Fact(_("金额"), _("%(yuan)s 元") % {"yuan": money(told["payment"]["amount"])}),
        Fact(_("抵扣"), _("%(yuan)s 元") % {"yuan": money(told["payment"]["offset"])}),
        Fact(_("批次"), told["batch"]["number"], change=reverse("funds:batch", args=[told["batch"]["uid"]]), change_label=_("看批次")),
        Fact(_("资金"), f"{told['line']['source']} {told['line']['year']}"), Fact(_("支出功能分类"), told["line"]["function_code"]),
        Fact(_("银行处理"), " ".join(filter(None, [told["payment"]["settled_on"] or "", told["payment"]["bank_reference"]])) or "—"),
    ]  # fmt: skip


def _claim_facts(found: tracing.Trace) -> list[Fact]:
    told = found.told
    return [
        Fact(_("受理编号"), told["claim"]["number"]), Fact(_("项目"), name_of(told["claim"]["benefit"])), Fact(_("依据"), clause_of(told["claim"]["benefit"])),
        Fact(_("所属期"), told["due"]["period"] or _("一次性")), Fact(_("规则版本"), str(told["claim"]["release"] or found.determination.release[:12])),
        Fact(_("核定摘要"), found.determination.digest), Fact(_("核定金额"), _("%(yuan)s 元") % {"yuan": money(found.determination.point or 0)}),
    ]  # fmt: skip


def _conditions(body: dict[str, Any]) -> Table:
    columns = [Column(_("条件")), Column(_("结果"), "state"), Column(_("事实"))]
    words = {"true": _("满足"), "false": _("不满足"), "unknown": _("不清楚")}
    rows = []
    for each in body.get("conditions", []):
        facts = "；".join(_fact(fact) for fact in each.get("facts", []))
        rows.append(
            [
                Cell(str(each.get("label", ""))),
                words.get(str(each.get("outcome")).lower(), str(each.get("outcome"))),
                facts,
            ]
        )
    return Table(_("条件与事实"), columns, rows)


def _fact(fact: Any) -> str:
    if not isinstance(fact, dict):
        return str(fact)
    since = " ".join(filter(None, [str(fact.get("source") or ""), str(fact.get("as_of") or "")]))
    return (
        f"{fact.get('label', '')} {fact.get('value', '')}（{since}）"
        if since
        else f"{fact.get('label', '')} {fact.get('value', '')}"
    )


def _events(found: tracing.Trace) -> list[Event]:
    kinds = dict(Kind.choices)
    told = [Event(_at(each["at"]), _("签署：%(what)s") % {"what": kinds.get(each["kind"], each["kind"])}, by=each["by"],
                  text=_("摘要 %(digest)s") % {"digest": each["digest"][:16]} if each["digest"] else "") for each in found.told["signatures"]]  # fmt: skip
    return sorted(told, key=lambda each: each.at, reverse=True)


def _at(text: str) -> dt.datetime:
    from django.utils.timezone import localtime

    return localtime(dt.datetime.fromisoformat(text))


def _postings(found: tracing.Trace) -> Table:
    kinds, accounts = dict(Entry.Kind.choices), dict(Account.Kind.choices)
    columns = [
        Column(_("日期")),
        Column(_("事项")),
        Column(_("科目")),
        Column(_("借方（元）"), "number"),
        Column(_("贷方（元）"), "number"),
    ]
    rows = [[each["on"], str(kinds.get(each["kind"], each["kind"])), f"{accounts.get(each['account'], each['account'])} {each['year']}",
             money(each["amount"]) if each["amount"] > 0 else "", money(-each["amount"]) if each["amount"] < 0 else ""]
            for each in found.told["postings"]]  # fmt: skip
    return Table(_("记账"), columns, rows)


def _bank(found: tracing.Trace) -> Table:
    from huijiang.funds.models import AnswerLine
    from huijiang.funds.pages_answers import OUTCOMES

    verdicts = dict(AnswerLine.Verdict.choices)
    columns = [
        Column(_("回单")),
        Column(_("银行说")),
        Column(_("金额（元）"), "number"),
        Column(_("日期")),
        Column(_("处理")),
    ]
    rows = [[Cell(each["file"], note=each["place"]), str(OUTCOMES.get(each["outcome"], each["outcome"])), money(each["amount"]), each["on"],
             str(verdicts.get(each["verdict"], each["verdict"]))] for each in found.told["answers"]]  # fmt: skip
    return Table(_("银行回单"), columns, rows)
