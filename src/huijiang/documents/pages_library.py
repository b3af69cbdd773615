"""Public pages of the library: find a document, read it, see how each clause runs."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huijiang.accounts.viewers import today
from huijiang.documents import blocks, cited, differences, library, originals, releases, search, shelf, worded
from huijiang.documents.models import Release, ReleaseFile, Trial
from huijiang.web.components.figures import thousands
from huijiang.web.components.layout import Crumb
from huijiang.web.components.speech import is_foreign
from huijiang.web.doors import public
from huijiang.web.language import is_chinese
from tiaowen.check.library import Library

PER_PAGE = 20
FEW = 10  # people: fewer are not told one by one
SHOWN = 6  # clauses of one document before the others fold away


class Choices(forms.Select):
    """A list to choose from; choices in Chinese say so on an English page."""

    def create_option(self, name: str, value: Any, label: Any, *rest: Any, **more: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, label, *rest, **more)
        if is_foreign(label):
            option["attrs"]["lang"] = "zh-Hans"
        return option


def choice(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, widget=Choices(attrs={"class": "input"}))


class PolicyFilter(forms.Form):
    """What to look for; every field may be left empty."""

    q = forms.CharField(label=gettext_lazy("查什么"), required=False, max_length=200,
                        widget=forms.TextInput(attrs={"type": "search", "class": "input", "autocomplete": "off"}))  # fmt: skip
    topic = choice(gettext_lazy("事项"))
    issuer = choice(gettext_lazy("发文机关"))
    place = choice(gettext_lazy("适用地区"))
    validity = choice(gettext_lazy("效力"))

    def __init__(self, data: Any, held: Library) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.choose("topic", topics(held))
        issuers = {issuer for plan in held.plans.values() for issuer in plan.issuers}
        self.choose("issuer", [(each, each) for each in sorted(issuers)])
        self.choose("place", places(held))
        self.choose("validity", [(name, tag.text) for name, tag in shelf.VALIDITY.items()])

    def choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        field.choices = [("", _("全部")), *choices]  # type: ignore[attr-defined]

    def asked(self) -> shelf.Asked:
        """What was chosen; a choice that does not exist counts as none."""
        self.is_valid()
        said = self.cleaned_data
        return shelf.Asked(
            tuple(shelf.words_of(said.get("q", ""))), said.get("topic", ""), said.get("issuer", ""),
            said.get("place", ""), said.get("validity", ""),
        )  # fmt: skip


def topics(held: Library) -> list[tuple[str, str]]:
    """The events that rules are about, in the vocabulary's order."""
    used = {rule.table for plan in held.plans.values() for rule in plan.rules.values()}
    return [(name, _label(name, table.label)) for name, table in held.vocabulary.tables.items() if name in used]


def _label(name: str, label: str) -> str:
    """A word of the vocabulary in the reader's language: its English is the name itself."""
    return name.replace("_", " ") if not is_chinese() else label


def places(held: Library) -> list[tuple[str, str]]:
    regions = held.vocabulary.regions
    codes = sorted({plan.region for plan in held.plans.values()})
    return [(code, regions.path(code)) for code in codes]


def highlighted(text: str, words: tuple[str, ...]) -> SafeString:
    """The text with the words that were looked for marked."""
    if not words:
        return conditional_escape(text)
    pattern = re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)
    parts, at = [], 0
    for found in pattern.finditer(text):
        parts += [conditional_escape(text[at : found.start()]), "<mark>", conditional_escape(found.group()), "</mark>"]
        at = found.end()
    return mark_safe("".join([*parts, conditional_escape(text[at:])]))


def about_release() -> dict[str, Any]:
    """Which release the page shows; `bundled` before there is one."""
    release = releases.in_force()
    return {"release": release, "bundled": release is None}


@public
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    held = library.current()
    form = PolicyFilter(request.GET, held)
    asked = form.asked()
    found = search.find(held, asked, today())
    page = Paginator(found.hits, PER_PAGE).get_page(request.GET.get("page"))
    shown = [_hit(hit, asked.words) for hit in page]
    benefits = (
        [_benefit(held, *each, asked.words) for each in found.benefits] if asked.words and page.number == 1 else []
    )
    told = {"form": form, "page": page, "hits": shown, "asked": asked, "clauses": found.clauses,
            "benefits": benefits[:SHOWN], "more": len(benefits) - SHOWN}  # fmt: skip
    return render(request, "documents/policies.html", told | about_release())


def _hit(hit: shelf.Hit, words: tuple[str, ...]) -> dict[str, Any]:
    lines = [
        {
            "address": reverse("documents:clause", args=[hit.document.plan.id, clause.key]),
            "title": highlighted(clause.title, words),
            "summary": highlighted(" ".join(clause.summary), words),
        }
        for clause in hit.clauses
    ]
    return {"document": hit.document, "title": highlighted(hit.document.plan.title, words),
            "first": lines[:SHOWN], "rest": lines[SHOWN:], "count": len(lines), "tallies": tallies(hit.document)}  # fmt: skip


def _benefit(held: Library, document: str, rule: str, words: tuple[str, ...]) -> dict[str, Any]:
    promise, plan = held.plans[document].rules[rule], held.plans[document]
    amount = str(worded.headline(promise, held.vocabulary)) if promise.kind == "benefit" else _("待遇")
    return {"address": reverse("documents:benefit", args=[document, rule]), "name": highlighted(promise.name, words),
            "amount": amount, "number": f"{plan.number} {promise.clause}"}  # fmt: skip


def tallies(found: shelf.Document) -> list[tuple[int, str]]:
    """How much is in a document, nothing counted that is not there."""
    plan = found.plan
    counts = [(len(found.clauses), _("条款")), (len(found.of_kind("benefit")), _("补贴奖励")),
              (len(found.of_kind("treatment")), _("待遇")), (len(plan.targets), _("目标")),
              (len(plan.questions), _("疑义"))]  # fmt: skip
    return [(count, label) for count, label in counts if count]


def _document(name: str) -> shelf.Document:
    found = shelf.document(library.current(), name, today())
    if found is None:
        raise Http404(f"policy document {name}")
    return found


@public
@require_safe
def document(request: HttpRequest, document: str) -> HttpResponse:
    found = _document(document)
    original = originals.of_release(releases.in_force(), document)
    printed = originals.beside(original, found.library.sources[document].read)
    parts = [{"clause": each, "lines": _lines(found, each), "tag": f"h{min(each.level, 5)}",
              "printed": printed.get(each.heading.index, []), "summary": each.summary} for each in found.clauses]  # fmt: skip
    told = {"document": found, "parts": parts, "whole": _lines(found, found.whole), "tallies": tallies(found),
            "versions": versions(found), "original": original}  # fmt: skip
    return render(request, "documents/document.html", told | about_release())


def _lines(found: shelf.Document, clause: shelf.Clause) -> list[blocks.Told]:
    return [blocks.told(found.library, found.plan, block) for block in clause.blocks]


def versions(found: shelf.Document) -> list[dict[str, Any]]:
    """The releases in which this document came or changed, the newest first."""
    path = found.library.sources[found.plan.id].read.file
    rows = ReleaseFile.objects.filter(path=path, release__in_force_from__lte=today()).select_related("release")
    listed: list[dict[str, Any]] = []
    before: ReleaseFile | None = None
    for row in rows.order_by("release__in_force_from", "release__number"):
        if before is None or row.digest != before.digest:
            listed.append({"release": row.release, "before": before.release if before else None})
        before = row
    return listed[::-1]


@public
@require_safe
def clause(request: HttpRequest, document: str, clause: str) -> HttpResponse:
    found = _document(document)
    held = found.clause(clause)
    if held is None:
        raise Http404(f"clause {clause} of {document}")
    told = _lines(found, held)
    at = found.clauses.index(held) if held in found.clauses else -1
    rules = {block.id for block in held.blocks if block.id in found.plan.rules}
    everything = {each.plan.id: each for each in shelf.documents(found.library, today())}
    crumbs = [Crumb(_("政策文库"), reverse("documents:policies")), Crumb(found.plan.number, found.address),
              Crumb(held.label or _("整份文件"))]  # fmt: skip
    here = reverse("documents:clause", args=[document, held.key])
    citations = [each for each in cited.citations(found.library, everything, document, rules)
                 if each.clause.address != here]  # fmt: skip
    original = originals.of_release(releases.in_force(), document)
    printed = originals.beside(original, found.library.sources[document].read).get(held.heading.index, [])
    values = {
        "document": found, "clause": held, "original": original, "printed": printed, "crumbs": crumbs, "citations": citations,
        "running": [each for each in told if each.kind not in ("question", "note")],
        "questions": [each for each in told if each.kind == "question"],
        "notes": [each for each in told if each.kind == "note"],
        "before": found.clauses[at - 1] if at > 0 else None,
        "after": found.clauses[at + 1] if 0 <= at < len(found.clauses) - 1 else None,
        "below": [each for each in found.clauses if held.title in each.above] if held is not found.whole else [],
    }  # fmt: skip
    return render(request, "documents/clause.html", values | about_release())


@public
@require_safe
def printed(request: HttpRequest, document: str) -> HttpResponse:
    """The printed text of a document as it was attached, to download."""
    original = originals.of_release(releases.in_force(), document)
    if original is None:
        raise Http404(f"original of {document}")
    return HttpResponse(original.text, content_type="text/plain; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="{document}.txt"'})  # fmt: skip


@public
@require_safe
def difference(request: HttpRequest, document: str) -> HttpResponse:
    """What changed in a document between two releases that were in force."""
    found = _document(document)
    approved = Release.objects.filter(in_force_from__lte=today())
    numbers = [request.GET.get(name, "") for name in ("from", "to")]
    if not all(each.isascii() and each.isdigit() and len(each) < 9 for each in numbers):
        raise Http404("from, to: numbers of releases")
    old, new = (approved.filter(number=int(each)).first() for each in numbers)
    if old is None or new is None:
        raise Http404("no such release")
    path = found.library.sources[document].read.file
    texts = [{row.path: row.text for row in ReleaseFile.objects.filter(release=each, path=path)} for each in (old, new)]
    changes = differences.between(*texts)
    return render(request, "documents/difference.html",
                  {"document": found, "old": old, "new": new, "changes": changes, "affected": affected(new, document)} | about_release())  # fmt: skip


def affected(release: Release, document: str) -> dict[str, Any] | None:
    """Whom a release touches, as tried before it came in force; a few people are not counted one by one."""
    tried = Q(release=release) | Q(version__in=[draft.latest.pk for draft in release.drafts.all()])
    trial = Trial.objects.filter(tried, kind=Trial.Kind.EFFECT, result__isnull=False).first()
    if trial is None or trial.result is None:
        return None
    names = {"person": _("个人"), "organisation": _("单位")}
    rows = [
        (names.get(kind, _("其他对象")), _few(up), _few(down))
        for kind, up, _more, down, _less in trial.result["moved"]["kind"]
    ]
    mine = [each["name"] for each in trial.result["benefits"] if each["key"].partition("#")[0] == document]
    return {"rows": rows, "on": trial.result["on"], "benefits": mine,
            "place": library.current().vocabulary.regions.name(trial.result["region"])}  # fmt: skip


def _few(count: int) -> str:
    """A count that says nothing of a single person."""
    return thousands(count) if count == 0 or count >= FEW else _("不到 %(n)s") % {"n": FEW}
