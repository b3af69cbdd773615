"""Where a message about a survey leads."""

from __future__ import annotations

import uuid

from django.urls import reverse

from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.labour.surveys import access_surveys


def address_of(viewer: Viewer | None, number: str) -> str:
    """The firm's page of it; empty for whoever has none."""
    if viewer is None or viewer.capacity is not Capacity.AGENT:
        return ""
    try:
        found = access_surveys(viewer).filter(uid=uuid.UUID(number)).first()
    except ValueError:
        return ""
    return reverse("labour:survey", args=[found.uid]) if found else ""
