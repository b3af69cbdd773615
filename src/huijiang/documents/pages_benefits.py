"""The catalogue: every benefit and treatment that a document promises, and what each asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huijiang.accounts.viewers import today
from huijiang.documents import blocks, cited, library, search, shelf, worded
from huijiang.documents.pages_library import about_release, choice, places, topics
from huijiang.web.components.clauses import Clause
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.doors import public
from tiaowen.check.library import Library
from tiaowen.plan.rules import Rule

PER_PAGE = 30
PROMISES = ("benefit", "treatment")
PAYEES = {
    "person": gettext_lazy("个人"), "organisation": gettext_lazy("单位"), "other": gettext_lazy("其他或未写明"),
}  # fmt: skip


class BenefitFilter(forms.Form):
    """What to look for among benefits and treatments."""

    q = forms.CharField(label=gettext_lazy("查什么"), required=False, max_length=200,
                        widget=forms.TextInput(attrs={"type": "search", "class": "input", "autocomplete": "off"}))  # fmt: skip
    kind = choice(gettext_lazy("种类"))
    to = choice(gettext_lazy("给谁"))
    topic = choice(gettext_lazy("事项"))
    place = choice(gettext_lazy("适用地区"))
    validity = choice(gettext_lazy("效力"))

    def __init__(self, data: Any, held: Library) -> None:
        super().__init__(data, auto_id="filter-%s")
        kinds = [(each, blocks.KINDS[each][0]) for each in PROMISES]
        validities = [(name, tag.text) for name, tag in shelf.VALIDITY.items()]
        chosen: dict[str, list[tuple[str, Any]]] = {"kind": kinds, "to": list(PAYEES.items()), "topic": topics(held), "place": places(held),
                  "validity": validities}  # fmt: skip
        for name, choices in chosen.items():
            field = self.fields[name]
            field.choices = [("", _("全部")), *choices]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Promise:
    """A benefit or treatment in its document."""

    document: shelf.Document
    rule: Rule


def promises(held: Library) -> list[Promise]:
    """All of them, document by document, in the order of the shelf."""
    return [
        Promise(each, rule) for each in shelf.documents(held, today()) for rule in each.rules if rule.kind in PROMISES
    ]


def _answers(each: Promise, said: dict[str, str], held: Library, found: set[tuple[str, str]] | None) -> bool:
    rule, plan = each.rule, each.document.plan
    return (
        (not said.get("kind") or rule.kind == said["kind"])
        and (not said.get("to") or worded.payee_kind(rule) == said["to"])
        and (not said.get("topic") or rule.table == said["topic"])
        and (not said.get("place") or plan.region in held.vocabulary.regions.chain(said["place"]))
        and (not said.get("validity") or each.document.validity == said["validity"])
        and (found is None or (plan.id, rule.id) in found)
    )


@public
@require_safe
def benefits(request: HttpRequest) -> HttpResponse:
    held = library.current()
    form = BenefitFilter(request.GET, held)
    form.is_valid()
    said = form.cleaned_data
    words = tuple(shelf.words_of(said.get("q", "")))
    named = set(search.find(held, shelf.Asked(words), today()).benefits) if words else None
    found = [each for each in promises(held) if _answers(each, said, held, named)]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [
        Column(_("名称")),
        Column(_("为哪件事")),
        Column(_("给谁")),
        Column(_("金额")),
        Column(_("效力"), "state"),
    ]
    rows = [_row(held, each) for each in page]
    told = {"form": form, "page": page, "table": Table(_("补贴与待遇目录"), columns, rows),
            "paid": sum(each.rule.kind == "benefit" for each in found),
            "given": sum(each.rule.kind == "treatment" for each in found)}  # fmt: skip
    return render(request, "documents/benefits.html", told | about_release())


def _row(held: Library, each: Promise) -> list[Cell]:
    rule, plan = each.rule, each.document.plan
    return [
        Cell(rule.name, reverse("documents:benefit", args=[plan.id, rule.id]), note=f"{plan.number} {rule.clause}"),
        Cell(held.vocabulary.tables[rule.table].label),
        Cell(whom(held, rule)),
        Cell(str(worded.headline(rule, held.vocabulary)) if rule.kind == "benefit" else _("不发钱，给待遇")),
        Cell(tag=each.document.tag),
    ]


def whom(held: Library, rule: Rule) -> str:
    if rule.kind == "benefit":
        return worded.payee(held.vocabulary, rule)
    return worded.who(held.vocabulary, rule.to) or _("文件没有写明")


@public
@require_safe
def benefit(request: HttpRequest, document: str, rule: str) -> HttpResponse:
    held = library.current()
    everything = {each.plan.id: each for each in shelf.documents(held, today())}
    found = everything.get(document)
    promise = found.plan.rules.get(rule) if found is not None else None
    if found is None or promise is None or promise.kind not in PROMISES or promise.stands_in_for:
        raise Http404(f"benefit {document} {rule}")
    block = held.sources[document].blocks[rule]
    told = blocks.told(held, found.plan, block)
    clause = Clause(promise.clause, found.clause_address(promise.clause), found.plan.number)
    questions = [blocks.told(held, found.plan, held.sources[document].blocks[each.id])
                 for each in found.plan.questions.values() if rule in each.about]  # fmt: skip
    summary = next((each.summary for each in found.clauses if each.heading is block.clause), [])
    crumbs = [Crumb(_("补贴目录"), reverse("documents:benefits")), Crumb(promise.name)]
    closes = worded.deadlines(promise)
    values = {
        "document": found, "rule": promise, "told": told, "clause": clause, "questions": questions, "crumbs": crumbs,
        "summary": summary, "needed": _needed(held, promise), "together": cited.together(held, everything, promise.key),
        "facts": _facts(held, found, promise, closes),
        "by_hand": [line for row in told.rows if row.numbered for line in row.lines if line.by_hand],
    }  # fmt: skip
    return render(request, "documents/benefit.html", values | about_release())


def _needed(held: Library, rule: Rule) -> Table:
    columns = [Column(_("从哪里取得")), Column(_("要核对的信息"))]
    rows = [
        [source or _("申请人说明"), "、".join(labels)]
        for source, labels in worded.needed(held.vocabulary, rule).items()
    ]
    return Table(_("需要的信息和材料"), columns, rows)


def _facts(held: Library, found: shelf.Document, rule: Rule, closes: list[str]) -> list[Fact]:
    table = held.vocabulary.tables[rule.table]
    lines = [(_("给谁"), whom(held, rule)), (_("为哪件事"), table.label)]
    if rule.kind == "benefit":
        fund = rule.fund if rule.fund not in ("", "undetermined") else _("文件没有写明")
        lines.append((_("资金"), fund))
    lines.append((_("申领期限"), "；".join(closes) if closes else _("文件没有写期限")))
    plan = found.plan
    ends = plan.expires.isoformat() if plan.expires else _("文件没有写有效期")
    lines += [
        (_("施行日期"), plan.effective.isoformat() if plan.effective else _("文件没有写明")),
        (_("有效期至"), ends),
    ]
    return [Fact(label, value) for label, value in lines]
