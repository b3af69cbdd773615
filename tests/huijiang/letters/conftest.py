from __future__ import annotations

from tests.huijiang.files.conftest import home, world

__all__ = ["home", "world"]
