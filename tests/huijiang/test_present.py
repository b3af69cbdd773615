"""The demo's clock: one door, shut wherever people work; the laws hold behind it, and nothing of it is left."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from huijiang import present
from huijiang.funds.models import Source
from huijiang.notices import services as notices
from huijiang.notices.models import Notice
from huijiang.sealed import keys
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import town
from tests.huijiang.funds.treasury import Treasury

pytestmark = pytest.mark.django_db
THEN = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)


def stamps() -> list[tuple[str, str, str]]:
    """Every column default that is a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, column_default FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_default LIKE %s ORDER BY 1, 2", ["%timestamp()%"])  # fmt: skip
        return list(cursor.fetchall())


def test_an_installation_for_people_is_refused(
    db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    for demo, host, why in ((False, "/run/x", "HUIJIANG_DEMO"), (True, "db.example.org", "DATABASE_URL")):
        settings.DEMO = demo
        monkeypatch.setitem(settings.DATABASES["default"], "HOST", host)
        with pytest.raises(present.NotADemo, match=why), present.lived(THEN):
            pass
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "/run/x")
    assert present.refused() == ""
    office(town()).draft()
    with pytest.raises(present.NotADemo, match="已经有办件"), present.lived(THEN):
        pass
    assert present.now() > THEN


def test_behind_the_door_the_database_stamps_the_demos_time_and_keeps_its_laws(
    db: None, settings: Any, tmp_path: Path
) -> None:
    settings.DATA, settings.DEMO = tmp_path, True
    keys.ensure(settings.KEY_FILE)
    before = stamps()
    made = town()
    with present.lived(THEN) as clock:
        assert present.today() == dt.date(2026, 3, 2)
        desk = office(made)
        treasury = Treasury(desk)  # a line, asked for and approved
        clock.on(dt.date(2026, 4, 1), 15)
        notices.tell(desk.town.worker, "welcome", {}, "user:x")
        with connection.cursor() as cursor:
            cursor.execute("SELECT now(), statement_timestamp(), pg_catalog.now()")
            now, statement, true = cursor.fetchone()
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE funds_line SET allotted = allotted + 1")
    asked = treasury.line.allotments.get()
    assert (asked.asked_at, asked.approved_at) == (THEN, THEN)
    at = dt.datetime(2026, 4, 1, 7, tzinfo=dt.UTC)
    assert Notice.objects.get(template="welcome").made_at == now == statement == at < true
    assert stamps() == before
    assert Source.objects.get().code == "talent"
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('demo_time'), now() > %s", [at])
        assert cursor.fetchone() == (None, True)


def test_a_year_that_fails_leaves_the_true_time(db: None, settings: Any) -> None:
    settings.DEMO = True
    before = stamps()
    with pytest.raises(ZeroDivisionError), present.lived(THEN):
        raise ZeroDivisionError
    assert stamps() == before
    assert present.now() > THEN
