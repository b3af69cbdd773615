"""The chain of seals: whole when nothing was touched, and any edit shows."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import ProgrammingError, connection, transaction

from huijiang import audit
from huijiang.audit import seals
from huijiang.audit.models import Event, Seal

pytestmark = pytest.mark.django_db(transaction=True)


def happens(*actions: str) -> None:
    with transaction.atomic():
        for action in actions:
            audit.record(None, action, "case:1", "330109", count=1)


def by_force(statement: str, *values: object) -> None:
    """As somebody would who owns the database: triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")


def faults() -> list[str]:
    return [each.words for each in seals.verify()]


def test_an_event_stands_or_falls_with_its_change() -> None:
    def recorded_and_regretted() -> None:
        with transaction.atomic():
            audit.record(None, "case.open")
            _ = 1 // 0

    with pytest.raises(ZeroDivisionError):
        recorded_and_regretted()
    assert not Event.objects.exists()


def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="in the transaction of its change"):
        audit.record(None, "case.open")


def test_details_take_no_objects() -> None:
    with pytest.raises(TypeError, match="codes, numbers and dates"), transaction.atomic():
        audit.record(None, "case.open", person=object())


def test_details_keep_dates_ids_and_lists() -> None:
    number = uuid.UUID(int=7)
    with transaction.atomic():
        audit.record(None, "case.open", day=dt.date(2026, 3, 1), case=number, parts=[1, "a", None])
    assert Event.objects.get().details == {"day": "2026-03-01", "case": str(number), "parts": [1, "a", None]}


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"]
)
def test_the_database_lets_nobody_edit_events(statement: str) -> None:
    happens("case.open")
    with (
        pytest.raises(ProgrammingError, match=r"Cannot update or delete|keeps what it was told"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_an_untouched_chain_is_whole() -> None:
    for round_ in range(3):
        happens(f"case.open{round_}", "case.look")
        seals.seal()
    assert [each.count for each in Seal.objects.order_by("number")] == [2, 2, 2]
    assert faults() == []


def test_nothing_new_makes_no_seal() -> None:
    happens("case.open")
    assert len(seals.seal()) == 1
    assert seals.seal() == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit_event SET actor = 'x' WHERE action = 'two'", "contents differ"),
        ("UPDATE audit_event SET details = '{\"count\": 2}' WHERE action = 'two'", "contents differ"),
        ("UPDATE audit_event SET at = at + interval '1 microsecond' WHERE action = 'two'", "contents differ"),
        ("DELETE FROM audit_event WHERE action = 'two'", "events then 2, now 1"),
        ("DELETE FROM audit_seal WHERE number = 1", "one is missing"),
        ("UPDATE audit_seal SET head = repeat('0', 64) WHERE number = 1", "contents differ"),
        (
            "INSERT INTO audit_event (transaction, actor, action, subject, region, request, details)"
            " SELECT transaction, '', 'late', '', '', '', '{}' FROM audit_event WHERE action = 'two'",
            "events then 2, now 3",
        ),
    ],
)
def test_any_edit_of_a_sealed_event_shows(statement: str, words: str) -> None:
    happens("one", "two")
    seals.seal()
    happens("three")
    seals.seal()
    by_force(statement)
    assert any(words in each for each in faults())


def test_a_head_that_was_kept_at_noon_still_holds_in_the_evening() -> None:
    happens("one")
    seals.seal(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC))
    anchors = dict(seals.heads())
    happens("two")
    seals.seal(dt.datetime(2026, 11, 22, 20, tzinfo=dt.UTC))
    assert list(seals.verify(anchors)) == []


def test_an_edited_chain_that_was_sealed_anew_shows_against_the_anchor() -> None:
    happens("one")
    seals.seal(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC))
    anchors = dict(seals.heads())
    assert list(seals.verify(anchors)) == []
    by_force("UPDATE audit_event SET actor = 'x'")
    by_force("DELETE FROM audit_seal")
    seals.seal(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC))
    assert faults() == []
    assert "head kept outside" in next(each.words for each in seals.verify(anchors))


def in_a_transaction_of_its_own(work: Callable[[], None], opened: threading.Event, go: threading.Event) -> None:
    try:
        with transaction.atomic():
            work()
            opened.set()
            assert go.wait(20)
    finally:
        connection.close()


def test_an_event_of_a_transaction_that_is_still_open_is_sealed_when_it_ends() -> None:
    """It has the lower number and ends last: sealing must not run past it."""
    opened, go = threading.Event(), threading.Event()
    slow = threading.Thread(target=in_a_transaction_of_its_own, args=(lambda: audit.record(None, "slow"), opened, go))
    slow.start()
    assert opened.wait(20)
    happens("fast")
    assert seals.seal() == []
    go.set()
    slow.join(20)
    assert [each.count for each in seals.seal()] == [2]
    assert faults() == []
    assert seals.oldest_unsealed() is None


def test_the_oldest_unsealed_event_is_known() -> None:
    happens("one")
    seals.seal()
    assert seals.oldest_unsealed() is None
    happens("two")
    assert seals.oldest_unsealed() == Event.objects.get(action="two").at


def test_a_database_restored_into_a_younger_server_goes_on_in_a_new_era() -> None:
    """Transactions of the old server were numbered far higher."""
    happens("old", "old unsealed")
    by_force("UPDATE audit_event SET transaction = 5000000000 WHERE action = 'old'")
    by_force("UPDATE audit_event SET transaction = 5000000009 WHERE action = 'old unsealed'")
    Seal.objects.create(number=1, era=1, first_id=0, since=0, until=5000000001, count=1, at=dt.datetime.now(dt.UTC),
                        last_id=Event.objects.get(action="old").id,
                        head=seals._digest(seals.START, Event.objects.filter(action="old"))[1])  # fmt: skip
    happens("new")
    made = seals.seal()
    assert [(each.era, each.count) for each in made] == [(1, 1), (2, 1)]
    assert faults() == []
    assert seals.oldest_unsealed() is None
    happens("newer")
    seals.seal()
    assert faults() == []
    by_force("DELETE FROM audit_event WHERE action = 'old unsealed'")
    assert any("events then 1, now 0" in each for each in faults())
