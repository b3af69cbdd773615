"""Every page that the gate walks.  A room brings its own in `tests/huijiang/<room>/pages.py`
(and `pages_*.py` beside it, walked apart, each with a database of its own):

    PAGES = [Page("entitlements:mine", world=one_worker, visitor=lambda world: world.user)]
    NOT_PAGES = {"registry:template": "a workbook to download"}

`world` makes the data and is called once per walk of its room, however many pages name it; `visitor` says who looks,
`arguments` fills the address, `session` is put into the visitor's session (a second factor passed, say).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
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


def _walks() -> tuple[str, ...]:
    """`room`, or `room/pages_more` for a further module beside it: each with a world of its own."""
    found = ["web"]
    for room in (*rooms.GROUND, *rooms.ROOMS):
        modules = sorted(path.stem for path in (HERE / room).glob("pages*.py"))
        found += [room if each == "pages" else f"{room}/{each}" for each in modules if (room, each) != ("web", "pages")]
    return tuple(found)


def _of_walk(walk: str, name: str) -> Any:
    room, _slash, more = walk.partition("/")
    module = f"tests.huijiang.{room}.{more or 'pages'}"
    if not (HERE / room / f"{more or 'pages'}.py").is_file():
        return None
    return getattr(importlib.import_module(module), name, None)


HERE = Path(__file__).resolve().parent.parent
ROOMS = _walks()


def pages(room: str) -> list[Page]:
    """The pages of a room; those that belong to none are the web ground's."""
    return [*(OWN if room == "web" else []), *(_of_walk(room, "PAGES") or [])]


def not_pages() -> dict[str, str]:
    """Addresses that are no pages, each with the reason."""
    reasons = dict(OWN_NOT_PAGES)
    for room in ROOMS:
        reasons |= _of_walk(room, "NOT_PAGES") or {}
    return reasons
