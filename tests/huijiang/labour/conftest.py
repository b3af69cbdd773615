from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from huijiang.sealed import keys
from tests.huijiang.labour.town import Place, asked, place


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> Place:
    """Before any survey."""
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return place()


@pytest.fixture
def open_(here: Place) -> Place:
    """With a survey that is open."""
    return asked(here)
