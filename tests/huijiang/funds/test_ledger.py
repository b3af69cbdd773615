"""The ledger: whole entries that sum to zero, once each, never changed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models.functions import Now

from huijiang.accounts.models import User
from huijiang.funds import ledger
from huijiang.funds.ledger import Move, Order
from huijiang.funds.models import Account, Entry, Line, Posting, Reversal

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)
Kind = Account.Kind


def of(line: Line, kind: str) -> Account:
    return ledger.account(line.region_id, line.source, line.year, kind)


def sending(line: Line, key: str, amount: int) -> Order:
    return Order(
        Entry.Kind.SENT, key, DAY, [Move(of(line, Kind.EXPENSE), amount), Move(of(line, Kind.IN_TRANSIT), -amount)]
    )


def balance(line: Line, kind: str) -> int:
    return Account.objects.get(pk=of(line, kind).pk).balance


def test_an_entry_moves_both_sides(line: Line, clerk: User) -> None:
    ledger.post(sending(line, "payment 1 sent", 300_000), clerk)
    assert (balance(line, Kind.EXPENSE), balance(line, Kind.IN_TRANSIT)) == (300_000, -300_000)
    assert sum(Posting.objects.values_list("amount", flat=True)) == 0


def test_the_same_entry_twice_is_one(line: Line, clerk: User) -> None:
    first = ledger.post(sending(line, "payment 1 sent", 300_000), clerk)
    assert ledger.post(sending(line, "payment 1 sent", 300_000), clerk) == first
    assert balance(line, Kind.EXPENSE) == 300_000


def test_another_content_under_the_same_key_is_refused(line: Line, clerk: User) -> None:
    ledger.post(sending(line, "payment 1 sent", 300_000), clerk)
    with pytest.raises(ledger.LedgerError, match="另一种内容"):
        ledger.post(sending(line, "payment 1 sent", 300_001), clerk)
    with pytest.raises(ledger.LedgerError, match="两种内容"):
        ledger.post_all([sending(line, "payment 2 sent", 1), sending(line, "payment 2 sent", 2)], clerk)
    assert balance(line, Kind.EXPENSE) == 300_000


@pytest.mark.parametrize("amounts", [(5, -4), (5,), (5, -5, 0), ()])
def test_what_does_not_balance_is_refused_before_the_database_is_asked(line: Line, amounts: tuple[int, ...]) -> None:
    moves = [Move(of(line, Kind.EXPENSE), each) for each in amounts]
    with pytest.raises(ledger.LedgerError, match="合计"):
        ledger.post(Order(Entry.Kind.SENT, "uneven", DAY, moves))
    assert not Entry.objects.filter(key="uneven").exists()


def raw_entry(key: str) -> Entry:
    return Entry.objects.create(kind="sent", key=key, on=DAY, digest="d")


@transaction.atomic
def settled(line: Line, amounts: tuple[int, ...]) -> None:
    """An entry with these postings, past the service, up to the end of a transaction."""
    entry = raw_entry("raw")
    for each in amounts:
        Posting.objects.create(entry=entry, account=of(line, Kind.EXPENSE), amount=each)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("amounts", [(5, -4), (5,), ()])
def test_the_database_itself_refuses_an_entry_that_does_not_balance(line: Line, amounts: tuple[int, ...]) -> None:
    with pytest.raises(DatabaseError, match="balanced"):
        settled(line, amounts)


def test_a_posting_of_nothing_is_refused(line: Line) -> None:
    with pytest.raises(IntegrityError, match="posting_moves_money"), transaction.atomic():
        Posting.objects.create(entry=raw_entry("nothing"), account=of(line, Kind.EXPENSE), amount=0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE funds_posting SET amount = amount + 1",
        "DELETE FROM funds_posting",
        "TRUNCATE funds_posting",
        "UPDATE funds_entry SET note = 'x'",
        "DELETE FROM funds_entry",
        "UPDATE funds_account SET balance = balance + 1",
        "UPDATE funds_account SET year = 2027",
        "DELETE FROM funds_account",
        "INSERT INTO funds_account (region_id, source_id, year, kind, balance) SELECT region_id, source_id, 2031, kind, 5 FROM funds_account LIMIT 1",
    ],
)
def test_nothing_written_changes_even_by_raw_sql(line: Line, clerk: User, statement: str) -> None:
    ledger.post(sending(line, "payment 1 sent", 300_000), clerk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            cursor.execute(statement)


def test_a_pot_of_money_is_never_overdrawn(line: Line, clerk: User) -> None:
    bank, way = of(line, Kind.BANK), of(line, Kind.IN_TRANSIT)
    with pytest.raises(IntegrityError, match="account_not_overdrawn"), transaction.atomic():
        ledger.post(Order(Entry.Kind.PAID, "too much", DAY, [Move(way, 100_000_001), Move(bank, -100_000_001)]), clerk)
    assert balance(line, Kind.BANK) == 100_000_000


def test_a_mistake_is_reversed_once_and_stays_readable(line: Line, clerk: User, chief: User) -> None:
    wrong = ledger.post(sending(line, "payment 1 sent", 300_000), clerk)
    with pytest.raises(ledger.LedgerError, match="理由"):
        ledger.reverse(wrong, chief, " ")
    asked = Reversal.objects.create(entry=wrong, because="重复登记", asked_by=clerk)
    undone = ledger.reverse(wrong, chief, asked.because)
    assert ledger.reverse(wrong, chief, asked.because) == undone
    Reversal.objects.filter(pk=asked.pk).update(decided_by=chief, decided_at=Now(), made=undone)
    assert balance(line, Kind.EXPENSE) == 0
    assert Entry.objects.filter(pk=wrong.pk).exists()
    with pytest.raises(ledger.LedgerError, match="冲正凭证"):
        ledger.reverse(undone, chief, "再来")
