from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from huijiang.accounts.models import User
from huijiang.sealed import keys
from tests.huijiang.entitlements.town import Town, town
from tests.huijiang.gate.walk import BACKEND


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Path) -> Town:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return town()


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    return signed_in
