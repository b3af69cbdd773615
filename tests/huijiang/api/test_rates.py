"""How often one may ask, with the counter there and without it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from prometheus_client import REGISTRY

from huijiang.api import rates, tokens
from huijiang.api.models import Entry, Minute
from tests.huijiang.api.systems import Systems, approved, ask

pytestmark = pytest.mark.django_db


def test_a_client_is_held_to_its_own_figure_and_told_when_to_come_again(here: Systems) -> None:
    slow = approved(here.system, here.security, here.town.xiaoshan, per_minute=3)
    _token, secret = tokens.issue(slow, here.system, "t", ("documents:read",), 5)
    answers = [ask("GET", "documents?limit=1", secret) for _ in range(5)]
    statuses = [each.status_code for each in answers]
    # A minute may end between two requests; then the count begins anew.
    assert statuses[:3] == [200, 200, 200]
    assert statuses[3:] in ([429, 429], [200, 200], [429, 200])
    assert answers[0].headers["RateLimit-Limit"] == "3"
    assert answers[0].headers["RateLimit-Remaining"] == "2"
    last = next((each for each in answers if each.status_code == 429), None)
    if last is not None:
        assert 1 <= int(last.headers["Retry-After"]) <= 60
        assert last.json()["type"] == "/api/#problem-too-many"
        assert Entry.objects.filter(client=slow, outcome="too_often").exists()
    assert ask("GET", "documents?limit=1", here.bureau).status_code == 200


def test_whoever_tries_tokens_out_is_stopped_by_address(here: Systems, settings: Any) -> None:
    settings.API_ADDRESS_RATE = 4
    statuses = [ask("GET", "documents", f"hj_guess{n}").status_code for n in range(12)]
    assert statuses[:4] == [401] * 4
    assert 429 in statuses
    assert ask("GET", "documents?limit=1", here.bureau).status_code == 200


def local() -> float:
    return REGISTRY.get_sample_value("huijiang_api_rates_local_total") or 0


def test_when_the_counter_is_down_the_door_stays_open_and_each_process_keeps_the_limit(here: Systems) -> None:
    slow = approved(here.system, here.security, here.town.xiaoshan, per_minute=3)
    _token, secret = tokens.issue(slow, here.system, "t", ("documents:read",), 5)
    before = local()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE api_minute RENAME TO api_minute_away")
    statuses = [ask("GET", "documents?limit=1", secret).status_code for _ in range(9)]
    assert statuses[:3] == [200, 200, 200]
    assert 429 in statuses
    assert local() - before == 9
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE api_minute_away RENAME TO api_minute")
    rates.HERE.failed_at = -rates.REST  # its rest is over
    before, counted = local(), Minute.objects.count()
    assert ask("GET", "documents?limit=1", here.bureau).status_code == 200
    assert (local() - before, Minute.objects.count() - counted) == (0, 1)
