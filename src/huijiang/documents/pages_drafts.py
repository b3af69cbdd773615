"""The steward's desk: working copies, what is wrong with each, and what remains to be done before a release."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huijiang.accounts.models import Role
from huijiang.documents import blocks, drafts, library, originals, releases, submissions, trials, workbench
from huijiang.documents.models import Draft, DraftVersion, Trial
from huijiang.documents.pages_library import Choices
from huijiang.documents.pages_releases import makers, moment, stewards
from huijiang.web.components.lists import Task
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from huijiang.web.forms import choice
from huijiang.web.language import language
from tiaowen.language.blocks import Block

PER_PAGE = 30
UNTRIED = {"survivors": ["?"]}  # nothing is known to be found
SHOWN = 30  # findings on a page; the count is that of all
STATES = {
    "open": Tag(gettext_lazy("编写中"), "blue"), "released": Tag(gettext_lazy("已提交版本"), "green"),
    "put away": Tag(gettext_lazy("已搁置"), "grey"),
}  # fmt: skip


class ImportForm(forms.Form):
    """A policy file with its cases."""

    document = forms.FileField(label=gettext_lazy("政策文件（.md）"), max_length=200)
    cases = forms.FileField(label=gettext_lazy("算例（.cases.yaml）"), max_length=200, required=False)
    equivalents = forms.FileField(label=gettext_lazy("等价变体（.equivalents.yaml）"), max_length=200, required=False)
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False,
                           widget=forms.TextInput(attrs={"class": "input"}))  # fmt: skip


class CopyForm(forms.Form):
    """Which document in force to work on."""

    copied = forms.ChoiceField(label=gettext_lazy("现行的哪一份"), widget=Choices(attrs={"class": "input"}))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        plans = [held.plans[name] for name, held in library.current().whole.items()]
        choice(self, "copied").choices = [(plan.id, f"{plan.number} {plan.title}") for plan in plans]


class SubmitForm(forms.Form):
    note = forms.CharField(label=gettext_lazy("这一版改了什么"), max_length=200,
                           widget=forms.TextInput(attrs={"class": "input"}))  # fmt: skip


def access_draft(request: HttpRequest, uid: uuid.UUID) -> Draft:
    """Any steward and any approver reads every working copy; who may change it is asked when it is changed."""
    return get_object_or_404(Draft.objects.select_related("owner", "release"), uid=uid)


def may_edit(request: HttpRequest, draft: Draft) -> bool:
    roles = request.viewer.roles  # type: ignore[attr-defined]
    return draft.owner_id == request.user.pk and draft.state == Draft.State.OPEN and Role.STEWARD in roles


@stewards
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    page = Paginator(Draft.objects.select_related("owner", "release"), PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("文件")), Column(_("谁的工作稿")), Column(_("最近保存")), Column(_("状态"), "state")]
    rows = []
    for each in page:
        latest = each.latest
        rows.append([
            Cell(each.document, reverse("documents:draft", args=[each.uid]), note=each.path),
            each.owner.name,
            Cell(moment(latest.made_at), note=_("第 %(n)s 次保存") % {"n": latest.number}),
            Cell(tag=STATES[each.state]),
        ])  # fmt: skip
    told = {"page": page, "table": Table(_("工作稿"), columns, rows),
            "maker": Role.STEWARD in request.viewer.roles}  # type: ignore[attr-defined]  # fmt: skip
    return render(request, "documents/drafts.html", told)


@makers
def begin(request: HttpRequest) -> HttpResponse:
    """From files, or from a document in force."""
    copying = request.method == "POST" and "copied" in request.POST
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" and not copying else ImportForm()
    copy = CopyForm(request.POST if copying else None)
    if request.method == "POST" and (copy if copying else form).is_valid():
        try:
            if copying:
                draft = drafts.copy_of(request.user, copy.cleaned_data["copied"])  # type: ignore[arg-type]
            else:
                draft = _imported(request, form.cleaned_data)
        except releases.ReleaseError as error:
            (copy if copying else form).add_error("copied" if copying else "document", str(error))
        else:
            return redirect("documents:draft", uid=draft.uid)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "documents/draft_new.html", {"form": form, "copy": copy, "forms": [form, copy]}, status=status
    )


def _imported(request: HttpRequest, said: dict[str, Any]) -> Draft:
    texts = {name: releases.decoded(said[name].name, said[name].read()) if said.get(name) else ""
             for name in ("document", "cases", "equivalents")}  # fmt: skip
    parts = drafts.Parts(texts["document"], texts["cases"], texts["equivalents"])
    return drafts.begin(request.user, said["document"].name, parts, said["note"])  # type: ignore[arg-type]


@stewards
@require_safe
def desk(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return show(request, access_draft(request, uid), SubmitForm())


def show(request: HttpRequest, draft: Draft, form: SubmitForm, status: int = 200) -> HttpResponse:  # fmt: skip
    version = draft.latest
    found = workbench.examine(version)
    apart = originals.differences(found.report) if found.report is not None else []
    told = {
        "draft": draft, "version": version, "found": found, "tag": STATES[draft.state], "edits": may_edit(request, draft),
        "tasks": _tasks(draft, version, found, apart), "problems": told_problems(found), "form": form,
        "many": len(found.problems) + len(found.elsewhere), "failed": _failed(found), "apart": _apart(apart),
        "parts": _parts(version, found), "whole": _blocks(found, 0, upto=True), "check": submissions.open_of(draft),
        "questions": _questions(found), "title": found.read.front_text("title") or draft.document,
        "number": found.read.front_text("document"),
    }  # fmt: skip
    return render(request, "documents/draft.html", told, status=status)


def told_problems(found: workbench.Examined) -> list[dict[str, str]]:
    """Errors first: where, the line with its caret, what was expected and how to mend it."""
    order = {"error": 0, "warning": 1, "note": 2}
    every = sorted((*found.problems, *found.elsewhere), key=lambda each: (order.get(each.severity, 3), each.spot.line))
    return [{"severity": each.severity, "text": each.show(language()), "line": str(each.spot.line)}
            for each in every[:SHOWN]]  # fmt: skip


def _tasks(
    draft: Draft, version: DraftVersion, found: workbench.Examined, apart: list[originals.Difference]
) -> list[Task]:
    def at(name: str, *more: object) -> str:
        return reverse(f"documents:{name}", args=[draft.uid, *more])

    passed = len(found.cases) - len(found.failed)
    mutants = trials.newest(Trial.Kind.MUTANTS, version=version)
    county = trials.newest(Trial.Kind.EFFECT, version=version)
    open_questions = [
        each for each in (found.plan.questions.values() if found.plan else ()) if each.decided == "nobody yet"
    ]
    left = [each for each in workbench.left_open(found.plan, found.read) if not each.fixed] if found.plan else []
    return [
        Task(_("检查"), "#problems", _("%(n)s 处错误") % {"n": len(found.errors)}, _done(not found.errors)),
        Task(_("算例"), "#cases", _("%(passed)s / %(all)s 个通过") % {"passed": passed, "all": len(found.cases)},
             _done(bool(found.cases) and not found.failed)),
        Task(_("原文对照"), at("draft_original"),
             _("没有附原文") if found.report is None else _("%(n)s 处不同") % {"n": len(apart)},
             _done(found.report is not None and not apart)),
        Task(_("变体"), at("draft_trial", "mutants"), _mutants(mutants),
             _done(mutants is not None and not (mutants.trial.result or UNTRIED)["survivors"])),
        Task(_("疑义"), "#questions", _("%(n)s 处还没有人定") % {"n": len(open_questions)}, _done(not open_questions)),
        Task(_("地方细则"), at("draft_local_rules"), _("%(n)s 项金额文件没有定死") % {"n": len(left)}, _done(not left)),
        Task(_("对全区的影响"), at("draft_trial", "effect"),
             _("还没有试算") if county is None else _("已经试算") if county.trial.result else _("正在试算"),
             _done(county is not None and county.trial.result is not None)),
    ]  # fmt: skip


def _done(yes: bool) -> Tag:
    return Tag(_("完成"), "green", "check") if yes else Tag(_("待办"), "amber")


def _mutants(found: trials.Standing | None) -> str:
    if found is None or found.trial.result is None:
        return _("还没有试") if found is None or not found.under_way else _("正在试")
    result = found.trial.result
    return _("试了 %(all)s 个，没有被算例查出的 %(n)s 个") % {"all": result["total"], "n": len(result["survivors"])}


def _failed(found: workbench.Examined) -> Table | None:
    rows = [[Cell(each.sentence, note=_("第 %(n)s 行") % {"n": each.line}), "；".join(each.failures)]
            for each in found.failed[:SHOWN]]  # fmt: skip
    return Table(_("没有通过的算例"), [Column(_("算例")), Column(_("差在哪里"))], rows) if rows else None


def _apart(found: list[originals.Difference]) -> Table | None:
    rows = [[each.clause or _("整份文件"), each.what, each.said] for each in found[:SHOWN]]
    columns = [Column(_("条款")), Column(_("哪里不同")), Column(_("所见"))]
    return Table(_("与原文不同的条款"), columns, rows) if rows else None


def _questions(found: workbench.Examined) -> Table | None:
    asked = list(found.plan.questions.values()) if found.plan is not None else []
    columns = [Column(_("疑义")), Column(_("现在的读法")), Column(_("谁定的"))]
    rows = [[Cell(each.asks, note=each.clause), Cell(each.runs, note=each.because),
             _("还没有人定") if each.decided == "nobody yet" else each.decided] for each in asked]  # fmt: skip
    return Table(_("疑义"), columns, rows) if rows else None


def _parts(version: DraftVersion, found: workbench.Examined) -> list[dict[str, Any]]:
    """Clause by clause: its words (the original's where there is one) and its blocks."""
    printed = originals.beside(version.original, found.read)
    return [
        {"clause": each, "printed": printed.get(each.index, []), "summary": [s for s in each.summary.split("\n") if s],
         "blocks": _blocks(found, each.index)}
        for each in found.read.clauses if each.level > 1
    ]  # fmt: skip


def _blocks(found: workbench.Examined, clause: int, upto: bool = False) -> list[dict[str, Any]]:
    listed = []
    for at, block in enumerate(found.read.blocks):
        if block.clause.index == clause or (upto and block.clause.level < 2):
            wrong = [each for each in found.of_block(block) if each.severity == "error"]
            listed.append({"at": at, "name": name_of(block), "tag": kind_of(block), "wrong": len(wrong)})
    return listed


def name_of(block: Block) -> str:
    return block.name or block.text("asks") or block.id or block.text("because")[:40] or block.kind


def kind_of(block: Block) -> Tag:
    words, colour = blocks.KINDS.get(block.kind, (block.kind, "grey"))
    return Tag(str(words), colour)


@makers
@require_POST
def submit(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Hand the working copy in: its checks run in a job, then somebody else approves the release."""
    draft = access_draft(request, uid)
    form = SubmitForm(request.POST)
    if form.is_valid():
        try:
            held = submissions.of_draft(draft, request.user, form.cleaned_data["note"], language())  # type: ignore[arg-type]
        except releases.ReleaseError as error:
            form.add_error(None, str(error))
        else:
            return redirect("documents:release_check", uid=held.uid)
    return show(request, draft, form, 422)


@makers
@require_POST
def put_away(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    draft = access_draft(request, uid)
    try:
        drafts.put_away(draft, request.user)  # type: ignore[arg-type]
    except releases.ReleaseError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已搁置；每一次保存都还在。"))
    return redirect("documents:draft", uid=uid)
