"""Who may come through a view: said on the view itself, so that a test can walk every address and ask.

`public` is for everybody; rooms with signed-in people have doors of their own (`access.doors`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"


def marked(view: View, door: str) -> View:
    """Say on a view which door leads to it."""
    view.door = door  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody, signed in or not."""
    return marked(view, PUBLIC)
