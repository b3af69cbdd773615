"""The browser of the gate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.huijiang.gate.browser import BrowserThread


@pytest.fixture(scope="session")
def browser_thread() -> Iterator[BrowserThread]:
    started = BrowserThread()
    yield started
    started.stop()
