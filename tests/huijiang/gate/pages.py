"""Every page that the gate walks.  A room brings its own in `tests/huijiang/<room>/pages.py`:

    PAGES = [Page("entitlements:mine", world=one_worker, visitor=lambda world: world.user)]
    NOT_PAGES = {"registry:template": "a workbook to download"}

`world` makes the data and is called once per walk, however many pages name it; `visitor` says who looks,
`arguments` fills the address, `session` is put into the visitor's session (a second factor passed, say).
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from huijiang import rooms

NO_DATA: dict[str, Any] = {}


def no_world() -> Any:
    return NO_DATA


def nobody(world: Any) -> Any:
    return None


def no_arguments(world: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Page:
    """A page as one visitor sees it; `path` instead of a name for addresses that lead nowhere."""

    url_name: str = ""
    world: Callable[[], Any] = no_world
    visitor: Callable[[Any], Any] = nobody
    arguments: Callable[[Any], dict[str, Any]] = no_arguments
    query: str = ""
    session: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    path: str = ""

    @property
    def name(self) -> str:
        return f"{self.url_name or self.path}{self.query}"


OWN = [
    Page("web:home"),
    Page("web:styleguide"),
    Page("web:help"),
    Page("web:accessibility"),
    Page("web:privacy"),
    Page("web:rules"),
    Page(path="/no-such-page/", status=404),
]
OWN_NOT_PAGES = {
    "web:language": "a switch: takes a form and goes back",
    "web:text_size": "a switch: takes a form and goes back",
    "health:alive": "for machines",
    "health:ready": "for machines",
    "health:metrics": "for machines",
}


def _of_rooms(name: str) -> list[Any]:
    found = []
    for room in (*rooms.GROUND, *rooms.ROOMS):
        module = f"tests.huijiang.{room}.pages"
        if importlib.util.find_spec(f"tests.huijiang.{room}") and importlib.util.find_spec(module):
            found.append(getattr(importlib.import_module(module), name, None))
    return [each for each in found if each]


def pages() -> list[Page]:
    """All pages, our own first."""
    return [*OWN, *(page for listed in _of_rooms("PAGES") for page in listed)]


def not_pages() -> dict[str, str]:
    """Addresses that are no pages, each with the reason."""
    reasons = dict(OWN_NOT_PAGES)
    for more in _of_rooms("NOT_PAGES"):
        reasons |= more
    return reasons
