"""One Chromium in a thread of its own: Playwright's event loop and Django's database don't share one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from playwright.sync_api import Browser, Playwright, sync_playwright

from tools.picture import launch_options

Result = TypeVar("Result")


class BrowserThread:
    """Runs what it is given beside the browser, one thing after another."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, "browser")
        self.playwright: Playwright | None = None
        self.browser: Browser | None = None

    def run(self, act: Callable[..., Result], *arguments: Any) -> Result:
        """`act(browser, *arguments)` in the browser's thread; its result, or its error, here."""
        return self.thread.submit(self._with_browser, act, arguments).result()

    def _with_browser(self, act: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
        if self.browser is None:
            self.playwright = sync_playwright().start()
            self.browser = self.playwright.chromium.launch(**launch_options())
        return act(self.browser, *arguments)

    def stop(self) -> None:
        if self.browser is not None and self.playwright is not None:
            self.thread.submit(self.browser.close).result()
            self.thread.submit(self.playwright.stop).result()
        self.thread.shutdown()
