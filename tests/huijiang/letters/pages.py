"""The room's pages for the gate."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from huijiang.access.models import Agency
from huijiang.accounts.models import Role, User
from huijiang.letters import services as letters
from huijiang.letters.models import Letter
from huijiang.sealed import keys
from tests.huijiang.access.world import agent, make, worker
from tests.huijiang.accounts.people import account
from tests.huijiang.gate.pages import Page
from tests.huijiang.letters.samples import SAMPLES


def office() -> dict[str, Any]:
    """A worker with a decision that holds, one that was replaced, and one that nobody opened."""
    keys.ensure(settings.KEY_FILE)
    world = make(tables=False)
    told: dict[str, Any] = {"region": "339901", "by": None, "to": letters.To(person=world.people[0].pk)}
    old = letters.issue("grant", "claim:1", values=SAMPLES["grant"], amount=200_000, **told)
    new = letters.issue("grant", "claim:1", values=SAMPLES["grant"], amount=200_000, **told)
    letters.withdraw(None, old, "corrected", new)
    letters.serve(None, old, "post", "family", tracking="EX123456789")
    letters.issue("correction", "claim:1", values=SAMPLES["correction"], region="339901", by=None,
                  to=letters.To(organisation=world.firms[0].pk))  # fmt: skip
    keeper = account("office-keeper", Role.SYSTEM_ADMIN, where=world.x)
    return {
        "worker": worker(world, 0, "office-worker"), "agent": agent(world, 0, Agency.Power.AGENT, "office-agent"),
        "officer": account("office-officer", Role.COUNTER, where=world.x), "keeper": keeper,
        "old": Letter.objects.get(pk=old.pk), "new": Letter.objects.get(pk=new.pk),
    }  # fmt: skip


def page(name: str, visitor: str = "", arguments: Any = None, status: int = 200, query: str = "") -> Page:
    def who(world: dict[str, Any]) -> User | None:
        return world[visitor] if visitor else None

    return Page(f"letters:{name}", office, who, arguments or (lambda world: {}), status=status, query=query)


PAGES = [
    page("verify"),
    page("verified", arguments=lambda world: {"code": world["new"].code.open()}),
    page("verified", arguments=lambda world: {"code": world["old"].code.open()}, query="?old"),
    page("verified", arguments=lambda world: {"code": "ABCDEFGHJKLMNPQR"}, status=404),
    page("mine", "worker"), page("firm", "agent"),
    page("letter", "worker", lambda world: {"uid": world["new"].uid}),
    page("letter", "officer", lambda world: {"uid": world["old"].uid}),
    page("desk", "officer"), page("desk", "officer", query="?all=1"),
    page("served", "officer", lambda world: {"uid": world["new"].uid}),
    page("offices", "keeper"), page("office", "keeper", lambda world: {"code": "339901"}),
]  # fmt: skip
NOT_PAGES = {"letters:pdf": "a PDF; read in test_pages.py"}
