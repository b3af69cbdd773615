"""Editing a working copy: one block beside its clause, a whole file, the original, local rules, earlier versions."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huijiang.documents import differences, drafts, originals, releases, workbench
from huijiang.documents.models import Draft, DraftVersion
from huijiang.documents.pages_drafts import access_draft, kind_of, may_edit, name_of
from huijiang.documents.pages_library import Choices
from huijiang.documents.pages_releases import makers, moment, stewards
from huijiang.web.components.amount import Amount
from huijiang.web.components.layout import Crumb
from huijiang.web.forms import choice
from huijiang.web.language import language
from tiaowen.language.blocks import Block, BlockFile, Clause, read_blocks

AREA = {"class": "code-input", "spellcheck": "false", "autocapitalize": "off", "lang": "zh-Hans"}
PARTS = {
    "text": gettext_lazy("政策文件（.md）"), "cases": gettext_lazy("算例（.cases.yaml）"),
    "equivalents": gettext_lazy("等价变体（.equivalents.yaml）"),
}  # fmt: skip


class TextForm(forms.Form):
    """A text with the version that it was taken from."""

    text = forms.CharField(label=gettext_lazy("规则代码"), strip=False, required=False, max_length=releases.MOST_BYTES,
                           widget=forms.Textarea(attrs={**AREA, "rows": 18}))  # fmt: skip
    note = forms.CharField(label=gettext_lazy("改了什么"), max_length=200, required=False,
                           widget=forms.TextInput(attrs={"class": "input"}))  # fmt: skip
    number = forms.IntegerField(widget=forms.HiddenInput)


class OriginalForm(forms.Form):
    original = forms.FileField(label=gettext_lazy("原文"), max_length=200)


class LocalRuleForm(forms.Form):
    """A point inside the interval that the text leaves."""

    rule = forms.ChoiceField(label=gettext_lazy("定哪一项"), widget=Choices(attrs={"class": "input"}))
    amount = forms.CharField(label=gettext_lazy("定为"), max_length=100, help_text=gettext_lazy("例如：3 万元"),
                             widget=forms.TextInput(attrs={"class": "input"}))  # fmt: skip
    because = forms.CharField(
        label=gettext_lazy("依据"), max_length=300, widget=forms.TextInput(attrs={"class": "input"})
    )

    def __init__(self, data: Any, left: list[workbench.Left]) -> None:
        super().__init__(data)
        choice(self, "rule").choices = [(each.rule.id, f"{each.rule.clause} {each.rule.name}") for each in left]


def _crumbs(draft: Draft, *more: str) -> list[Crumb]:
    return [Crumb(_("工作稿"), reverse("documents:drafts")), Crumb(draft.document, reverse("documents:draft", args=[draft.uid])),
            *(Crumb(each) for each in more)]  # fmt: skip


def _beside(version: DraftVersion, read: BlockFile, clause: Clause) -> dict[str, Any]:
    printed = originals.beside(version.original, read).get(clause.index, [])
    return {"clause": clause, "printed": printed, "summary": [s for s in clause.summary.split("\n") if s]}


@makers
def block(request: HttpRequest, uid: uuid.UUID, at: int) -> HttpResponse:
    """One block beside its clause; what is wrong is said at once."""
    draft = access_draft(request, uid)
    version = draft.latest
    read = read_blocks(version.text, draft.path)
    if at >= len(read.blocks):
        raise Http404
    held = read.blocks[at]
    told = {"name": name_of(held), "tag": kind_of(held), "here": _("改一块")}
    return _edit(request, draft, version, read, held.clause, held, told)


@makers
def clause(request: HttpRequest, uid: uuid.UUID, clause: int) -> HttpResponse:
    """A new block at the end of a clause."""
    draft = access_draft(request, uid)
    version = draft.latest
    read = read_blocks(version.text, draft.path)
    if clause >= len(read.clauses):
        raise Http404
    return _edit(request, draft, version, read, read.clauses[clause], None, {"name": _("加一块"), "here": _("加一块")})


def _edit(request: HttpRequest, draft: Draft, version: DraftVersion, read: BlockFile, clause: Clause,
          held: Block | None, told: dict[str, Any]) -> HttpResponse:  # fmt: skip
    start = {
        "text": workbench.source(read, held) if held is not None else "```benefit\nid: \n```",
        "number": version.number,
    }
    form = TextForm(request.POST) if request.method == "POST" else TextForm(initial=start)
    found: workbench.Examined | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["text"]
        text = (workbench.replaced(version.text, read, held, said) if held is not None
                else workbench.added(version.text, read, clause.index, said))  # fmt: skip
        parts = replace(drafts.parts_of(version), text=text)
        found = workbench.test(draft.path, parts)
        if request.POST.get("act") == "save":
            answer = _saved(request, draft, form, parts)
            if answer is not None:
                return answer
    values = {
        "draft": draft, "version": version, "form": form, "edits": may_edit(request, draft),
        "crumbs": _crumbs(draft, told["here"]), "findings": _findings(found, read) if found else None,
    } | told | _beside(version, read, clause)  # fmt: skip
    template = "documents/_findings.html" if request.headers.get("HX-Request") else "documents/draft_block.html"
    return render(request, template, values, status=200 if not form.errors else 422)


def _saved(request: HttpRequest, draft: Draft, form: TextForm, parts: drafts.Parts) -> HttpResponse | None:
    try:
        made = drafts.save(draft, request.user, form.cleaned_data["number"], parts, form.cleaned_data["note"])  # type: ignore[arg-type]
    except releases.ReleaseError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("已保存，第 %(n)s 次。") % {"n": made.number})
    return redirect("documents:draft", uid=draft.uid)


def _findings(found: workbench.Examined, before: BlockFile) -> dict[str, Any]:
    """What is wrong after the change, errors by line with how to mend them, and what its cases say."""
    wrong = [each for each in (*found.problems, *found.elsewhere) if each.severity == "error"]
    return {
        "problems": [each.show(language()) for each in wrong[:10]], "count": len(wrong),
        "warnings": [each.show(language()) for each in found.problems if each.severity == "warning"][:5],
        "cases": len(found.cases), "passed": len(found.cases) - len(found.failed),
        "failed": [(each.sentence, "；".join(each.failures)) for each in found.failed[:10]],
        "ran": not wrong, "lines": len(found.read.lines) - len(before.lines),
    }  # fmt: skip


@makers
def file(request: HttpRequest, uid: uuid.UUID, part: str) -> HttpResponse:
    """A whole file of the working copy."""
    draft = access_draft(request, uid)
    version = draft.latest
    if part not in PARTS:
        raise Http404
    start = {"text": getattr(version, part), "number": version.number}
    form = TextForm(request.POST) if request.method == "POST" else TextForm(initial=start)
    form.fields["text"].label = PARTS[part]
    form.fields["text"].widget.attrs["rows"] = 32
    found: workbench.Examined | None = None
    read = read_blocks(version.text, draft.path)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["text"].replace("\r\n", "\n")
        if "\r\n" in getattr(version, part):
            said = said.replace("\n", "\r\n")
        parts = replace(drafts.parts_of(version), **{part: said})
        found = workbench.test(draft.path, parts)
        if request.POST.get("act") == "save":
            answer = _saved(request, draft, form, parts)
            if answer is not None:
                return answer
    values = {"draft": draft, "version": version, "form": form, "edits": may_edit(request, draft), "name": PARTS[part],
              "crumbs": _crumbs(draft, str(PARTS[part])), "findings": _findings(found, read) if found else None}  # fmt: skip
    template = "documents/_findings.html" if request.headers.get("HX-Request") else "documents/draft_file.html"
    return render(request, template, values, status=200 if not form.errors else 422)


@makers
def original(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Attach the printed text; one of another document is refused, with the clauses that don't meet."""
    draft = access_draft(request, uid)
    version = draft.latest
    form = OriginalForm(request.POST, request.FILES) if request.method == "POST" else OriginalForm()
    found = workbench.examine(version)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["original"]
        try:
            held, figures = originals.attached(said.name, said.read(), draft.document, found.read,
                                               found.held.vocabulary.units, request.user, language())  # type: ignore[arg-type]  # fmt: skip
            drafts.save(draft, request.user, version.number,  # type: ignore[arg-type]
                        replace(drafts.parts_of(version), original=held, figures=figures), _("附上原文"))  # fmt: skip
        except releases.ReleaseError as error:
            form.add_error("original", str(error))
        else:
            messages.success(request, _("已附上原文，按编号对到各条。"))
            return redirect("documents:draft_original", uid=uid)
    apart = originals.differences(found.report) if found.report is not None else []
    values = {"draft": draft, "version": version, "form": form, "edits": may_edit(request, draft), "apart": apart,
              "report": found.report, "crumbs": _crumbs(draft, _("原文对照"))}  # fmt: skip
    return render(request, "documents/draft_original.html", values, status=422 if form.errors else 200)


@makers
def local_rules(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Points inside the intervals that the text leaves, each beside its clause."""
    draft = access_draft(request, uid)
    version = draft.latest
    found = workbench.examine(version)
    left = workbench.left_open(found.plan, found.read) if found.plan is not None else []
    form = LocalRuleForm(request.POST if request.method == "POST" else None, left)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        chosen = next(each for each in left if each.rule.id == form.cleaned_data["rule"])
        text = _fixed(version, found.read, chosen, form.cleaned_data["amount"], form.cleaned_data["because"])
        parts = replace(drafts.parts_of(version), text=text)
        problems = [
            each.show(language()) for each in workbench.test(draft.path, parts).errors if each not in found.errors
        ]
        if not problems:
            try:
                drafts.save(
                    draft, request.user, version.number, parts,  # type: ignore[arg-type]
                    _("地方细则：%(rule)s") % {"rule": chosen.rule.name},
                )  # fmt: skip
            except releases.ReleaseError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("已定，在文件所留的范围里。"))
                return redirect("documents:draft_local_rules", uid=uid)
    printed = originals.beside(version.original, found.read)
    rows = [
        {"left": each, "amount": Amount(each.low or None, each.high), "clause": clause.title,
         "words": printed.get(clause.index) or [s for s in clause.summary.split("\n") if s]}
        for each in left for clause in [_clause_of(found.read, each)]
    ]  # fmt: skip
    values = {"draft": draft, "form": form, "rows": rows, "problems": problems, "edits": may_edit(request, draft),
              "crumbs": _crumbs(draft, _("地方细则"))}  # fmt: skip
    return render(request, "documents/draft_local_rules.html", values, status=422 if problems or form.errors else 200)


def _clause_of(read: BlockFile, left: workbench.Left) -> Clause:
    return next(each.clause for each in read.blocks if each.id == left.rule.id)


def _fixed(version: DraftVersion, read: BlockFile, left: workbench.Left, amount: str, because: str) -> str:
    """The text with a `fix` block at the end of the rule's clause, in place of an earlier one of the same rule."""
    said = f"```fix\nid: {left.rule.id}-here\nfixes: {left.rule.id}\namount: {_line(amount)}\nbecause: {_line(because)}\n```"
    known = next((each for each in read.blocks if each.kind == "fix" and each.text("fixes") == left.rule.id), None)
    if known is not None:
        return workbench.replaced(version.text, read, known, said)
    return workbench.added(version.text, read, _clause_of(read, left).index, said)


def _line(text: str) -> str:
    """Words of a person as one value of a block: quoted where they could be taken for something else."""
    plain = " ".join(text.split())
    return (
        plain
        if not any(sign in plain for sign in ":#{}[]\"'`|>&*!%@")
        else '"' + plain.replace("\\", "").replace('"', "”") + '"'
    )


@stewards
@require_safe
def versions(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Every saving, each with what it changed."""
    draft = access_draft(request, uid)
    every = list(draft.versions.order_by("number"))
    listed = []
    for before, each in zip([None, *every], every, strict=False):
        changes = differences.between(before.files(), each.files()) if before is not None else []
        listed.append({"version": each, "when": moment(each.made_at), "changes": changes,
                       "values": sum(change.values for change in changes)})  # fmt: skip
    values = {"draft": draft, "versions": listed[::-1], "latest": every[-1], "edits": may_edit(request, draft),
              "crumbs": _crumbs(draft, _("每次保存"))}  # fmt: skip
    return render(request, "documents/draft_versions.html", values)


@makers
@require_POST
def restore(request: HttpRequest, uid: uuid.UUID, number: int) -> HttpResponse:
    """An earlier version as the newest one; those between stay."""
    draft = access_draft(request, uid)
    wanted = draft.versions.select_related("original").filter(number=number).first()
    if wanted is None:
        raise Http404
    try:
        drafts.save(
            draft, request.user, draft.latest.number, drafts.parts_of(wanted),  # type: ignore[arg-type]
            _("回到第 %(n)s 次") % {"n": number},
        )  # fmt: skip
    except releases.ReleaseError as error:
        messages.error(request, str(error))
    return redirect("documents:draft_versions", uid=uid)
