"""Money that was paid and was not due: found, proposed by one person, decided by another, and come back.

Nothing is taken silently: a notice comes first, the way back is agreed (bank, instalments, or kept from later
payments), and every fen that comes back is an entry of its own.  Each step has its letter (`letter_tasks`).
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from huijiang import audit, present
from huijiang.access.humans import same
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.claims import in_bulk
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import Event, State
from huijiang.funds import ledger, letter_tasks, reserving
from huijiang.funds.models import Account, Batch, CameBack, Entry, Finding, Payment, Recovery, Reservation
from huijiang.funds.plans import instalment_plan
from huijiang.jobs import enqueue
from huijiang.notices import services as notices
from huijiang.web.components.amount import yuan

MOST_INSTALMENTS = 36
ARRIVED = "came back "  # how the key of an arrival's entry begins; the arrival's own key follows


class RecoveryError(ValueError):
    """Something that can't be done with a recovery; says what and how to mend it."""


@transaction.atomic
def find(payment: Payment, rule: str, ground: str, evidence: dict[str, object], by: User | None = None) -> Finding:
    """Write down that a payment no longer stands up.  The same rule finds a payment once."""
    found, made = Finding.objects.get_or_create(
        payment=payment, rule=rule, defaults={"ground": ground, "evidence": evidence}
    )
    if made:
        audit.record(by, "funds.found", f"payment:{payment.reference}", payment.batch.region_id, rule=rule)
    return found


@transaction.atomic
def propose(finding: Finding, by: User, amount: int, words: str) -> Finding:
    """Ask that so much is taken back; another person decides.  Raises RecoveryError."""
    held = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    _undecided(held)
    paid = held.payment.amount + held.payment.offset
    if not 0 < amount <= paid:
        raise RecoveryError(
            _("拟追回 %(amount)s 元；应在 0.01–%(paid)s 元之间。") % {"amount": yuan(amount), "paid": yuan(paid)}
        )
    if not words.strip():
        raise RecoveryError(_("请写明理由。"))
    Finding.objects.filter(pk=held.pk).update(
        proposed_by=by, proposed_at=Now(), amount=amount, words=words.strip()[:500]
    )
    audit.record(by, "funds.recovery_proposed", f"finding:{held.uid}", held.payment.batch.region_id, amount=amount)
    held.refresh_from_db()
    return held


@transaction.atomic
def ask_to_dismiss(finding: Finding, by: User, words: str) -> Finding:
    """Ask that nothing is taken back, and why; another person decides.  A later word takes the place of the one before.
    Raises RecoveryError."""
    held = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    _undecided(held)
    if not words.strip():
        raise RecoveryError(_("请写明理由。"))
    Finding.objects.filter(pk=held.pk).update(spared_by=by, spared_at=Now(), spared_words=words.strip()[:500])
    audit.record(by, "funds.finding_spared", f"finding:{held.uid}", held.payment.batch.region_id)
    held.refresh_from_db()
    return held


@transaction.atomic
def dismiss(finding: Finding, by: User) -> Finding:
    """Let go of a finding, as another person asked: it frees somebody from owing money, as giving up does.  Pressed
    twice it changes nothing.  Raises RecoveryError."""
    held = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if held.dismissed_at is not None:
        return held
    _undecided(held)
    if held.spared_by is None:
        raise RecoveryError(_("还没有人提出不追回。"))
    if same(by, held.spared_by):
        raise RecoveryError(_("提出不追回的人不能决定，请由另一位决定。"))
    Finding.objects.filter(pk=held.pk).update(dismissed_by=by, dismissed_at=Now())
    audit.record(by, "funds.finding_dismissed", f"finding:{held.uid}", held.payment.batch.region_id)
    held.refresh_from_db()
    return held


def _undecided(finding: Finding) -> None:
    if finding.recovery_id or finding.dismissed_at:
        raise RecoveryError(_("这条发现已有结论。"))


@transaction.atomic
def decide(finding: Finding, by: User, due_on: dt.date, *, instalments: int = 1, by_offset: bool = False) -> Recovery:
    """Open the recovery that somebody else proposed: the payee owes, the ledger says so.  Raises RecoveryError."""
    held = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if held.recovery is not None:
        return held.recovery
    if held.dismissed_at is not None:
        raise RecoveryError(_("这条发现已有结论。"))
    if held.proposed_by is None or held.amount is None:
        raise RecoveryError(_("还没有人提出追回。"))
    if same(by, held.proposed_by):
        raise RecoveryError(_("提出的人不能决定，请由另一位决定。"))
    if not 1 <= instalments <= MOST_INSTALMENTS:
        raise RecoveryError(_("分 %(n)s 期；应在 1–%(most)s 期之间。") % {"n": instalments, "most": MOST_INSTALMENTS})
    payment = Payment.objects.select_related("batch__source").get(pk=held.payment_id)
    made = Recovery.objects.create(
        payment=payment, ground=held.ground, words=held.words, amount=held.amount, due_on=due_on, instalments=instalments,
        by_offset=by_offset, found_by=held.proposed_by, decided_by=by,
    )  # fmt: skip
    Finding.objects.filter(pk=held.pk).update(recovery=made)
    if instalments > 1 or by_offset:
        made.plans = 1
        made.save(update_fields=["plans"])
    _post(
        Entry.Kind.OVERPAID,
        f"recovery {made.uid}",
        payment,
        Account.Kind.RECEIVABLE,
        Account.Kind.EXPENSE,
        made.amount,
        by,
    )
    audit.record(by, "funds.recovery_opened", f"recovery:{made.uid}", payment.batch.region_id, amount=made.amount)
    _letter(made, letter_tasks.NOTICE)
    if made.plans:
        _letter(made, f"plan-{made.plans}")
    _tell(made, "funds_recovery", until=instalment_plan(made)[-1][0].isoformat())
    return made


@transaction.atomic
def arrange(
    recovery: Recovery, by: User, due_on: dt.date, words: str, *, instalments: int = 1, by_offset: bool = False
) -> Recovery:
    """Agree on another way back, at the payee's word: more parts, another day, kept from later payments.  The payee
    gets the plan by letter.  The same once more changes nothing.  Raises RecoveryError."""
    held = Recovery.objects.select_for_update(of=("self",)).get(pk=recovery.pk)
    if held.closed_at is not None:
        raise RecoveryError(_("已办结，不能再改退还方式。"))
    if not 1 <= instalments <= MOST_INSTALMENTS:
        raise RecoveryError(_("分 %(n)s 期；应在 1–%(most)s 期之间。") % {"n": instalments, "most": MOST_INSTALMENTS})
    if not words.strip():
        raise RecoveryError(_("请写明为什么这样退还。"))
    if (held.due_on, held.instalments, held.by_offset) == (due_on, instalments, by_offset):
        return held
    held.due_on, held.instalments, held.by_offset, held.plans = due_on, instalments, by_offset, held.plans + 1
    held.plan_words, held.planned_at = words.strip()[:500], present.now()
    held.save(update_fields=["due_on", "instalments", "by_offset", "plans", "plan_words", "planned_at"])
    audit.record(by, "funds.recovery_arranged", f"recovery:{held.uid}", held.payment.batch.region_id,
                 instalments=instalments, by_offset=by_offset, due_on=due_on)  # fmt: skip
    _letter(held, f"plan-{held.plans}")
    _tell(held, "funds_recovery_plan", parts=str(instalments), until=instalment_plan(held)[-1][0].isoformat())
    return held


def _letter(recovery: Recovery, occasion: str) -> None:
    enqueue(letter_tasks.RECOVERY, recovery=str(recovery.uid), occasion=occasion)


def _tell(recovery: Recovery, template: str, **more: str) -> None:
    claim = recovery.payment.due.claim
    notices.tell(claim.payee_person or claim.payee_organisation, template, {
        "number": claim.number or "", "benefit": name_of(claim.benefit), "amount": yuan(recovery.amount), **more},
        f"claim:{claim.uid}")  # fmt: skip


def _post(kind: str, key: str, payment: Payment, onto: str, off: str, amount: int, by: User | None) -> None:
    batch = payment.batch
    debit, credit = (ledger.account(batch.region_id, batch.source, batch.year, each) for each in (onto, off))
    ledger.post(ledger.Order(kind, key, today(), [ledger.Move(debit, amount, payment), ledger.Move(credit, -amount, payment)],
                             f"payment:{payment.reference}"), by)  # fmt: skip


@transaction.atomic
def came_back(recovery: Recovery, amount: int, on: dt.date, key: str, by: User) -> CameBack:
    """Money arrived on the account, under the bank's own number (`key`): the same number counts once.

    Raises RecoveryError for more than is still owed.
    """
    held = Recovery.objects.select_for_update(of=("self",)).select_related("payment__batch__source").get(pk=recovery.pk)
    undone = CameBack.objects.filter(undoes__key__startswith=key, way=CameBack.Way.UNDONE).values_list(
        "undoes__key", flat=True
    )
    while key in undone:  # written down wrongly, undone by two: now it is written down as it is
        key = f"{key} 更正"
    known = CameBack.objects.filter(key=key).first()
    if known is not None:
        if (known.recovery_id, known.amount) != (held.pk, amount):
            raise RecoveryError(_("凭证 %(key)s 已记过另一笔。") % {"key": key})
        return known
    left = held.amount - held.back
    if held.closed_at is not None or not 0 < amount <= left:
        raise RecoveryError(
            _("到账 %(amount)s 元；还欠 %(left)s 元，多出的退还付款人。") % {"amount": yuan(amount), "left": yuan(left)}
        )
    made = CameBack.objects.create(recovery=held, way=CameBack.Way.BANK, amount=amount, on=on, key=key, by=by)
    _post(Entry.Kind.RECOVERED, f"{ARRIVED}{key}", held.payment, Account.Kind.BANK, Account.Kind.RECEIVABLE, amount, by)
    audit.record(by, "funds.came_back", f"recovery:{held.uid}", held.payment.batch.region_id, amount=amount)
    _closed(held, by)
    return made


def arrival(entry: Entry) -> CameBack | None:
    """The arrival that an entry wrote down; None for any other entry."""
    found = CameBack.objects.filter(key=entry.key.removeprefix(ARRIVED), way=CameBack.Way.BANK)
    return found.select_related("recovery__payment__due__claim").first() if entry.kind == Entry.Kind.RECOVERED else None


def keep_offsets(batch: Batch, by: User) -> None:
    """When a batch goes to the bank: what its payments keep for recoveries has come back; what is kept whole is paid, and
    a batch of nothing else is settled: the bank has nothing to answer."""
    kept = batch.payments.filter(offset__gt=0).select_related(
        "recovery__payment__batch__source", "batch__source", "due"
    )
    for each in kept.order_by("pk"):
        assert each.recovery is not None
        part = CameBack.objects.create(recovery=each.recovery, way=CameBack.Way.OFFSET, amount=each.offset, on=today(),
                                       key=each.reference, by=by)  # fmt: skip
        _offset(each, by)
        _letter(each.recovery, f"offset-{part.pk}")
        _tell(each.recovery, "funds_offset", kept=yuan(each.offset))
        _closed(each.recovery, by)
    whole = batch.payments.filter(amount=0, state=Payment.State.SENT)
    ids = list(whole.values_list("reservation_id", flat=True))
    claims = list(whole.values_list("due__claim_id", flat=True))
    whole.update(state=Payment.State.PAID, settled_on=today())
    Reservation.objects.filter(pk__in=ids).update(state=Reservation.State.SPENT, ended_at=Now())
    in_bulk.move(claims, Event.PAY, [State.PAYABLE], State.PAID, words="补贴已用于抵扣应退回的款项。")
    if claims and not batch.payments.filter(state=Payment.State.SENT).exists():
        Batch.objects.filter(pk=batch.pk).update(state=Batch.State.SETTLED, settled_at=Now())
    reserving.paid_in_part(claims)


def _offset(payment: Payment, by: User) -> None:
    """The expense of today, against what is owed from then: each on its own year's account."""
    recovery = payment.recovery
    assert recovery is not None
    then, now = recovery.payment.batch, payment.batch
    expense = ledger.account(now.region_id, now.source, now.year, Account.Kind.EXPENSE)
    owed = ledger.account(then.region_id, then.source, then.year, Account.Kind.RECEIVABLE)
    ledger.post(ledger.Order(Entry.Kind.OFFSET, f"offset {payment.reference}", today(), [
        ledger.Move(expense, payment.offset, payment), ledger.Move(owed, -payment.offset, recovery.payment),
    ], f"payment:{payment.reference}"), by)  # fmt: skip


def _closed(recovery: Recovery, by: User) -> None:
    """A recovery whose last fen is back: the claim says so, where the whole of it was taken back."""
    recovery.refresh_from_db()
    payment = recovery.payment
    if recovery.state == Recovery.State.RECOVERED:
        _over(recovery)
    if recovery.state == Recovery.State.RECOVERED and recovery.amount == payment.amount + payment.offset:
        in_bulk.move([payment.due.claim_id], Event.RECOVER, [State.PAID, State.PAYMENT_RETURNED], State.RECOVERED,
                     words="款项已全部追回。")  # fmt: skip


def undo(part: CameBack, by: User) -> CameBack:
    """Of a part that was written down wrongly: it did not come.  A recovery that was over is open again, and the payee is
    told.  Called with the entry that reverses its own (`reversing`)."""
    over = part.recovery.closed_at is not None
    made = CameBack.objects.create(recovery=part.recovery, way=CameBack.Way.UNDONE, amount=-part.amount, on=today(),
                                   key=f"冲正 {part.key}", by=by, undoes=part)  # fmt: skip
    if over:
        letter_tasks.opened_again(part.recovery, by)
        _tell(part.recovery, "funds_recovery_reopened")
    return made


def _over(recovery: Recovery) -> None:
    _letter(recovery, letter_tasks.closing(recovery))
    _tell(recovery, "funds_recovery_closed", outcome=recovery.get_state_display())


@transaction.atomic
def ask_to_withdraw(recovery: Recovery, by: User, words: str) -> Recovery:
    """Say that a notice was wrong; another person decides.  A later word takes the place of the one before.  Raises
    RecoveryError."""
    held = Recovery.objects.select_for_update(of=("self",)).select_related("payment__batch").get(pk=recovery.pk)
    if held.closed_at is not None:
        raise RecoveryError(_("已办结，不能撤销。"))
    if not words.strip():
        raise RecoveryError(_("请写明撤销的理由。"))
    held.unsaid_by, held.unsaid_at, held.unsaid_words = by, present.now(), words.strip()[:500]
    held.save(update_fields=["unsaid_by", "unsaid_at", "unsaid_words"])
    audit.record(by, "funds.recovery_unsaid", f"recovery:{held.uid}", held.payment.batch.region_id)
    return held


@transaction.atomic
def withdraw(recovery: Recovery, by: User) -> Recovery:
    """Take back a notice that was wrong, as another person asked: what is still owed is written back.  Raises
    RecoveryError: nobody gives up alone what is owed."""
    held = Recovery.objects.select_for_update(of=("self",)).select_related("payment__batch__source").get(pk=recovery.pk)
    if held.closed_at is not None:
        raise RecoveryError(_("已办结，不能撤销。"))
    if held.unsaid_by is None:
        raise RecoveryError(_("还没有人提出撤销。"))
    if same(by, held.unsaid_by):
        raise RecoveryError(_("提出撤销的人不能决定，请由另一位决定。"))
    left = held.amount - held.back
    Recovery.objects.filter(pk=held.pk).update(
        state=Recovery.State.WITHDRAWN, closed_at=Now(), words=held.unsaid_words, withdrawn_by=by
    )
    _post(
        Entry.Kind.WRITTEN_BACK,
        f"withdrawn {held.uid}",
        held.payment,
        Account.Kind.EXPENSE,
        Account.Kind.RECEIVABLE,
        left,
        by,
    )
    audit.record(by, "funds.recovery_withdrawn", f"recovery:{held.uid}", held.payment.batch.region_id, amount=left)
    held.refresh_from_db()
    _over(held)
    return held


@transaction.atomic
def ask_to_transfer(recovery: Recovery, by: User, words: str) -> Recovery:
    """Ask that a recovery is handed over to inspection or the police; another person decides.  A later word takes the
    place of the one before.  Raises RecoveryError."""
    held = Recovery.objects.select_for_update(of=("self",)).select_related("payment__batch").get(pk=recovery.pk)
    if held.closed_at is not None:
        raise RecoveryError(_("已办结，不能移送。"))
    if not words.strip():
        raise RecoveryError(_("请写明移送的去向和理由。"))
    held.hand_by, held.hand_at, held.hand_words = by, present.now(), words.strip()[:500]
    held.save(update_fields=["hand_by", "hand_at", "hand_words"])
    audit.record(by, "funds.recovery_hand", f"recovery:{held.uid}", held.payment.batch.region_id)
    return held


@transaction.atomic
def transfer(recovery: Recovery, by: User) -> Recovery:
    """Hand a recovery over, as another person asked: from now on another authority takes it back; what is owed stays
    owed in the ledger.  Raises RecoveryError."""
    held = Recovery.objects.select_for_update(of=("self",)).select_related("payment__batch").get(pk=recovery.pk)
    if held.closed_at is not None:
        raise RecoveryError(_("已办结，不能移送。"))
    if held.hand_by is None:
        raise RecoveryError(_("还没有人提出移送。"))
    if same(by, held.hand_by):
        raise RecoveryError(_("提出移送的人不能决定，请由另一位决定。"))
    Recovery.objects.filter(pk=held.pk).update(
        state=Recovery.State.TRANSFERRED, closed_at=Now(), words=held.hand_words, transferred_by=by
    )
    audit.record(
        by, "funds.recovery_transferred", f"recovery:{held.uid}", held.payment.batch.region_id, amount=held.amount
    )
    held.refresh_from_db()
    _over(held)
    return held
