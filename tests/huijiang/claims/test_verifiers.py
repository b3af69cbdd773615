"""Verifiers over the small town: each verdict worked out by hand; what stops a claim, and who lets it go on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from huijiang.claims import acts, intake, moving, review
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import Check, Claim, Movement, ServiceTerms
from huijiang.claims.models.checks import Judgement, Severity, Verdict
from huijiang.claims.models.decision import Kind
from huijiang.claims.states import State
from huijiang.claims.verifiers import identity, running
from huijiang.claims.verifiers.table import BY_NAME, VERIFIERS
from huijiang.jobs.models import Run
from huijiang.registry.models import MODELS, Coverage, IdentityDocument, Person
from tests.huijiang.claims.office import ON, Office
from tests.huijiang.claims.registers import KEY, StandIn
from tests.huijiang.entitlements.town import CHIEF, DAY, NUMBER, TRAINER

TOLD: dict[str, Any] = {"source": "登记", "as_of": DAY}


def says(claim: Claim, name: str, on: dt.date = ON) -> tuple[str, str] | None:
    """A verifier's verdict and severity now; None where it does not concern the claim."""
    for verifier, found in running.find(claim, on, outside=False):
        if verifier.name == name:
            return str(found.verdict), str(found.severity or verifier.severity)
    return None


def another_certificate(desk: Office, **more: Any) -> Any:
    """Her second certificate, in 余姚: 焊工 技师 again unless said otherwise."""
    town = desk.town
    return MODELS["certificate"].objects.create(**{
        "holder": town.worker, "holder_employer": town.employer, "issuer": town.trainer, "trainer": town.trainer,
        "trained_directly": True, "kind": "职业技能等级证书", "occupation": "焊工", "level": "技师",
        "issued_on": "2025-10-01", "first_stated": True, "managed_by": town.yuyao, **TOLD, **more})  # fmt: skip


def test_the_table_names_each_rule_and_each_verifier_once() -> None:
    assert len(BY_NAME) == len(VERIFIERS)
    rules = {each.rule for each in VERIFIERS} - {""}
    assert rules == {f"R{n:02}" for n in (*range(1, 18), 36, 37, 39, 40, 41, 42)}


def test_the_chief_technicians_claim_as_it_stands(desk: Office) -> None:
    """Her number 33999919850607013X says born 1985-06-07, the register 1990-01-01: a person looks.  At 35 she is of
    age; her account is hers; every condition has its fact."""
    claim = desk.in_review()
    assert says(claim, "number") == ("failed", "review")
    Person.objects.filter(pk=desk.town.worker.pk).update(birth_date="1985-06-07")
    claim = Claim.objects.get(pk=claim.pk)
    for name in (
        "number",
        "age",
        "same_human",
        "holder",
        "shared_account",
        "conditions",
        "amount",
        "split",
        "chain",
        "already",
    ):
        assert says(claim, name) == ("passed", BY_NAME[name].severity), name
    for name in ("same_level", "late", "insured_by", "times", "declared"):
        assert says(claim, name) is None, name
    IdentityDocument.objects.all().delete()
    assert says(claim, "number") == ("no_data", "block")


def test_the_statutory_age_is_delayed_month_by_month() -> None:
    """A man born 1965-01 leaves at 60 and 1 month, born 1976-09 at 63; a woman worker born 1975-02 at 50 and 1 month,
    born 1984-11 at 55; who reached the age before 2025 is not delayed."""
    assert identity.retires(dt.date(1964, 12, 31), False) == dt.date(2024, 12, 31)
    assert identity.retires(dt.date(1965, 1, 15), False) == dt.date(2025, 2, 15)
    assert identity.retires(dt.date(1976, 9, 1), False) == dt.date(2039, 9, 1)
    assert identity.retires(dt.date(1975, 2, 10), True) == dt.date(2025, 3, 10)
    assert identity.retires(dt.date(1984, 11, 30), True) == dt.date(2039, 11, 30)


def test_age_and_the_same_human(desk: Office) -> None:
    claim = desk.submitted()
    assert claim.event_day == dt.date(2025, 6, 15)
    assert desk.town.worker.pk == claim.payee_person_id
    for born, verdict in (("2009-06-16", "failed"), ("2009-06-15", "passed"), ("1990-01-01", "passed")):
        Person.objects.filter(pk=desk.town.worker.pk).update(
            birth_date=born
        )  # sixteen a day after the event, on it, long
        assert says(Claim.objects.get(pk=claim.pk), "age") == (verdict, "review")
    Person.objects.create(name="林 小英", birth_date="1990-01-01", managed_by=desk.town.yuyao, **TOLD)
    assert says(claim, "same_human") == ("failed", "review")


def test_an_account_that_is_anothers_stops_and_one_shared_by_three_is_looked_into(desk: Office) -> None:
    claim, town = desk.submitted(), desk.town
    for person in (town.colleague, town.stranger):
        intake.make_account(desk.worker, holder=person.name, number="6222 0200 0000 0000", bank="甲", person=person.pk)
    assert says(claim, "shared_account") == ("failed", "review")
    mine = intake.open_draft(desk.agent, town.xiaoshan, TRAINER, f"certificate:{town.certificate.pk}", on=ON)
    kept = intake.make_account(
        desk.agent, holder="甲厂", number="6222020000000001", bank="甲", organisation=town.trainer.pk
    )
    mine = intake.use_account(mine, desk.agent, kept)
    assert says(mine, "holder") == ("failed", "block")


def test_certificates_claimed_twice(desk: Office) -> None:
    """The grant for her certificate of 2025-09-01, while one for a second of the same occupation and level is on its way:
    place and case number are told, nothing else.  The month that matters for lateness ends on 2026-09-01."""
    claim, second = desk.submitted(TRAINER), another_certificate(desk)
    assert says(claim, "same_level") == ("passed", "block")
    assert says(claim, "late") == ("failed", "review")
    other = intake.open_draft(desk.agent, desk.town.xiaoshan, TRAINER, f"certificate:{second.pk}", on=ON)
    kept = intake.make_account(
        desk.agent, holder="乙培训学校", number="6222020000000002", bank="甲", organisation=desk.town.trainer.pk
    )
    other = intake.submit(intake.use_account(other, desk.agent, kept), desk.agent, on=ON)
    assert says(claim, "same_level") == ("failed", "block")
    found = {v.name: f for v, f in running.find(claim, ON, outside=False)}["same_level"]
    assert found.evidence == {"matches": [{"place": "330109", "number": other.number}], "payments": []}
    assert says(claim, "higher_before") == ("passed", "block")
    MODELS["certificate"].objects.filter(pk=second.pk).update(level="高级技师")
    assert says(claim, "same_level") == ("passed", "block")
    assert says(claim, "higher_before") == ("failed", "block")
    assert says(claim, "certificate_number") == ("no_data", "block")
    both = MODELS["certificate"].objects.filter(pk__in=(second.pk, desk.town.certificate.pk))
    both.update(kind="专项职业能力证书")  # their numbers have no form of their own: written twice, in two ways
    both.filter(pk=second.pk).update(number="ZX2500001")
    both.filter(pk=desk.town.certificate.pk).update(number="zx-2500001")
    assert says(claim, "certificate_number") == ("failed", "block")


def test_times_a_year_count_every_payer(desk: Office, settings: Any) -> None:
    claim, second = desk.submitted(TRAINER), another_certificate(desk, level="高级技师", issued_on="2025-12-31")
    other = intake.open_draft(desk.agent, desk.town.xiaoshan, TRAINER, f"certificate:{second.pk}", on=ON)
    intake.submit(intake.use_account(other, desk.agent, claim.account), desk.agent, on=ON)
    assert says(claim, "times") == ("passed", "block")
    settings.MOST_TIMES_A_YEAR = 1
    assert says(claim, "times") == ("failed", "block")


def test_insured_by_the_employer_that_claims(desk: Office) -> None:
    """The training body is made her employer.  The event is of September 2025."""
    town, spells = desk.town, MODELS["insurance"].objects
    claim = desk.submitted(TRAINER)
    assert says(claim, "insured_by") is None
    Person.objects.filter(pk=town.worker.pk).update(employer=town.trainer)
    claim = Claim.objects.get(pk=claim.pk)
    assert says(claim, "insured_by") == ("no_data", "block")
    Coverage.objects.create(table="insurance", complete=True, **TOLD)
    assert says(claim, "insured_by") == ("failed", "block")
    told = {"worker": town.worker, "place": town.xiaoshan, "kind": "职工社会保险", "managed_by": town.xiaoshan, **TOLD}
    other = spells.create(employer=town.employer, started_on="2025-01-01", ended_on="2025-09-30", **told)
    assert (says(claim, "insured_by"), says(claim, "insured_elsewhere")) == (("failed", "block"), ("failed", "review"))
    mine = spells.create(employer=town.trainer, started_on="2025-09-01", ended_on_none=True, **told)
    assert (says(claim, "insured_by"), says(claim, "insured_around")) == (("passed", "block"), ("passed", "review"))
    spells.filter(pk=other.pk).update(ended_on="2025-08-31")
    assert says(claim, "insured_elsewhere") == ("passed", "review")
    sent = claim.submitted_at.date()
    days = dt.timedelta(days=1)
    spells.filter(pk=mine.pk).update(started_on=sent - 20 * days, ended_on=sent + 5 * days, ended_on_none=False)
    assert says(claim, "insured_around") == ("failed", "review")


def test_registers_of_others(desk: Office, settings: Any) -> None:
    """Nobody set up: no data, never passed.  Then: she is alive, draws no pension, is in custody, studies; the body is
    revoked.  Of death and custody the row holds the verdict and nothing else."""
    claim = desk.submitted()
    quiet = {v.name: f for v, f in running.find(claim, ON) if v.outside}
    assert {f.verdict for f in quiet.values()} == {Verdict.NO_DATA}
    stand_in = StandIn()
    stand_in.knows = {"custody": {NUMBER: {"since": "2026-01-01"}}, "student": {NUMBER: {}},
                      "business": {"91339999MA0000002Q": {"status": "吊销"}}}  # fmt: skip
    kinds = ("death", "custody", "pension", "student", "public_payroll", "other_departments", "business")
    with stand_in.serving() as address:
        settings.REGISTERS = {kind: {"name": kind, "address": address, "key": KEY} for kind in kinds}
        found = {v.name: (str(f.verdict), f.evidence) for v, f in running.find(claim, ON) if v.outside}
        desk.town.trainer.uscc = "91339999MA0000002Q"
        desk.town.trainer.save()
        grant = desk.submitted(TRAINER)
        shell = {v.name: f for v, f in running.find(grant, ON)}["shell"]
    assert found["death"] == ("passed", {})
    assert found["custody"] == ("failed", {})
    assert found["pension"][0] == "passed"
    assert found["student"][0] == "failed"
    assert found["student"][1]["source"] == "student"
    assert (shell.verdict, shell.severity) == (Verdict.FAILED, "")
    assert BY_NAME["shell"].severity == Severity.BLOCK


def test_taken_in_a_claim_is_verified_and_stands_in_review(desk: Office) -> None:
    claim = desk.checking()
    run = Run.objects.get(kind=running.JOB)
    assert run.arguments == {"claim": claim.pk}
    running.run_and_go_on(claim, ON)
    claim.refresh_from_db()
    assert claim.state == State.IN_REVIEW
    found = running.latest(claim)
    assert (found["holder"].verdict, found["conditions"].verdict, found["death"].verdict) == (
        "passed",
        "passed",
        "no_data",
    )
    assert not running.fast(claim)  # a register that did not answer
    assert found["amount"].determination == moving.last_of(claim)
    count = Check.objects.filter(claim=claim).count()
    running.run(claim, ON)
    assert Check.objects.filter(claim=claim).count() == count  # what is the same is not said twice
    assert NUMBER not in str(list(Check.objects.values_list("evidence", "words")))


def test_every_check_passed_is_the_fast_track(desk: Office) -> None:
    claim = desk.in_review()
    assert not running.fast(claim)
    Check.objects.create(claim=claim, verifier="holder", version="1", verdict=Verdict.PASSED, severity=Severity.BLOCK)
    assert running.fast(claim)


def stopped(desk: Office) -> tuple[Claim, Check]:
    """A claim that another person's account stops, signed by the first reviewer."""
    claim = desk.draft()
    kept = intake.make_account(
        desk.worker, holder="林大力", number="6222020000000009", bank="甲", person=desk.town.worker.pk
    )
    claim = intake.submit(intake.use_account(claim, desk.worker, kept), desk.worker, on=ON)
    claim = desk.after(review.accept, claim, "intake", on=ON)
    running.run_and_go_on(claim, ON)
    claim.refresh_from_db()
    claim = desk.after(review.review, claim, "first", on=ON)
    (found,) = running.stopping(claim)
    assert found.verifier == "holder"
    return claim, found


def test_a_finding_stops_the_approval_until_a_person_clears_it_with_a_reason(desk: Office) -> None:
    claim, found = stopped(desk)
    with pytest.raises(ClaimError, match="账户户名"):
        review.second_review(claim, desk.staff["second"], on=ON)
    with pytest.raises(ClaimError, match="理由"):
        running.judge(found, desk.staff["watch"], Judgement.CLEARED, "  ")
    with pytest.raises(MayNot):
        running.judge(found, desk.worker, Judgement.CLEARED, "是我的")
    running.judge(found, desk.staff["watch"], Judgement.CLEARED, "已与银行核实，更名前的户名")
    with pytest.raises(ClaimError, match="已经判断过"):
        running.judge(found, desk.staff["watch"], Judgement.CONFIRMED, "再想")
    running.run(claim, ON)  # the same finding again does not stop it again
    desk.after(review.second_review, claim, "second", on=ON)
    assert claim.state == State.PUBLIC_NOTICE


def test_a_confirmed_finding_stops_for_good_and_the_database_says_so_too(desk: Office) -> None:
    ServiceTerms.objects.create(region=desk.town.xiaoshan, notice_due=False, made_by=desk.user("first"))
    claim, found = stopped(desk)
    running.judge(found, desk.staff["watch"], Judgement.CONFIRMED, "户主另有其人")
    with pytest.raises(ClaimError, match="核验拦截"):
        review.second_review(claim, desk.staff["second"], on=ON)
    from huijiang.claims import effects

    effects.off("signed", running.stopped)  # whoever goes round the service meets the law
    try:
        with transaction.atomic():
            acts.sign(claim, desk.staff["second"], Kind.SECOND_REVIEW, moving.last_of(claim))
            with pytest.raises(DatabaseError, match="stopped_by_findings"), transaction.atomic():
                Movement.objects.create(claim=claim, number=claim.moves + 1, event="approve", source="second_review",
                                        target="approved", who="second_reviewer", by=desk.user("second"))  # fmt: skip
    finally:
        effects.on("signed")(running.stopped)


def test_the_unreachable_rule_of_a_relation_declared_after_signing(desk: Office) -> None:
    claim = desk.second_review(CHIEF)
    assert says(claim, "own_unit") == ("passed", "block")
    acts.declare(desk.user("first"), desk.user("watch"), "同学", person=desk.town.worker.pk)
    assert says(claim, "own_unit") == ("failed", "block")
