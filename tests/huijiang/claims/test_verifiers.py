"""Verifiers over the small town: each verdict worked out by hand; what stops a claim, and who lets it go on."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import as_staff
from huijiang.claims import acts, intake, moving, review
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import Check, Claim, Movement, ServiceTerms
from huijiang.claims.models.checks import Judgement, Severity, Verdict
from huijiang.claims.models.decision import Kind
from huijiang.claims.pages_desk_rules import hits
from huijiang.claims.risks.blocks import blocks, held
from huijiang.claims.states import State
from huijiang.claims.verifiers import running
from huijiang.claims.verifiers.table import IN_CODE
from huijiang.documents import library
from huijiang.jobs.models import Run
from huijiang.registry.models import MODELS, Coverage, IdentityDocument, Person
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import ON, Office
from tests.huijiang.claims.registers import KEY, StandIn
from tests.huijiang.entitlements.town import CHIEF, DAY, NUMBER, TRAINER, account
from tests.huijiang.gate.walk import BACKEND
from tiaowen.evaluate.expressions import compiler_of

TOLD: dict[str, Any] = {"source": "登记", "as_of": DAY}


def told(claim: Claim, on: dt.date = ON, outside: bool = False) -> dict[str, Any]:
    """Check → finding: blocks of the platform's document by their own name."""
    return {check.name.removeprefix("claim-checks#"): found for check, found in running.find(claim, on, outside)}


def says(claim: Claim, name: str, on: dt.date = ON) -> tuple[str, str] | None:
    """A check's verdict and severity now; None where it does not concern the claim."""
    for check, found in running.find(claim, on, outside=False):
        if check.name.removeprefix("claim-checks#") == name:
            return str(found.verdict), str(found.severity or check.severity)
    return None


@pytest.fixture
def policies(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A copy of the policy files that may be changed: they run until the test ends."""
    settings.POLICIES = shutil.copytree(settings.POLICIES, tmp_path / "policies")
    library._of_folder.cache_clear()
    yield settings.POLICIES
    library._of_folder.cache_clear()


def changed(policies: Path, before: str, after: str) -> None:
    """The platform's document says something else from now on."""
    path = policies / "checks" / "claim-checks.md"
    text = path.read_text()
    assert text.count(before) == 1
    path.write_text(text.replace(before, after))
    library._of_folder.cache_clear()


def another_certificate(desk: Office, **more: Any) -> Any:
    """Her second certificate, in 余姚: 焊工 技师 again unless said otherwise."""
    town = desk.town
    return MODELS["certificate"].objects.create(**{
        "holder": town.worker, "holder_employer": town.employer, "issuer": town.trainer, "trainer": town.trainer,
        "trained_directly": True, "kind": "职业技能等级证书", "occupation": "焊工", "level": "技师",
        "issued_on": "2025-10-01", "first_stated": True, "managed_by": town.yuyao, **TOLD, **more})  # fmt: skip


def test_every_rule_of_the_list_that_has_facts_is_a_block_of_the_document(desk: Office) -> None:
    """R38, R43, R44 and the rules of classes and examinations have none: the document says so in its notes."""
    listed = blocks("330109")
    assert {each.rule.listed for each in listed} == {f"R{n:02}" for n in (*range(1, 18), 36, 37, 39, 40, 41, 42)}
    assert {each.name for each in IN_CODE} == {"conditions", "declared", "risks"}
    again = {each.rule.listed for each in listed if each.rule.again}
    assert again == {"R02", "R03", "R04", "R12", "R15"}
    notes = " ".join(note.because for note in held().plans["claim-checks"].notes)
    for rule in ("R18", "R35", "R38", "R43", "R44"):
        assert rule in notes


def test_the_chief_technicians_claim_as_it_stands(desk: Office) -> None:
    """Her number 33999919850607013X says born 1985-06-07, the register 1990-01-01: a person looks.  At 35 she is of
    age; her account is hers; every condition has its fact."""
    claim = desk.in_review()
    assert says(claim, "number-birth-date") == ("failed", "review")
    assert says(claim, "number") == ("passed", "block")
    Person.objects.filter(pk=desk.town.worker.pk).update(birth_date="1985-06-07")
    claim = Claim.objects.get(pk=claim.pk)
    said = told(claim)
    for name in ("number", "number-birth-date", "age", "same-human", "holder", "shared-account", "agents-account",
                 "conditions", "amount", "split", "chain", "own-unit", "already", "same-event", "exclusive"):  # fmt: skip
        assert said[name].verdict == "passed", name
    assert not said.keys() & {"same-level", "late", "insured-by", "times", "declared", "revoked", "certificate-number"}
    IdentityDocument.objects.all().delete()
    assert says(claim, "number") == ("no_data", "block")


def test_the_statutory_age_is_delayed_month_by_month(db: None) -> None:
    """A man born 1965-01 leaves at 60 and 1 month, born 1976-09 at 63; a woman worker born 1975-02 at 50 and 1 month,
    born 1984-11 at 55; who reached the age before 2025 is not delayed."""
    figure = compiler_of(held().vocabulary).parameter
    assert figure("statutory_age", "男", dt.date(1964, 12, 31)) == 60 * 12
    assert figure("statutory_age", "男", dt.date(1965, 1, 15)) == 60 * 12 + 1
    assert figure("statutory_age", "男", dt.date(1976, 9, 1)) == 63 * 12
    assert figure("statutory_age", "女", dt.date(1975, 2, 10)) == 50 * 12 + 1
    assert figure("statutory_age", "女", dt.date(1984, 11, 30)) == 55 * 12


def test_age_and_the_same_human(desk: Office) -> None:
    claim = desk.submitted()
    assert claim.event_day == dt.date(2025, 6, 15)
    assert desk.town.worker.pk == claim.payee_person_id
    for born, verdict in (("2009-06-16", "failed"), ("2009-06-15", "passed"), ("1990-01-01", "passed")):
        Person.objects.filter(pk=desk.town.worker.pk).update(
            birth_date=born
        )  # sixteen a day after the event, on it, long
        assert says(Claim.objects.get(pk=claim.pk), "age") == (verdict, "review")
    Person.objects.filter(pk=desk.town.worker.pk).update(birth_date="1960-01-01")
    assert told(Claim.objects.get(pk=claim.pk))["age"].evidence == {"unverified": ["法定退休年龄"]}
    Person.objects.filter(pk=desk.town.worker.pk).update(birth_date="1990-01-01")
    Person.objects.create(name="林 小英", birth_date="1990-01-01", managed_by=desk.town.yuyao, **TOLD)
    assert says(claim, "same-human") == ("failed", "review")


def test_an_account_that_is_anothers_stops_and_one_shared_by_three_is_looked_into(desk: Office) -> None:
    claim, town = desk.submitted(), desk.town
    for person in (town.colleague, town.stranger):
        intake.make_account(desk.worker, holder=person.name, number="6222 0200 0000 0000", bank="甲", person=person.pk)
    assert says(claim, "shared-account") == ("failed", "review")
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
    assert says(claim, "same-level") == ("passed", "block")
    assert says(claim, "late") == ("failed", "review")
    other = intake.open_draft(desk.agent, desk.town.xiaoshan, TRAINER, f"certificate:{second.pk}", on=ON)
    kept = intake.make_account(
        desk.agent, holder="乙培训学校", number="6222020000000002", bank="甲", organisation=desk.town.trainer.pk
    )
    other = intake.submit(intake.use_account(other, desk.agent, kept), desk.agent, on=ON)
    assert says(claim, "same-level") == ("failed", "block")
    assert told(claim)["same-level"].evidence == {"matches": [{"place": "330109", "number": other.number}]}
    assert says(claim, "same-level-paid-elsewhere") == ("no_data", "block")  # nobody says that all payments are here
    assert says(claim, "higher-before") == ("passed", "block")
    MODELS["certificate"].objects.filter(pk=second.pk).update(level="高级技师")
    assert says(claim, "same-level") == ("passed", "block")
    assert says(claim, "higher-before") == ("failed", "block")
    assert says(claim, "certificate-number") == ("no_data", "block")
    both = MODELS["certificate"].objects.filter(pk__in=(second.pk, desk.town.certificate.pk))
    both.update(kind="专项职业能力证书")  # their numbers have no form of their own: written twice, in two ways
    both.filter(pk=second.pk).update(number="ZX2500001")
    both.filter(pk=desk.town.certificate.pk).update(number="zx-2500001")
    assert says(claim, "certificate-number") == ("failed", "block")


def test_times_a_year_count_every_payer_and_the_figure_is_the_documents(desk: Office, policies: Path) -> None:
    claim, second = desk.submitted(TRAINER), another_certificate(desk, level="高级技师", issued_on="2025-12-31")
    other = intake.open_draft(desk.agent, desk.town.xiaoshan, TRAINER, f"certificate:{second.pk}", on=ON)
    intake.submit(intake.use_account(other, desk.agent, claim.account), desk.agent, on=ON)
    assert says(claim, "times") == ("passed", "block")
    before = {each.key: each.version for each in blocks("330109")}
    changed(policies, ") >= 3 项", ") >= 1 项")
    assert says(claim, "times") == ("failed", "block")
    after = {each.key: each.version for each in blocks("330109")}
    assert {key for key in after if after[key] != before[key]} == {"claim-checks#times"}


def test_insured_by_the_employer_that_claims(desk: Office) -> None:
    """The training body is made her employer.  The event is of September 2025."""
    town, spells = desk.town, MODELS["insurance"].objects
    claim = desk.submitted(TRAINER)
    assert says(claim, "insured-by") is None
    Person.objects.filter(pk=town.worker.pk).update(employer=town.trainer)
    claim = Claim.objects.get(pk=claim.pk)
    assert says(claim, "insured-by") == ("no_data", "block")
    Coverage.objects.create(table="insurance", complete=True, **TOLD)
    assert says(claim, "insured-by") == ("failed", "block")
    told = {"worker": town.worker, "place": town.xiaoshan, "kind": "职工社会保险", "managed_by": town.xiaoshan, **TOLD}
    other = spells.create(employer=town.employer, started_on="2025-01-01", ended_on="2025-09-30", **told)
    assert (says(claim, "insured-by"), says(claim, "insured-elsewhere")) == (("failed", "block"), ("failed", "review"))
    mine = spells.create(employer=town.trainer, started_on="2025-09-01", ended_on_none=True, **told)
    assert (says(claim, "insured-by"), says(claim, "insured-around")) == (("passed", "block"), ("passed", "review"))
    spells.filter(pk=other.pk).update(ended_on="2025-08-31")
    assert says(claim, "insured-elsewhere") == ("passed", "review")
    sent = claim.submitted_at.date()
    days = dt.timedelta(days=1)
    spells.filter(pk=mine.pk).update(started_on=sent - 20 * days, ended_on=sent + 5 * days, ended_on_none=False)
    assert says(claim, "insured-around") == ("failed", "review")


def test_registers_of_others(desk: Office, settings: Any) -> None:
    """Nobody set up: no data, never passed.  Then: she is alive, draws no pension, is in custody, studies; the body is
    revoked.  Of death and custody the row holds the verdict and nothing else."""
    claim = desk.submitted()
    asked = [each.rule.id for each in blocks("330109") if each.outside]
    quiet = told(claim, outside=True)
    assert {quiet[name].verdict for name in asked if name in quiet} == {Verdict.NO_DATA}
    stand_in = StandIn()
    stand_in.knows = {"custody": {NUMBER: {"since": "2026-01-01"}}, "student": {NUMBER: {}},
                      "business": {"91339999MA0000002Q": {"status": "吊销"}}}  # fmt: skip
    kinds = ("death", "custody", "pension", "student", "public_payroll", "other_departments", "business")
    with stand_in.serving() as address:
        settings.REGISTERS = {kind: {"name": kind, "address": address, "key": KEY} for kind in kinds}
        found = told(claim, outside=True)
        desk.town.trainer.uscc = "91339999MA0000002Q"
        desk.town.trainer.save()
        revoked = told(desk.submitted(TRAINER), outside=True)["revoked"]
    assert (found["death"].verdict, found["death"].evidence) == ("passed", {})
    assert (found["custody"].verdict, found["custody"].evidence) == ("failed", {})
    assert found["pension"].verdict == "passed"
    assert found["student"].verdict == "failed"
    (said,) = found["student"].evidence["registers"]
    assert (said["register"], said["source"]) == ("在读学籍", "student")
    assert (revoked.verdict, revoked.words) == (Verdict.FAILED, "单位已吊销或注销")
    assert {each.rule.id: each.severity for each in blocks("330109")}["revoked"] == Severity.BLOCK


def test_a_stop_holds_and_asks_a_person_and_refuses_nobody(desk: Office, settings: Any) -> None:
    """The register has her as dead: the claim stands in review, and no move of it is a refusal."""
    claim, stand_in = desk.checking(), StandIn()
    stand_in.knows = {"death": {NUMBER: {}}}
    with stand_in.serving() as address:
        settings.REGISTERS = {"death": {"name": "death", "address": address, "key": KEY}}
        running.run_and_go_on(claim, ON)
    claim.refresh_from_db()
    assert claim.state == State.IN_REVIEW
    (hit,) = running.stopping(claim)
    assert (hit.verifier, hit.rule, hit.name, hit.evidence) == ("claim-checks#death", "R02", "是否在世", {})
    assert hit.clause == "平台核验规则 一2"
    assert len(hit.version) == 12
    assert not Movement.objects.filter(claim=claim, target=State.REFUSED).exists()


def test_a_rule_that_is_withdrawn_holds_nothing_any_more(desk: Office, policies: Path) -> None:
    """Another's account stops the claim; the steward takes the rule out, and at the next run the hit is over."""
    claim, found = stopped(desk)
    assert [each.verifier for each in running.stopping(claim)] == [found.verifier]
    changed(policies, "finds: not claim.account_matches", "finds: claim.account is none and not claim.account_matches")
    running.run(claim, ON)
    assert running.stopping(claim) == []
    assert running.latest(claim)[found.verifier].version != found.version


def test_taken_in_a_claim_is_verified_and_stands_in_review(desk: Office) -> None:
    claim = desk.checking()
    run = Run.objects.get(kind=running.JOB)
    assert run.arguments == {"claim": claim.pk}
    running.run_and_go_on(claim, ON)
    claim.refresh_from_db()
    assert claim.state == State.IN_REVIEW
    found = running.latest(claim)
    by = {name.removeprefix("claim-checks#"): each for name, each in found.items()}
    assert [by[name].verdict for name in ("holder", "conditions", "death")] == ["passed", "passed", "no_data"]
    assert not fast(claim)  # a register that did not answer
    assert by["amount"].determination == moving.last_of(claim)
    count = Check.objects.filter(claim=claim).count()
    running.run(claim, ON)
    assert Check.objects.filter(claim=claim).count() == count  # what is the same is not said twice
    assert NUMBER not in str(list(Check.objects.values_list("evidence", "words")))


def fast(claim: Claim) -> bool:
    """Whether the desk lists it among those of which every check passed."""
    page = signed_in(User.objects.get(login="claims-first")).get(f"{reverse('claims:desk')}?view=all&passed=1")
    return str(claim.number) in page.content.decode()


def test_every_check_passed_is_the_fast_track(desk: Office) -> None:
    claim = desk.in_review()
    assert not fast(claim)
    told: dict[str, Any] = {"claim": claim, "version": "1", "severity": Severity.BLOCK}
    Check.objects.create(verifier="holder", verdict=Verdict.PASSED, **told)
    assert fast(claim)
    Check.objects.create(verifier="account", verdict=Verdict.NO_DATA, **told)
    assert not fast(claim)
    Check.objects.create(verifier="account", verdict=Verdict.PASSED, **told)  # the last word of each counts
    assert fast(claim)


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
    assert found.verifier == "claim-checks#holder"
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
    assert says(claim, "own-unit") == ("passed", "block")
    acts.declare(desk.user("first"), desk.user("watch"), "同学", person=desk.town.worker.pk)
    assert says(claim, "own-unit") == ("failed", "block")


def test_the_page_of_rules_counts_hits_over_the_cases_that_the_reader_may_open(desk: Office) -> None:
    """One case hit once, not judged, then cleared; somebody of another place counts nothing; a steward no cases at all."""
    claim, found = stopped(desk)
    listed = blocks("330109")
    key = "claim-checks#holder"
    assert hits(desk.staff["watch"], listed)[key] == {"all": 1, "open": 1, "cleared": 0, "confirmed": 0}
    running.judge(found, desk.staff["watch"], Judgement.CLEARED, "更名前的户名")
    assert hits(desk.staff["watch"], listed)[key] == {"all": 1, "open": 0, "cleared": 1, "confirmed": 0}
    elsewhere = as_staff(account("risk-elsewhere", "余审核", Role.REVIEWER, desk.town.yuyao))
    assert elsewhere is not None
    assert hits(elsewhere, listed) == {}
    client = Client()
    client.force_login(desk.user("watch"), backend=BACKEND)
    shown = client.get(reverse("claims:rules")).content.decode()
    assert "同职业同等级只领一次" in shown
    assert "无误 1，属实 0" in shown
    client.force_login(account("risk-steward", "政管员", Role.STEWARD, desk.town.xiaoshan), backend=BACKEND)
    shown = client.get(reverse("claims:rules")).content.decode()
    assert "查到（件）" not in shown
    assert claim.number not in shown
