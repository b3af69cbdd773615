"""Who acts for a person or an organisation, as a viewer (`accounts.viewers`)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.http import HttpRequest

from huijiang import prepared
from huijiang.access.models import Agency
from huijiang.accounts.models import User
from huijiang.accounts.viewers import Capacity, Viewer, once, today

CHOSEN = "organisation"  # in the session: for which organisation an agent is at work


# A record that was found to be another's double is read as that other (registry.linked); there are no chains.
_BOUND = b"""
SELECT whose, array(SELECT gone_person_id FROM registry_merge WHERE kept_person_id = whose AND ended_at IS NULL)
FROM access_binding AS bound
LEFT JOIN registry_merge AS alias ON alias.gone_person_id = bound.person_id AND alias.ended_at IS NULL
CROSS JOIN LATERAL (SELECT coalesce(alias.kept_person_id, bound.person_id)) AS told (whose)
WHERE bound.user_id = $1::bigint AND bound.ended_at IS NULL"""
_AGENCIES = b"""
SELECT whose, held.organisation_id, held.power,
       array(SELECT gone_organisation_id FROM registry_merge WHERE kept_organisation_id = whose AND ended_at IS NULL)
FROM access_agency AS held
LEFT JOIN registry_merge AS alias ON alias.gone_organisation_id = held.organisation_id AND alias.ended_at IS NULL
CROSS JOIN LATERAL (SELECT coalesce(alias.kept_organisation_id, held.organisation_id)) AS told (whose)
JOIN registry_organisation AS organisation ON organisation.id = whose
WHERE held.user_id = $1::bigint AND held.ended_at IS NULL
  AND held.starts_on <= $2 AND (held.ends_on IS NULL OR held.ends_on >= $2)
ORDER BY organisation.pinyin, held.power DESC, held.id"""


WARD = "ward"  # in the session: for which child a guardian is at work

_WARD = b"""
SELECT whose, array(SELECT gone_person_id FROM registry_merge WHERE kept_person_id = whose AND ended_at IS NULL)
FROM access_guardianship AS held
LEFT JOIN registry_merge AS alias ON alias.gone_person_id = held.child_id AND alias.ended_at IS NULL
CROSS JOIN LATERAL (SELECT coalesce(alias.kept_person_id, held.child_id)) AS told (whose)
WHERE held.user_id = $1::bigint AND held.child_id = $2::bigint AND held.ended_at IS NULL AND held.ends_on > $3"""


def as_worker(user: User, on: dt.date | None = None, ward: int | None = None) -> Viewer | None:
    """The viewer that this account is as a person, or as the guardian of a child (its number) who is not 18 yet;
    None while it is bound to nobody."""
    if ward is not None:
        for child, aliases in prepared.rows(_WARD, str(user.pk), str(ward), on or today()):
            return Viewer(user, Capacity.WORKER, on or today(), person=child, aliases=tuple(aliases))
    for person, aliases in prepared.rows(_BOUND, str(user.pk)):
        return Viewer(user, Capacity.WORKER, on or today(), person=person, aliases=tuple(aliases))
    return None


def agencies(user: User, on: dt.date | None = None) -> list[Agency]:
    """The organisations that this account acts for on a day, in the order of their names."""
    day = on or today()
    held = Agency.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), user=user, starts_on__lte=day, ended_at=None)
    return list(held.select_related("organisation").order_by("organisation__pinyin", "id"))


def as_agent(user: User, organisation: int | None = None, on: dt.date | None = None) -> Viewer | None:
    """The viewer that acts for one organisation (the first where none is named)."""
    day = on or today()
    for firm, held, power, aliases in prepared.rows(_AGENCIES, str(user.pk), day):
        if organisation in (None, firm, held):
            owner = power == Agency.Power.OWNER
            return Viewer(user, Capacity.AGENT, day, organisation=firm, owner=owner, aliases=tuple(aliases))
    return None


def worker_of(request: HttpRequest) -> Viewer | None:
    """Whoever asks, as a person."""
    return once(request, "worker", lambda: as_worker(request.user, ward=request.session.get(WARD)))  # type: ignore[arg-type]


def agent_of(request: HttpRequest) -> Viewer | None:
    """Whoever asks, for the organisation that they chose (the first where they chose none)."""
    return once(request, "agent", lambda: as_agent(request.user, request.session.get(CHOSEN)))  # type: ignore[arg-type]
