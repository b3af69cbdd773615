from __future__ import annotations

from tests.huijiang.files.conftest import browser_thread, home, world

__all__ = ["browser_thread", "home", "world"]
