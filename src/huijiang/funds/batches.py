"""Building, freezing, signing, sending and dropping a batch of payments.

Each step is safe to press twice: the second time finds the work done.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Sum
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huijiang import audit
from huijiang.access.humans import human_of, names_of, same
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.claims import in_bulk
from huijiang.claims.acts import near_to
from huijiang.claims.models import Claim
from huijiang.funds import ledger, payers, recoveries, returned
from huijiang.funds.models import Account, Batch, BatchSignature, Entry, Payment, Source
from huijiang.regions.models import Region

MOST = 200_000
CHUNK = 5_000
LOCK = "funds.batch"
GAINS = gettext_noop("批内有您或您申报的关系人受益的办件，请由别人签署。")


class BatchError(ValueError):
    """Something that can't be done with a batch; says what and how to mend it."""


# What an open recovery of the same payee keeps: its remainder, less what batches under way keep already, shared out
# over the payee's lines in their order.  The periods of one claim go to the bank as one transfer (arrears in one sum).
_FILL = """
INSERT INTO funds_payment (batch_id, due_id, reservation_id, account_id, reference, transfer, amount, "offset", recovery_id,
                           attempt, state, bank_reference, reason)
SELECT %(batch)s, t.due, t.reservation, t.account, t.reference,
       first_value(t.reference) OVER (PARTITION BY t.claim ORDER BY t.due_on, t.due), t.money - t.kept, t.kept, CASE WHEN t.kept > 0 THEN t.recovery END, t.attempt, 'prepared', '', ''
FROM (
    SELECT f.*, 'HJ' || lpad(f.due::text, 12, '0') || lpad(f.attempt::text, 2, '0') AS reference, greatest(0, least(f.money, coalesce(f.remains, 0) - coalesce(sum(f.money) OVER (
               PARTITION BY f.recovery ORDER BY f.due_on, f.due ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS kept
    FROM (
        SELECT d.id AS due, d.due_on, c.id AS claim, r.id AS reservation, c.account_id AS account, tried.n + 1 AS attempt,
               d.amount - tried.kept AS money, back.id AS recovery, back.remains
        FROM funds_reservation AS r
        JOIN funds_line AS l ON l.id = r.line_id
        JOIN claims_due AS d ON d.id = r.due_id
        JOIN claims_claim AS c ON c.id = d.claim_id
        JOIN regions_region AS g ON g.code = c.region_id
        JOIN claims_account AS a ON a.id = c.account_id AND a.ended_at IS NULL
        CROSS JOIN LATERAL (SELECT count(*) AS n, coalesce(sum("offset") FILTER (WHERE p.state IN ('rejected', 'returned')), 0) AS kept
                            FROM funds_payment AS p WHERE p.due_id = d.id) AS tried
        LEFT JOIN LATERAL (
            SELECT v.id, v.amount - v.back - coalesce((SELECT sum(q."offset") FROM funds_payment AS q
                       WHERE q.recovery_id = v.id AND q.state = 'prepared'), 0) AS remains
            FROM funds_recovery AS v JOIN funds_payment AS vp ON vp.id = v.payment_id JOIN claims_due AS vd ON vd.id = vp.due_id
            JOIN funds_batch AS vb ON vb.id = vp.batch_id
            WHERE v.by_offset AND v.closed_at IS NULL AND vb.source_id = %(source)s
              AND (vd.payee_person_id = d.payee_person_id OR vd.payee_organisation_id = d.payee_organisation_id
                   OR EXISTS (SELECT FROM registry_merge AS m WHERE m.ended_at IS NULL AND (
                       (m.kept_person_id, m.gone_person_id) IN ((d.payee_person_id, vd.payee_person_id), (vd.payee_person_id, d.payee_person_id))
                       OR (m.kept_organisation_id, m.gone_organisation_id) IN ((d.payee_organisation_id, vd.payee_organisation_id),
                                                                               (vd.payee_organisation_id, d.payee_organisation_id)))))
            ORDER BY v.id LIMIT 1
        ) AS back ON true
        WHERE r.state = 'held' AND l.source_id = %(source)s AND l.year = %(year)s AND g.path LIKE %(path)s
          AND d.cancelled_at IS NULL AND d.due_on <= %(pay_on)s AND c.state = 'payable'
          AND NOT EXISTS (SELECT FROM funds_payment AS p WHERE p.due_id = d.id AND p.state IN ('prepared', 'sent', 'paid'))
          AND NOT EXISTS (SELECT FROM claims_dispute AS x WHERE x.claim_id = c.id AND x.answered_at IS NULL)
        ORDER BY d.due_on, d.id LIMIT %(most)s
        FOR UPDATE OF r SKIP LOCKED
    ) AS f
) AS t ORDER BY t.due_on, t.due
"""


@transaction.atomic
def build(
    region: Region,
    source: Source,
    by: User,
    *,
    year: int | None = None,
    pay_on: dt.date | None = None,
    most: int = MOST,
) -> Batch:
    """An open batch with everything that may be paid from a source by a day.  Raises BatchError when nothing may."""
    day = pay_on or today()
    paying = payers.held_in_use(region, source)
    if paying is None and payers.waiting(region, source) is not None:
        raise BatchError(_("%(place)s的“%(source)s”的付款账户还没有批准，请由另一位财务人员批准。")
                         % {"place": region.name, "source": source.name})  # fmt: skip
    if paying is None:
        raise BatchError(_("%(place)s的“%(source)s”还没有付款账户，请先登记。")
                         % {"place": region.name, "source": source.name})  # fmt: skip
    batch = Batch.objects.create(number=_number(day), region=region, source=source, year=year or day.year, paying=paying,
                                 pay_on=day, made_by=by)  # fmt: skip
    told: dict[str, Any] = {"batch": batch.pk, "source": source.pk, "year": batch.year, "path": f"{region.path}%", "pay_on": day,
            "most": min(most, MOST)}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_FILL, told)
        count = cursor.rowcount
    if count == 0:
        raise BatchError(_("“%(source)s”到 %(day)s 没有可以拨付的。") % {"source": source.name, "day": day.isoformat()})
    audit.record(by, "funds.batch_built", f"batch:{batch.uid}", region.pk, count=count)
    return batch


def _number(day: dt.date) -> str:
    """PB, the day, and the next number of the day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{LOCK} {day}"])
    given = Batch.objects.filter(number__startswith=f"PB{day:%Y%m%d}").count()
    return f"PB{day:%Y%m%d}{given + 1:04d}"


def _of(batch: Batch) -> dict[str, object]:
    return {"number": batch.number, "state": batch.get_state_display()}


def _held(batch: Batch) -> Batch:
    return Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)


@transaction.atomic
def freeze(batch: Batch, by: User) -> Batch:
    """Close a batch to changes and take the digest of every line.  Raises BatchError for one that is empty or over."""
    held = _held(batch)
    if held.state in (Batch.State.FROZEN, Batch.State.SIGNED, Batch.State.SENT, Batch.State.SETTLED):
        return held
    if held.state != Batch.State.OPEN:
        raise BatchError(_("%(number)s %(state)s，不能锁定。") % _of(held))
    told = held.payments.aggregate(count=Count("id"), total=Sum("amount"))
    if not told["count"]:
        raise BatchError(_("%(number)s 里一笔也没有。") % _of(held))
    Batch.objects.filter(pk=held.pk).update(
        state=Batch.State.FROZEN, frozen_at=Now(), digest=digest_of(held), count=told["count"], total=int(told["total"])
    )
    held.refresh_from_db()
    audit.record(by, "funds.batch_frozen", f"batch:{held.uid}", held.region_id, count=held.count, total=held.total,
                 digest=held.digest)  # fmt: skip
    return held


_LINES = """
SELECT p.reference, p.transfer, p.amount, p."offset", a.uid::text, d.uid::text, det.digest
FROM funds_payment AS p JOIN claims_account AS a ON a.id = p.account_id JOIN claims_due AS d ON d.id = p.due_id
JOIN claims_determination AS det ON det.id = d.determination_id
WHERE p.batch_id = %s ORDER BY p.id
"""


def digest_of(batch: Batch) -> str:
    """SHA-256 over every line: reference, money, account, due, and the determination that it stands on."""
    found = hashlib.sha256(f"{batch.number}|{batch.pay_on}\n".encode())
    for row in _stream(_LINES, [batch.pk]):
        found.update(("|".join(map(str, row)) + "\n").encode())
    return found.hexdigest()


def _stream(query: str, values: list[Any]) -> Iterator[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def claims_of(batch: Batch) -> list[int]:
    """The claims that a batch pays on."""
    return list(batch.payments.order_by("due__claim_id").values_list("due__claim_id", flat=True).distinct())


def why_not_sign(batch: Batch, by: User, kind: str) -> str:
    """What keeps somebody, under whichever account, from signing a batch as `kind`; empty when nothing does."""
    if same(by, batch.made_by):
        return _("组批的人不能签署，请由另两位签署。")
    if any(same(by, each.user) for each in batch.signatures.select_related("user")):
        return _("您已签署过这一批，请由另一位签署。")
    claims = claims_of(batch)
    signed = in_bulk.signed_before(claims, names_of(by), kind, str(batch.uid))
    if signed:
        some = "、".join([*(each.number for each in signed[:5]), *(["…"] if len(signed) > 5 else [])])
        return _("您在其中的办件上签署过（%(some)s），不能再签署拨付。") % {"some": some}
    return _(GAINS) if Claim.objects.filter(near_to(by), pk__in=claims).exists() else ""


@transaction.atomic
def sign(batch: Batch, by: User, kind: str) -> Batch:
    """Sign a frozen batch, as finance or for its release; it counts as a signature on each claim in it.

    Raises BatchError: whoever built it, or signed anything on one of its claims, can't; nor one who gains from one.
    """
    held = _held(batch)
    human = human_of(by)
    if held.signatures.filter(human=human, kind=kind).exists():
        return held
    if held.state != Batch.State.FROZEN:
        raise BatchError(_("%(number)s %(state)s，不能签署。") % _of(held))
    stands = why_not_sign(held, by, kind)
    if stands:
        raise BatchError(stands)
    if digest_of(held) != held.digest:
        raise BatchError(_("%(number)s 的内容与锁定时不同，不能签署；请作废重组。") % _of(held))
    try:
        with transaction.atomic():
            in_bulk.sign(claims_of(held), by, human, kind, str(held.uid))
            BatchSignature.objects.create(batch=held, user=by, human=human, kind=kind, digest=held.digest)
    except DatabaseError as error:
        if "signed_by_nobody_who_gains" in str(error):
            raise BatchError(_(GAINS)) from error
        raise
    if held.signatures.values("human").distinct().count() >= 2:
        Batch.objects.filter(pk=held.pk).update(state=Batch.State.SIGNED)
    audit.record(by, "funds.batch_signed", f"batch:{held.uid}", held.region_id, kind=kind, digest=held.digest)
    held.refresh_from_db()
    return held


@transaction.atomic
def send(batch: Batch, by: User) -> Batch:
    """Say that a signed batch went to the bank: its payments are under way, the ledger carries them in transit."""
    held = _held(batch)
    if held.state in (Batch.State.SENT, Batch.State.SETTLED):
        return held
    if held.state != Batch.State.SIGNED:
        raise BatchError(_("%(number)s %(state)s；要两人签署后才能送银行。") % _of(held))
    Batch.objects.filter(pk=held.pk).update(state=Batch.State.SENT, sent_at=Now(), sent_by=by)
    Payment.objects.filter(batch=held, state=Payment.State.PREPARED).update(state=Payment.State.SENT)
    _into_the_ledger(held, by)
    recoveries.keep_offsets(held, by)
    audit.record(by, "funds.batch_sent", f"batch:{held.uid}", held.region_id, count=held.count, total=held.total)
    held.refresh_from_db()
    return held


def _into_the_ledger(batch: Batch, by: User) -> None:
    """What stands in these books' returned account is paid out of it; everything else is an expense.  What stands of
    the same dues beyond that (in the books of another year or source, or kept for a recovery now) goes back to the
    budget that paid it: it is that year's expense no more."""
    region, source, year = batch.region_id, batch.source, batch.year
    transit = ledger.account(region, source, year, Account.Kind.IN_TRANSIT)
    own = ledger.account(region, source, year, Account.Kind.RETURNED)
    pots = {own.pk, *(each.account for each in returned.of_batch(batch))}
    ledger.hold(pots | returned.expenses(pots) | {transit.pk})  # nobody gives back meanwhile what is sent
    pays = dict(batch.payments.filter(due__payments__state=Payment.State.RETURNED).values_list("due_id", "amount"))
    again: set[int] = set()
    for each in returned.of_batch(batch):
        left = each.amount
        if each.account == own.pk and 0 < pays[each.payment.due_id] <= left:
            again.add(each.payment.due_id)
            left -= pays[each.payment.due_id]
        if left:
            _refunded(each, left, batch, by)
    first, over = batch.payments.exclude(due__in=again), batch.payments.filter(due__in=again)
    for kind, found, account in ((Entry.Kind.SENT, first, ledger.account(region, source, year, Account.Kind.EXPENSE)),
                                 (Entry.Kind.SENT_AGAIN, over, own)):  # fmt: skip
        ledger.post_payments(
            kind, f"batch {batch.uid} {kind}", today(), found, each=account, total=transit, sign=1,
            subject=f"batch:{batch.uid}", by=by,
        )  # fmt: skip


def _refunded(each: returned.Standing, amount: int, batch: Batch, by: User) -> None:
    """What came back is back in the budget of its year, once for each batch that pays its due anew."""
    account = Account.objects.select_related("source").get(pk=each.account)
    reference = each.payment.reference
    ledger.post(returned.order(account, [(each.payment, amount)], f"refunded {reference} {batch.number}",
                               f"payment:{reference}"), by)  # fmt: skip


@transaction.atomic
def drop(batch: Batch, by: User, because: str) -> Batch:
    """Give up a batch that did not go to the bank: its dues may go into another."""
    held = _held(batch)
    if held.state == Batch.State.DROPPED:
        return held
    if held.state not in (Batch.State.OPEN, Batch.State.FROZEN, Batch.State.SIGNED):
        raise BatchError(_("%(number)s %(state)s，已送银行，不能作废。") % _of(held))
    if not because.strip():
        raise BatchError(_("请写明作废的原因。"))
    Payment.objects.filter(batch=held).update(state=Payment.State.DROPPED)
    Batch.objects.filter(pk=held.pk).update(state=Batch.State.DROPPED, dropped_because=because.strip()[:200])
    audit.record(by, "funds.batch_dropped", f"batch:{held.uid}", held.region_id)
    held.refresh_from_db()
    return held
