"""What finance reads: the day's journal, an account's statement, and the proof that the books agree with each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet, Sum

from huijiang.funds.models import Account, Entry, Posting
from huijiang.regions.models import Region


@dataclass(frozen=True)
class JournalLine:
    """One entry of a day on one account: fen onto it (debit) and off it (credit), both ≥ 0."""

    entry: Entry
    account: Account
    debit: int
    credit: int
    postings: int


def day(region: Region, on: dt.date) -> list[JournalLine]:
    """Every entry of a day, its postings summed by account: a batch of 100,000 payments is two lines."""
    found = (
        Posting.objects.filter(entry__on=on, account__region__path__startswith=region.path)
        .values("entry_id", "account_id").annotate(amount=Sum("amount")).order_by("entry_id", "account_id")
    )  # fmt: skip
    entries = Entry.objects.in_bulk({each["entry_id"] for each in found})
    accounts = Account.objects.select_related("source").in_bulk({each["account_id"] for each in found})
    counts = _counts(entries)
    return [
        JournalLine(entries[each["entry_id"]], accounts[each["account_id"]], max(each["amount"], 0), max(-each["amount"], 0),
                    counts[each["entry_id"], each["account_id"]])
        for each in found
    ]  # fmt: skip


def _counts(entries: Iterable[int]) -> dict[tuple[int, int], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry_id, account_id, count(*) FROM funds_posting WHERE entry_id = ANY(%s) GROUP BY 1, 2",
            [list(entries)],
        )
        return {(entry, account): count for entry, account, count in cursor.fetchall()}


def statement(account: Account, since: dt.date, until: dt.date) -> tuple[int, QuerySet[Posting]]:
    """The balance before a day, and the postings from then to another day (both included), in their order."""
    before = Posting.objects.filter(account=account, entry__on__lt=since).aggregate(sum=Sum("amount"))["sum"] or 0
    found = Posting.objects.filter(account=account, entry__on__gte=since, entry__on__lte=until)
    return int(before), found.select_related("entry", "payment").order_by("entry__on", "id")


@dataclass(frozen=True)
class Disagreement:
    """Two books that should say the same and don't: which, and by how many fen."""

    what: str
    where: str
    left: int
    right: int


_PROOFS = {
    "全部分录合计为零 all postings sum to zero": """
        SELECT '', coalesce(sum(amount), 0)::bigint, 0::bigint FROM funds_posting""",
    "余额等于分录合计 balances are the sums of their postings": """
        SELECT a.id::text, a.balance, coalesce(sum(p.amount), 0)::bigint
        FROM funds_account AS a LEFT JOIN funds_posting AS p ON p.account_id = a.id GROUP BY a.id""",
    "额度的已批未付等于预留 reserved is the sum of what is held": """
        SELECT l.uid::text, l.reserved, coalesce(sum(r.amount), 0)::bigint
        FROM funds_line AS l LEFT JOIN funds_reservation AS r ON r.line_id = l.id AND r.state = 'held' GROUP BY l.id""",
    "额度的已付等于已支出的预留 spent is the sum of what was spent": """
        SELECT l.uid::text, l.spent, coalesce(sum(r.amount), 0)::bigint
        FROM funds_line AS l LEFT JOIN funds_reservation AS r ON r.line_id = l.id AND r.state = 'spent' GROUP BY l.id""",
    "批次合计等于明细 a batch is the sum of its lines": """
        SELECT b.number, b.total, coalesce(sum(p.amount), 0)::bigint
        FROM funds_batch AS b JOIN funds_payment AS p ON p.batch_id = b.id WHERE b.frozen_at IS NOT NULL GROUP BY b.id""",
    "银行已付等于付款减去退回 what left the bank is what was paid less what came back": """
        SELECT b.source_id || ' ' || b.year,
               (SELECT coalesce(-sum(p.amount), 0)::bigint FROM funds_posting AS p JOIN funds_entry AS e ON e.id = p.entry_id
                JOIN funds_account AS a ON a.id = p.account_id WHERE a.kind = 'bank' AND a.source_id = b.source_id
                  AND a.year = b.year AND e.kind IN ('paid', 'returned')),
               (SELECT coalesce(sum(p.amount), 0)::bigint FROM funds_payment AS p JOIN funds_batch AS c ON c.id = p.batch_id
                WHERE c.source_id = b.source_id AND c.year = b.year AND p.state = 'paid')
        FROM (SELECT DISTINCT source_id, year FROM funds_batch) AS b""",
    "追回不超过已付 no more is taken back than was paid": """
        SELECT v.uid::text, greatest(v.back, v.amount), least(greatest(v.back, v.amount), p.amount + p."offset")
        FROM funds_recovery AS v JOIN funds_payment AS p ON p.id = v.payment_id""",
}


def disagreements() -> list[Disagreement]:
    """Where the books disagree; empty when all is well.  Reads every row: for `doctor`, audits and tests."""
    wrong = []
    with connection.cursor() as cursor:
        for what, query in _PROOFS.items():
            cursor.execute(query)
            wrong += [
                Disagreement(what, where, left, right) for where, left, right in cursor.fetchall() if left != right
            ]
    return wrong
