"""Sums that came back and stand in the returned account: paid again from there, or given back to the budget that paid them.

What stands is the books' own word: the postings of a due on the account, below zero as long as its money is there.

    standing(paths)            every sum that stands, the oldest first
    ask, agree, decline        one asks that some go back, another decides; one entry moves them
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.humans import same
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.funds import ledger
from huijiang.funds.models import Account, Batch, Entry, Line, Payment, Refund, RefundLine
from huijiang.web.components.amount import yuan


class ReturnedError(ValueError):
    """Something that can't be done with what came back; says what and how to mend it."""


@dataclass(frozen=True)
class Standing:
    """A due whose money came back: the payment that came back last, how much stands (fen > 0), since when."""

    payment: Payment
    account: int
    amount: int
    since: dt.date

    def days(self, on: dt.date) -> int:
        return max(0, (on - self.since).days)


# From the accounts outward: few sums stand, whatever was paid.
_STANDING = """
SELECT (array_agg(p.id ORDER BY p.attempt DESC) FILTER (WHERE p.state = 'returned'))[1], a.id, -sum(s.amount)::bigint
FROM funds_account AS a JOIN regions_region AS g ON g.code = a.region_id
JOIN funds_posting AS s ON s.account_id = a.id JOIN funds_payment AS p ON p.id = s.payment_id
WHERE a.kind = 'returned' AND {where}
GROUP BY p.due_id, a.id HAVING sum(s.amount) < 0
"""


def _found(where: str, values: Sequence[Any]) -> list[Standing]:
    with connection.cursor() as cursor:
        cursor.execute(_STANDING.format(where=where), list(values))
        rows = cursor.fetchall()
    payments = Payment.objects.select_related(
        "batch__source", "batch__region", "account", "reservation__line",
        "due__claim__payee_person", "due__claim__payee_organisation",
    ).in_bulk([pk for pk, _account, _amount in rows])  # fmt: skip
    found = [
        Standing(payments[pk], account, amount, payments[pk].settled_on or today()) for pk, account, amount in rows
    ]
    return sorted(found, key=lambda each: (each.since, each.payment.pk))


def standing(paths: Sequence[str]) -> list[Standing]:
    """Every sum that stands in the regions (paths of the tree), the oldest first."""
    return _found("g.path LIKE ANY(%s)", [[f"{path}%" for path in paths]])


def in_account(account: Account) -> list[Standing]:
    return _found("a.id = %s", [account.pk])


def of_line(line: Line) -> list[Standing]:
    """What stands of a budget line's payments."""
    found = _found("(a.region_id, a.source_id, a.year) = (%s, %s, %s)", [line.region_id, line.source_id, line.year])
    return [each for each in found if each.payment.reservation.line_id == line.pk]


def of_batch(batch: Batch) -> list[Standing]:
    """What stands of the dues that a batch pays, in whatever year's account."""
    return _found("EXISTS (SELECT FROM funds_payment AS b WHERE b.due_id = p.due_id AND b.batch_id = %s)", [batch.pk])


def waiting(payment: Payment) -> Refund | None:
    """The refund that somebody asked for and nobody decided."""
    found = RefundLine.objects.filter(payment=payment, refund__decided_by=None).select_related("refund").first()
    return found.refund if found is not None else None


@transaction.atomic
def ask(account: Account, payments: Sequence[int], by: User, because: str) -> Refund:
    """Ask that the sums of some payments (their keys) go back to the budget of the year that paid them.

    Raises ReturnedError: none chosen, no reason, one that no longer stands or is asked for already.
    """
    held = Account.objects.select_for_update(of=("self",)).select_related("source").get(pk=account.pk)
    found = {each.payment.pk: each for each in in_account(held)}
    chosen = list(dict.fromkeys(payments))
    if not chosen:
        raise ReturnedError(_("请选择要转回的款项。"))
    if not because.strip():
        raise ReturnedError(_("请写明为什么不再支付。"))
    for pk in chosen:
        if pk not in found:
            raise ReturnedError(_("有一笔已经重付或转回，请重新选择。"))
        if waiting(found[pk].payment) is not None:
            raise ReturnedError(_("%(reference)s 已有人提出转回。") % {"reference": found[pk].payment.reference})
    made = Refund.objects.create(account=held, because=because.strip()[:500], asked_by=by)
    RefundLine.objects.bulk_create(
        RefundLine(refund=made, payment=found[pk].payment, amount=found[pk].amount) for pk in chosen
    )
    audit.record(by, "funds.refund_asked", f"refund:{made.uid}", held.region_id, count=len(chosen),
                 amount=sum(found[pk].amount for pk in chosen))  # fmt: skip
    return made


@transaction.atomic
def agree(refund: Refund, by: User) -> Refund:
    """Give them back, as another person asked: one entry, a posting a payment.  Pressed twice it changes nothing.

    Raises ReturnedError, also where one was paid again meanwhile.
    """
    held = _open(refund)
    if held.entry_id is not None:
        return held
    _undecided(held)
    if same(by, held.asked_by):
        raise ReturnedError(_("提出转回的人不能决定，请由另一位决定。"))
    ledger.hold({held.account_id} | expenses({held.account_id}))
    account = Account.objects.select_related("source").get(pk=held.account_id)
    stands = {each.payment.pk: each.amount for each in in_account(account)}
    lines = list(held.lines.select_related("payment").order_by("id"))
    for each in lines:
        if stands.get(each.payment_id) != each.amount:
            raise ReturnedError(_("%(reference)s 提出以后已重付或转回，请不同意这次转回，重新提出。") % {
                "reference": each.payment.reference})  # fmt: skip
    entry = ledger.post(order(account, [(each.payment, each.amount) for each in lines], f"given back {held.uid}",
                              f"refund:{held.uid}", held.because), by)  # fmt: skip
    Refund.objects.filter(pk=held.pk).update(decided_by=by, decided_at=Now(), entry=entry)
    audit.record(by, "funds.refund_made", f"refund:{held.uid}", account.region_id, count=len(lines),
                 amount=sum(each.amount for each in lines))  # fmt: skip
    held.refresh_from_db()
    return held


@transaction.atomic
def decline(refund: Refund, by: User, because: str) -> Refund:
    """Not given back, and why: whoever asked may take it back so, anybody else refuse it.  Raises ReturnedError."""
    held = _open(refund)
    _undecided(held)
    if not because.strip():
        raise ReturnedError(_("请写明不同意的理由。"))
    Refund.objects.filter(pk=held.pk).update(decided_by=by, decided_at=Now(), dropped_because=because.strip()[:500])
    audit.record(by, "funds.refund_declined", f"refund:{held.uid}", held.account.region_id)
    held.refresh_from_db()
    return held


def _open(refund: Refund) -> Refund:
    return Refund.objects.select_for_update(of=("self",)).select_related("account", "asked_by").get(pk=refund.pk)


def _undecided(refund: Refund) -> None:
    if refund.decided_by_id is not None:
        raise ReturnedError(_("这次转回已有结论。"))


def expenses(accounts: set[int]) -> set[int]:
    """The expense accounts beside some returned ones, opened where they are not yet."""
    found = Account.objects.filter(pk__in=accounts).select_related("source").order_by("pk")
    return {ledger.account(each.region_id, each.source, each.year, Account.Kind.EXPENSE).pk for each in found}


def order(
    account: Account, sums: Sequence[tuple[Payment, int]], key: str, subject: str, note: str = ""
) -> ledger.Order:
    """The entry by which sums leave a returned account: the expense of its year is less by as much."""
    expense = ledger.account(account.region_id, account.source, account.year, Account.Kind.EXPENSE)
    moves = [move for payment, amount in sums
             for move in (ledger.Move(account, amount, payment), ledger.Move(expense, -amount, payment))]  # fmt: skip
    return ledger.Order(Entry.Kind.REFUNDED, key, today(), moves, subject, note[:200])


def must_be_settled(line: Line) -> str:
    """Why a line's year can't be carried over yet; empty when nothing of it stands in the returned account."""
    found = of_line(line)
    if not found:
        return ""
    return _("%(year)s 年度还有 %(n)s 笔退票、共 %(yuan)s 元没有重付：先改好账户重付，或由两人转回预算，再结转。") % {
        "year": line.year, "n": len(found), "yuan": yuan(sum(each.amount for each in found))}  # fmt: skip
