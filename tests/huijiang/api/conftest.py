from __future__ import annotations

from typing import Any

import pytest

from huijiang.api import rates
from huijiang.sealed import keys
from tests.huijiang.api.systems import Systems, systems


@pytest.fixture(autouse=True, scope="session")
def key_ring() -> None:
    from django.conf import settings

    keys.ensure(settings.KEY_FILE)


@pytest.fixture(autouse=True)
def counted_anew() -> None:
    """The process's own counts of requests: no test inherits another's."""
    rates.HERE.__init__()  # type: ignore[misc]


@pytest.fixture
def here(db: None, settings: Any) -> Systems:
    settings.API_ADDRESS_RATE = 100_000
    return systems()
