"""Writing the ledger.  An entry comes whole, balances, and never changes; a mistake is reversed by another entry.

    post(Order(Entry.Kind.PAID, key, on, [Move(bank, -5_000_00), Move(in_transit, 5_000_00)]))

The same key with the same content twice is one entry; with another content it is refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.funds.models import Account, Entry, Payment, Posting, Source
from huijiang.regions.models import Region

CHUNK = 10_000


class LedgerError(ValueError):
    """Something that can't be posted; says what and how to mend it."""


@dataclass(frozen=True)
class Move:
    """So many fen onto (+, debit) or off (−, credit) an account."""

    account: Account
    amount: int
    payment: Payment | None = None


@dataclass(frozen=True)
class Order:
    """An entry to be: `key` names the event once and for all (`payment:UID paid`, say)."""

    kind: str
    key: str
    on: dt.date
    moves: Sequence[Move]
    subject: str = ""
    note: str = ""

    @property
    def digest(self) -> str:
        """Of what moves where; the same event told twice has the same."""
        told = [self.kind, sorted([each.account.pk, each.amount] for each in self.moves), self.subject]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def account(region: Region | str, source: Source, year: int, kind: str) -> Account:
    """The account of a source, opened when it is first needed."""
    code = region if isinstance(region, str) else region.pk
    found, _made = Account.objects.get_or_create(region_id=code, source=source, year=year, kind=kind)
    return found


def post(order: Order, by: User | None = None) -> Entry:
    """Write one entry.  Raises LedgerError; see `post_all`."""
    return post_all([order], by)[0]


@transaction.atomic
def post_all(orders: Sequence[Order], by: User | None = None) -> list[Entry]:
    """Write entries, all or none, and give them in their order; those that are there already are given as they are.

    Accounts are locked in the order of their numbers, so that two that post at once never wait for each other.
    Raises LedgerError for a key that stands for something else, or an entry that does not sum to zero.
    """
    for each in orders:
        _sound(each)
    hold({move.account.pk for each in orders for move in each.moves})
    known = _known(orders)
    fresh: dict[str, Order] = {}
    for each in orders:
        earlier = fresh.get(each.key)
        if earlier is not None and earlier.digest != each.digest:
            raise LedgerError(f"{each.key}: 同一批里两种内容 two contents under one key")
        if each.key not in known:
            fresh[each.key] = each
    made = Entry.objects.bulk_create(
        [Entry(kind=each.kind, key=each.key, on=each.on, digest=each.digest, subject=each.subject, note=each.note, by=by)
         for each in fresh.values()], batch_size=CHUNK)  # fmt: skip
    for entry in made:
        known[entry.key] = entry
    Posting.objects.bulk_create(
        [Posting(entry=known[each.key], account=move.account, amount=move.amount, payment=move.payment)
         for each in fresh.values() for move in each.moves], batch_size=CHUNK)  # fmt: skip
    return [known[each.key] for each in orders]


def _sound(order: Order) -> None:
    total = sum(each.amount for each in order.moves)
    if total != 0 or len(order.moves) < 2 or any(each.amount == 0 for each in order.moves):
        raise LedgerError(
            f"{order.key}: {len(order.moves)} 笔分录合计 {total} 分；应至少两笔、合计为 0 postings must be two or more and sum to 0"
        )


def hold(accounts: Iterable[int]) -> None:
    """Accounts, held until the transaction ends, in the order of their numbers: for whoever reads before posting."""
    list(Account.objects.select_for_update(of=("self",)).filter(pk__in=sorted(accounts)).order_by("pk"))


def _known(orders: Sequence[Order]) -> dict[str, Entry]:
    keys = [each.key for each in orders]
    found: dict[str, Entry] = {}
    for start in range(0, len(keys), CHUNK):
        found |= {each.key: each for each in Entry.objects.filter(key__in=keys[start : start + CHUNK])}
    for each in orders:
        if each.key in found and found[each.key].digest != each.digest:
            raise LedgerError(
                f"{each.key}: 已记过另一种内容 stands for another content already（凭证 entry {found[each.key].uid}）"
            )
    return found


_PAYMENT_POSTINGS = """
INSERT INTO funds_posting (entry_id, account_id, amount, payment_id)
SELECT %s, %s, %s * amount, id FROM funds_payment WHERE id = ANY(%s) ORDER BY id
"""


@transaction.atomic
def post_payments(
    kind: str, key: str, on: dt.date, payments: QuerySet[Payment], *, each: Account, total: Account, sign: int,
    subject: str = "", by: User | None = None,
) -> Entry | None:  # fmt: skip
    """One entry for many payments: a posting a payment on `each` (sign × amount), their sum on `total`.  None where
    no payment moves money.  The same key with the same payments is one entry; with others it is refused."""
    found = list(payments.filter(amount__gt=0).order_by("pk").values_list("pk", "amount"))
    if not found:
        return None
    digest = hashlib.sha256(json.dumps([kind, each.pk, total.pk, sign, found, subject]).encode()).hexdigest()
    hold({each.pk, total.pk})
    earlier = Entry.objects.filter(key=key).first()
    if earlier is not None:
        if earlier.digest != digest:
            raise LedgerError(f"{key}: 已记过另一种内容 stands for another content already（凭证 entry {earlier.uid}）")
        return earlier
    entry = Entry.objects.create(kind=kind, key=key, on=on, digest=digest, subject=subject, by=by)
    with connection.cursor() as cursor:
        cursor.execute(_PAYMENT_POSTINGS, [entry.pk, each.pk, sign, [pk for pk, _ in found]])
    Posting.objects.create(entry=entry, account=total, amount=-sign * sum(amount for _, amount in found))
    return entry


@transaction.atomic
def reverse(entry: Entry, by: User, because: str) -> Entry:
    """The entry that undoes another, once.  Raises LedgerError without a reason or for a reversal."""
    if not because.strip():
        raise LedgerError("请写明冲正的理由 say why the entry is reversed")
    if entry.reverses_id is not None:
        raise LedgerError(f"{entry.key}: 冲正凭证不能再冲正 a reversal is not reversed; post anew")
    earlier = Entry.objects.filter(reverses=entry).first()
    if earlier is not None:
        return earlier
    found = entry.postings.select_related("account", "payment").order_by("id")
    moves = [Move(each.account, -each.amount, each.payment) for each in found]
    hold({each.account.pk for each in moves})
    order = Order(Entry.Kind.REVERSAL, f"reversal {entry.key}", today(), moves, entry.subject, because.strip()[:200])
    made = Entry.objects.create(kind=order.kind, key=order.key, on=order.on, digest=order.digest, subject=order.subject,
                                note=order.note, by=by, reverses=entry)  # fmt: skip
    Posting.objects.bulk_create(
        Posting(entry=made, account=each.account, amount=each.amount, payment=each.payment) for each in moves
    )
    return made
