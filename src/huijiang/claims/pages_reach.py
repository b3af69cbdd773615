"""应享未享 for analysts, leaders and officers; the list behind a figure for those alone who look at single people."""

from __future__ import annotations

from typing import Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.access.law import FACTS
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer
from huijiang.claims import reach
from huijiang.claims.public_notice import masked, name_of
from huijiang.entitlements.models import NightlyRun, Standing
from huijiang.regions.models import Region
from huijiang.registry.vocabulary import vocabulary
from huijiang.web.components.amount import grouped
from huijiang.web.components.figures import Kpi, percent
from huijiang.web.components.layout import Crumb
from huijiang.web.components.tables import Cell, Column, Table

COUNTS: Final = tuple(sorted({Role.ANALYST, Role.LEADER, Role.FINANCE_BUREAU, *FACTS}))
LISTS: Final = tuple(sorted(FACTS))
PER_PAGE: Final = 50
MOST: Final = 200


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


@staff(*COUNTS)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Counts and money, no person."""
    viewer = _viewer(request)
    found = reach.lines(viewer)
    places = {each.code: each for each in Region.objects.filter(code__in={each.region for each in found})}
    names = {code: each.name for code, each in places.items()}
    paths = viewer.paths(*(Role(each) for each in LISTS)) or ("\0",)
    drills = {code for code, each in places.items() if each.path.startswith(paths)}
    columns = [Column(_("项目")), Column(_("应享（件）"), "number"), Column(_("已申报（件）"), "number"),
               Column(_("未申报（件）"), "number"), Column(_("未申报至少（元）"), "number")]  # fmt: skip
    rows = [
        [Cell(name_of(each.benefit), _list(each) if each.region in drills and each.unclaimed else "", note=names[each.region]), f"{each.owed:,}",
         f"{each.claimed:,}", Cell(f"{each.unclaimed:,}", tone="amber" if each.unclaimed else ""), grouped(each.money)]
        for each in found[:MOST]
    ]  # fmt: skip
    owed, open_ = sum(each.owed for each in found), sum(each.unclaimed for each in found)
    share = (owed - open_) * 100 // owed if owed else 0
    night = NightlyRun.objects.filter(region__in=names).exclude(ended_at=None).order_by("-id").first()
    return render(request, "claims/reach.html", {
        "kpis": [
            Kpi(_("应享（件）"), f"{owed:,}"),
            Kpi(_("已申报或已发"), f"{owed - open_:,}", share=share, note=_("占应享 %(share)s") % {"share": percent(owed - open_, owed)}),
            Kpi(_("应享未享"), f"{open_:,}", note=_("至少 %(yuan)s 元") % {"yuan": grouped(sum(each.money for each in found))}),
        ],
        "table": Table(_("按项目和地区"), columns, rows), "count": len(found), "night": night, "drills": drills,
        "cut": max(len(found) - MOST, 0),
    })  # fmt: skip


def _list(line: reach.Line) -> str:
    return f"{reverse('claims:reach_list')}?{urlencode({'benefit': line.benefit, 'region': line.region})}"


@staff(*LISTS)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Whom one figure is about, masked; the person's page shows more to whoever may open it."""
    benefit, code = request.GET.get("benefit", ""), request.GET.get("region", "")
    region = Region.objects.filter(code=code).first()
    found = reach.unclaimed(_viewer(request), benefit, code)
    if region is None or not found.exists():
        if benefit or code:
            raise Http404
        region = None
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("对象")), Column(_("事由")), Column(_("至少（元）"), "number")]
    rows = [[_whom(each), _event(each.holder), grouped(each.low)] for each in page]
    return render(request, "claims/reach_list.html", {
        "page": page, "table": Table(_("应享未享名单"), columns, rows), "name": name_of(benefit) if region else "",
        "place": region.name if region else "", "crumbs": [Crumb(_("应享未享"), reverse("claims:reach")), Crumb(_("名单"))],
    })  # fmt: skip


def _whom(standing: Standing) -> Cell:
    person, body = standing.person, standing.organisation
    if person is not None:
        return Cell(masked(str(person.name)), reverse("entitlements:person", args=[person.uid]))
    if body is not None:
        return Cell(str(body.name), reverse("entitlements:firm_seen", args=[body.uid]))
    return Cell("—")


def _event(holder: str) -> str:
    """`recognition:12` as people say it: 荣誉称号 12."""
    table, _colon, row = holder.partition(":")
    known = vocabulary().tables.get(table)
    return f"{known.label if known is not None else table} {row}"
