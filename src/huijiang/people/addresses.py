"""Where a message about a correction or an erasure leads, and where a row is disputed."""

from __future__ import annotations

from django.urls import reverse

from huijiang.accounts.viewers import Capacity, Viewer


def address_of_correction(viewer: Viewer | None, number: str) -> str:
    firm = viewer is not None and viewer.capacity is Capacity.AGENT
    return reverse("people:firm_facts" if firm else "people:corrections")


def address_of_erasure(viewer: Viewer | None, number: str) -> str:
    return reverse("people:privacy")


def address_of_dispute(viewer: Viewer, table: str, row: int) -> str:
    """Staff dispute nothing: they import, or answer."""
    match viewer.capacity:
        case Capacity.WORKER:
            return reverse("people:dispute", args=[table, row])
        case Capacity.AGENT:
            return reverse("people:firm_dispute", args=[table, row])
        case Capacity.STAFF:
            return ""
