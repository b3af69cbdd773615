"""Keys for sealed columns, as an installation has them."""

from __future__ import annotations

import pytest
from django.conf import settings

from huijiang.sealed import keys


@pytest.fixture(autouse=True, scope="session")
def key_ring() -> None:
    keys.ensure(settings.KEY_FILE)
