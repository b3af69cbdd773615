"""Who is looking: a worker at what concerns them, an agent for an organisation, staff for their regions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db.models import Q

from huijiang.access.models import Agency, Binding
from huijiang.accounts.models import Grant, Role, User

HERE = ZoneInfo("Asia/Shanghai")


class Capacity(StrEnum):
    """As what somebody looks; one person may have several, never two at once."""

    WORKER = "worker"
    AGENT = "agent"
    STAFF = "staff"


@dataclass(frozen=True)
class Viewer:
    """`person`, `organisation`: primary keys; `grants`: role → paths of regions, for staff."""

    user: User
    capacity: Capacity
    on: dt.date
    person: int | None = None
    organisation: int | None = None
    owner: bool = False
    grants: tuple[tuple[Role, str], ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(role for role, _ in self.grants)

    def paths(self, *roles: Role) -> tuple[str, ...]:
        """Paths of the regions for which the viewer has one of the roles (any role where none is named)."""
        return tuple(dict.fromkeys(path for role, path in self.grants if not roles or role in roles))

    @property
    def words(self) -> str:
        """As what: written beside each sighting."""
        return " ".join(sorted(self.roles)) if self.capacity is Capacity.STAFF else str(self.capacity)


def today() -> dt.date:
    """The day as people here count it."""
    return dt.datetime.now(HERE).date()


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


def as_staff(user: User, on: dt.date | None = None) -> Viewer | None:
    """The viewer with every role that this account has on a day; None where it has none."""
    day = on or today()
    held = Grant.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), user=user, starts_on__lte=day, ended_at=None)
    grants = tuple((Role(each.role), each.region.path) for each in held.select_related("region").order_by("id"))
    return Viewer(user, Capacity.STAFF, day, grants=grants) if grants else None
