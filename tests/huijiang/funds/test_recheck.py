"""Paid money is looked at again each night: what no longer stands up is found, once, and taken back by nobody alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from huijiang.claims.models import Check, Due
from huijiang.funds.models import Finding, Payment, Recovery, Reservation
from huijiang.funds.recheck import recheck
from huijiang.registry.models import MODELS
from huijiang.sealed import keys
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import DAY as AS_OF
from tests.huijiang.entitlements.town import town
from tests.huijiang.funds.many import past_the_triggers, payable
from tests.huijiang.funds.treasury import DAY, Treasury

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(db: None, settings: Any, tmp_path: Path) -> Payment:
    """One payment to a training body for a certificate, booked by the bank."""
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    treasury = Treasury(office(town()))
    treasury.approved()
    payment = treasury.sent().payments.get()
    treasury.told((payment, "成功"))
    payment.refresh_from_db()
    return payment


def test_what_stands_up_is_not_found(paid: Payment) -> None:
    assert recheck() == []


def test_the_same_level_paid_before_by_another_payer_is_found_once(paid: Payment) -> None:
    certificate = MODELS["certificate"].objects.get()
    certificate_id = certificate.pk
    certificate.pk, certificate.number = None, "S330109000000261000001"
    certificate.save(force_insert=True)  # same person, occupation and level
    earlier = MODELS["payment"].objects.create(
        document="xiaoshan-2025-3", benefit=paid.due.benefit.partition("#")[2], person=certificate.holder,
        certificate=certificate, fund="人才专项资金", amount=100_000, paid_on="2026-02-01",
        managed_by=certificate.managed_by, source="外部", as_of=AS_OF,
    )  # fmt: skip
    (found,) = recheck()
    assert (found.payment, found.rule, found.ground) == (paid, "R12", Recovery.Ground.PAID_TWICE)
    assert found.evidence == {"certificate": certificate_id, "other": certificate.pk, "payment": earlier.pk}
    assert recheck() == []  # the next night
    assert Finding.objects.count() == 1
    assert not Recovery.objects.exists()  # two people decide


@pytest.mark.parametrize(
    ("verdicts", "cleared", "rules"),
    [(["failed"], False, ["R02"]), (["failed"], True, []), (["failed", "passed"], False, []), (["no_data"], False, [])],
)
def test_a_hit_of_a_register_is_found_unless_it_was_cleared_or_is_over(
    paid: Payment, verdicts: list[str], cleared: bool, rules: list[str]
) -> None:
    for verdict in verdicts:
        made = Check.objects.create(
            claim=paid.due.claim, verifier="death", version="1", verdict=verdict, severity="block"
        )
    if cleared:
        made.judgement, made.judged_by, made.judged_because = "cleared", paid.batch.made_by, "同名的另一人"
        made.judged_at = paid.batch.made_at
        made.save()
    assert [each.rule for each in recheck()] == rules


def test_one_certificate_under_two_spellings_is_found_on_the_later_payment(paid: Payment) -> None:
    """The registry refuses the same number twice; written otherwise it gets in.  The first payment stands."""
    first = MODELS["certificate"].objects.get()
    MODELS["certificate"].objects.filter(pk=first.pk).update(number="AB 33-0109", kind="职业资格证书")
    first.refresh_from_db()
    (later,) = payable(1, paid.batch.region, paid.batch.made_by, paid.due.fund, state="paid")
    first.pk, first.number, first.holder = None, "ab330109", later.payee_person
    first.save(force_insert=True)
    with past_the_triggers():
        Due.objects.filter(pk=later.pk).update(holder=f"certificate:{first.pk}", benefit=paid.due.benefit)
        held = Reservation.objects.create(due=later, line=paid.reservation.line, amount=later.amount, state="spent")
        second = Payment.objects.create(
            batch=paid.batch, due=later, reservation=held, account=later.claim.account, reference="HJ-later",
            transfer="HJ-later",
            amount=later.amount, state="paid", settled_on=DAY + dt.timedelta(days=1),
        )  # fmt: skip
    (found,) = recheck()
    assert (found.payment, found.rule, found.ground) == (second, "R15", Recovery.Ground.SAME_CERTIFICATE)
