"""From any yuan paid to everything that it stands on, and back: one question to the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from huijiang.claims.models import Determination
from huijiang.funds.models import Payment

_TRACE: Final = """
SELECT json_build_object(
    'payment', json_build_object('reference', p.reference, 'transfer', p.transfer, 'amount', p.amount, 'offset', p."offset", 'state', p.state,
        'settled_on', p.settled_on, 'bank_reference', p.bank_reference, 'reason', p.reason, 'attempt', p.attempt),
    'batch', json_build_object('uid', b.uid, 'number', b.number, 'digest', b.digest, 'frozen_at', b.frozen_at,
        'sent_at', b.sent_at, 'state', b.state),
    'signatures', (SELECT coalesce(json_agg(json_build_object('kind', a.kind, 'by', u.name, 'at', a.at,
        'digest', a.digest, 'occasion', a.occasion, 'voided', a.voided_at IS NOT NULL) ORDER BY a.id), '[]')
        FROM claims_act AS a JOIN accounts_user AS u ON u.id = a.user_id WHERE a.claim_id = c.id),
    'files', (SELECT coalesce(json_agg(json_build_object('name', f.name, 'digest', f.digest) ORDER BY f.id), '[]')
        FROM funds_bankfile AS f WHERE f.batch_id = b.id),
    'answers', (SELECT coalesce(json_agg(json_build_object('file', w.name, 'digest', w.digest, 'place', l.place,
        'outcome', l.outcome, 'amount', l.amount, 'on', l.on, 'verdict', l.verdict, 'bank_reference', l.bank_reference)
        ORDER BY l.id), '[]') FROM funds_answerline AS l JOIN funds_answer AS w ON w.id = l.answer_id
        WHERE l.reference = p.transfer AND l.payment_id IS NOT NULL),
    'lines', (SELECT json_agg(json_build_object('reference', q.reference, 'period', e.period, 'label', e.label, 'amount', q.amount,
        'offset', q."offset", 'state', q.state) ORDER BY e.due_on, e.id)
        FROM funds_payment AS q JOIN claims_due AS e ON e.id = q.due_id WHERE q.transfer = p.transfer AND q.batch_id = p.batch_id),
    'postings', (SELECT coalesce(json_agg(json_build_object('entry', e.uid, 'kind', e.kind, 'on', e.on, 'account', k.kind,
        'year', k.year, 'amount', g.amount) ORDER BY g.id), '[]')
        FROM funds_posting AS g JOIN funds_entry AS e ON e.id = g.entry_id JOIN funds_account AS k ON k.id = g.account_id
        WHERE g.payment_id = p.id),
    'line', json_build_object('uid', l.uid, 'year', l.year, 'source', s.name, 'function_code', l.function_code,
        'economic_code', l.economic_code, 'benefit', l.benefit),
    'shares', (SELECT coalesce(json_agg(json_build_object('tier', h.tier, 'thousandths', h.thousandths) ORDER BY h.id), '[]')
        FROM funds_share AS h WHERE h.line_id = l.id),
    'due', json_build_object('uid', d.uid, 'period', d.period, 'instalment', d.instalment, 'amount', d.amount,
        'due_on', d.due_on, 'fund', d.fund),
    'claim', json_build_object('uid', c.uid, 'number', c.number, 'benefit', c.benefit, 'holder', c.holder, 'way', c.way,
        'submitted_at', c.submitted_at, 'state', c.state, 'release', c.release_number),
    'movements', (SELECT coalesce(json_agg(json_build_object('event', m.event, 'source', m.source, 'target', m.target,
        'who', m.who, 'by', u.name, 'at', m.at) ORDER BY m.number), '[]')
        FROM claims_movement AS m LEFT JOIN accounts_user AS u ON u.id = m.by_id WHERE m.claim_id = c.id),
    'determination', det.id
)
FROM funds_payment AS p
JOIN funds_batch AS b ON b.id = p.batch_id
JOIN funds_reservation AS r ON r.id = p.reservation_id
JOIN funds_line AS l ON l.id = r.line_id
JOIN funds_source AS s ON s.id = l.source_id
JOIN claims_due AS d ON d.id = p.due_id
JOIN claims_claim AS c ON c.id = d.claim_id
JOIN claims_determination AS det ON det.id = d.determination_id
WHERE p.id = %s
"""


@dataclass(frozen=True)
class Trace:
    """Everything that one payment stands on.  `told`: plain values as `_TRACE` names them (fen, days, digests);
    `determination`: conditions, facts with source and day, clauses, the working, sealed until opened."""

    payment: Payment
    told: dict[str, Any]
    determination: Determination


def trace(payment: Payment) -> Trace:
    """One row of the database, however much hangs on it."""
    with connection.cursor() as cursor:
        cursor.execute(_TRACE, [payment.pk])
        (told,) = cursor.fetchone()
    return Trace(payment, told, Determination.objects.get(pk=told["determination"]))


def find(text: str, region_path: str) -> list[Payment]:
    """Payments by our reference (of a transfer: its first line), the bank's, the claim's number or the batch's, within a
    region; twenty at most."""
    said = text.strip()
    if not said:
        return []
    within = Payment.objects.filter(batch__region__path__startswith=region_path).select_related("batch", "due__claim")
    for column in ("reference", "bank_reference", "due__claim__number", "batch__number"):
        found = list(within.filter(**{column: said}).order_by("-id")[:20])
        if found:
            return found
    return []


def paid_on(payment: Payment) -> dt.date | None:
    """The day on which the bank paid; None before."""
    return payment.settled_on if payment.state in (Payment.State.PAID, Payment.State.RETURNED) else None
