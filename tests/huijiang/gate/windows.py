"""A browser window for each person of a walk: opened when they first act, kept with what stands in it, closed at the end.

    windows(desk.user("first"), reviews, address)      reviews(page, address) in the first reviewer's window
    windows(None, objects)                              in a visitor's

Whatever a window's console said, every page that broke and everything asked of elsewhere is kept in `heard`; the fixture
that makes the windows asks that it is empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from huijiang.accounts.models import User
from huijiang.jobs.models import Run, State
from huijiang.jobs.queue import perform
from tests.huijiang.gate.browser import BrowserThread

Result = TypeVar("Result")
BACKEND = "django.contrib.auth.backends.ModelBackend"
DESK = {"width": 1280, "height": 900}
BULK = "claims.bulk"  # the job that decides a long selection
PHONE = {"width": 375, "height": 667}


class Windows:
    """The windows of one walk, at one site."""

    def __init__(self, thread: BrowserThread, base: str) -> None:
        self.thread, self.base = thread, base
        self.open: dict[str, tuple[BrowserContext, Page]] = {}
        self.heard: list[str] = []

    def __call__(
        self, who: User | None, act: Callable[..., Result], *told: Any, size: dict[str, int] = DESK
    ) -> Result:  # fmt: skip
        """`act(page, *told)` in somebody's window; its result.  A page that is not there yet begins at the site's door."""
        name = who.login if who is not None else ""
        session = "" if who is None or name in self.open else _session_of(who)
        return self.thread.run(self._act, name, session, size, act, told)

    def _act(
        self, browser: Browser, name: str, session: str, size: dict[str, int], act: Callable[..., Result], told: Any
    ) -> Result:  # fmt: skip
        if name not in self.open:
            context = browser.new_context(locale="zh-CN", viewport=size, base_url=self.base, reduced_motion="reduce")
            if session:
                context.add_cookies([{"name": "sessionid", "value": session, "url": self.base}])
            page = context.new_page()
            page.set_default_timeout(20_000)
            page.on("pageerror", lambda error: self.heard.append(f"{name}: script: {error}"))
            page.on("response", lambda answer: self._broke(name, answer))
            page.on("request", lambda sent: self._elsewhere(name, sent.url))
            self.open[name] = (context, page)
        return act(self.open[name][1], *told)

    def _broke(self, name: str, answer: Any) -> None:
        """A form that is wrong answers 422 and a page that is not theirs 403: both are pages.  The others are faults."""
        if answer.status >= 400 and answer.status not in (403, 422):
            self.heard.append(f"{name}: {answer.status} {answer.url}")

    def _elsewhere(self, name: str, address: str) -> None:
        if not address.startswith((self.base, "blob:", "data:")):
            self.heard.append(f"{name}: asks elsewhere: {address}")

    def close(self) -> None:
        self.thread.run(lambda browser: [context.close() for context, _page in self.open.values()])
        self.open.clear()


def _session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return str(client.session.session_key)


# -- what people do on many pages -----------------------------------------------------------
def presses(page: Page, label: str) -> None:
    """The button of that name in the page's main part."""
    page.locator("main").get_by_role("button", name=label, exact=True).click()


def told_well(page: Page) -> str:
    """The sentence that says that it was done."""
    page.locator("main .notice--success").first.wait_for()
    page.wait_for_load_state()
    return str(page.locator("main .notice--success").first.inner_text())


def shown(page: Page) -> str:
    return str(page.locator("main").inner_text())


def goes(page: Page, entry: str) -> None:
    """To an entry of the navigation, by the row or by the menu."""
    named = re.compile(rf"^{re.escape(entry)}( \d.*)?$")  # with how many wait there, or without
    row = page.locator(".rooms__row").get_by_role("link", name=named)
    if row.count() and row.first.is_visible():
        row.first.click()
        return
    page.locator(".rooms__menu > summary").click()
    page.locator(".rooms__all").get_by_role("link", name=named).click()


def sees_totals(page: Page, deed: str, batch: bool = False) -> str:
    """What a decision on everything in the department's list comes to, or on an organisation's batch alone."""
    page.goto("/desk/?view=all")
    if batch:
        page.get_by_label("批量申报").select_option(index=1)
        page.get_by_role("button", name="应用").click()
    page.locator("[name=scope][value=all]").check()
    page.locator("#bulk-deed").select_option(label=deed)
    presses(page, "先看合计")
    page.locator("main .card__title").first.wait_for()
    return shown(page)


def confirms(page: Page, deed: str) -> None:
    """After the totals: a few are decided at once, more by a job."""
    presses(page, deed)
    page.get_by_role("heading", name="批量办理结果").wait_for(timeout=180_000)


def sees_what_came_of_it(page: Page) -> str:
    """At once after a few; the page of many looks for itself whether the job is done."""
    page.locator("main .notice", has_text="正在办理").first.wait_for(state="hidden")
    return told_well(page) + shown(page)


def decides(windows: Windows, who: User, deed: str, batch: bool = False) -> tuple[str, str]:
    """An officer decides everything that is listed: the totals before, and what came of it."""
    before = windows(who, sees_totals, deed, batch)
    windows(who, confirms, deed)
    for run in Run.objects.filter(kind=BULK, state=State.WAITING):
        perform(run.uid)
    return before, windows(who, sees_what_came_of_it)
