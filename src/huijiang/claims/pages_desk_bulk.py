"""Deciding on a selection: totals first, then each judged by itself, and a list of what could not be done."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huijiang import audit
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import bulk as bulks
from huijiang.claims import moving, queue, showing
from huijiang.claims.bulk import AT_THE_DESK, MOST, Outcome
from huijiang.claims.models import BulkDecision, BulkItem, Claim
from huijiang.claims.pages_desk import FilterForm, claims_of, viewer_of, works
from huijiang.claims.public_notice import name_of
from huijiang.claims.queue import VIEWS
from huijiang.jobs.models import ENDED, State
from huijiang.jobs.queue import cancel
from huijiang.web import watching
from huijiang.web.components.amount import grouped
from huijiang.web.components.tables import Cell, Column, Table

LONGEST = 2_000  # characters of a list's question that are read


@works
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """First post: what it would do, with totals.  With `confirmed=yes`: done, or handed to a job."""
    viewer = viewer_of(request)
    deed = next((each for each in AT_THE_DESK if each.name == request.POST.get("deed")), None)
    numbers = list(dict.fromkeys(request.POST.getlist("claim")))
    if request.POST.get("scope") == "all":
        numbers = filtered(viewer, request.POST.get("whole", ""))
    asked = len(numbers)
    if deed is None or not numbers:
        messages.error(request, _("请先勾选办件，再选择要作的决定。"))
        return redirect("claims:desk")
    if asked > MOST:
        messages.error(request, _("一次最多 %(most)s 件，您选了 %(n)s 件。") % {"most": MOST, "n": asked})
        return redirect("claims:desk")
    found = list(claims_of(viewer).filter(number__in=numbers).order_by("deadline", "pk"))
    if request.POST.get("confirmed") == "yes":
        return _confirmed(request, viewer, deed.name, found)
    outcome = bulks.sorted_out(found, viewer, deed.name)
    points = {each.pk: made.point for each in outcome.done if (made := moving.last_of(each)) is not None}
    told: dict[str, Any] = {"deed": deed, "unknown": asked - len(found), "back": reverse("claims:desk"), "uid": uuid.uuid4(),
                            "background": len(outcome.done) > bulks.IN_REQUEST}  # fmt: skip
    told |= {**_shown(outcome, points), "numbers": [each.number for each in outcome.done]}
    return render(request, "claims/bulk.html", told)


def filtered(viewer: Viewer, query: str) -> list[str]:
    """The numbers of a list as it was filtered, the most urgent first, MOST at most."""
    asked, on = QueryDict(query[:LONGEST]), today()
    view = VIEWS.get(asked.get("view", "")) or queue.opening(viewer, on)
    found = queue.listed(viewer, view, FilterForm(asked, viewer=viewer, view=view).asked(), on)
    return [each for each in found.order_by(view.by, "pk").values_list("number", flat=True)[:MOST] if each]


def _confirmed(request: HttpRequest, viewer: Viewer, name: str, found: list[Claim]) -> HttpResponse:
    uid = bulks.uid_of(request.POST.get("uid", ""), viewer)
    if uid is None:
        messages.error(request, _("请先看合计，再确认。"))
        return redirect("claims:desk")
    made = bulks.make(uid, viewer, name, found)
    return redirect("claims:bulk_done", uid=made.uid)


def _own(request: HttpRequest, uid: uuid.UUID) -> BulkDecision:
    return get_object_or_404(BulkDecision, uid=uid, made_by=viewer_of(request).user)


@works
@require_safe
def done(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What became of a selection; while a job works on it, how far that is."""
    held = _own(request, uid)
    run = bulks.run_of(held)
    over = run is None or run.state in ENDED
    if (ended := watching.over(request, not over)) is not None:
        return ended
    items = list(held.items.select_related("claim__region", "claim__payee_person", "claim__payee_organisation"))
    told = Outcome([each.claim for each in items if each.outcome == BulkItem.Outcome.DONE],
                   [(each.claim, each.why) for each in items if each.outcome == BulkItem.Outcome.NOT_DONE])  # fmt: skip
    return render(request, "claims/bulk_done.html", {
        "held": held, "label": bulks.label_of(held.deed), "run": run, "over": over, "under_way": not over, "all": len(items), "back": reverse("claims:desk"),
        "left": sum(not each.outcome for each in items), "cancelled": run is not None and run.state == State.CANCELLED,
        **_shown(told, {each.claim_id: each.amount for each in items}),
    })  # fmt: skip


@works
@require_POST
def cancel_bulk(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    held = _own(request, uid)
    run = bulks.run_of(held)
    if run is not None and run.state not in ENDED:
        with transaction.atomic():
            cancel(run)
            audit.record(viewer_of(request).user, "claims.bulk_cancelled", f"bulk:{held.uid}")
        messages.info(request, _("已要求停下：办过的已经办了，没有轮到的保持原样。"))
    return redirect("claims:bulk_done", uid=uid)


def _shown(outcome: Outcome, points: dict[int, int | None]) -> dict[str, Any]:
    """By benefit: how many, and how much where any amount is known (`total` None: none is, or none is granted)."""
    by_benefit: dict[str, list[Claim]] = {}
    for each in outcome.done:
        by_benefit.setdefault(each.benefit, []).append(each)
    sums = {benefit: sum(points.get(each.pk) or 0 for each in found) for benefit, found in by_benefit.items()}
    money = any(points.get(each.pk) is not None for each in outcome.done)
    columns = [Column(_("项目")), Column(_("件数"), "number"), *([Column(_("金额（元）"), "number")] if money else [])]
    rows = [[name_of(benefit), str(len(found)), *([grouped(sums[benefit])] if money else [])]
            for benefit, found in by_benefit.items()]  # fmt: skip
    return {
        "count": len(outcome.done), "total": sum(sums.values()) if money else None, "refused": len(outcome.not_done),
        "table": Table(_("按项目合计"), columns, rows) if rows else None,
        "not_done": Table(_("不能办的"), [Column(_("受理编号")), Column(_("申请人")), Column(_("原因"))],
                          [[Cell(each.number or "", reverse("claims:case", args=[each.number])), showing.name_of(each), why]
                           for each, why in outcome.not_done]) if outcome.not_done else None,
    }  # fmt: skip
