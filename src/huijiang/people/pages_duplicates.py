"""The registrar's pages of likely duplicates: two records side by side, one or two, and merges that can be undone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.access import concerns
from huijiang.access.law import in_scope
from huijiang.access.sightings import Purpose, masked, saw
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.tables import moment
from huijiang.accounts.viewers import Viewer
from huijiang.entitlements.desk import hidden_name
from huijiang.entitlements.portrait import shown
from huijiang.people.reasons import words_of
from huijiang.registry import merging
from huijiang.registry.linked import KINDS, Merge, Pair
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import references, stored_columns, vocabulary
from huijiang.web.components.layout import Crumb
from huijiang.web.components.lists import Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 30
registrar = staff(Role.REGISTRAR)
asks = require_http_methods(["GET", "HEAD", "POST"])


class DecisionForm(forms.Form):
    """One or two, which record stays, and why."""

    decision = forms.ChoiceField(label=gettext_lazy("判断"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=gettext_lazy("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("核对了什么。请不要写身份证号。"),
    )  # fmt: skip

    def __init__(self, *args: Any, firm: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one = _("是同一家单位") if firm else _("是同一个人")
        self.fields["decision"].choices = [  # type: ignore[attr-defined]
            ("first", _("%(one)s，保留左边的记录") % {"one": one}),
            ("second", _("%(one)s，保留右边的记录") % {"one": one}),
            ("different", _("不是同一家单位") if firm else _("不是同一个人")),
        ]


class UndoForm(forms.Form):
    words = forms.CharField(label=gettext_lazy("撤销的理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def access_pairs(viewer: Viewer) -> Any:
    """Pairs of which a registrar's regions manage both records: nobody decides about another region's record."""
    found = Q(pk__in=())
    paths = viewer.paths(Role.REGISTRAR)
    for kind in KINDS:
        found |= in_scope(paths, f"first_{kind}__managed_by") & in_scope(paths, f"second_{kind}__managed_by")
    both = [f"{side}_{kind}__managed_by" for side in ("first", "second") for kind in KINDS]
    return Pair.objects.filter(found).select_related(*both)


def access_merges(viewer: Viewer) -> Any:
    """Merges of which a registrar's regions manage both records."""
    found = Q(pk__in=())
    paths = viewer.paths(Role.REGISTRAR)
    for kind in KINDS:
        found |= in_scope(paths, f"gone_{kind}__managed_by") & in_scope(paths, f"kept_{kind}__managed_by")
    both = [f"{side}_{kind}" for side in ("gone", "kept") for kind in KINDS]
    return Merge.objects.filter(found).select_related(*both, "made_by", "ended_by")


def _name(kind: str, row: Any) -> str:
    return hidden_name(row.name) if kind == "person" else str(row.name)


@registrar
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Open pairs, the likeliest first: people on one tab, firms on another."""
    kind = "organisation" if request.GET.get("tab") == "organisation" else "person"
    within, here = access_pairs(_viewer(request)).filter(decision=""), reverse("people:duplicates")
    of = {each: within.filter(**{f"first_{each}__isnull": False}) for each in KINDS}
    tabs = [
        Tab(_("人"), here, of["person"].count(), kind == "person"),
        Tab(_("单位"), f"{here}?tab=organisation", of["organisation"].count(), kind == "organisation"),
    ]
    page = Paginator(of[kind].order_by("-probability", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("两条记录")), Column(_("像在哪里")), Column(_("管理地区")), Column(_("可能性"), "state")]
    rows = [
        [Cell("、".join(_name(kind, one) for one in each.both), reverse("people:duplicate", args=[each.uid])), words_of(each),
         "、".join(dict.fromkeys(one.managed_by.name for one in each.both)), Cell(tag=_likely(each.probability))]
        for each in page
    ]  # fmt: skip
    return render(
        request, "people/duplicates.html", {"tabs": tabs, "page": page, "table": Table(_("疑似重复"), columns, rows)}
    )


def _likely(probability: int) -> Tag:
    return Tag(_("很像"), "red") if probability >= 950 else Tag(_("比较像"), "amber")


@dataclass(frozen=True)
class Line:
    """One column of both records; `same` None where one of them says nothing."""

    label: str
    first: str
    second: str
    same: bool | None


def beside(kind: str, first: Any, second: Any) -> list[Line]:
    """What both records say, column by column, and how many rows of each table hang on them."""
    lines = []
    for column in stored_columns(vocabulary().tables[kind]):
        one, other = shown(first, column), shown(second, column)
        if one or other:
            lines.append(Line(column.label, one, other, one == other if one and other else None))
    if kind == "person":
        numbers = [
            [f"{each.kind} {masked(each.number.open())}" for each in row.documents.all()] for row in (first, second)
        ]
        if any(numbers):
            lines.insert(1, Line(_("证件"), "、".join(numbers[0]), "、".join(numbers[1]), None))
    for table in vocabulary().tables.values():
        for reference in references(table, kind):
            counts = [
                MODELS[table.id]._default_manager.filter(**{reference.name: row}).count() for row in (first, second)
            ]
            if any(counts):
                said = [_("%(n)s 条") % {"n": count} if count else "" for count in counts]
                lines.append(Line(f"{table.label} · {reference.label}", said[0], said[1], None))
    for label, one, other in (
        (_("来源"), first.source, second.source), (_("数据日期"), first.as_of.isoformat(), second.as_of.isoformat()),
        (_("管理地区"), first.managed_by.name, second.managed_by.name),
    ):  # fmt: skip
        lines.append(Line(label, one, other, None))
    return lines


def _table(lines: list[Line]) -> Table:
    columns = [Column(_("内容")), Column(_("左边的记录")), Column(_("右边的记录")), Column(_("比较"), "state")]
    tags = {True: Tag(_("相同"), "green"), False: Tag(_("不同"), "red"), None: None}
    rows = [
        [Cell(each.label), each.first or "—", each.second or "—", Cell(tag=tags[each.same]) if each.same is not None else Cell("—")]
        for each in lines
    ]  # fmt: skip
    return Table(_("两条记录对照"), columns, rows)


@registrar
@asks
def pair(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Two records side by side; the decision is remembered, a merge can be undone."""
    viewer = _viewer(request)
    found = get_object_or_404(access_pairs(viewer), uid=uid)
    first, second = found.both
    form = DecisionForm(request.POST if request.method == "POST" else None, firm=found.kind == "organisation")
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            if found.kind == "person" and concerns.is_own(viewer.user, [first.pk, second.pk]):
                raise merging.Refused(_("这是您本人或您监护的孩子的登记，要由别人判断。"))
            if told["decision"] == "different":
                merging.tell_apart(viewer.user, found, told["words"])
                messages.success(request, _("已记住：不是同一个，以后不再提示。"))
            else:
                kept, gone = (first, second) if told["decision"] == "first" else (second, first)
                merging.merge(viewer.user, kept, gone, told["words"])
                messages.success(request, _("已合并。两条记录都还在，可以在“合并记录”里撤销。"))
        except merging.Refused as error:
            form.add_error(None, str(error))
        else:
            return redirect("people:duplicates")
    with transaction.atomic():
        for each in (first, second):
            saw(viewer, each, Purpose.DATA, [found.kind])
    return render(request, "people/duplicate.html", {
        "form": form, "pair": found, "table": _table(beside(found.kind, first, second)), "why": words_of(found),
        "name": first.name, "crumbs": [Crumb(_("疑似重复"), reverse("people:duplicates")), Crumb(_("两条记录对照"))],
    }, status=422 if form.errors else 200)  # fmt: skip


@registrar
@require_safe
def merges(request: HttpRequest) -> HttpResponse:
    """What was merged, by whom and why; those that hold can be undone."""
    page = Paginator(access_merges(_viewer(request)).order_by("-id"), PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("记录")), Column(_("合并时间")), Column(_("谁合并的")), Column(_("理由")), Column(_("状态"), "state"),
               Column(_("操作"))]  # fmt: skip
    rows = [
        [Cell(_name(each.kind, each.kept)), moment(each.made_at), each.made_by.name, each.words,
         Cell(tag=Tag(_("已撤销"), "grey") if each.ended_at else Tag(_("有效"), "green")),
         Cell("—") if each.ended_at else Cell(_("撤销合并"), reverse("people:undo", args=[each.uid]))]
        for each in page
    ]  # fmt: skip
    return render(request, "people/merges.html", {"page": page, "table": Table(_("合并记录"), columns, rows)})


@registrar
@asks
def undo(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Part two records again."""
    viewer = _viewer(request)
    found = get_object_or_404(access_merges(viewer), uid=uid)
    form = UndoForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            back, elsewhere = merging.undo(viewer.user, found, form.cleaned_data["words"])
        except merging.Refused as error:
            form.add_error(None, str(error))
        else:
            said = _("已撤销，%(back)s 条信息还给了原来的记录。") % {"back": back}
            if elsewhere:
                said += _("另有 %(n)s 条此后已改到别处，没有动。") % {"n": elsewhere}
            messages.success(request, said)
            return redirect("people:merges")
    return render(request, "people/undo.html", {
        "form": form, "of": found, "name": _name(found.kind, found.kept), "moved": found.moved.filter(left=False).count(),
        "crumbs": [Crumb(_("合并记录"), reverse("people:merges")), Crumb(_("撤销合并"))],
    }, status=422 if form.errors else 200)  # fmt: skip
