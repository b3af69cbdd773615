"""Paid money is looked at again each night, on the facts of that night: what no longer stands up is found, once, and taken
back by nobody alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F

from huijiang.claims.models import Check, Claim, Due, RegisterAnswer
from huijiang.claims.models.checks import Judgement
from huijiang.claims.states import State
from huijiang.claims.verifiers import running
from huijiang.funds import recheck as room
from huijiang.funds.models import Finding, Payment, Recovery, Reservation
from huijiang.funds.recheck import recheck
from huijiang.jobs import enqueue
from huijiang.jobs.queue import perform
from huijiang.registry.models import MODELS, Coverage
from huijiang.sealed import keys
from tests.huijiang.claims.office import Office, office
from tests.huijiang.claims.registers import KEY, StandIn
from tests.huijiang.entitlements.town import DAY as AS_OF
from tests.huijiang.entitlements.town import NUMBER, town
from tests.huijiang.forced import past_the_triggers
from tests.huijiang.funds.many import payable
from tests.huijiang.funds.treasury import DAY, Treasury

pytestmark = pytest.mark.django_db
KINDS = ("death", "custody", "pension")


@pytest.fixture
def desk(db: None, settings: Any, tmp_path: Path) -> Office:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return office(town())


@pytest.fixture
def paid(desk: Office) -> Payment:
    """One payment to a training body for a certificate, booked by the bank."""
    treasury = Treasury(desk)
    treasury.approved()
    payment = treasury.sent().payments.get()
    treasury.told((payment, "成功"))
    payment.refresh_from_db()
    return payment


def next_night() -> None:
    """What registers said today was said yesterday."""
    RegisterAnswer.objects.update(asked_on=F("asked_on") - dt.timedelta(days=1))


def test_a_death_registered_late_and_a_pension_found_later_are_found_on_the_night_that_they_are_there(
    paid: Payment, desk: Office, settings: Any
) -> None:
    """Without registers nobody knows (and the run says so); then nothing; then the death, then the pension, each once.
    The claim stays paid, and nothing is taken back before two people decide."""
    first = recheck()
    assert (first.looked, first.found) == (1, 0)
    assert {rule: first.without[rule] for rule in ("R02", "R03", "R04")} == {"R02": 1, "R03": 1, "R04": 1}
    stand_in = StandIn()
    with stand_in.serving() as address:
        settings.REGISTERS = {kind: {"name": kind, "address": address, "key": KEY} for kind in KINDS}
        assert (recheck().found, stand_in.asked) == (0, 3)
        stand_in.knows = {"death": {NUMBER: {}}}
        assert recheck().found == 0  # asked today already
        next_night()
        assert recheck().found == 1
        stand_in.knows["pension"] = {NUMBER: {}}
        next_night()
        assert recheck().found == 1
        next_night()
        assert recheck().found == 0
    dead, retired = Finding.objects.order_by("id")
    assert [(each.payment, each.rule, each.ground) for each in (dead, retired)] == [
        (paid, "R02", Recovery.Ground.DEAD), (paid, "R04", Recovery.Ground.RETIRED)]  # fmt: skip
    check = Check.objects.get(uid=dead.evidence["check"])
    assert dead.evidence == {"check": str(check.uid), "clause": "平台核验规则 一2", "version": check.version}
    assert (check.verifier, check.verdict) == ("claim-checks#death", "failed")
    assert retired.evidence["registers"][0]["register"] == "养老待遇"
    assert Check.objects.filter(verifier="claim-checks#pension", verdict="failed").count() == 1  # not once a night
    assert Claim.objects.get(pk=paid.due.claim_id).state == State.PAID
    assert not Recovery.objects.exists()


def test_a_hit_that_a_person_cleared_is_not_found_again(paid: Payment, desk: Office, settings: Any) -> None:
    stand_in = StandIn()
    stand_in.knows = {"death": {NUMBER: {}}}
    with stand_in.serving() as address:
        settings.REGISTERS = {"death": {"name": "death", "address": address, "key": KEY}}
        running.run(paid.due.claim)
        hit = running.latest(paid.due.claim)["claim-checks#death"]
        running.judge(hit, desk.staff["watch"], Judgement.CLEARED, "同名同号的登记错误，已更正")
        assert recheck().found == 0


def test_the_same_level_paid_before_by_another_payer_is_found_once(paid: Payment) -> None:
    certificate = MODELS["certificate"].objects.get()
    certificate.pk, certificate.number = None, "S330109000000261000001"
    certificate.save(force_insert=True)  # same person, occupation and level
    earlier = MODELS["payment"].objects.create(
        document="xiaoshan-2025-3", benefit=paid.due.benefit.partition("#")[2], person=certificate.holder,
        certificate=certificate, fund="人才专项资金", amount=100_000, paid_on="2026-02-01", payee_none=True,
        managed_by=certificate.managed_by, source="外部", as_of=AS_OF,
    )  # fmt: skip
    assert recheck().found == 1
    found = Finding.objects.get()
    assert (found.payment, found.rule, found.ground) == (paid, "R12", Recovery.Ground.PAID_TWICE)
    assert found.evidence["rows"] == [["payment", earlier.pk]]
    assert recheck().found == 0  # the next night
    MODELS["payment"].objects.filter(pk=earlier.pk).update(paid_on=DAY + dt.timedelta(days=1))
    Coverage.objects.create(table="payment", complete=True, source="登记", as_of=AS_OF)
    recheck()
    assert running.latest(paid.due.claim)["claim-checks#same-level-paid-elsewhere"].verdict == "passed"


def test_one_certificate_under_two_spellings_is_found_on_the_later_payment(paid: Payment, monkeypatch: Any) -> None:
    """The registry refuses the same number twice; written otherwise it gets in.  The first payment stands.  Claims are
    read one at a time, also past the first few of a chunk."""
    monkeypatch.setattr(room, "CHUNK", 1)
    first = MODELS["certificate"].objects.get()
    MODELS["certificate"].objects.filter(pk=first.pk).update(number="AB 33-0109", kind="职业资格证书")
    first.refresh_from_db()
    (later,) = payable(1, paid.batch.region, paid.batch.made_by, paid.due.fund, state="paid")
    first.pk, first.number, first.holder = None, "ab330109", later.payee_person
    first.save(force_insert=True)
    with past_the_triggers():
        of = {"holder": f"certificate:{first.pk}", "benefit": paid.due.benefit}
        Due.objects.filter(pk=later.pk).update(**of)
        Claim.objects.filter(pk=later.claim_id).update(**of)
        held = Reservation.objects.create(due=later, line=paid.reservation.line, amount=later.amount, state="spent")
        second = Payment.objects.create(
            batch=paid.batch, due=later, reservation=held, account=later.claim.account, reference="HJ-later",
            transfer="HJ-later",
            amount=later.amount, state="paid", settled_on=DAY + dt.timedelta(days=1),
        )  # fmt: skip
    told = recheck()
    assert (told.looked, told.found) == (2, 1)
    found = Finding.objects.get()
    assert (found.payment, found.rule, found.ground) == (second, "R15", Recovery.Ground.SAME_CERTIFICATE)
    assert {"place": "330109", "number": paid.due.claim.number} in found.evidence["matches"]


@pytest.mark.django_db(transaction=True)
def test_the_nights_job_says_how_many_it_looked_at_and_what_gave_no_data(paid: Payment) -> None:
    run = enqueue("funds.recheck")
    assert run is not None
    perform(run.uid)
    run.refresh_from_db()
    assert (run.state, run.result["looked"], run.result["found"]) == ("done", 1, 0)
    assert run.result["without"]["R02"] == 1
