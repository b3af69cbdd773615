"""The desk: what waits, the most urgent first; take the next one; give work to somebody; who stands in for whom."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import bulk, queue, review, showing, standing_in
from huijiang.claims.access import access_claims
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import Claim, StandIn
from huijiang.claims.public_notice import name_of
from huijiang.claims.queue import VIEWS, WORK, Asked, View
from huijiang.regions.models import Region
from huijiang.web.components.amount import grouped
from huijiang.web.components.lists import Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.forms import choice

WORKS: Final = bulk.WORKS
READS: Final = (*WORKS, Role.FINANCE, Role.AUDITOR)
works = staff(*WORKS)
reads = staff(*READS)
asks = require_http_methods(["GET", "HEAD", "POST"])


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


class FilterForm(forms.Form):
    """Questions to the list."""

    number = forms.CharField(label=gettext_lazy("受理编号"), max_length=24, required=False,
                             widget=forms.TextInput(attrs={"autocomplete": "off"}))  # fmt: skip
    benefit = forms.ChoiceField(
        label=gettext_lazy("项目"), required=False, widget=forms.Select(attrs={"lang": "zh-Hans"})
    )
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    region = forms.ChoiceField(
        label=gettext_lazy("地区"), required=False, widget=forms.Select(attrs={"lang": "zh-Hans"})
    )
    batch = forms.ChoiceField(
        label=gettext_lazy("批量申报"), required=False, widget=forms.Select(attrs={"lang": "zh-Hans"})
    )
    overdue = forms.ChoiceField(label=gettext_lazy("时限"), required=False,
                                choices=[("", gettext_lazy("全部")), ("1", gettext_lazy("只看超期"))])  # fmt: skip
    passed = forms.ChoiceField(label=gettext_lazy("核验情况"), required=False,
                               choices=[("", gettext_lazy("全部")), ("1", gettext_lazy("全部通过的"))])  # fmt: skip

    def __init__(self, *args: Any, viewer: Viewer, view: View, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("全部"))]
        own = {path.rstrip("/").rpartition("/")[2] for path in viewer.paths()}
        near = Region.objects.filter(pk__in=own) | Region.objects.filter(parent__in=own)
        choice(self, "benefit").choices = every + [(each, name_of(each)) for each in queue.benefits()]
        choice(self, "state").choices = every + [(str(each), each.label) for each in view.states]
        self.batches = {str(uid): name for uid, name in queue.batches(viewer, view)}
        choice(self, "batch").choices = every + list(self.batches.items())
        if not self.batches:
            del self.fields["batch"]
        choice(self, "region").choices = every + [(each.pk, each.name) for each in near.order_by("path")[:200]]

    def asked(self) -> Asked:
        """What was asked; an answer that is none of the choices asks nothing."""
        self.is_valid()
        told = self.cleaned_data
        return Asked(told.get("number", ""), told.get("benefit", ""), told.get("state", ""), told.get("region", ""),
                     bool(told.get("overdue")), told.get("batch", ""), bool(told.get("passed")))  # fmt: skip


@reads
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The list."""
    viewer, on = viewer_of(request), today()
    view = VIEWS.get(request.GET.get("view", "")) or queue.opening(viewer, on)
    form = FilterForm(request.GET, viewer=viewer, view=view)
    asked = form.asked()
    found = queue.listed(viewer, view, asked, on)
    page = queue.page(found, view, request.GET.get("after", ""))
    count, late = queue.counted(found), queue.counted(found.filter(deadline__lt=on))
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    told = {
        "tabs": _tabs(viewer, view, on), "form": form, "kept": {"view": view.name}, "page": page, "view": view, "rows": _rows(page.rows, on),
        "columns": COLUMNS, "count": queue.shown(count), "late": queue.shown(late) if late else "", "narrowed": asked != Asked(),
        "onward": f"?{urlencode({**kept, 'after': page.onward})}" if page.onward else "",
        "first": f"?{urlencode(kept)}" if request.GET.get("after") else "",
        "deeds": bulk.AT_THE_DESK if viewer.roles & set(WORKS) and set(view.states) & set(WORK) else (),
        "whole": request.GET.urlencode(), "every": min(count, bulk.MOST), "more_than_most": count > bulk.MOST,
        "takes": bool(viewer.roles & set(standing_in.WORKING)), "covers": _covered(viewer, on), "most": bulk.MOST,
        "running": [
            {"label": bulk.label_of(each.deed), "address": reverse("claims:bulk_done", args=[each.uid])}
            for each in bulk.under_way(viewer)
        ],
    }  # fmt: skip
    return render(request, "claims/desk.html", told)


COLUMNS: Final = (
    Column(gettext_lazy("受理编号 / 申请人")), Column(gettext_lazy("项目")), Column(gettext_lazy("金额（元）"), "number"),
    Column(gettext_lazy("核验情况")), Column(gettext_lazy("状态"), "state"), Column(gettext_lazy("时限")), Column(gettext_lazy("承办")),
)  # fmt: skip


def _tabs(viewer: Viewer, current: View, on: dt.date) -> list[Tab]:
    """Every tab with its count; those about work that is done carry none."""
    return [
        Tab(str(each.label), f"?view={each.name}",
            None if each.name in ("decided", "over") else queue.shown(queue.counted(queue.listed(viewer, each, Asked(), on))),
            each.name == current.name)
        for each in VIEWS.values()
    ]  # fmt: skip


def _covered(viewer: Viewer, on: dt.date) -> list[str]:
    running = StandIn.objects.filter(absent__in=standing_in.covered(viewer.user, on), deputy=viewer.user, ended_at=None)
    return [
        _("%(name)s（到 %(day)s）") % {"name": each.absent.name, "day": each.ends_on.isoformat()}
        for each in running.select_related("absent")
    ]


def _rows(claims: list[Claim], on: dt.date) -> list[dict[str, Any]]:
    left, checks = queue.days_left(claims, on), queue.checks_of(claims)
    rows = []
    for each in claims:
        cells = [
            Cell(name_of(each.benefit), note=each.region.name), _amount(each), showing.check_cell(checks.get(each.pk)),
            Cell(tag=showing.state_tag(each)), showing.time_cell(each, left.get(each.pk)),
            Cell(each.assigned_to.name if each.assigned_to else "—"),
        ]  # fmt: skip
        rows.append({"claim": each, "name": showing.name_of(each), "address": reverse("claims:case", args=[each.number]),
                     "cells": list(zip(COLUMNS[1:], cells, strict=True))})  # fmt: skip
    return rows


def _amount(claim: Any) -> Cell:
    """The point, the interval, or that nothing is determined yet."""
    if claim.point is not None:
        return Cell(grouped(claim.point))
    if claim.outcome != "entitled" or claim.low is None:
        return Cell("—")
    return Cell(f"{grouped(claim.low)}–{grouped(claim.high) if claim.high is not None else ''}")


@works
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """领取下一件."""
    found = review.take_next(viewer_of(request))
    if found is None:
        messages.info(request, _("现在没有等待您领取的办件。"))
        return redirect("claims:desk")
    return redirect("claims:case", number=found.number)


def claims_of(viewer: Viewer) -> QuerySet[Claim]:
    """The numbered claims that the viewer may open, with what a page shows of each."""
    return access_claims(viewer).exclude(number=None).select_related(
        "region", "payee_person", "payee_organisation", "beneficiary_person", "assigned_to", "account", "applicant"
    )  # fmt: skip


@works
@asks
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Give a claim to somebody of the office, or put it back."""
    viewer = viewer_of(request)
    claim = get_object_or_404(claims_of(viewer), number=number)
    people = standing_in.officers(viewer)
    form = AssignForm(
        request.POST if request.method == "POST" else None, people=[(str(each.uid), each.name) for each in people]
    )
    if form.is_bound and form.is_valid():
        chosen = next(each for each in people if str(each.uid) == form.cleaned_data["user"])
        try:
            review.assign(claim, chosen, viewer)
        except (ClaimError, MayNot) as error:
            form.add_error("user", str(error))
        else:
            messages.success(request, _("已分派给%(name)s。") % {"name": chosen.name})
            return redirect("claims:case", number=number)
    return render(request, "claims/assign.html", {"form": form, "claim": claim}, status=422 if form.is_bound else 200)


class AssignForm(forms.Form):
    """Who works on it from now on."""

    user = forms.ChoiceField(label=gettext_lazy("分派给"), widget=forms.Select(attrs={"lang": "zh-Hans"}))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice(self, "user").choices = people


# -- stand-ins ----------------------------------------------------------------------------
class StandInForm(forms.Form):
    """Who does whose work, from when to when."""

    absent = forms.ChoiceField(label=gettext_lazy("谁不在"), widget=forms.Select(attrs={"lang": "zh-Hans"}))
    deputy = forms.ChoiceField(label=gettext_lazy("由谁代办"), widget=forms.Select(attrs={"lang": "zh-Hans"}))
    since = forms.DateField(
        label=gettext_lazy("从哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("到哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], own: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice(self, "absent").choices = own
        choice(self, "deputy").choices = [("", _("请选择")), *people]


@works
@asks
def stand_ins(request: HttpRequest) -> HttpResponse:
    """代办: the arrangements of one's office, and a new one."""
    viewer = viewer_of(request)
    people = standing_in.officers(viewer)
    directs = bool(viewer.roles & set(standing_in.DIRECTING))
    listed = [(str(each.uid), each.name) for each in people]
    own = listed if directs else [(str(viewer.user.uid), viewer.user.name)]
    form = StandInForm(
        request.POST if request.method == "POST" else None,
        people=listed,
        own=own,
        initial={"since": today(), "until": today()},
    )
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        by_uid = {str(each.uid): each for each in (*people, viewer.user)}
        try:
            standing_in.stand_in(by_uid[told["absent"]], by_uid[told["deputy"]], told["since"], told["until"], viewer)
        except (ClaimError, MayNot) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("代办已安排。"))
            return redirect("claims:stand_ins")
    near = {each.pk for each in people} | {viewer.user.pk}
    found = StandIn.objects.filter(absent__in=near).select_related("absent", "deputy", "made_by")[:100]
    columns = [
        Column(_("谁不在")),
        Column(_("由谁代办")),
        Column(_("起止")),
        Column(_("安排人")),
        Column(_("状态"), "state"),
    ]
    rows = [[each.absent.name, each.deputy.name, f"{each.starts_on.isoformat()} – {each.ends_on.isoformat()}", each.made_by.name,
             _stand(each, viewer, directs)] for each in found]  # fmt: skip
    return render(request, "claims/stand_ins.html", {"form": form, "table": Table(_("代办安排"), columns, rows), "any": bool(rows)},
                  status=422 if form.is_bound else 200)  # fmt: skip


def _stand(found: StandIn, viewer: Viewer, directs: bool) -> Cell:
    if found.ended_at is not None or found.ends_on < today():
        return Cell(_("已结束"))
    if directs or viewer.user.pk in (found.absent_id, found.deputy_id):
        return Cell(_("提前结束"), reverse("claims:end_stand_in", args=[found.pk]))
    return Cell(_("进行中"))


@works
@asks
def end_stand_in(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    near = {each.pk for each in standing_in.officers(viewer)} | {viewer.user.pk}
    found = get_object_or_404(
        StandIn.objects.filter(absent__in=near, ended_at=None).select_related("absent", "deputy"), pk=pk
    )
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        try:
            standing_in.end(found, viewer)
        except MayNot as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("代办已结束。"))
        return redirect("claims:stand_ins")
    return render(request, "claims/end_stand_in.html", {"found": found})


__all__ = ["READS", "WORK", "WORKS", "asks", "claims_of", "reads", "viewer_of", "works"]
