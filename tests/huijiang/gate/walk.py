"""One walk over pages, as everybody looks at them.

Each page is opened once in each language, one of the two in 大字版, turn about; in that one tab the window takes every
width and the text both sizes.  Without JavaScript it is opened once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser
from playwright.sync_api import Page as Tab

from tests.huijiang.gate import checks
from tests.huijiang.gate.checks import Size
from tests.huijiang.gate.pages import Page

BACKEND = "django.contrib.auth.backends.ModelBackend"
DESK, PHONE, NARROWEST = 1280, 375, 320
HEIGHT = 900
NORMAL, LARGE = Size(large=False), Size(large=True)
WITH_AXE, LARGE_WITH_AXE = Size(large=False, axe=True), Size(large=True, axe=True)

# Widths in the order that the window takes them: a page is opened at the first.
LAYOUTS: dict[str, list[tuple[int, list[Size]]]] = {
    "zh-Hans": [(DESK, [WITH_AXE, LARGE]), (PHONE, [WITH_AXE, LARGE]), (NARROWEST, [NORMAL, LARGE])],
    "en": [(NARROWEST, [NORMAL, LARGE]), (PHONE, [NORMAL, LARGE_WITH_AXE]), (DESK, [WITH_AXE, LARGE])],
}


@dataclass(frozen=True)
class Stop:
    """A page with its address and the visitor's cookie."""

    page: Page
    address: str
    session: str


def stops(pages: list[Page]) -> list[Stop]:
    """Make the data, sign the visitors in."""
    worlds: dict[Callable[[], Any], Any] = {}
    found = []
    for page in pages:
        if page.world not in worlds:
            worlds[page.world] = page.world()
        world = worlds[page.world]
        address = page.path or reverse(page.url_name, kwargs=page.arguments(world))
        found.append(Stop(page, address + page.query, _signed_in(page, page.visitor(world))))
    return found


def _signed_in(page: Page, visitor: Any) -> str:
    if visitor is None and not page.session:
        return ""
    client = Client()
    if visitor is not None:
        client.force_login(visitor, backend=BACKEND)
    session = client.session
    session.update(page.session)
    session.save()
    return str(session.session_key)


def walk(browser: Browser, base: str, found: list[Stop]) -> list[str]:
    """Everything that is wrong, one line each, with where it was seen."""
    faults: dict[str, list[str]] = {}

    def note(stop: Stop, where: str, wrong: list[str]) -> None:
        for fault in wrong:
            faults.setdefault(f"{stop.page.name}: {fault}", []).append(where)

    for turn, language in enumerate(LAYOUTS):
        with _tab(browser, base) as seat:
            for number, stop in enumerate(found):
                large = (turn + number) % 2 == 1
                for where, wrong in look(seat, stop, language, large):
                    note(stop, where, wrong)
    with _tab(browser, base, script=False) as seat:
        for number, stop in enumerate(found):
            seat.tab.set_viewport_size({"width": PHONE, "height": HEIGHT})
            opened = seat.open(stop, "en" if number % 2 else "zh-Hans", large=False)
            note(stop, "without JavaScript", opened or checks.without_script(seat.tab))
    return [f"{fault} [{', '.join(where)}]" for fault, where in faults.items()]


def look(seat: Seat, stop: Stop, language: str, large: bool) -> Iterator[tuple[str, list[str]]]:
    """One page in one language: where it was seen, what was wrong there."""
    for at, (width, sizes) in enumerate(LAYOUTS[language]):
        seat.tab.set_viewport_size({"width": width, "height": HEIGHT})
        if at == 0:
            opened = seat.open(stop, language, large)
            yield language, opened
            if seat.failed:
                return
            yield language, checks.frame(seat.tab, language)
        for size, wrong in zip(sizes, checks.layouts(seat.tab, sizes), strict=True):
            yield f"{language} {width} px{' 大字版' if size.large else ''}", wrong
    yield language, seat.heard()


class Seat:
    """A tab in a window of its own, and what was heard from it."""

    def __init__(self, tab: Tab, base: str) -> None:
        self.tab, self.base = tab, base
        self.said: list[str] = []
        self.failed = False
        self._quiet = False  # the browser itself notes on its console that an answer was no
        tab.on("console", lambda said: self._note(f"console: {said.text}", self._quiet and "status of" in said.text))
        tab.on("pageerror", lambda error: self._note(f"script: {error}"))
        tab.on("request", lambda sent: self._note(f"asks elsewhere: {sent.url}", sent.url.startswith(base)))
        # what was still on its way when the tab went on to the next page is not missing
        tab.on("requestfailed", lambda sent: self._note(f"not loaded: {sent.url}", sent.failure == "net::ERR_ABORTED"))

    def _note(self, fault: str, harmless: bool = False) -> None:
        if not harmless:
            self.said.append(fault)

    def heard(self) -> list[str]:
        """What was heard since it was last asked."""
        said, self.said = self.said, []
        return said

    def open(self, stop: Stop, language: str, large: bool) -> list[str]:
        """Go there as that visitor; what is wrong with the answer."""
        cookies = {"django_language": "en" if language == "en" else "zh-hans"}
        if large:
            cookies["text-size"] = "large"
        if stop.session:
            cookies["sessionid"] = stop.session
        self.tab.context.clear_cookies()
        self.tab.context.add_cookies(
            [{"name": name, "value": told, "url": self.base} for name, told in cookies.items()]
        )
        self._quiet = stop.page.status >= 400
        answer = self.tab.goto(self.base + stop.address, wait_until="load")
        self.failed = answer is None or answer.status != stop.page.status
        if answer is None or self.failed:
            return [*self.heard(), f"answered {answer.status if answer else 'nothing'}, expected {stop.page.status}"]
        if "default-src 'self'" not in answer.headers.get("content-security-policy", ""):
            return [*self.heard(), "no content security policy"]
        return self.heard()


@contextmanager
def _tab(browser: Browser, base: str, script: bool = True) -> Iterator[Seat]:
    context = browser.new_context(java_script_enabled=script, locale="zh-CN", reduced_motion="reduce")
    if script:
        checks.equip(context)
    try:
        yield Seat(context.new_page(), base)
    finally:
        context.close()
