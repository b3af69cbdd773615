"""Taking the bank's answers: each file once, each line once, in whatever order they come.

A line that fits moves its transfer (one payment, or the periods that were paid in one sum), the ledger, the budget line and the claim.  One that does not is kept with its
verdict and waits for a person; nothing is guessed.

| payment is | line says paid | rejected | returned |
|---|---|---|---|
| sent | paid | rejected | paid and returned: the news of the payment is late |
| paid | repeated | contradicts | returned |
| rejected | contradicts | repeated | contradicts |
| returned | repeated | contradicts | repeated |
| prepared, dropped | too early | too early | too early |
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import BinaryIO, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.claims import in_bulk
from huijiang.claims.states import Event, State
from huijiang.funds import ledger, reserving
from huijiang.funds.bankfiles import replies
from huijiang.funds.bankfiles.replies import Outcome, Reply
from huijiang.funds.models import Account, Answer, AnswerLine, Batch, Entry, Payment, Reservation
from huijiang.regions.models import Region

CHUNK: Final = 10_000
Verdict = AnswerLine.Verdict
P = Payment.State

FITS: Final[dict[tuple[str, Outcome], tuple[str, ...]]] = {
    (P.SENT, Outcome.PAID): (P.PAID,),
    (P.SENT, Outcome.REJECTED): (P.REJECTED,),
    (P.SENT, Outcome.RETURNED): (P.PAID, P.RETURNED),
    (P.PAID, Outcome.RETURNED): (P.RETURNED,),
}
REPEATS: Final = frozenset({
    (P.PAID, Outcome.PAID), (P.REJECTED, Outcome.REJECTED), (P.RETURNED, Outcome.RETURNED), (P.RETURNED, Outcome.PAID),
})  # fmt: skip
NOT_SENT: Final = (P.PREPARED, P.DROPPED)


@transaction.atomic
def take(content: BinaryIO, size: int, name: str, region: Region, by: User | None) -> Answer:
    """Read an answer and apply it, whole or not at all; the same content again gives the answer that is there.

    Raises FileError with the place for a file that can't be read.
    """
    digest = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]  # has readinto
    content.seek(0)
    known = Answer.objects.filter(digest=digest).first()
    if known is not None:
        return known
    found = replies.read(content, size)
    answer = Answer.objects.create(region=region, name=name[:200], digest=digest, taken_by=by, count=len(found))
    payments = _locked({each.reference for each in found}, region)
    _apply(answer, found, payments, by)
    audit.record(by, "funds.answer_taken", f"answer:{answer.uid}", region.pk, count=len(found), digest=digest)
    return answer


def _locked(references: set[str], region: Region) -> dict[str, list[Payment]]:
    """The payments of this region that a file names, by their transfer, held in the order of their numbers."""
    found: dict[str, list[Payment]] = {}
    names = sorted(references)
    for start in range(0, len(names), CHUNK):
        some = (
            Payment.objects.filter(transfer__in=names[start : start + CHUNK], amount__gt=0,
                                   batch__region__path__startswith=region.path)
            .select_for_update(of=("self",)).select_related("due", "batch").order_by("pk")
        )  # fmt: skip
        for each in some:
            found.setdefault(each.transfer, []).append(each)
    return found


def verdict_of(reply: Reply, lines: Sequence[Payment]) -> str:
    """What the bank's line means for a transfer as it stands; its lines stand alike."""
    if not lines:
        return Verdict.UNKNOWN
    if reply.amount != sum(each.amount for each in lines):
        return Verdict.DIFFERS
    state = lines[0].state
    standing = (state, reply.outcome)
    if standing in FITS:
        return Verdict.APPLIED
    if standing in REPEATS:
        return Verdict.REPEATED
    return Verdict.TOO_EARLY if state in NOT_SENT else Verdict.CONTRADICTS


def _apply(answer: Answer, found: Sequence[Reply], payments: dict[str, list[Payment]], by: User | None) -> None:
    lines: list[AnswerLine] = []
    came: dict[str, list[Payment]] = {P.PAID: [], P.REJECTED: [], P.RETURNED: []}
    touched: dict[int, Payment] = {}
    for reply in found:
        of = payments.get(reply.reference, [])
        verdict = verdict_of(reply, of)
        lines.append(AnswerLine(
            answer=answer, place=reply.place[:80], reference=reply.reference, outcome=reply.outcome, amount=reply.amount,
            on=reply.on, reason=reply.reason, bank_reference=reply.bank_reference, payment=of[0] if of else None, verdict=verdict,
        ))  # fmt: skip
        if verdict == Verdict.APPLIED:
            for payment in of:
                _came(payment, reply, came)
                touched[payment.pk] = payment
    AnswerLine.objects.bulk_create(lines, batch_size=CHUNK)
    _settle(came, touched, answer, by)


def _came(payment: Payment, reply: Reply, came: dict[str, list[Payment]]) -> None:
    for state in FITS[payment.state, reply.outcome]:
        came[state].append(payment)
        payment.state = state
    payment.settled_on, payment.reason = reply.on, reply.reason
    payment.bank_reference = reply.bank_reference or payment.bank_reference


def _settle(came: dict[str, list[Payment]], touched: dict[int, Payment], answer: Answer, by: User | None) -> None:
    """Payments, then the ledger, the lines, the claims: each set in one go."""
    _write(list(touched.values()))
    _post(Entry.Kind.PAID, came[P.PAID], Account.Kind.IN_TRANSIT, Account.Kind.BANK, 1, answer, by)
    _post(Entry.Kind.REJECTED, came[P.REJECTED], Account.Kind.EXPENSE, Account.Kind.IN_TRANSIT, -1, answer, by)
    _post(Entry.Kind.RETURNED, came[P.RETURNED], Account.Kind.RETURNED, Account.Kind.BANK, -1, answer, by)
    _reservations(came[P.PAID], Reservation.State.SPENT, "")
    _reservations(came[P.RETURNED], Reservation.State.RELEASED, "银行退回")
    in_bulk.move(_claims(came[P.PAID]), Event.PAY, [State.PAYABLE], State.PAID, words="补贴已拨付到账。")
    in_bulk.move(_claims(came[P.REJECTED] + came[P.RETURNED]), Event.RETURN, [State.PAYABLE, State.PAID],
                 State.PAYMENT_RETURNED, words="银行退回了这笔款，请核对收款账户。")  # fmt: skip
    reserving.paid_in_part(_claims(came[P.PAID]))
    _settled({each.batch_id for each in touched.values()})


_WRITE: Final = """
UPDATE funds_payment AS p SET state = told.state, settled_on = told.settled_on, reason = told.reason,
                              bank_reference = told.bank_reference
FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::text[], %s::text[])
     AS told (id, state, settled_on, reason, bank_reference)
WHERE p.id = told.id
"""


def _write(payments: list[Payment]) -> None:
    told = [(each.pk, str(each.state), each.settled_on, each.reason, each.bank_reference) for each in payments]
    if told:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [list(column) for column in zip(*told, strict=True)])


def _post(
    kind: str, payments: list[Payment], each: str, total: str, sign: int, answer: Answer, by: User | None
) -> None:
    by_batch: dict[int, list[int]] = {}
    for payment in payments:
        by_batch.setdefault(payment.batch_id, []).append(payment.pk)
    for batch in Batch.objects.filter(pk__in=by_batch).order_by("pk"):
        accounts = [ledger.account(batch.region_id, batch.source, batch.year, kind_) for kind_ in (each, total)]
        ledger.post_payments(
            kind, f"answer {answer.uid} {batch.number} {kind}", answer.taken_on, Payment.objects.filter(pk__in=by_batch[batch.pk]),
            each=accounts[0], total=accounts[1], sign=sign, subject=f"batch:{batch.uid}", by=by,
        )  # fmt: skip


def _reservations(payments: list[Payment], state: str, because: str) -> None:
    ids = [each.reservation_id for each in payments]
    Reservation.objects.filter(pk__in=ids).update(state=state, because=because, ended_at=Now())


def _claims(payments: list[Payment]) -> list[int]:
    return sorted({each.due.claim_id for each in payments})


def _settled(batches: set[int]) -> None:
    """Batches of which every line has its answer."""
    under_way = Payment.objects.filter(batch=OuterRef("pk"), state=P.SENT)
    Batch.objects.filter(pk__in=batches, state=Batch.State.SENT).exclude(Exists(under_way)).update(
        state=Batch.State.SETTLED, settled_at=Now()
    )


@transaction.atomic
def handle(line: AnswerLine, by: User, words: str) -> AnswerLine:
    """Say what was done about a line that did not fit.  Raises ValueError without words, or for one that fitted."""
    held = AnswerLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
    if held.verdict not in AnswerLine.OPEN:
        raise ValueError(_("这一行已入账，不需要处理。"))
    if not words.strip():
        raise ValueError(_("请写明怎样处理的。"))
    if held.handled_at is None:
        AnswerLine.objects.filter(pk=held.pk).update(handled_by=by, handled_at=Now(), handled_words=words.strip()[:500])
        audit.record(by, "funds.answer_line_handled", f"answer:{held.answer.uid}", held.answer.region_id, line=held.pk)
        held.refresh_from_db()
    return held
