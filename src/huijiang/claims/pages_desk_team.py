"""The supervisor's view of the office: who has how much, how old it is; relations that keep somebody from a case; audit packs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huijiang import present
from huijiang.access.law import access_organisations, access_people
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, only_as, today
from huijiang.claims import acts, packs, pages_packs, queue, standing_in
from huijiang.claims.access import access_claims
from huijiang.claims.errors import MayNot
from huijiang.claims.models import Relation
from huijiang.claims.pages_desk import WORKS, asks, reads, viewer_of, works
from huijiang.claims.public_notice import masked, name_of
from huijiang.claims.states import State
from huijiang.registry.identity import read_document
from huijiang.registry.models import IdentityDocument
from huijiang.sealed import found_by
from huijiang.web.components.tables import Cell, Column, Table

AGES = (
    (5, gettext_lazy("5 天内")),
    (10, gettext_lazy("6–10 天")),
    (20, gettext_lazy("11–20 天")),
    (None, gettext_lazy("20 天以上")),
)
STAGES = (State.SUBMITTED, State.CHECKING, State.AWAITING_CORRECTION, State.IN_REVIEW, State.SECOND_REVIEW)


@reads
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Workload per officer and stage, and how long the open cases have been here."""
    viewer, on = viewer_of(request), today()
    by: dict[Any, dict[str, Any]] = defaultdict(lambda: {"name": "", "states": {}, "late": 0, "oldest": None})
    for each in queue.workload(viewer, on):
        held = by[each["assigned_to"]]
        held["name"] = each["assigned_to__name"] or _("还没有人领取")
        held["states"][each["state"]] = each["count"]
        held["late"] += each["overdue"]
        held["oldest"] = min(filter(None, (held["oldest"], each["oldest"])), default=None)
    columns = [Column(_("承办")), *(Column(str(each.label), "number") for each in STAGES), Column(_("合计"), "number"),
               Column(_("超期"), "number"), Column(_("最早提交"))]  # fmt: skip
    ranked = sorted(by.values(), key=lambda one: -sum(one["states"].values()))
    rows = [[each["name"], *(str(each["states"].get(str(state), 0)) for state in STAGES), str(sum(each["states"].values())),
             Cell(str(each["late"]), tone="red" if each["late"] else ""), present.day_of(each["oldest"]).isoformat() if each["oldest"] else "—"]
            for each in ranked]  # fmt: skip
    return render(request, "claims/team.html", {
        "table": Table(_("各人在办"), columns, rows) if rows else None, "ages": _ages(viewer), "packs": _packs(),
        "works": bool(viewer.roles & set(WORKS)),
        "audits": bool(viewer.roles & set(packs.AUDITS)), "asked": pages_packs.asked(viewer),
    })  # fmt: skip


def _ages(viewer: Viewer) -> Table | None:
    """Open claims by stage and by days since they were submitted."""
    now = present.now()
    sums, least = {}, 0
    for at, (most, _label) in enumerate(AGES):
        within = Q(submitted_at__lt=now - dt.timedelta(days=least)) if least else Q()
        if most is not None:
            within &= Q(submitted_at__gte=now - dt.timedelta(days=most))
        sums[f"age{at}"] = Count("pk", within)
        least = most or least
    found: Any = (
        access_claims(viewer)
        .filter(state__in=[str(each) for each in STAGES])
        .order_by()
        .values("state")
        .annotate(**sums)
    )
    by = {each["state"]: each for each in found}
    rows = [
        [str(state.label), *(str(by[state][f"age{at}"]) for at in range(len(AGES)))]
        for state in STAGES
        if str(state) in by
    ]
    return (
        Table(_("从提交起多久了"), [Column(_("环节")), *(Column(str(label), "number") for _most, label in AGES)], rows)
        if rows
        else None
    )


def _packs() -> list[dict[str, Any]]:
    return [{"benefit": each, "name": name_of(each)} for each in queue.benefits()]


# -- relations (回避) ---------------------------------------------------------------------
class RelationForm(forms.Form):
    """One's own relation: to a person, by document number, or to an organisation, by its credit code."""

    number = forms.CharField(
        label=gettext_lazy("对方的证件号码或统一社会信用代码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    words = forms.CharField(
        label=gettext_lazy("什么关系"),
        max_length=120,
        help_text=gettext_lazy("例如：配偶、子女、兄弟姐妹、持股、曾任职。"),
    )


def access_relations(viewer: Viewer) -> QuerySet[Relation]:
    """Relations that hold: one's own; for a supervisor those of whoever works on claims in their regions."""
    supervises = only_as(viewer, Role.SUPERVISOR)
    whose = [viewer.user, *(standing_in.officers(supervises) if supervises is not None else ())]
    return Relation.objects.filter(user__in=whose, ended_at=None)


def _other(held: Relation) -> str:
    """Whom a relation is to: a firm's name, a person's name masked."""
    if held.organisation is not None:
        return str(held.organisation.name)
    return masked(str(held.person.name)) if held.person is not None else "—"


@works
@asks
def relations(request: HttpRequest) -> HttpResponse:
    """Declare whom one must keep away from; it holds from now on for every claim.  Others end it, not oneself."""
    viewer = viewer_of(request)
    form = RelationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        person, organisation = _found(viewer, form.cleaned_data["number"])
        if person is None and organisation is None:
            form.add_error("number", _("登记库里没有这个号码。请核对后再填。"))
        else:
            acts.declare(viewer.user, viewer.user, form.cleaned_data["words"], person=person, organisation=organisation)
            messages.success(request, _("已申报。从现在起，涉及对方的办件您都不能签署。"))
            return redirect("claims:relations")
    directs = Role.SUPERVISOR in viewer.roles
    held = access_relations(viewer).select_related("user", "person", "organisation")
    rows = [[each.user.name, _other(each), each.words,
             present.day_of(each.declared_at).isoformat(),
             Cell(_("解除"), reverse("claims:end_relation", args=[each.pk])) if directs and each.user_id != viewer.user.pk else Cell("—")]
            for each in held.order_by("-pk")[:200] if each.organisation or each.person]  # fmt: skip
    columns = [Column(_("人员")), Column(_("对方")), Column(_("关系")), Column(_("申报日期")), Column(_("办理"))]
    return render(request, "claims/relations.html", {"form": form, "table": Table(_("回避关系"), columns, rows) if rows else None},
                  status=422 if form.is_bound else 200)  # fmt: skip


def _found(viewer: Viewer, number: str) -> tuple[int | None, int | None]:
    """The person or organisation with a number, within what the officer may look up."""
    plain = "".join(number.split()).upper()
    firm = access_organisations(viewer).filter(uscc=plain).values_list("pk", flat=True).first()
    if firm is not None:
        return None, firm
    try:
        matched = read_document(plain).matched
    except ValueError:
        return None, None
    papers_ = IdentityDocument.objects.filter(
        found_by(IdentityDocument, "matched", matched), person__in=access_people(viewer)
    )
    return papers_.values_list("person", flat=True).first(), None


@staff(Role.SUPERVISOR)
@asks
def end_relation(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody else confirms that a relation is no more."""
    found = get_object_or_404(access_relations(viewer_of(request)).select_related("user"), pk=pk)
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        try:
            acts.end_relation(found, viewer_of(request).user)
        except MayNot as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("关系已解除。"))
        return redirect("claims:relations")
    return render(request, "claims/end_relation.html", {"found": found})
