"""One entry of the books: what it moved, what it undoes or what undid it, and undoing it by two."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huijiang.access.humans import same
from huijiang.funds import recoveries, reversing
from huijiang.funds.access import access_accounts, access_entries, access_reversals, finance, readers
from huijiang.funds.models import Batch, Entry, Reversal
from huijiang.funds.pages_batches import moment
from huijiang.funds.pages_budget import WhyForm, viewer_of, works
from huijiang.funds.wording import money
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

SHOWN = 20


@readers
@require_safe
def entry(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What an entry moved and why; whether and how a mistake in it is mended."""
    return _page(request, get_object_or_404(access_entries(viewer_of(request)), uid=uid))


def _page(request: HttpRequest, held: Entry, form: forms.Form | None = None, wrong: str = "") -> HttpResponse:
    asked = held.reversals.filter(dropped_because="").select_related("asked_by", "decided_by", "made").first()
    undone = asked is not None and asked.made_id is not None
    why = "" if undone else reversing.way_back(held)
    able = works(request) and not undone
    own = able and asked is not None and same(viewer_of(request).user, asked.asked_by)
    return render(request, "funds/entry.html", {
        "entry": held, "facts": _facts(held), "tag": tag(held, asked), "table": _moves(request, held), "wrong": wrong,
        "form": form or WhyForm(), "asked": asked, "asked_facts": [Fact(_("理由"), asked.because, f"{asked.asked_by.name} {moment(asked.asked_at)}")] if asked else [],
        "undo": _undo(request, held) if asked and not undone else None, "why_not": why, "own": own,
        "can_ask": able and asked is None and not why, "open": able and asked is not None, "can_agree": able and asked is not None and not own,
        "refused": [Fact(_("没有同意"), each.dropped_because, each.decided_by.name if each.decided_by else "")
                    for each in held.reversals.exclude(dropped_because="").select_related("decided_by")],
    }, status=422 if wrong or form is not None else 200)  # fmt: skip


def tag(held: Entry, asked: Reversal | None) -> Tag | None:
    """A reversal, reversed, asked to be; or an entry as any other."""
    if held.reverses_id is not None:
        return Tag(_("冲正"), "amber")
    if asked is None:
        return None
    return Tag(_("已冲正"), "red") if asked.made_id else Tag(_("待另一人决定"), "amber", "clock")


def _facts(held: Entry) -> list[Fact]:
    facts = [
        Fact(_("事项"), held.get_kind_display()), Fact(_("记账日期"), held.on.isoformat()),
        Fact(_("登记"), f"{held.by.name if held.by else _('系统')} {moment(held.at)}"), Fact(_("凭证摘要"), held.note or "—"),
        *_matter(held),
    ]  # fmt: skip
    if held.reverses is not None:
        facts.append(Fact(_("冲正的凭证"), f"{held.reverses.get_kind_display()} {held.reverses.on.isoformat()}",
                          change=reverse("funds:entry", args=[held.reverses.uid]), change_label=_("看原凭证")))  # fmt: skip
        found = Reversal.objects.filter(made=held).select_related("asked_by", "decided_by").first()
        if found is not None and found.decided_by is not None:
            facts.append(Fact(_("提出与决定"), f"{found.asked_by.name}、{found.decided_by.name}"))
    undone = Entry.objects.filter(reverses=held).first()
    if undone is not None:
        facts.append(
            Fact(
                _("已被冲正"),
                undone.on.isoformat(),
                change=reverse("funds:entry", args=[undone.uid]),
                change_label=_("看冲正凭证"),
            )
        )
    return facts


def _matter(held: Entry) -> list[Fact]:
    """What an entry is about: the payment, batch or refund, and of an arrival the bank's number and the recovery."""
    kind, _colon, name = held.subject.partition(":")
    found: list[Fact] = []
    if kind == "payment":
        found.append(Fact(_("付款"), name, change=reverse("funds:trace", args=[name]), change_label=_("看来龙去脉")))
    elif kind == "batch" and (batch := Batch.objects.filter(uid=name).first()) is not None:
        found.append(
            Fact(_("批次"), batch.number, change=reverse("funds:batch", args=[name]), change_label=_("看批次"))
        )
    elif kind == "refund":
        found.append(
            Fact(_("事由"), _("退票转回"), change=reverse("funds:refund", args=[name]), change_label=_("看退票转回"))
        )
    if (part := recoveries.arrival(held)) is not None:
        found.append(Fact(_("银行流水号"), part.key, change=reverse("funds:recovery", args=[part.recovery.uid]),
                          change_label=_("看追回")))  # fmt: skip
    return found


def _sums(held: Entry) -> list[tuple[int, int, int]]:
    """Account, fen, and how many postings."""
    found = held.postings.values("account_id").annotate(sum=Sum("amount"), n=Count("id")).order_by("account_id")
    return [(each["account_id"], each["sum"], each["n"]) for each in found]


def _moves(request: HttpRequest, held: Entry) -> Table:
    return _table(request, _("分录"), [(account, amount) for account, amount, _n in _sums(held)])


def _undo(request: HttpRequest, held: Entry) -> Table:
    """What the reversal would write."""
    return _table(request, _("冲正将记"), [(account, -amount) for account, amount, _n in _sums(held)])


def _table(request: HttpRequest, caption: str, sums: list[tuple[int, int]]) -> Table:
    accounts = access_accounts(viewer_of(request)).in_bulk([pk for pk, _amount in sums])
    columns = [Column(_("科目")), Column(_("借方（元）"), "number"), Column(_("贷方（元）"), "number")]
    rows = [
        [Cell(accounts[pk].get_kind_display(), reverse("funds:statement", args=[pk]), note=f"{accounts[pk].source.name} {accounts[pk].year}"),
         money(amount) if amount > 0 else "", money(-amount) if amount < 0 else ""]
        for pk, amount in sums if pk in accounts
    ]  # fmt: skip
    return Table(caption, columns, rows, show_caption=True)


def waiting(request: HttpRequest) -> Table | None:
    """The reversals that wait for another's decision; None where there is none."""
    found = list(access_reversals(viewer_of(request)).filter(decided_by=None).order_by("id")[:SHOWN])
    rows = [
        [Cell(each.entry.get_kind_display(), reverse("funds:entry", args=[each.entry.uid]), note=each.entry.on.isoformat()), each.because,
         each.asked_by.name, Cell(tag=Tag(_("待另一人决定"), "amber", "clock"))]
        for each in found
    ]  # fmt: skip
    columns = [Column(_("凭证")), Column(_("理由")), Column(_("由谁提出")), Column(_("状态"), "state")]
    return Table(_("等待决定的冲正"), columns, rows, show_caption=True) if rows else None


@finance
@require_POST
def ask(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_entries(viewer_of(request)), uid=uid)
    form = WhyForm(request.POST)
    if form.is_valid():
        try:
            reversing.ask(held, viewer_of(request).user, form.cleaned_data["because"])
        except reversing.ReversalError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提出冲正，由另一位财务人员决定。"))
            return redirect("funds:entry", uid=uid)
    return _page(request, held, form)


@finance
@require_POST
def agree(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_reversals(viewer_of(request)), uid=uid)
    try:
        reversing.agree(held, viewer_of(request).user)
    except reversing.ReversalError as error:
        return _page(request, held.entry, wrong=str(error))
    messages.success(request, _("已冲正，两张凭证互相关联。"))
    return redirect("funds:entry", uid=held.entry.uid)


@finance
@require_POST
def decline(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_reversals(viewer_of(request)), uid=uid)
    form = WhyForm(request.POST)
    if form.is_valid():
        try:
            reversing.decline(held, viewer_of(request).user, form.cleaned_data["because"])
        except reversing.ReversalError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("没有冲正。"))
            return redirect("funds:entry", uid=held.entry.uid)
    return _page(request, held.entry, form)
