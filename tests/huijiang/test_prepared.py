"""Statements of our own: planned once for a connection, faults as Django tells them, sessions read by one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.db import DataError, connection
from django.utils import timezone

from huijiang import configuration, prepared
from huijiang.accounts.sessions import SessionStore

ASKED = b"SELECT $1::bigint + 1"


@pytest.mark.django_db
def test_a_statement_is_planned_once_and_takes_numbers_of_any_size() -> None:
    asked = b"SELECT $1::bigint + 1 AS asked_here_alone"
    found = [prepared.rows(asked, str(number)) for number in (1, 40_000, 9_000_000_000)]
    assert found == [[(2,)], [(40_001,)], [(9_000_000_001,)]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement = %s",
                       [asked.decode()])  # fmt: skip
        assert cursor.fetchall() == [(3,)]


@pytest.mark.django_db
def test_what_goes_wrong_in_it_is_a_fault_of_the_database_to_django() -> None:
    with pytest.raises(DataError, match="out of range"):
        prepared.rows(ASKED, str(2**63 - 1))


def test_a_pooler_that_changes_connections_is_told_of_by_an_option_of_the_address() -> None:
    kept = configuration.database("postgresql://a@b/c").django()["OPTIONS"]
    off = configuration.database("postgresql://a@b/c?prepared=off&sslmode=require").django()["OPTIONS"]
    assert kept == {"prepare_threshold": 5}
    assert off == {"prepare_threshold": None, "sslmode": "require"}
    with pytest.raises(configuration.ConfigurationError, match="prepared=no"):
        configuration.database("postgresql://a@b/c?prepared=no").django()


@pytest.mark.django_db
def test_a_session_that_ran_out_or_never_was_is_nobodys() -> None:
    made = SessionStore()
    made["seen"] = 1
    made.create()
    assert made.session_key is not None
    again = SessionStore(made.session_key)
    assert (again["seen"], again.session_key) == (1, made.session_key)
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    for key in (made.session_key, "x" * 32):
        other = SessionStore(key)
        assert (other.get("seen"), other.session_key) == (None, None)
