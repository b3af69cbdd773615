"""Every page, in a real browser, in every way that people look at it.

One room's pages: `pytest tests/huijiang/gate -k documents`.
"""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.live_server_helper import LiveServer

from tests.huijiang.gate.browser import BrowserThread
from tests.huijiang.gate.pages import ROOMS, not_pages, pages
from tests.huijiang.gate.walk import stops, walk


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("room", [room for room in ROOMS if pages(room)])
def test_every_page_holds(room: str, live_server: LiveServer, browser_thread: BrowserThread) -> None:
    assert browser_thread.run(walk, live_server.url, stops(pages(room))) == []


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> list[str]:
    """The names of our own addresses; libraries' have no namespace of a room or of ours."""
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found += names(pattern.url_patterns, inner)
        elif pattern.name:
            found.append(f"{space}{pattern.name}")
    return found


def test_every_address_is_walked_or_says_why_not() -> None:
    """A page that nobody registered in `pages.py` of its room is a page that nobody looked at."""
    known = {page.url_name for room in ROOMS for page in pages(room)} | set(not_pages())
    assert [name for name in names(get_resolver().url_patterns) if ":" in name and name not in known] == []
