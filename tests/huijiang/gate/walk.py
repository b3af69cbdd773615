"""One walk over all pages, in one variation of the browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Tab

from tests.huijiang.gate import checks
from tests.huijiang.gate.pages import Page

BACKEND = "django.contrib.auth.backends.ModelBackend"
NARROWEST = 320


@dataclass(frozen=True)
class Variation:
    """How the site is looked at."""

    width: int
    language: str = "zh-Hans"
    large: bool = False
    axe: bool = True
    script: bool = True

    def __str__(self) -> str:
        said = [f"{self.width} px", self.language]
        return " ".join([*said, *(["大字版"] if self.large else []), *([] if self.script else ["without JavaScript"])])

    @property
    def least(self) -> int:
        return 44 if self.large else 24


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


def walk(browser: Browser, base: str, found: list[Stop], variation: Variation) -> list[str]:
    """Everything that is wrong, one line each."""
    faults = []
    context = browser.new_context(
        viewport={"width": variation.width, "height": 900},
        java_script_enabled=variation.script,
        locale="zh-CN",
        reduced_motion="reduce",
    )
    try:
        for stop in found:
            _dress(context, base, stop, variation)
            tab = context.new_page()
            faults += [f"{stop.page.name}: {fault}" for fault in look(tab, base, stop, variation)]
            tab.close()
    finally:
        context.close()
    return faults


def _dress(context: BrowserContext, base: str, stop: Stop, variation: Variation) -> None:
    context.clear_cookies()
    cookies = {"django_language": "en" if variation.language == "en" else "zh-hans"}
    if variation.large:
        cookies["text-size"] = "large"
    if stop.session:
        cookies["sessionid"] = stop.session
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])


def look(tab: Tab, base: str, stop: Stop, variation: Variation) -> list[str]:
    """One page in one variation."""
    faults: list[str] = []
    quiet = stop.page.status >= 400  # the browser itself notes on its console that the answer was no
    tab.on(
        "console", lambda said: None if quiet and "status of" in said.text else faults.append(f"console: {said.text}")
    )
    tab.on("pageerror", lambda error: faults.append(f"script: {error}"))
    tab.on("request", lambda sent: None if sent.url.startswith(base) else faults.append(f"asks elsewhere: {sent.url}"))
    tab.on("requestfailed", lambda sent: faults.append(f"not loaded: {sent.url}"))
    answer = tab.goto(base + stop.address, wait_until="load")
    if answer is None or answer.status != stop.page.status:
        return [*faults, f"answered {answer.status if answer else 'nothing'}, expected {stop.page.status}"]
    if "default-src 'self'" not in answer.headers.get("content-security-policy", ""):
        faults.append("no content security policy")
    if not variation.script:
        return faults + without_script(tab)
    faults += checks.frame(tab, variation.language) + checks.overhang(tab)
    checks.unfold(tab)
    faults += checks.targets(tab, variation.least) + checks.overhang(tab)
    if variation.axe:
        faults += checks.axe(tab)
    if variation.width < 700:
        tab.set_viewport_size({"width": NARROWEST, "height": 900})
        faults += [f"at {NARROWEST} px: {fault}" for fault in checks.overhang(tab)]
    return faults


def without_script(tab: Tab) -> list[str]:
    """With JavaScript off: there is something to read, and no control that only a script could serve."""
    faults = []
    if not tab.locator("main h1").first.inner_text().strip():
        faults.append("no heading to read")
    if tab.locator("a[href='#'], a:not([href]), [hx-get]:not(a):not(form):not(button)").count():
        faults.append("a link that leads nowhere")
    for button in tab.locator("button:not([hidden]):not([type=button])").all():
        if not button.evaluate("(each) => each.form !== null"):
            faults.append(f"a button of no form: {button.inner_text()}")
    return faults
