"""Recoveries: what the re-check found, one person proposes, another decides, and how the money comes back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huijiang.access.humans import same
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.claims import showing
from huijiang.claims.models import Check
from huijiang.funds import letter_tasks, plans, recoveries
from huijiang.funds.access import access_findings, access_recoveries, finance, finders, recovery_readers
from huijiang.funds.models import Finding, Recovery
from huijiang.funds.pages_batches import moment
from huijiang.funds.pages_budget import MoneyField, viewer_of, works
from huijiang.funds.wording import money
from huijiang.letters.pages_mine import table_of as letters_table
from huijiang.web.components.lists import Fact, Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 50
DAYS = 30
LATEST = 3_652  # days: a first return later than ten years from now is a slip of the pen
COLOURS = {"noticed": "amber", "coming_back": "blue", "recovered": "green", "transferred": "red", "withdrawn": "grey"}


class ProposeForm(forms.Form):
    """How much is to be taken back, and why."""

    amount = MoneyField(
        label=gettext_lazy("拟追回（元）"),
        max_length=24,
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "decimal"}),
    )
    words = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"class": "input", "rows": 3})
    )


class DismissForm(forms.Form):
    """Why nothing is taken back."""

    words = forms.CharField(
        label=gettext_lazy("为什么不追回"), max_length=500, widget=forms.Textarea(attrs={"class": "input", "rows": 3})
    )


class DecideForm(forms.Form):
    """By when, in how many parts, and whether later payments may be kept."""

    due_on = forms.DateField(
        label=gettext_lazy("退还期限"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    instalments = forms.IntegerField(
        label=gettext_lazy("分几期"), min_value=1, max_value=recoveries.MOST_INSTALMENTS, initial=1
    )
    by_offset = forms.BooleanField(label=gettext_lazy("可从本人（本单位）以后的补贴中抵扣"), required=False)

    def clean_due_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["due_on"]
        if not today() < day <= today() + dt.timedelta(days=LATEST):
            raise forms.ValidationError(_("期限应在今天以后、十年以内"))
        return day


class ArrangeForm(DecideForm):
    """Another way back, and why."""

    words = forms.CharField(label=gettext_lazy("为什么这样退还"), max_length=500, help_text=gettext_lazy("写入分期退还通知书"),
                            widget=forms.Textarea(attrs={"class": "input", "rows": 3, "lang": "zh-Hans"}))  # fmt: skip


class ArrivedForm(forms.Form):
    """Money that arrived."""

    amount = MoneyField(
        label=gettext_lazy("到账金额（元）"),
        max_length=24,
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "decimal"}),
    )
    on = forms.DateField(
        label=gettext_lazy("到账日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    key = forms.CharField(
        label=gettext_lazy("银行流水号"), max_length=100, widget=forms.TextInput(attrs={"class": "input"})
    )


class EndForm(forms.Form):
    """How a recovery ends before all has come back, and why."""

    how = forms.ChoiceField(label=gettext_lazy("怎样办结"), widget=forms.RadioSelect, choices=[
        ("withdraw", gettext_lazy("提出撤销：通知有误，不再追回；由另一位决定")),
        ("transfer", gettext_lazy("提出移送：交监察或公安处理，欠款仍记在账上；由另一位决定")),
    ])  # fmt: skip
    words = forms.CharField(label=gettext_lazy("理由和去向"), max_length=500,
                            widget=forms.Textarea(attrs={"class": "input", "rows": 3, "lang": "zh-Hans"}))  # fmt: skip


@recovery_readers
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What was found and waits, and what is being taken back."""
    view = request.GET.get("view", "open")
    viewer = viewer_of(request)
    waiting = access_findings(viewer).filter(recovery=None, dismissed_at=None)
    running = access_recoveries(viewer).filter(closed_at=None)
    over = access_recoveries(viewer).exclude(closed_at=None)
    here = reverse("funds:recoveries")
    tabs = [Tab(_("待处理的发现"), here, waiting.count(), view == "open"), Tab(_("追回中"), f"{here}?view=running", running.count(), view == "running"),
            Tab(_("已办结"), f"{here}?view=over", over.count(), view == "over")]  # fmt: skip
    if view == "open":
        page: Page[Any] = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
        table = _findings(page)
    else:
        page = Paginator(running if view == "running" else over, PER_PAGE).get_page(request.GET.get("page"))
        table = _recoveries(page)
    return render(
        request, "funds/recoveries.html", {"tabs": tabs, "page": page, "table": table, "count": page.paginator.count}
    )


def _findings(page: Any) -> Table:
    columns = [
        Column(_("付款")),
        Column(_("事由")),
        Column(_("已付（元）"), "number"),
        Column(_("发现")),
        Column(_("状态"), "state"),
    ]
    rows = [
        [Cell(each.payment.reference, reverse("funds:finding", args=[each.uid]), note=each.rule), each.get_ground_display(),
         money(each.payment.amount + each.payment.offset), moment(each.found_at),
         Cell(tag=Tag(_("待决定"), "amber", "clock") if each.proposed_by_id or each.spared_by_id else Tag(_("待核实"), "grey"))]
        for each in page
    ]  # fmt: skip
    return Table(_("复查发现"), columns, rows)


def _recoveries(page: Any) -> Table:
    columns = [Column(_("付款")), Column(_("事由")), Column(_("应追回（元）"), "number"), Column(_("已追回（元）"), "number"), Column(_("期限")),
               Column(_("状态"), "state")]  # fmt: skip
    rows = [
        [Cell(each.payment.reference, reverse("funds:recovery", args=[each.uid]), note=each.payment.due.claim.number), each.get_ground_display(),
         money(each.amount), money(each.back), each.due_on.isoformat(), Cell(tag=tag(each))]
        for each in page
    ]  # fmt: skip
    return Table(_("追回"), columns, rows)


def tag(recovery: Recovery) -> Tag:
    """Where a recovery stands; late is told."""
    if recovery.closed_at is None and recovery.due_on < today():
        return Tag(_("已逾期"), "red", "clock")
    return Tag(recovery.get_state_display(), COLOURS[recovery.state])


@recovery_readers
@require_safe
def finding(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One finding: what speaks for it, and what may be done."""
    held = get_object_or_404(access_findings(viewer_of(request)), uid=uid)
    return _finding(request, held, [])


def _finding(
    request: HttpRequest, held: Finding, forms_: list[forms.Form], status: int = 200, wrong: str = ""
) -> HttpResponse:
    bound = {type(each): each for each in forms_}
    paid = held.payment.amount + held.payment.offset
    able = works(request) or "supervisor" in viewer_of(request).roles
    open_ = held.recovery_id is None and held.dismissed_at is None
    facts = [
        Fact(_("付款"), held.payment.reference, change=reverse("funds:trace", args=[held.payment.reference]), change_label=_("看来龙去脉")),
        Fact(_("已付"), _("%(yuan)s 元") % {"yuan": money(paid)}), Fact(_("事由"), held.get_ground_display()), Fact(_("规则"), held.rule),
        *_rests_on(held),
    ]  # fmt: skip
    if held.proposed_by:
        facts.append(Fact(_("提出追回"), _("%(who)s：%(yuan)s 元。%(words)s") % {
            "who": held.proposed_by.name, "yuan": money(held.amount or 0), "words": held.words}))  # fmt: skip
    if held.spared_by:
        facts.append(Fact(_("提出不追回"), held.spared_words, held.spared_by.name))
    if held.dismissed_by:
        facts.append(
            Fact(_("不追回"), held.dismissed_by.name if held.spared_by else f"{held.dismissed_by.name}：{held.words}")
        )
    user = viewer_of(request).user
    own = held.proposed_by is not None and same(user, held.proposed_by)
    own_spared = held.spared_by is not None and same(user, held.spared_by)
    able = able and open_
    propose = bound.get(ProposeForm) or ProposeForm(initial={"amount": money(paid).replace(",", "")})
    decide = bound.get(DecideForm) or DecideForm(
        initial={"due_on": today() + dt.timedelta(days=DAYS), "instalments": 1}
    )
    return render(request, "funds/finding.html", {
        "finding": held, "facts": facts, "propose": propose if able and not held.proposed_by else None,
        "dismiss": (bound.get(DismissForm) or DismissForm(auto_id="dismiss-%s")) if able and not held.spared_by else None,
        "decide": decide if able and held.proposed_by and not own else None, "own": able and own,
        "agree": able and held.spared_by and not own_spared, "own_spared": able and own_spared, "wrong": wrong, "forms": forms_,
    }, status=status)  # fmt: skip


def _rests_on(held: Finding) -> list[Fact]:
    """The clause, and in words what the check found: its evidence is kept as row ids and codes."""
    found = [Fact(_("条款"), str(held.evidence["clause"]))] if held.evidence.get("clause") else []
    check = Check.objects.filter(uid=held.evidence["check"]).first() if "check" in held.evidence else None
    lines = showing.evidence(check) if check is not None else []
    return [*found, Fact(_("依据"), "；".join(lines))] if lines else found


@finders
@require_POST
def propose(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_findings(viewer_of(request)), uid=uid)
    form = ProposeForm(request.POST)
    if form.is_valid():
        try:
            recoveries.propose(held, request.user, form.cleaned_data["amount"], form.cleaned_data["words"])  # type: ignore[arg-type]
        except recoveries.RecoveryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提出。由另一位决定。"))
            return redirect("funds:finding", uid=uid)
    return _finding(request, held, [form], 422)


@finders
@require_POST
def dismiss(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_findings(viewer_of(request)), uid=uid)
    form = DismissForm(request.POST, auto_id="dismiss-%s")
    if form.is_valid():
        try:
            recoveries.ask_to_dismiss(held, viewer_of(request).user, form.cleaned_data["words"])
        except recoveries.RecoveryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提出不追回，由另一位决定。"))
            return redirect("funds:finding", uid=uid)
    return _finding(request, held, [form], 422)


@finders
@require_POST
def agree(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Let go of a finding, as somebody else asked."""
    held = get_object_or_404(access_findings(viewer_of(request)), uid=uid)
    try:
        recoveries.dismiss(held, viewer_of(request).user)
    except recoveries.RecoveryError as error:
        return _finding(request, held, [], 422, str(error))
    messages.success(request, _("已记下，不追回。"))
    return redirect("funds:recoveries")


@finders
@require_POST
def decide(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_findings(viewer_of(request)), uid=uid)
    form = DecideForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            made = recoveries.decide(held, viewer_of(request).user, told["due_on"], instalments=told["instalments"],
                                     by_offset=told["by_offset"])  # fmt: skip
        except recoveries.RecoveryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已决定追回，通知收款人。"))
            return redirect("funds:recovery", uid=made.uid)
    return _finding(request, held, [form], 422)


@recovery_readers
@require_safe
def recovery(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One recovery: what is owed, what came back, what is planned."""
    held = get_object_or_404(access_recoveries(viewer_of(request)), uid=uid)
    return _recovery(request, held, ArrivedForm(initial={"on": today()}))


def _recovery(request: HttpRequest, held: Recovery, form: ArrivedForm, status: int = 200) -> HttpResponse:
    facts = [
        Fact(_("付款"), held.payment.reference, change=reverse("funds:trace", args=[held.payment.reference]), change_label=_("看来龙去脉")),
        Fact(_("受理编号"), held.payment.due.claim.number or ""), Fact(_("事由"), held.get_ground_display()), Fact(_("说明"), held.words),
        Fact(_("应追回"), _("%(yuan)s 元") % {"yuan": money(held.amount)}), Fact(_("已追回"), _("%(yuan)s 元") % {"yuan": money(held.back)}),
        Fact(_("退还期限"), held.due_on.isoformat()), Fact(_("提出与决定"), f"{held.found_by.name}、{held.decided_by.name}"),
        Fact(_("从后续补贴抵扣"), _("是") if held.by_offset else _("否")),
    ]  # fmt: skip
    plan = [[day.isoformat(), money(amount)] for day, amount in plans.instalment_plan(held)]
    came = [
        [each.on.isoformat(), each.get_way_display(), money(each.amount), each.key]
        for each in held.parts.order_by("id")
    ]
    return render(request, "funds/recovery.html", {
        "recovery": held, "tag": tag(held), "facts": facts, "form": form, "works": works(request) and held.closed_at is None,
        "plan": Table(_("退还计划"), [Column(_("日期")), Column(_("金额（元）"), "number")], plan, show_caption=True),
        "came": Table(_("已到账"), [Column(_("日期")), Column(_("方式")), Column(_("金额（元）"), "number"), Column(_("凭证"))], came,
                      show_caption=True),
        "any": bool(came), "letters": _letters(held), "unsaid": held.unsaid_by is not None and held.closed_at is None,
        "hand": held.hand_by is not None and held.closed_at is None,
    }, status=status)  # fmt: skip


def _letters(held: Recovery) -> Table | None:
    """Each letter with how it was served; the way to write down a service by hand or post."""
    found = letter_tasks.letters_of(held)
    return letters_table(found) if found else None


@finance
@require_POST
def arrived(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Write down what arrived; the same bank number counts once."""
    held = get_object_or_404(access_recoveries(viewer_of(request)), uid=uid)
    form = ArrivedForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            recoveries.came_back(held, told["amount"], told["on"], told["key"], request.user)  # type: ignore[arg-type]
        except recoveries.RecoveryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已记到账。"))
            return redirect("funds:recovery", uid=uid)
    return _recovery(request, held, form, 422)


@finance
def arrange(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Another way back, at the payee's word."""
    held = get_object_or_404(access_recoveries(viewer_of(request)).filter(closed_at=None), uid=uid)
    form = ArrangeForm(
        request.POST or None,
        initial={"due_on": held.due_on, "instalments": held.instalments, "by_offset": held.by_offset},
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            recoveries.arrange(held, viewer_of(request).user, told["due_on"], told["words"], instalments=told["instalments"],
                               by_offset=told["by_offset"])  # fmt: skip
        except recoveries.RecoveryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("退还方式已定，通知书在出具。"))
            return redirect("funds:recovery", uid=uid)
    return render(request, "funds/arrange.html", {"recovery": held, "form": form}, status=422 if form.errors else 200)


# how → what is asked for or decided, and what is said then
ASKED: Final = {
    "withdraw": (recoveries.ask_to_withdraw, gettext_lazy("已提出撤销，由另一位财务人员决定。")),
    "transfer": (recoveries.ask_to_transfer, gettext_lazy("已提出移送，由另一位财务人员决定。")),
}
DECIDED: Final = {
    "agree": (recoveries.withdraw, gettext_lazy("已撤销。")),
    "hand": (recoveries.transfer, gettext_lazy("已移送，欠款仍记在账上。")),
}


@finance
def end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask that a notice that was wrong is withdrawn, or that the matter is handed over; decide on either."""
    held = get_object_or_404(access_recoveries(viewer_of(request)), uid=uid)
    by, how, wrong = viewer_of(request).user, request.POST.get("how", ""), ""
    form = EndForm(request.POST if request.method == "POST" and how not in DECIDED else None)
    if how in DECIDED or form.is_valid():
        try:
            if how in DECIDED:
                decide_, done = DECIDED[how]
                decide_(held, by)
            else:
                ask, done = ASKED[how]
                ask(held, by, form.cleaned_data["words"])
        except recoveries.RecoveryError as error:
            wrong = str(error)
        else:
            messages.success(request, str(done))
            return redirect("funds:recovery", uid=uid)
    open_ = held.closed_at is None
    return render(request, "funds/end.html", {
        "recovery": held, "form": form, "wrong": wrong, "open": open_,
        "unsaid": _asked(by, held.unsaid_by, held.unsaid_words) if open_ else None,
        "hand": _asked(by, held.hand_by, held.hand_words) if open_ else None,
    }, status=422 if wrong or form.errors else 200)  # fmt: skip


def _asked(viewer: User, by: User | None, words: str) -> tuple[list[Fact], bool] | None:
    """What somebody asked for, and whether that was the viewer, under whatever account."""
    return ([Fact(_("理由"), words, by.name)], same(viewer, by)) if by is not None else None
