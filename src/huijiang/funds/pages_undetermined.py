"""Questions of money: a benefit whose text names no source, who waits for it, and the two who choose one."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huijiang.access.humans import same
from huijiang.accounts.viewers import Viewer
from huijiang.claims.public_notice import name_of
from huijiang.funds import undetermined
from huijiang.funds.access import access_questions, finance, readers
from huijiang.funds.models import FundQuestion, Source, Waiting
from huijiang.funds.pages_budget import viewer_of, works
from huijiang.funds.wording import clause_of, money
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from huijiang.web.forms import choice


class SourceForm(forms.Form):
    """From which source, by which document, and why."""

    source = forms.ChoiceField(label=gettext_lazy("资金来源"), widget=forms.Select(attrs={"lang": "zh-Hans"}))
    document = forms.CharField(
        label=gettext_lazy("依据文号"),
        max_length=80,
        widget=forms.TextInput(attrs={"class": "input", "lang": "zh-Hans"}),
    )
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500,
                             widget=forms.Textarea(attrs={"class": "input", "rows": 3, "lang": "zh-Hans"}))  # fmt: skip

    def __init__(self, *args: Any, region: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [each for each in region.split("/") if each]
        choice(self, "source").choices = [
            (each.code, each.name)
            for each in Source.objects.filter(lines__region__in=codes).distinct().order_by("code")
        ]


def tag(question: FundQuestion) -> Tag:
    """Decided, proposed and waiting for another, or open."""
    if question.decided_at:
        return Tag(_("已定"), "green", "check")
    return Tag(_("待另一人决定"), "amber", "clock") if question.proposed_by_id else Tag(_("待定"), "red", "question")


def listed(viewer: Viewer) -> Table | None:
    """The questions of a place, the open ones first; None where there is none."""
    found = list(access_questions(viewer).order_by("decided_at", "id"))
    if not found:
        return None
    rows = []
    for each in found:
        count, amount = waiting_for(each)
        rows.append([
            Cell(each.number, reverse("funds:question", args=[each.uid]), note=each.region.name),
            Cell(name_of(each.benefit), note=clause_of(each.benefit)), str(count), money(amount), Cell(tag=tag(each)),
        ])  # fmt: skip
    columns = [
        Column(_("编号")),
        Column(_("项目")),
        Column(_("等待的"), "number"),
        Column(_("金额（元）"), "number"),
        Column(_("状态"), "state"),
    ]
    return Table(_("待定资金来源"), columns, rows)


def waiting_for(question: FundQuestion) -> tuple[int, int]:
    """How many dues wait for an answer, and how many fen."""
    found = Waiting.objects.filter(line=None, ended_at=None, due__benefit=question.benefit,
                                   due__claim__region__path__startswith=question.region.path)  # fmt: skip
    said = found.aggregate(count=Count("id"), sum=Sum("amount"))
    return said["count"], int(said["sum"] or 0)


@readers
@require_safe
def question(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _page(request, get_object_or_404(access_questions(viewer_of(request)), uid=uid))


def _page(request: HttpRequest, held: FundQuestion, form: SourceForm | None = None, wrong: str = "") -> HttpResponse:
    count, amount = waiting_for(held)
    facts = [
        Fact(_("项目"), name_of(held.benefit)), Fact(_("依据"), clause_of(held.benefit)), Fact(_("地区"), held.region.name),
        Fact(_("文件怎样写资金"), held.words or _("没有写明由哪项资金支付")), Fact(_("提出时间"), f"{localtime(held.opened_at):%Y-%m-%d}"),
        Fact(_("等待的"), _("%(n)s 笔，应发 %(yuan)s 元") % {"n": count, "yuan": money(amount)}),
    ]  # fmt: skip
    if held.source and held.proposed_by:
        facts += [
            Fact(_("提出的来源"), held.source.name, held.proposed_by.name),
            Fact(_("依据文号"), held.document),
            Fact(_("理由"), held.reason),
        ]
    if held.decided_by and held.decided_at:
        facts.append(Fact(_("决定"), f"{held.decided_by.name} {localtime(held.decided_at):%Y-%m-%d}"))
    able = works(request) and held.decided_at is None
    own = held.proposed_by is not None and same(viewer_of(request).user, held.proposed_by)
    offered = form or SourceForm(region=held.region.path) if able else None
    return render(request, "funds/question.html", {
        "question": held, "tag": tag(held), "name": name_of(held.benefit), "facts": facts, "form": offered, "wrong": wrong,
        "can_decide": able and held.proposed_by and not own, "own": able and own,
    }, status=422 if wrong or (form is not None and form.errors) else 200)  # fmt: skip


@finance
@require_POST
def propose(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_questions(viewer_of(request)), uid=uid)
    form = SourceForm(request.POST, region=held.region.path)
    if form.is_valid():
        told = form.cleaned_data
        try:
            undetermined.propose(
                held, viewer_of(request).user, Source.objects.get(code=told["source"]), told["document"], told["reason"]
            )
        except undetermined.QuestionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已提出。由另一位财务人员决定。"))
            return redirect("funds:question", uid=uid)
    return _page(request, held, form)


@finance
@require_POST
def decide(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = get_object_or_404(access_questions(viewer_of(request)), uid=uid)
    try:
        undetermined.decide(held, request.user)  # type: ignore[arg-type]
    except undetermined.QuestionError as error:
        return _page(request, held, wrong=str(error))
    messages.success(request, _("已决定。等待的按先后落实资金。"))
    return redirect("funds:question", uid=uid)
