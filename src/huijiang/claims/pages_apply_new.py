"""From a result to a claim: what it takes, before anything is stored; or why it can't be had, and what else there is."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from huijiang.access import doors
from huijiang.access.law import access_organisations, access_people
from huijiang.access.sightings import Purpose, saw
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer
from huijiang.claims import drafting, intake, questions
from huijiang.claims.access import access_claims
from huijiang.claims.errors import CannotDetermine, ClaimError
from huijiang.claims.models import Claim
from huijiang.claims.pages_apply import AGENT, COUNTER, WORKER, Desk, asks, viewer_of
from huijiang.claims.sources import SourceKind, kind_of
from huijiang.claims.states import LIVE, State
from huijiang.claims.terms import terms_of
from huijiang.entitlements import explanation, live, wording
from huijiang.entitlements.firm import one_benefit
from huijiang.entitlements.models import State as Found
from huijiang.entitlements.sees import sees
from huijiang.registry.models import Organisation, Person
from huijiang.web.components.layout import Crumb


def can_be_begun(each: live.Entitlement) -> bool:
    """Ready; or open for want of what its applicant can tell or show."""
    missing = [lack for judged in each.open if judged.outcome is None for lack in judged.missing]
    askable = any(lack.table and kind_of(lack.source) is not SourceKind.REGISTER for lack in missing)
    return each.state is Found.READY or (each.state is Found.UNKNOWN and askable)


def address_for_worker(each: live.Entitlement) -> str:
    """Where a person claims it; empty where there is nothing to claim yet."""
    return reverse("claims:apply_new", args=[*_parts(each), each.holder]) if can_be_begun(each) else ""


def address_for_firm(each: live.Entitlement) -> str:
    """Where an organisation claims it; empty where there is nothing to claim yet."""
    return reverse("claims:org_apply_new", args=[*_parts(each), each.holder]) if can_be_begun(each) else ""


def _parts(each: live.Entitlement) -> list[str]:
    document, _hash, rule = each.key.partition("#")
    return [document, rule]


def others(result: live.Result, key: str, address: Any) -> list[tuple[str, str]]:
    """What else can be claimed: name and page."""
    return [(each.name, address(each)) for each in result.money if each.key != key][:5]


def _new(
    request: HttpRequest, desk: Desk, result: live.Result, found: live.Entitlement, holder: Any, address: Any,
    crumbs: list[Crumb],
) -> HttpResponse:  # fmt: skip
    viewer = viewer_of(request)
    whose = {"person": holder.pk} if isinstance(holder, Person) else {"organisation": holder.pk}
    same = Claim.objects.filter(benefit=found.key, holder=found.holder)
    running = same.filter(state__in=LIVE).first()
    told: dict[str, Any] = {
        "of": found, "clause": wording.clause_of(found, named=True), "crumbs": [*crumbs, Crumb(found.name)], "desk": desk,
        "running": running, "case": desk.of(running) if running and access_claims(viewer).filter(pk=running.pk).exists() else "",
        "others": others(result, found.key, address), "payee": holder.name, "counter": desk is COUNTER,
        "draft": access_claims(viewer).filter(pk__in=same.filter(state=State.DRAFT).values("pk")).first(),
    }  # fmt: skip
    try:
        asked = questions.what_to_ask(result.region, found.key, found.holder, viewer.on, **whose)
    except CannotDetermine as error:
        return render(request, "claims/cannot.html", told | {"reason": str(error)}, status=409)
    if running is None and (
        found.state in (Found.NEAR, Found.NO) or (found.state is Found.UNKNOWN and not asked.questions)
    ):
        told |= {
            "conditions": wording.judged_conditions(found),
            "taken_away": explanation.taken_away(found),
            "step": wording.next_step(found, ""),
            "open": found.state is Found.UNKNOWN,
        }
        return render(request, "claims/not_entitled.html", told)
    if request.method == "POST" and running is None:
        try:
            claim = intake.open_draft(viewer, holder.managed_by, found.key, found.holder, **whose)
        except ClaimError as error:
            told["errors"] = [(str(error), "")]
        else:
            sheet = drafting.sheet_of(claim, viewer.on)
            return redirect(desk.address("", claim.uid) if sheet.missing else desk.address("_check", claim.uid))
    told |= {"asked": asked, "amount": wording.money(found), "days": terms_of(holder.managed_by, found.key).legal_days,
             "notice": terms_of(holder.managed_by, found.key).notice_due}  # fmt: skip
    return render(request, "claims/begin.html", told, status=409 if told.get("errors") else 200)


def _result_of(viewer: Viewer, person: Any, key: str, holder: str) -> tuple[live.Result, live.Entitlement]:
    result = live.of_person(person.pk, person.managed_by_id, viewer.on, sees(viewer))
    found = result.find(key, holder)
    if found is None or found.kind != "benefit" or not found.to_me:
        raise Http404
    return result, found


@doors.worker
@asks
def mine(request: HttpRequest, document: str, rule: str, holder: str) -> HttpResponse:
    """A person claims what is theirs."""
    viewer = viewer_of(request)
    person = get_object_or_404(access_people(viewer).select_related("managed_by"))
    result, found = _result_of(viewer, person, f"{document}#{rule}", holder)
    crumbs = [Crumb(_("我能享受的政策"), reverse("entitlements:mine"))]
    return _new(request, WORKER, result, found, person, address_for_worker, crumbs)


@doors.agent
@asks
def firm(request: HttpRequest, document: str, rule: str, holder: str) -> HttpResponse:
    """An organisation claims what is paid to it, one event at a time."""
    viewer = viewer_of(request)
    organisation = get_object_or_404(access_organisations(viewer).select_related("managed_by"))
    result, found = _of_firm(viewer, organisation, f"{document}#{rule}", holder)
    crumbs = [Crumb(_("单位可享政策"), reverse("entitlements:firm_results"))]
    return _new(request, AGENT, result, found, organisation, address_for_firm, crumbs)


def _of_firm(viewer: Viewer, organisation: Any, key: str, holder: str) -> tuple[live.Result, live.Entitlement]:
    result = one_benefit(viewer, organisation, key)
    found = result.find(key, holder)
    if found is None:
        raise Http404
    return result, found


clerk = staff(Role.COUNTER)


@clerk
@asks
def for_person(request: HttpRequest, uid: uuid.UUID, document: str, rule: str, holder: str) -> HttpResponse:
    """The counter claims for a person who stands there."""
    viewer = viewer_of(request)
    person: Any = get_object_or_404(access_people(viewer).select_related("managed_by"), uid=uid)
    saw(viewer, person, Purpose.COUNTER, ["entitlements"])
    result, found = _result_of(viewer, person, f"{document}#{rule}", holder)
    crumbs = [
        Crumb(_("窗口受理登记"), reverse("claims:intake_search")),
        Crumb(person.name, reverse("claims:intake_person", args=[uid])),
    ]
    return _new(request, COUNTER, result, found, person,
                lambda each: reverse("claims:intake_new_person", args=[uid, *_parts(each), each.holder]), crumbs)  # fmt: skip


@clerk
@asks
def for_firm(request: HttpRequest, uid: uuid.UUID, document: str, rule: str, holder: str) -> HttpResponse:
    """The counter claims for an organisation whose agent stands there."""
    viewer = viewer_of(request)
    organisation: Any = get_object_or_404(access_organisations(viewer).select_related("managed_by"), uid=uid)
    assert isinstance(organisation, Organisation)
    result, found = _of_firm(viewer, organisation, f"{document}#{rule}", holder)
    crumbs = [
        Crumb(_("窗口受理登记"), reverse("claims:intake_search")),
        Crumb(organisation.name, reverse("claims:intake_firm", args=[uid])),
    ]
    return _new(request, COUNTER, result, found, organisation,
                lambda each: reverse("claims:intake_new_firm", args=[uid, *_parts(each), each.holder]), crumbs)  # fmt: skip
