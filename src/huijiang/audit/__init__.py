"""What was done by whom, chained so that an edit shows (DESIGN §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huijiang.audit.events import Actor


def record(actor: Actor | None, action: str, subject: str = "", region: str = "", **details: object) -> None:
    """Write an event in the transaction that is under way; it stays or falls with it.

    `actor`: the account, or None for a job.  `action`: `room.verb`.  `subject`: `kind:external id`.
    `details`: codes, counts, dates, digests (see `digest`); a personal value does not belong here.
    """
    from huijiang.audit import events

    events.record(actor, action, subject, region, details)


def digest(value: str) -> str:
    """A salted digest of a personal value: equal values are seen to be equal, none can be read."""
    from huijiang.audit import events

    return events.digest(value)
