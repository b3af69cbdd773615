"""Which page a message leads to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.urls import reverse

from huijiang.accounts.viewers import Viewer

Address = Callable[[Viewer | None, str], str]
TARGETS: Final[dict[str, Address]] = {}


def register_target(kind: str, address: Address) -> None:
    """Say where messages about `kind:uid` lead; the viewer tells whether as a worker, an agent or staff."""
    TARGETS[kind] = address


def address_of(subject: str, viewer: Viewer | None) -> str:
    """The page, or empty where no room has one for this kind of subject."""
    kind, _colon, number = subject.partition(":")
    if kind == "letter":
        return reverse("letters:letter", args=[number])
    found = TARGETS.get(kind)
    return found(viewer, number) if found is not None else ""
