from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from huijiang.files import opening
from huijiang.sealed import keys
from tests.huijiang.access.world import World, make


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    """A data folder of the test's own; the fonts that were cut already are shared."""
    (tmp_path / "fonts").symlink_to(Path(settings.DATA) / "fonts")
    settings.DATA = tmp_path
    settings.KEY_FILE = tmp_path / "secrets" / "keys.json"
    keys.ensure(settings.KEY_FILE)
    return tmp_path


@pytest.fixture
def world(db: None, home: Path) -> World:
    return make(tables=False)


@pytest.fixture
def subjects() -> Iterator[dict[str, opening.Visible]]:
    """What rooms registered, put back after the test."""
    kept = dict(opening.SUBJECTS)
    yield opening.SUBJECTS
    opening.SUBJECTS.clear()
    opening.SUBJECTS.update(kept)
