"""Pages of trials: which mutants live, and what a change would do to a county, before it is released."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.documents import library, trials
from huijiang.documents.models import Draft, Release, Trial
from huijiang.documents.pages_drafts import access_draft
from huijiang.documents.pages_library import Choices
from huijiang.documents.pages_releases import makers, moment, stewards
from huijiang.regions.models import Region
from huijiang.web import watching
from huijiang.web.components.amount import Amount, grouped
from huijiang.web.components.figures import thousands
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.forms import choice

KINDS = {"mutants": Trial.Kind.MUTANTS, "effect": Trial.Kind.EFFECT}
PAYEES = {"person": gettext_lazy("个人"), "organisation": gettext_lazy("单位")}
GROUPS = {
    "kind": gettext_lazy("个人和单位"), "level": gettext_lazy("按技能等级"), "place": gettext_lazy("按地区"),
    "size": gettext_lazy("按单位大小"),
}  # fmt: skip


class PlaceForm(forms.Form):
    """For which place a change is tried: those of one's own role."""

    region = forms.ChoiceField(label=gettext_lazy("试算哪里"), widget=Choices(attrs={"class": "input"}))

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        paths = request.viewer.paths()  # type: ignore[attr-defined]
        own = Region.objects.filter(path__in=paths).order_by("path")
        choice(self, "region").choices = [(each.code, each.name) for each in own]


@makers
def of_draft(request: HttpRequest, uid: uuid.UUID, kind: str) -> HttpResponse:
    """A trial of the newest version: ask for it, watch it, read it."""
    draft = access_draft(request, uid)
    if kind not in KINDS:
        raise Http404
    version = draft.latest
    form = PlaceForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if KINDS[kind] == Trial.Kind.MUTANTS:
            trials.ask(KINDS[kind], request.user, version=version)  # type: ignore[arg-type]
            return redirect("documents:draft_trial", uid=uid, kind=kind)
        if form.is_valid():
            trials.ask(KINDS[kind], request.user, version=version, region=form.cleaned_data["region"])  # type: ignore[arg-type]
            return redirect("documents:draft_trial", uid=uid, kind=kind)
    found = trials.newest(KINDS[kind], version=version)
    back = reverse("documents:draft", args=[draft.uid])
    crumbs = [Crumb(_("工作稿"), reverse("documents:drafts")), Crumb(draft.document, back)]
    about = {
        "back": back,
        "what": _("第 %(n)s 次保存") % {"n": version.number},
        "open": draft.state == Draft.State.OPEN,
    }
    return _page(request, kind, found, form, crumbs, about)


@stewards
def of_release(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What a release would do against the one in force."""
    release = get_object_or_404(Release, uid=uid)
    form = PlaceForm(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        trials.ask(Trial.Kind.EFFECT, request.user, release=release, region=form.cleaned_data["region"])  # type: ignore[arg-type]
        return redirect("documents:release_effect", uid=uid)
    found = trials.newest(Trial.Kind.EFFECT, release=release)
    back = reverse("documents:release", args=[uid])
    name = _("第 %(n)s 版") % {"n": release.number}
    crumbs = [Crumb(_("规则版本"), reverse("documents:releases")), Crumb(name, back)]
    return _page(request, "effect", found, form, crumbs, {"back": back, "what": name, "open": True})


def _page(request: HttpRequest, kind: str, found: trials.Standing | None, form: PlaceForm, crumbs: list[Crumb],
          about: dict[str, Any]) -> HttpResponse:  # fmt: skip
    if (over := watching.over(request, found is not None and found.under_way)) is not None:
        return over
    title = _("变体") if kind == "mutants" else _("对全区的影响")
    values: dict[str, Any] = about | {"kind": kind, "standing": found, "form": form, "title": title,
                                      "crumbs": [*crumbs, Crumb(title)]}  # fmt: skip
    if found is not None and found.trial.result is not None:
        result = found.trial.result
        values["when"] = moment(found.trial.asked_at)
        values |= {"result": result} if kind == "mutants" else shown(result)
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "documents/trial.html", values, status=status)


def shown(result: dict[str, Any]) -> dict[str, Any]:
    """The figures of an effect as facts and tables."""
    all_: list[Any] = next(iter(result["moved"]["all"]), ["", 0, 0, 0, 0])
    change = result["after"]["money"][0] - result["before"]["money"][0]
    facts = [
        Fact(_("现在"), money(result["before"]["money"])),
        Fact(_("改了以后"), money(result["after"]["money"])),
        Fact(_("相差"), _signed(change)),
        Fact(_("多得的"), _("%(n)s 个，共多 %(sum)s") % {"n": thousands(all_[1]), "sum": Amount.exactly(all_[2])}),
        Fact(_("少得的"), _("%(n)s 个，共少 %(sum)s") % {"n": thousands(all_[3]), "sum": Amount.exactly(all_[4])}),
    ]  # fmt: skip
    moved = [_moved(GROUPS[group], result["moved"][group]) for group in GROUPS if result["moved"].get(group)]
    place = Region.objects.filter(code=result["region"]).first()
    return {"result": result, "facts": facts, "place": place.name if place else result["region"],
            "tables": [*([_benefits(result)] if result["benefits"] else []), _funds(result), _payees(result), *moved],
            "nothing": not result["benefits"]}  # fmt: skip


def money(part: list[int] | None) -> str:
    """A sum as an interval: what is sure, what is possible, and how many rows have no end."""
    if part is None:
        return _("没有这一项")
    low, high, without = part
    said = str(Amount.exactly(low)) if low == high else str(Amount(low, high))
    return said + (_("，另有 %(n)s 笔上不封顶") % {"n": thousands(without)} if without else "")


def _signed(fen: int) -> str:
    return f"{'+' if fen > 0 else ''}{grouped(fen)} {_('元')}"


def _funds(result: dict[str, Any]) -> Table:
    before, after = result["before"]["funds"], result["after"]["funds"]
    rows = [[fund if fund not in ("", "undetermined") else _("文件没有写明"), money(before.get(fund)), money(after.get(fund))]
            for fund in dict.fromkeys([*before, *after])]  # fmt: skip
    return Table(_("按资金"), [Column(_("资金")), Column(_("现在")), Column(_("改了以后"))], rows)


def _payees(result: dict[str, Any]) -> Table:
    before, after = result["before"]["payees"], result["after"]["payees"]
    rows = [[str(PAYEES.get(kind, _("其他对象"))), thousands(before.get(kind, 0)), thousands(after.get(kind, 0))]
            for kind in dict.fromkeys([*before, *after])]  # fmt: skip
    columns = [Column(_("谁")), Column(_("现在"), "number"), Column(_("改了以后"), "number")]
    return Table(_("多少人和单位一定有"), columns, rows)


def _benefits(result: dict[str, Any]) -> Table:
    plans = library.current().plans
    rows = []
    for each in result["benefits"]:
        document = each["key"].partition("#")[0]
        number = plans[document].number if document in plans else document
        rows.append(
            [Cell(each["name"], note=f"{number} {each['clause']}"), money(each["before"]), money(each["after"])]
        )
    columns = [Column(_("补贴奖励")), Column(_("现在")), Column(_("改了以后"))]
    return Table(_("金额有变的"), columns, rows)


def _moved(label: Any, rows: list[list[Any]]) -> Table:
    columns = [Column(_("哪些")), Column(_("多得的"), "number"), Column(_("共多（元）"), "number"),
               Column(_("少得的"), "number"), Column(_("共少（元）"), "number")]  # fmt: skip
    names = {each.code: each.name for each in Region.objects.filter(code__in=[row[0] for row in rows])}
    shown = [
        [str(PAYEES.get(name, names.get(name, name))) or _("未知"), thousands(up), grouped(more), thousands(down), grouped(less)]
        for name, up, more, down, less in rows
    ]  # fmt: skip
    return Table(str(label), columns, shown)
