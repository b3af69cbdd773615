"""Who is looking, and as what: staff for their regions here; workers and agents in room `access`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest

from huijiang import prepared, present
from huijiang.accounts.models import Role, User

HERE = present.HERE


class Capacity(StrEnum):
    """As what somebody looks; one person may have several, never two at once."""

    WORKER = "worker"
    AGENT = "agent"
    STAFF = "staff"


@dataclass(frozen=True)
class Viewer:
    """`person`, `organisation`: primary keys; `grants`: role → paths of regions, for staff; `only`: the columns
    (`table.column`) that this viewer is held to, None for no such bound (another system has one).

    `aliases`: records that were found to be this person's or organisation's doubles (`registry.linked`).  What rooms
    keep of somebody (consents, claims, messages) is looked for under `people` or `firms`, never under one number.
    """

    user: User
    capacity: Capacity
    on: dt.date
    person: int | None = None
    organisation: int | None = None
    owner: bool = False
    grants: tuple[tuple[Role, str], ...] = ()
    only: frozenset[str] | None = None
    aliases: tuple[int, ...] = ()

    @property
    def people(self) -> tuple[int, ...]:
        """The person under every number; nobody where the viewer is no person."""
        return () if self.person is None else (self.person, *self.aliases)

    @property
    def firms(self) -> tuple[int, ...]:
        """The organisation under every number."""
        return () if self.organisation is None else (self.organisation, *self.aliases)

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
    return present.today()


_GRANTS = b"""
SELECT held.role, region.path FROM accounts_grant AS held JOIN regions_region AS region ON region.code = held.region_id
WHERE held.user_id = $1::bigint AND held.ended_at IS NULL
  AND held.starts_on <= $2 AND (held.ends_on IS NULL OR held.ends_on >= $2)
ORDER BY held.id"""


def as_staff(user: User, on: dt.date | None = None) -> Viewer | None:
    """The viewer with every role that this account has on a day; None where it has none."""
    day = on or today()
    grants = tuple((Role(role), path) for role, path in prepared.rows(_GRANTS, str(user.pk), day))
    return Viewer(user, Capacity.STAFF, day, grants=grants) if grants else None


def only_as(viewer: Viewer | None, *roles: Role) -> Viewer | None:
    """The same viewer with some of their roles and no others; None where they have none of these."""
    if viewer is None or not viewer.roles & set(roles):
        return None
    kept = tuple(each for each in viewer.grants if each[0] in roles)
    return Viewer(viewer.user, viewer.capacity, viewer.on, grants=kept)


def once(request: HttpRequest, name: str, find: Callable[[], Viewer | None]) -> Viewer | None:
    """A viewer found once a request, however many doors and entries ask; None for whoever is not signed in."""
    if not request.user.is_authenticated:
        return None
    known: dict[str, Viewer | None] = request.__dict__.setdefault("viewers_found", {})
    if name not in known:
        known[name] = find()
    return known[name]


def staff_of(request: HttpRequest) -> Viewer | None:
    """Whoever asks, as staff with all their roles."""
    return once(request, "staff", lambda: as_staff(request.user))  # type: ignore[arg-type]


def has_role(*roles: Role) -> Callable[[HttpRequest], bool]:
    """For entries of the navigation: whether somebody has one of the roles today."""

    def holds(request: HttpRequest) -> bool:
        viewer = staff_of(request)
        return viewer is not None and bool(viewer.roles & set(roles))

    return holds
