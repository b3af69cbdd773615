from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from huijiang.sealed import keys
from tests.huijiang.entitlements.town import Town, town


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> Town:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return town()
