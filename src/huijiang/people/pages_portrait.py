"""The portrait's pages: the person's own, and an officer's with a purpose."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.access import doors, purposes
from huijiang.access.law import FACTS, access_people, in_scope
from huijiang.access.sightings import Purpose, saw
from huijiang.accounts.doors import staff
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.claims.public_notice import name_of
from huijiang.entitlements import live, wording
from huijiang.entitlements.desk import asked_why, hidden_name
from huijiang.entitlements.models import State
from huijiang.entitlements.sees import sees
from huijiang.funds.models import Payment
from huijiang.funds.wording import money
from huijiang.people.portrait import Item, Portrait, portrait
from huijiang.registry.linked import family
from huijiang.web.components.layout import Crumb
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import ANSWERS

officer = staff(*FACTS)


def _items(caption: str, found: list[Item]) -> Table:
    columns = [Column(_("内容")), Column(_("日期")), Column(_("详细情况")), Column(_("来源"))]
    rows = [
        [Cell(each.title), each.day.isoformat() if each.day else _("日期不明"), each.text or "—",
         Cell(each.source, note=f"{each.as_of.isoformat()} · {each.region}")]
        for each in found
    ]  # fmt: skip
    return Table(caption, columns, rows)


def _spells(caption: str, found: list[Any]) -> Table:
    columns = [Column(_("内容")), Column(_("从")), Column(_("到")), Column(_("来源"))]
    rows = [
        [Cell(each.title), each.since.isoformat(), each.end, Cell(each.source, note=f"{each.as_of.isoformat()} · {each.region}")]
        for each in found
    ]  # fmt: skip
    return Table(caption, columns, rows)


def _payments(viewer: Viewer, person: int) -> Table:
    """What arrived: the platform's own payments, each with the day on which the bank said so; staff see their regions'."""
    paid = Payment.objects.filter(
        due__payee_person__in=family("person", person), state=Payment.State.PAID
    ).select_related("due__claim", "batch__source")
    if viewer.capacity is Capacity.STAFF:
        paid = paid.filter(in_scope(viewer.paths(*FACTS), "batch__region"))
    columns = [Column(_("项目")), Column(_("到账日期")), Column(_("金额（元）"), "number"), Column(_("资金来源"))]
    rows = [
        [Cell(name_of(each.due.benefit), note=each.due.period), each.settled_on.isoformat() if each.settled_on else "—",
         money(each.amount), each.batch.source.name]
        for each in paid.order_by("-settled_on", "-id")[:60]
    ]  # fmt: skip
    return Table(_("到账"), columns, rows)


def _entitlements(result: live.Result) -> Table:
    columns = [Column(_("项目")), Column(_("金额（元）"), "number"), Column(_("依据")), Column(_("状态"), "state")]
    rows = []
    for each in result.of(State.READY):
        if each.to_me:
            amount = wording.money(each)
            rows.append([Cell(each.name), str(amount) if amount else "—", f"{each.document} {each.clause}",
                         Cell(tag=ANSWERS[wording.ANSWER[each.state]])])  # fmt: skip
    return Table(_("现在能享受的"), columns, rows)


def _told(viewer: Viewer, person: Any) -> dict[str, Any]:
    made: Portrait = portrait(viewer, person)
    result = live.of_person(person.pk, person.managed_by_id, viewer.on, sees(viewer))
    parts = [
        (_("技能等级和职称"), _items(_("技能等级和职称"), made.levels)), (_("培训"), _items(_("培训"), made.training)),
        (_("称号"), _items(_("称号"), made.honours)), (_("现在能享受的"), _entitlements(result)), (_("到账"), _payments(viewer, person.pk)),
    ]  # fmt: skip
    spells = [(_("就业"), made.employment, _spells(_("就业"), made.employment)),
              (_("参保"), made.insurance, _spells(_("参保"), made.insurance))]  # fmt: skip
    bars: list[dict[str, Any]] = []
    for kind, found in (("work", made.employment), ("insured", made.insurance)):
        for each in reversed(found):
            bars.append(
                {"kind": kind, "left": each.left, "width": each.width, "open": each.open, "top": 40 + 240 * len(bars)}
            )
    return {
        "portrait": made,
        "parts": parts,
        "spells": spells,
        "on": viewer.on,
        "bars": bars,
        "height": 240 * len(bars) + 40,
    }


@doors.worker
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What all registers together say of me."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    person = get_object_or_404(access_people(viewer).select_related("managed_by", "employer"))
    return render(request, "people/portrait.html", {**_told(viewer, person), "person": person, "mine": True})


@officer
@require_http_methods(["GET", "HEAD", "POST"])
def seen(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The same for an officer, who says why first; the person can read that they looked."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    person = get_object_or_404(access_people(viewer).select_related("managed_by", "employer"), uid=uid)
    crumbs = [Crumb(_("查找个人"), reverse("entitlements:people")), Crumb(_("画像"))]
    asked = asked_why(request, person, hidden_name(person.name), crumbs)
    if asked is not None:
        return asked
    purpose = purposes.kept(request, person.uid)
    with transaction.atomic():
        saw(viewer, person, purpose, ["portrait"])
    return render(request, "people/portrait.html", {
        **_told(viewer, person), "person": person, "mine": False, "crumbs": crumbs, "purpose": Purpose(purpose).label,
    })  # fmt: skip
