"""The pages of access for the gate: the counter, a firm's agents, consent, who saw me."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from huijiang.access.models import Agency, Consent, Sighting
from huijiang.accounts.models import Role, User
from huijiang.sealed import keys
from tests.huijiang.access.world import World, agent, make, worker
from tests.huijiang.accounts.people import account
from tests.huijiang.gate.pages import Page


def town() -> dict[str, Any]:
    """Two firms, a worker with a consent and somebody who looked, an owner and an agent, a counter officer."""
    keys.ensure(settings.KEY_FILE)
    found = User.objects.filter(login="town-worker").first()
    if found is None:
        world: World = make(tables=False)
        found = worker(world, 0, "town-worker")
        owner = agent(world, 0, Agency.Power.OWNER, "town-owner")
        agent(world, 0, Agency.Power.AGENT, "town-agent")
        officer = account("town-officer", Role.COUNTER, name="王芳", where=world.x)
        today = dt.datetime.now(dt.UTC).date()
        Consent.objects.create(person=world.people[0], organisation=world.firms[0], purpose="claims", given_by=found,
                               until=today + dt.timedelta(days=90))  # fmt: skip
        Sighting.objects.create(person=world.people[0], viewer=officer, capacity="counter", region=world.x,
                                purpose="counter", columns=["name", "identity_document.number"])  # fmt: skip
        assert owner
    users = {name: User.objects.get(login=f"town-{name}") for name in ("worker", "owner", "agent", "officer")}
    firm = users["owner"].agencies.get().organisation
    return {**users, "firm": firm, "consent": Consent.objects.get(given_by=users["worker"]),
            "agency": users["agent"].agencies.get(), "ownership": users["owner"].agencies.get()}  # fmt: skip


def page(name: str, visitor: str = "", arguments: Any = None, status: int = 200) -> Page:
    who = (lambda world: world[visitor]) if visitor else (lambda world: None)
    return Page(f"access:{name}", town, who, arguments or (lambda world: {}), status=status)


PAGES = [
    page("activate"),
    page("counter_needed", status=403),
    page("service_failed", status=502),
    *(page(each, "worker") for each in ("consents", "give_consent", "seen_by")),
    page("withdraw", "worker", lambda world: {"pk": world["consent"].pk}),
    page("members", "agent"),
    page("firm_seen_by", "agent"),
    *(page(each, "owner") for each in ("members", "appoint")),
    page("end_member", "owner", lambda world: {"pk": world["agency"].pk}),
    *(page(each, "officer") for each in ("activation", "first_owner")),
    page("organisation_members", "officer", lambda world: {"uid": world["firm"].uid}),
    page("end_owner", "officer", lambda world: {"pk": world["ownership"].pk}),
]
NOT_PAGES = {
    "access:ticket": "takes a form and goes to the sign-in service",
    "access:ticket_back": "where the sign-in service sends people; goes on at once",
    "access:switch": "takes a form and goes back",
}
