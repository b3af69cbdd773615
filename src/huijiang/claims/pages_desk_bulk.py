"""Deciding on a selection: totals first, then one by one, each judged by itself, and a list of what could not be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import deciding, moving, queue, showing
from huijiang.claims.deciding import BULK, DEEDS, MOST, Outcome
from huijiang.claims.models import Claim
from huijiang.claims.pages_desk import FilterForm, claims_of, viewer_of, works
from huijiang.claims.public_notice import name_of
from huijiang.claims.queue import VIEWS
from huijiang.web.components.amount import grouped
from huijiang.web.components.tables import Cell, Column, Table


@works
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """First post: what it would do, with totals.  With `confirmed=yes`: done."""
    viewer = viewer_of(request)
    name = request.POST.get("deed", "")
    numbers = list(dict.fromkeys(request.POST.getlist("claim")))
    if request.POST.get("scope") == "all":
        numbers = filtered(viewer, request.POST.get("whole", ""))
    if name not in BULK or not numbers:
        messages.error(request, _("请先勾选办件，再选择要作的决定。"))
        return redirect("claims:desk")
    if len(numbers) > MOST:
        messages.error(request, _("一次最多 %(most)s 件，您选了 %(n)s 件。") % {"most": MOST, "n": len(numbers)})
        return redirect("claims:desk")
    found = list(claims_of(viewer).filter(number__in=numbers).order_by("deadline", "pk"))
    told: dict[str, Any] = {"deed": DEEDS[name], "unknown": len(numbers) - len(found), "back": reverse("claims:desk")}
    if request.POST.get("confirmed") == "yes":
        outcome = deciding.in_bulk(found, viewer, name)
        told |= _shown(outcome)
        return render(request, "claims/bulk_done.html", told)
    outcome = deciding.sorted_out(found, viewer, name)
    told |= {**_shown(outcome), "numbers": [each.number for each in outcome.done]}
    return render(request, "claims/bulk.html", told)


def filtered(viewer: Viewer, query: str) -> list[str]:
    """The numbers of a list as it was filtered, the most urgent first, MOST at most."""
    asked, on = QueryDict(query), today()
    view = VIEWS.get(asked.get("view", "")) or queue.opening(viewer, on)
    found = queue.listed(viewer, view, FilterForm(asked, viewer=viewer, view=view).asked(), on)
    return [each for each in found.order_by(view.by, "pk").values_list("number", flat=True)[:MOST] if each]


def _shown(outcome: Outcome) -> dict[str, Any]:
    points = {each.pk: made.point for each in outcome.done if (made := moving.last_of(each)) is not None}
    by_benefit: dict[str, list[Claim]] = {}
    for each in outcome.done:
        by_benefit.setdefault(each.benefit, []).append(each)
    rows = [
        [name_of(benefit), str(len(found)), grouped(sum(points.get(each.pk) or 0 for each in found))]
        for benefit, found in by_benefit.items()
    ]
    total = sum(each or 0 for each in points.values())
    return {
        "count": len(outcome.done), "total": total, "refused": len(outcome.not_done),
        "table": Table(_("按项目合计"), [Column(_("项目")), Column(_("件数"), "number"), Column(_("金额（元）"), "number")], rows) if rows else None,
        "not_done": Table(_("不能办的"), [Column(_("受理编号")), Column(_("申请人")), Column(_("原因"))],
                          [[Cell(each.number or "", reverse("claims:case", args=[each.number])), showing.name_of(each), why]
                           for each, why in outcome.not_done]) if outcome.not_done else None,
    }  # fmt: skip
