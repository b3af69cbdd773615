"""Who works in the demo's office, and for whom it is shown: officers known as persons, three of finance, and workers
and firms that have something to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q
from django.utils import timezone

from huijiang.access import humans
from huijiang.access.models import Agency, Binding
from huijiang.access.viewers import as_agent, as_worker
from huijiang.accounts import demo
from huijiang.accounts.models import Grant, Role, SecondFactor, User
from huijiang.accounts.viewers import Viewer, as_staff, today
from huijiang.entitlements.models import Standing, State
from huijiang.regions.models import Region
from huijiang.registry.models import Coverage, Organisation, Person
from huijiang.registry.vocabulary import vocabulary
from tiaowen.identifiers.person import person_check_character

WORKERS: Final = 3
FIRMS: Final = 2
MORE_OF_FINANCE: Final = ("finance-2", "finance-3")
AREA: Final = "339999"  # no area has this code: nobody has such a number
SEEN_BY: Final = "security-admin"
BORN: Final = 1970
OFFICE: Final = (
    (Role.COUNTER, "counter"), (Role.INTAKE, "intake"), (Role.REVIEWER, "reviewer"), (Role.SECOND_REVIEWER, "second-reviewer"),
    (Role.SUPERVISOR, "supervisor"), (Role.FINANCE, "finance"), (Role.FINANCE, "finance-2"), (Role.FINANCE, "finance-3"),
)  # fmt: skip
"""An office that is large enough for its chain."""
SHOWN: Final = ("reviewer", "finance")
ASKED_ABOUT: Final = {"hire": "employer", "insurance": "employer worker"}
"""Table → columns: registers that have every row of whom they are asked about."""
NOT_SHOWN: Final = "sample-"
"""How the logins of those begin with whom nobody signs in."""


@dataclass(frozen=True)
class Desk:
    """A region's officers by the last part of their login, and whom the demo's workers and agents are for."""

    region: Region
    staff: dict[str, Viewer]
    workers: dict[int, Viewer]
    agents: dict[int, Viewer]

    def __getitem__(self, name: str) -> Viewer:
        return self.staff[name]

    def own(self, person: int | None, organisation: int | None) -> Viewer:
        """A person, or a firm's agent, with an account of their own: the demo's workers and firms have one, others get
        it now."""
        known = self.workers.get(person or 0) or self.agents.get(organisation or 0)
        return known or _applicant(self, person, organisation)


def workers_of(region: Region) -> list[Person]:
    """People to whom most happens: owed something, and another thing just missed; the same each time."""
    live = Standing.objects.filter(region=region, last_run=None, person__isnull=False)
    found = live.values("person").annotate(
        ready=Count("benefit", distinct=True, filter=Q(state=State.READY)),
        events=Count("id", filter=Q(state=State.READY)),
        near=Count("id", filter=Q(state=State.NEAR)),
    ).filter(ready__gt=0).order_by("-ready", "-events", "-near", "person")  # fmt: skip
    chosen = [each["person"] for each in sorted(found, key=lambda e: (-min(e["near"], 1), -e["events"], e["person"]))]
    return [Person.objects.get(pk=pk) for pk in chosen[:WORKERS]]


def firms_of(region: Region) -> list[Organisation]:
    """Organisations that may claim several things and have few results in all, so that one can read them through."""
    found = (
        Standing.objects.filter(region=region, last_run=None, organisation__isnull=False)
        .values("organisation").annotate(events=Count("id", filter=Q(state=State.READY)), all=Count("id"))
    )  # fmt: skip
    chosen = sorted(
        found.filter(events__gt=0), key=lambda e: (e["events"] < 2, e["all"] // 5, -e["events"], e["organisation"])
    )
    return [Organisation.objects.get(pk=each["organisation"]) for each in chosen[:FIRMS]]


def desk_of(region: Region) -> Desk:
    """The officers, with the further ones of finance; each is known as a person, so that four eyes are two people."""
    for name in MORE_OF_FINANCE:
        user = demo.account(f"{demo.PREFIX}{name}", f"演示{Role.FINANCE.label}{name[-1]}", region)
        if not user.grants.exists():
            Grant.objects.create(
                user=user, role=Role.FINANCE, region=region, starts_on=timezone.localdate() - demo.IN_OFFICE
            )
        if not SecondFactor.objects.filter(user=user).exists():
            SecondFactor.objects.create(user=user, secret=demo.secret_of(user.login))
    staff = {}
    for user in User.objects.filter(login__startswith=demo.PREFIX, grants__region=region).distinct().order_by("login"):
        viewer = as_staff(user)
        if viewer is not None:
            staff[user.login.removeprefix(demo.PREFIX)] = viewer
    _known([each.user for each in staff.values()], staff[SEEN_BY].user, BORN)
    bound = User.objects.filter(login__startswith=demo.PREFIX).order_by("login")
    workers = {viewer.person: viewer for user in bound if (viewer := as_worker(user)) and viewer.person}
    agents = {viewer.organisation: viewer for user in bound.filter(login__contains="agent")
              if (viewer := as_agent(user)) and viewer.organisation}  # fmt: skip
    return Desk(region, staff, workers, agents)


def office_of(region: Region, name: str, by: Viewer, number: int) -> Desk:
    """The office of another place of the province, whose own documents are claimed there.  Two of its officers have
    sign-ins that everybody may know (`demo-NAME-reviewer`, `demo-NAME-finance`), the others none; `by` knows them as
    persons.  `number`: of the place, so that no two officers are one person."""
    staff = {}
    for role, last in OFFICE:
        title = f"演示{region.name}{role.label}{last[-1] if last[-1].isdigit() else ''}"
        if last in SHOWN:
            user = demo.account(f"{demo.PREFIX}{name}-{last}", title, region)
            SecondFactor.objects.get_or_create(user=user, defaults={"secret": demo.secret_of(user.login)})
        else:
            user = _silent(f"{NOT_SHOWN}{name}-{last}", title, region)
        Grant.objects.get_or_create(
            user=user, role=role, region=region, defaults={"starts_on": timezone.localdate() - demo.IN_OFFICE}
        )
        viewer = as_staff(user)
        assert viewer is not None
        staff[last] = viewer
    _known([each.user for each in staff.values()], by.user, BORN + number)
    return Desk(region, staff, {}, {})


def complete(region: Region) -> None:
    """The place's own registers have all that lies there, and answer for each worker of each firm: what they don't have
    is not so."""
    told = {"complete": True, "source": "登记", "as_of": today()}
    for table in vocabulary().tables:
        Coverage.objects.get_or_create(table=table, region=region, by="", since=None, until=None, defaults=told)
    for table, by in ASKED_ABOUT.items():
        Coverage.objects.get_or_create(table=table, region=None, by=by, since=None, until=None, defaults=told)


def _applicant(desk: Desk, person: int | None, organisation: int | None) -> Viewer:
    """An account bound at the counter, with no password that anybody knows."""
    if person is not None:
        user = _silent(f"{NOT_SHOWN}person-{person}", Person.objects.get(pk=person).name[:64], desk.region)
        told = {"way": Binding.Way.COUNTER, "bound_by": desk["counter"].user}
        Binding.objects.get_or_create(user=user, person_id=person, defaults=told)
        viewer = as_worker(user)
    else:
        firm = Organisation.objects.get(pk=organisation)
        user = _silent(f"{NOT_SHOWN}firm-{firm.pk}", f"{firm.name[:60]}经办人", desk.region)
        told = {"power": Agency.Power.OWNER, "starts_on": today(), "appointed_by": desk["counter"].user}
        Agency.objects.get_or_create(user=user, organisation=firm, defaults=told)
        viewer = as_agent(user)
    assert viewer is not None
    return viewer


def _silent(login: str, name: str, region: Region) -> User:
    found = User.objects.filter(login=login).first()
    return found or User.objects.create_user(login, None, name=name, managed_by=region)


def _known(officers: list[User], by: User, born: int) -> None:
    for number, user in enumerate(officers, start=1):
        if user.identity is None and user.pk != by.pk:
            seventeen = f"{AREA}{born}0101{number:03d}"
            humans.know(user, seventeen + person_check_character(seventeen), by)
