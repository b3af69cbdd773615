"""Who acts for a person or an organisation, as a viewer (`accounts.viewers`)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.http import HttpRequest

from huijiang.access.models import Agency, Binding
from huijiang.accounts.models import User
from huijiang.accounts.viewers import Capacity, Viewer, once, today

CHOSEN = "organisation"  # in the session: for which organisation an agent is at work


def as_worker(user: User, on: dt.date | None = None) -> Viewer | None:
    """The viewer that this account is as a person; None while it is bound to nobody."""
    bound = Binding.objects.filter(user=user, ended_at=None).first()
    if bound is None:
        return None
    return Viewer(user, Capacity.WORKER, on or today(), person=bound.person_id)


def agencies(user: User, on: dt.date | None = None) -> list[Agency]:
    """The organisations that this account acts for on a day, in the order of their names."""
    day = on or today()
    held = Agency.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), user=user, starts_on__lte=day, ended_at=None)
    return list(held.select_related("organisation").order_by("organisation__pinyin", "id"))


def as_agent(user: User, organisation: int | None = None, on: dt.date | None = None) -> Viewer | None:
    """The viewer that acts for one organisation (the first where none is named)."""
    for each in agencies(user, on):
        if organisation in (None, each.organisation_id):
            return Viewer(user, Capacity.AGENT, on or today(), organisation=each.organisation_id,
                          owner=each.power == Agency.Power.OWNER)  # fmt: skip
    return None


def worker_of(request: HttpRequest) -> Viewer | None:
    """Whoever asks, as a person."""
    return once(request, "worker", lambda: as_worker(request.user))  # type: ignore[arg-type]


def agent_of(request: HttpRequest) -> Viewer | None:
    """Whoever asks, for the organisation that they chose (the first where they chose none)."""
    return once(request, "agent", lambda: as_agent(request.user, request.session.get(CHOSEN)))  # type: ignore[arg-type]
