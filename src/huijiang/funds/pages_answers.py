"""The bank's answers: upload one, see what became of each line, say what was done about those that did not fit."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from huijiang.funds import answers
from huijiang.funds.access import access_answers, finance, readers
from huijiang.funds.bankfiles import replies
from huijiang.funds.bankfiles.instructions import FileError
from huijiang.funds.models import Answer, AnswerLine
from huijiang.funds.pages_batches import moment
from huijiang.funds.pages_budget import viewer_of, works
from huijiang.funds.wording import money
from huijiang.regions.models import Region
from huijiang.web.components.lists import Fact, Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from huijiang.web.forms import choice

PER_PAGE = 50
COLOURS = {
    "applied": "green",
    "repeated": "grey",
    "unknown": "red",
    "differs": "red",
    "too_early": "amber",
    "contradicts": "red",
}
OUTCOMES = {"paid": gettext_lazy("已付"), "rejected": gettext_lazy("拒付"), "returned": gettext_lazy("退回")}


class AnswerForm(forms.Form):
    """One file of the bank's."""

    region = forms.ChoiceField(label=gettext_lazy("地区"), widget=forms.Select(attrs={"lang": "zh-Hans"}))
    file = forms.FileField(label=gettext_lazy("回单文件"), max_length=200)

    def __init__(self, *args: Any, paths: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice(self, "region").choices = [(each.pk, each.name) for each in Region.objects.filter(
            pk__in=[each.rstrip("/").rpartition("/")[2] for each in paths])]  # fmt: skip


class HandleForm(forms.Form):
    """What was done about a line."""

    words = forms.CharField(
        label=gettext_lazy("怎样处理的"), max_length=500, widget=forms.Textarea(attrs={"class": "input", "rows": 3})
    )


def open_lines() -> Q:
    """Lines that did not fit and that nobody dealt with yet."""
    return Q(verdict__in=AnswerLine.OPEN, handled_at=None)


@readers
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    found = (
        access_answers(viewer_of(request))
        .annotate(
            applied=Count("lines", Q(lines__verdict="applied")),
            waiting=Count("lines", Q(lines__verdict__in=AnswerLine.OPEN, lines__handled_at=None)),
        )
        .order_by("-id")
    )
    page: Page[Any] = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("文件")),
        Column(_("接收")),
        Column(_("行数"), "number"),
        Column(_("已入账"), "number"),
        Column(_("待处理"), "state"),
    ]
    rows = [
        [Cell(each.name, reverse("funds:answer", args=[each.uid]), note=each.region.name),
         Cell(moment(each.taken_at), note=each.taken_by.name if each.taken_by else ""), str(each.count), str(each.applied),
         Cell(tag=Tag(ngettext("%(n)s 行待处理", "%(n)s 行待处理", each.waiting) % {"n": each.waiting}, "red") if each.waiting else Tag(_("已对清"), "green"))]
        for each in page
    ]  # fmt: skip
    return render(
        request,
        "funds/answers.html",
        {"page": page, "table": Table(_("银行回单"), columns, rows), "works": works(request)},
    )


@finance
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file: whole or not at all."""
    paths = viewer_of(request).paths()
    form = AnswerForm(request.POST or None, request.FILES or None, paths=paths)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        known = Answer.objects.count()
        try:
            made = answers.take(
                file, file.size, file.name, Region.objects.get(pk=form.cleaned_data["region"]), viewer_of(request).user
            )
        except FileError as error:
            form.add_error("file", str(error))
        else:
            fresh = Answer.objects.count() > known
            messages.success(request, _("已入账。") if fresh else _("这份回单已经收过，没有改变什么。"))
            return redirect("funds:answer", uid=made.uid)
    return render(
        request,
        "funds/answer_upload.html",
        {"form": form, "most": replies.MOST_LINES},
        status=422 if form.is_bound else 200,
    )


@readers
@require_safe
def answer(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One file: its lines by what became of them."""
    held = get_object_or_404(access_answers(viewer_of(request)), uid=uid)
    asked = request.GET.get("verdict", "")
    counted = dict(held.lines.values_list("verdict").annotate(count=Count("id")).order_by())
    found = held.lines.select_related("payment", "handled_by").order_by("id")
    if asked in counted:
        found = found.filter(verdict=asked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    here = reverse("funds:answer", args=[uid])
    tabs = [Tab(_("全部"), here, held.count, asked not in counted)]
    tabs += [Tab(str(AnswerLine.Verdict(verdict).label), f"{here}?verdict={verdict}", count, asked == verdict)
             for verdict, count in counted.items()]  # fmt: skip
    facts = [Fact(_("文件摘要"), held.digest), Fact(_("接收"), f"{held.taken_by.name if held.taken_by else _('系统')} {moment(held.taken_at)}"),
             Fact(_("行数"), str(held.count))]  # fmt: skip
    return render(
        request,
        "funds/answer.html",
        {"answer": held, "facts": facts, "tabs": tabs, "page": page, "table": _lines(request, page)},
    )


def _lines(request: HttpRequest, page: Any) -> Table:
    columns = [Column(_("流水号")), Column(_("银行说")), Column(_("金额（元）"), "number"), Column(_("处理日期")), Column(_("处理"), "state"),
               Column(_("人工处理"))]  # fmt: skip
    rows = []
    for each in page:
        leads = reverse("funds:trace", args=[each.payment.reference]) if each.payment else ""
        done = Cell(each.handled_words, note=each.handled_by.name) if each.handled_by else Cell("—")
        if each.verdict in AnswerLine.OPEN and not each.handled_by and works(request):
            done = Cell(_("去处理"), reverse("funds:handle", args=[each.pk]))
        rows.append([
            Cell(each.reference, leads, note=each.place), Cell(str(OUTCOMES.get(each.outcome, each.outcome)), note=each.reason),
            money(each.amount), each.on.isoformat(), Cell(tag=Tag(each.get_verdict_display(), COLOURS[each.verdict])), done,
        ])  # fmt: skip
    return Table(_("回单明细"), columns, rows)


@finance
def handle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was done about one line."""
    held = get_object_or_404(
        AnswerLine.objects.filter(open_lines(), answer__in=access_answers(viewer_of(request))), pk=pk
    )
    form = HandleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answers.handle(held, request.user, form.cleaned_data["words"])  # type: ignore[arg-type]
        messages.success(request, _("已记下。"))
        return redirect("funds:answer", uid=held.answer.uid)
    facts = [Fact(_("流水号"), held.reference), Fact(_("位置"), held.place), Fact(_("银行说"), str(OUTCOMES.get(held.outcome, held.outcome))),
             Fact(_("金额"), _("%(yuan)s 元") % {"yuan": money(held.amount)}), Fact(_("为什么没有入账"), held.get_verdict_display())]  # fmt: skip
    if held.payment:
        facts.append(
            Fact(
                _("系统里的这笔付款"),
                _("%(yuan)s 元，%(state)s")
                % {"yuan": money(held.payment.amount), "state": held.payment.get_state_display()},
            )
        )
    return render(
        request, "funds/handle.html", {"form": form, "facts": facts, "line": held}, status=422 if form.is_bound else 200
    )
