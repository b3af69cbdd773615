from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from huijiang.claims import locks
from huijiang.sealed import keys
from tests.huijiang.claims.office import Office, office
from tests.huijiang.entitlements.town import Town, town


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> Town:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return town()


@pytest.fixture
def desk(here: Town) -> Office:
    return office(here)


@pytest.fixture(autouse=True)
def no_rival_left() -> Any:
    """A rival that never came to act would make its test pass for nothing."""
    locks.RIVALS.clear()
    yield
    assert not locks.RIVALS
