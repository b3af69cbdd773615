"""The room's pages for the gate."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from huijiang.accounts.models import Role, User
from huijiang.notices import services as notices
from huijiang.notices.models import Subscription
from huijiang.sealed import keys
from tests.huijiang.access.world import make, worker
from tests.huijiang.accounts.people import account
from tests.huijiang.gate.pages import Page


def messages() -> dict[str, Any]:
    """A worker with messages, somebody without, a subscription by mail, the keeper of the gateways."""
    keys.ensure(settings.KEY_FILE)
    world = make(tables=False)
    user = worker(world, 0, "messages-worker")
    told = {"kind": "准予决定书", "number": "萧人社技准〔2026〕1号"}
    first = notices.tell(world.people[0], "letter_issued", told, "user:1")
    notices.tell(world.people[0], "round_opened", {"title": "技能提升补贴", "until": "2026-07-31"}, "user:1")
    old = notices.tell(world.people[0], "welcome", {}, "user:1")
    assert old is not None
    notices.mark_read(user, [old])
    Subscription.objects.get_or_create(topics=["round"], mail="wang@example.com", key="a-key-for-the-gate")
    return {"worker": user, "plain": account("messages-plain"), "first": first,
            "keeper": account("messages-keeper", Role.SYSTEM_ADMIN, where=world.x)}  # fmt: skip


def page(name: str, visitor: str = "", arguments: Any = None, **more: Any) -> Page:
    def who(world: dict[str, Any]) -> User | None:
        return world[visitor] if visitor else None

    return Page(f"notices:{name}", messages, who, arguments or (lambda world: {}), **more)


KEY: Any = lambda world: {"key": "a-key-for-the-gate"}  # noqa: E731 - as the others of this table

PAGES = [
    page("inbox", "worker"), page("inbox", "plain"), page("message", "worker", lambda world: {"uid": world["first"].uid}),
    page("preferences", "worker"), page("subscribe"), page("confirm", "", KEY), page("leave", "", KEY),
    page("deliveries", "keeper"),
]  # fmt: skip
NOT_PAGES = {"notices:read_all": "takes a form and goes back"}
