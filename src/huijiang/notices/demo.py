"""Messages for the demo's accounts; rooms above add theirs when there are claims to speak of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from huijiang.access.models import Agency, Binding
from huijiang.accounts import demo as staff
from huijiang.notices.models import Notice
from huijiang.notices.telling import tell

More = Callable[[], None]
MORE: Final[list[More]] = []


def add(more: More) -> None:
    """Let a room above bring messages and letters of its own into the demo (claims: from `AppConfig.ready`)."""
    MORE.append(more)


def make() -> int:
    """A welcome for each demo worker and firm; a second call changes nothing.  Gives how many were made."""
    count = 0
    bound = Binding.objects.filter(user__login__startswith=staff.PREFIX, ended_at=None).select_related("user", "person")
    for each in bound:
        if not Notice.objects.filter(person=each.person).exists():
            count += tell(each.person, "welcome", {}, f"user:{each.user.uid}") is not None
    for held in Agency.objects.filter(user__login__startswith=staff.PREFIX, ended_at=None).select_related(
        "organisation"
    ):
        if not Notice.objects.filter(organisation=held.organisation).exists():
            count += tell(held.organisation, "welcome", {}, f"user:{held.user.uid}") is not None
    for more in MORE:
        more()
    return count
