"""What claims say to the rooms below: where a result is claimed, where a message leads, who may see a claim's papers."""

from __future__ import annotations

import uuid

from django.http import HttpRequest
from django.urls import reverse

from huijiang.access.viewers import agent_of, worker_of
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.claims import panels
from huijiang.claims.access import access_claims
from huijiang.claims.pages_apply_new import address_for_firm, address_for_worker
from huijiang.claims.pages_my import TODO
from huijiang.claims.states import State
from huijiang.entitlements import claiming
from huijiang.files import services as files
from huijiang.notices import services as notices


def register() -> None:
    """Called once, when Django starts."""
    claiming.register("worker", address_for_worker)
    claiming.register("firm", address_for_firm)
    notices.register_target("claim", page_of)
    files.register_subject("claim", may_open)
    files.register_seats(before_panels)


def page_of(viewer: Viewer | None, uid: str) -> str:
    """The page of a claim for whoever reads a message about it; empty where they have none."""
    if viewer is None or viewer.capacity is Capacity.STAFF:
        return ""
    found = access_claims(viewer).filter(uid=uid).first()
    if found is None:
        return ""
    worker = viewer.capacity is Capacity.WORKER
    if found.number is None or found.state == State.AWAITING_CORRECTION:
        return reverse("claims:apply" if worker else "claims:org_apply", args=[found.uid])
    return reverse("claims:my_case" if worker else "claims:org_case", args=[found.number])


def may_open(viewer: Viewer, number: str) -> bool:
    """Whether the papers of a claim are open to a viewer: as the claim is."""
    try:
        found = uuid.UUID(number)
    except ValueError:
        return False
    return access_claims(viewer).filter(uid=found).exists() or f"claim:{found}" in before_panels(viewer)


def before_panels(viewer: Viewer) -> list[str]:
    """The claims whose papers a member of a panel judges, as subjects of files."""
    return [f"claim:{each.uid}" for each in panels.before(viewer)] if viewer.capacity is Capacity.STAFF else []


def waits_for_worker(request: HttpRequest) -> int:
    """How many claims wait for the person."""
    return _waiting(worker_of(request))


def waits_for_firm(request: HttpRequest) -> int:
    """How many claims wait for the organisation."""
    return _waiting(agent_of(request))


def _waiting(viewer: Viewer | None) -> int:
    if viewer is None:
        return 0
    waiting = [str(each) for each in TODO if each != State.DRAFT]
    return access_claims(viewer).filter(state__in=waiting).count()
