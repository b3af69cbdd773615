"""Undoing a wrong entry by another: one asks and says why, another agrees.

What a person writes into the books by their own hand can be undone so: money that is said to have arrived for a recovery,
and returned sums that were given back.  Every other entry follows from something that stands (an allotment, a batch, the
bank's word, a recovery) and is undone by undoing that; `way_back` says how.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang import audit
from huijiang.access.humans import same
from huijiang.accounts.models import User
from huijiang.claims.states import State
from huijiang.funds import ledger, recoveries
from huijiang.funds.models import Entry, Recovery, Refund, Reversal

K = Entry.Kind
WAYS: Final = {
    K.ALLOTMENT: gettext_lazy("额度记错的，在额度页提出调减或追加。"),
    K.OPENING: gettext_lazy("额度记错的，在额度页提出调减或追加。"),
    K.CARRY_OVER: gettext_lazy("额度记错的，在额度页提出调减或追加。"),
    K.SENT: gettext_lazy("这一笔随批次送银行而记，由银行的回单了结。"),
    K.SENT_AGAIN: gettext_lazy("这一笔随批次送银行而记，由银行的回单了结。"),
    K.PAID: gettext_lazy("这一笔依银行回单而记，由银行的下一份回单更正。"),
    K.REJECTED: gettext_lazy("这一笔依银行回单而记，由银行的下一份回单更正。"),
    K.RETURNED: gettext_lazy("这一笔依银行回单而记，由银行的下一份回单更正。"),
    K.OVERPAID: gettext_lazy("认定多付有误的，在追回页提出撤销。"),
    K.OFFSET: gettext_lazy("抵扣随批次送银行而记；抵扣错的，在追回页撤销以后另付。"),
    K.WRITTEN_BACK: gettext_lazy("撤销追回已由两人决定，不再更改；应追回的，重新认定。"),
    K.REVERSAL: gettext_lazy("冲正不能再冲正；该记的，重新登记。"),
}


class ReversalError(ValueError):
    """Something that can't be done with a reversal; says what and how to mend it."""


def way_back(entry: Entry) -> str:
    """How a mistake in an entry is mended where it can't be reversed; empty where it can."""
    if entry.kind == K.RECOVERED:
        return _of_arrival(entry)
    if entry.kind == K.REFUNDED:
        return "" if _refund(entry) is not None else _("这一笔随批次送银行而记，由银行的回单了结。")
    return str(WAYS[K(entry.kind)])


def _of_arrival(entry: Entry) -> str:
    part = recoveries.arrival(entry)
    if part is None:
        return _("这一笔没有对应的到账记录。")
    held = part.recovery
    if held.state in (Recovery.State.WITHDRAWN, Recovery.State.TRANSFERRED):
        return _("这件追回%(state)s，不能再冲正到账。") % {"state": held.get_state_display()}
    if held.payment.due.claim.state in (State.RECOVERED, State.CLOSED):
        return _("款项全部追回，办件已随之了结，不能再冲正到账。")
    newer = Recovery.objects.filter(payment=held.payment, closed_at=None).exclude(pk=held.pk)
    if held.closed_at is not None and newer.exists():
        return _("同一付款另有一件追回在办，不能重开这一件。")
    return ""


def _refund(entry: Entry) -> Refund | None:
    return Refund.objects.filter(entry=entry).first()


@transaction.atomic
def ask(entry: Entry, by: User, because: str) -> Reversal:
    """Ask that an entry is undone, and why; another person decides.  Raises ReversalError."""
    held = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    _reversible(held)
    if not because.strip():
        raise ReversalError(_("请写明冲正的理由。"))
    if held.reversals.filter(dropped_because="").exists():
        raise ReversalError(_("这张凭证已有人提出冲正。"))
    made = Reversal.objects.create(entry=held, because=because.strip()[:200], asked_by=by)
    audit.record(by, "funds.reversal_asked", f"reversal:{made.uid}", region_of(held), entry=str(held.uid))
    return made


@transaction.atomic
def agree(reversal: Reversal, by: User) -> Reversal:
    """Undo the entry, and what stood on it, as another person asked.  Pressed twice it changes nothing.  Raises
    ReversalError."""
    entry = Entry.objects.select_for_update(of=("self",)).get(pk=reversal.entry_id)
    held = Reversal.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=reversal.pk)
    if held.made_id is not None:
        return held
    _undecided(held)
    if same(by, held.asked_by):
        raise ReversalError(_("提出冲正的人不能决定，请由另一位决定。"))
    part = recoveries.arrival(entry)
    if part is not None:  # held as those who write down money hold it: first the recovery, then its books
        Recovery.objects.select_for_update(of=("self",)).get(pk=part.recovery_id)
        part = recoveries.arrival(entry)
    _reversible(entry)
    made = ledger.reverse(entry, by, held.because)
    Reversal.objects.filter(pk=held.pk).update(decided_by=by, decided_at=Now(), made=made)
    if part is not None:
        recoveries.undo(part, by)
    audit.record(by, "funds.reversal_made", f"reversal:{held.uid}", region_of(entry), entry=str(entry.uid))
    held.refresh_from_db()
    return held


@transaction.atomic
def decline(reversal: Reversal, by: User, because: str) -> Reversal:
    """Not undone, and why: whoever asked may take it back so, anybody else refuse it.  Raises ReversalError."""
    held = Reversal.objects.select_for_update(of=("self",)).select_related("entry").get(pk=reversal.pk)
    _undecided(held)
    if not because.strip():
        raise ReversalError(_("请写明不同意的理由。"))
    Reversal.objects.filter(pk=held.pk).update(decided_by=by, decided_at=Now(), dropped_because=because.strip()[:200])
    audit.record(by, "funds.reversal_declined", f"reversal:{held.uid}", region_of(held.entry))
    held.refresh_from_db()
    return held


def _reversible(entry: Entry) -> None:
    why = way_back(entry)
    if why:
        raise ReversalError(why)


def _undecided(reversal: Reversal) -> None:
    if reversal.decided_by_id is not None:
        raise ReversalError(_("这次冲正已有结论。"))


def region_of(entry: Entry) -> str:
    """The region of an entry's books."""
    return str(entry.postings.order_by("id").values_list("account__region_id", flat=True)[0])
