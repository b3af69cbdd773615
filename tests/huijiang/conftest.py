"""A real PostgreSQL for the tests of the platform: started when the first test needs it, ended with the session."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from huijiang.supervisor.postgres import USER, Postgres
from tests.huijiang import prepared
from tests.huijiang.gate.browser import BrowserThread
from tests.huijiang.gate.windows import Windows


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="huijiang-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o755)  # the server may run as another user than root
        prepared.copy_to(folder / "data")
        server = Postgres(folder / "data", folder / "run", prepared.SETTINGS)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, postgres: Postgres) -> None:
    from django.conf import settings
    from django.db import connections

    for values in (settings.DATABASES["default"], connections["default"].settings_dict):
        values.update(HOST=str(postgres.socket), USER=USER, PORT="5432")
    postgres.run("createdb", "-T", prepared.NAME, connections["default"].creation._get_test_db_name())


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database is there already, migrated; it goes with its server."""
    return True


@pytest.fixture(scope="session", autouse=True)
def english() -> None:
    """The English catalogue, compiled before the first page is drawn."""
    from django.conf import settings

    from huijiang.web.messages import compile_catalogues

    compile_catalogues(settings.LOCALE_PATHS[0])


@pytest.fixture(autouse=True)
def chinese_first() -> None:
    """A request leaves its language behind in its thread; each test begins with the default."""
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def browser_thread() -> Iterator[BrowserThread]:
    """One Chromium for all tests of a worker that look at pages; it starts with the first of them."""
    started = BrowserThread()
    yield started
    started.stop()


@pytest.fixture
def windows(live_server: LiveServer, browser_thread: BrowserThread) -> Iterator[Windows]:
    """People's windows for a walk; no page of theirs may have broken."""
    made = Windows(browser_thread, live_server.url)
    yield made
    made.close()
    assert made.heard == []
