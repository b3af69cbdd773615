"""The office's ways with a claim: corrections, refusals, objections, notices, sending back, recalculating."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.conf import settings
from django.db import connection, transaction

from huijiang import present
from huijiang.access.models import Agency
from huijiang.audit import seals
from huijiang.audit.models import Event as AuditEvent
from huijiang.claims import (
    acts,
    clock,
    determine,
    disputes,
    dues,
    effects,
    intake,
    moving,
    numbers,
    public_notice,
    questions,
    replay,
    review,
)
from huijiang.claims.errors import CannotDetermine, CannotMove, ClaimError, FactsChanged, Incomplete, MayNot
from huijiang.claims.models import Account, Act, Claim, DayOverride, NoticeEntry, PublicNotice, ServiceTerms
from huijiang.claims.models.decision import Basis, Kind
from huijiang.claims.models.disputes import Ground
from huijiang.claims.sources import KINDS
from huijiang.claims.states import State
from huijiang.documents import releases
from huijiang.documents.models import Release, ReleaseFile
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed import found_by
from tests.huijiang.claims.office import ON, Office
from tests.huijiang.entitlements.town import CHIEF, TRAINER
from tiaowen.check.library import fingerprint

WEEK = dt.timedelta(days=7)


# -- intake ---------------------------------------------------------------------------
def test_a_claim_without_an_account_is_not_sent(desk: Office) -> None:
    claim = intake.open_draft(desk.worker, desk.town.xiaoshan, CHIEF, desk.town.holder, on=ON)
    with pytest.raises(Incomplete, match="收款账户"):
        intake.submit(claim, desk.worker, on=ON)


def test_a_draft_of_the_same_event_is_the_same_draft(desk: Office) -> None:
    first, again = desk.draft(), desk.draft()
    assert first.pk == again.pk


def test_a_claim_made_ready_overnight_waits_for_the_person_to_confirm(desk: Office) -> None:
    ready = intake.open_draft(None, desk.town.xiaoshan, CHIEF, desk.town.holder, person=desk.town.worker.pk, on=ON)
    assert (ready.way, ready.applicant) == ("proactive", None)
    assert desk.draft().pk == ready.pk
    sent = intake.submit(ready, desk.worker, on=ON)
    assert (sent.way, sent.applicant) == ("proactive", desk.town.worker_user)


def test_nobody_claims_for_another(desk: Office) -> None:
    """The training body has no consent of hers; a counter clerk of the place may file for her, and then signs nothing."""
    with pytest.raises(MayNot):
        intake.open_draft(desk.agent, desk.town.xiaoshan, CHIEF, desk.town.holder, person=desk.town.worker.pk, on=ON)
    counter = desk.staff["counter"]
    claim = intake.open_draft(counter, desk.town.xiaoshan, CHIEF, desk.town.holder, person=desk.town.worker.pk, on=ON)
    kept = intake.make_account(
        counter, holder="林", number="6222 0200 0000 1234", bank="甲", person=desk.town.worker.pk
    )
    intake.use_account(claim, counter, kept)
    claim = intake.submit(claim, counter, on=ON)
    assert claim.way == "counter"
    with pytest.raises(MayNot):
        review.accept(claim, counter)


def test_numbers_are_read_with_their_check_digit(desk: Office) -> None:
    """33010920261123000001: Luhn doubles every other digit from the right; 3+6+… sums to 40, so the digit is 0."""
    claim = desk.submitted()
    assert claim.number is not None
    assert claim.number.startswith("330109-20261123-000001-")
    assert numbers.read(claim.number.replace("-", " ")) == claim.number
    wrong = claim.number[:-1] + str((int(claim.number[-1]) + 1) % 10)
    assert numbers.read(wrong) is None


def test_an_account_number_is_sealed_and_found_by_its_hash(desk: Office) -> None:
    claim = desk.draft()
    assert str(Account.objects.get(pk=claim.account_id).number) == "••••"
    assert Account.objects.get(found_by(Account, "number", "6222020000000000")).pk == claim.account_id
    with pytest.raises(ClaimError, match="8 到 30 位"):
        intake.make_account(desk.worker, holder="林", number="1234", bank="甲", person=desk.town.worker.pk)


def test_the_form_asks_what_no_register_has(desk: Office) -> None:
    """Who granted the honour stands in a document of recognition: it is asked, and its paper brought."""
    MODELS["recognition"].objects.filter(pk=desk.town.honour.pk).update(granted_by=None)
    asked = questions.what_to_ask("330109", CHIEF, desk.town.holder, ON, person=desk.town.worker.pk)
    (question,) = [each for each in asked.questions if each.column == "granted_by"]
    assert (question.table, question.row, question.kind, question.source) == (
        "recognition", str(desk.town.honour.pk), "region", "认定文件",
    )  # fmt: skip
    assert "认定文件" in [each.source for each in asked.papers]
    claim = desk.draft()
    with pytest.raises(Incomplete, match="授予地区"):
        intake.submit(claim, desk.worker, on=ON)
    answer = {"table": "recognition", "row": question.row, "column": "granted_by", "value": "萧山区"}
    with pytest.raises(ClaimError, match="授予地区"):
        intake.save_answers(claim, desk.worker, [{**answer, "value": "没有这个地方"}])
    claim = intake.save_answers(claim, desk.worker, [answer])
    assert claim.answers == [{**answer, "value": "330109"}]
    claim = intake.submit(claim, desk.worker, on=ON)
    claim = desk.after(review.accept, claim, "intake", on=ON)
    review.checked(claim, None, on=ON)
    made = moving.last_of(claim)
    assert made is not None
    assert made.point == 1_800_000


def test_a_declared_fact_never_stands_against_a_register(desk: Office) -> None:
    MODELS["recognition"].objects.filter(pk=desk.town.honour.pk).update(granted_by=desk.town.yuyao)
    claim = intake.save_answers(desk.draft(), desk.worker, [
        {"table": "recognition", "row": str(desk.town.honour.pk), "column": "granted_by", "value": "萧山区"}])  # fmt: skip
    with transaction.atomic():
        assert determine.evaluate(claim, ON).essence()["outcome"] == "refused"


def test_every_source_of_the_vocabulary_has_its_kind() -> None:
    words = vocabulary()
    sources = {each.source for each in words.tables.values()} | {
        column.source for table in words.tables.values() for column in table.columns.values() if column.derived is None
    }
    assert sources - {""} == set(KINDS)


# -- the clock ------------------------------------------------------------------------
def test_the_national_days_of_october_are_not_worked_and_an_override_is(desk: Office) -> None:
    """2026: 1–7 October off, Saturday 10 October worked instead (the calendar's own)."""
    here = desk.town.xiaoshan
    assert clock.add_working_days(dt.date(2026, 9, 30), 1, here) == dt.date(2026, 10, 8)
    DayOverride.objects.create(
        day=dt.date(2026, 10, 8), works=False, words="台风", made_by=desk.user("first"), region=here
    )
    assert clock.add_working_days(dt.date(2026, 9, 30), 1, here) == dt.date(2026, 10, 9)
    assert clock.add_working_days(dt.date(2026, 9, 30), 1, desk.town.yuyao) == dt.date(2026, 10, 8)


def test_the_clock_stands_while_the_applicant_corrects(desk: Office) -> None:
    """Monday 23 November, asked on Thursday (3 days used), put right a week later: 17 days from 3 December: 28 December."""
    claim = desk.checking()
    thursday = ON + dt.timedelta(days=3)
    review.request_correction(claim, desk.staff["first"], [{"code": "a", "words": "请补合同"}], on=thursday)
    claim.refresh_from_db()
    assert (claim.state, claim.used_days, claim.deadline) == (State.AWAITING_CORRECTION, 3, None)
    assert clock.days_left(claim, thursday) is None
    claim = intake.correct(claim, desk.worker, on=thursday + WEEK)
    assert (claim.state, claim.deadline) == (State.CHECKING, dt.date(2026, 12, 28))
    assert clock.days_left(claim, dt.date(2026, 12, 29)) == -1


# -- corrections ----------------------------------------------------------------------
def test_what_was_asked_once_is_not_asked_again(desk: Office) -> None:
    claim = desk.checking()
    items = [{"code": "a", "words": "请补合同"}, {"code": "b", "words": "请补发票"}]
    review.request_correction(claim, desk.staff["first"], items, on=ON)
    claim = intake.correct(claim, desk.worker, on=ON)
    with pytest.raises(ClaimError, match="请补发票"):
        review.request_correction(claim, desk.staff["first"], [items[1], {"code": "c", "words": "新材料不清楚"}], on=ON)
    with pytest.raises(ClaimError):
        review.request_correction(claim, desk.staff["first"], [], on=ON)


def test_a_claim_lapses_by_a_person_after_its_day_and_not_before(desk: Office) -> None:
    claim = desk.checking()
    review.request_correction(claim, desk.staff["first"], [{"code": "a", "words": "请补合同"}], on=ON + WEEK)
    with pytest.raises(CannotMove):
        review.lapse(claim, desk.staff["first"])
    early = desk.submitted(TRAINER)
    review.request_correction(early, desk.staff["intake"], [{"code": "a", "words": "请补合同"}], on=ON - 2 * WEEK)
    review.lapse(early, desk.staff["intake"])
    early.refresh_from_db()
    assert early.state == State.WITHDRAWN


# -- decisions ------------------------------------------------------------------------
def test_a_refusal_names_a_condition_that_is_not_met(desk: Office) -> None:
    claim = desk.in_review()
    with pytest.raises(ClaimError, match="未满足的条件"):
        review.refuse(claim, desk.staff["first"], "萧山区选树", "不行")


def test_a_refused_claim_says_which_condition_and_why(desk: Office) -> None:
    claim = desk.refused()
    said = claim.movements.latest("number")
    assert (claim.state, said.condition, said.words, said.by) == (
        "refused", "萧山区选树", "称号不是本区选树的。", desk.user("first"),
    )  # fmt: skip
    assert "行政复议" in disputes.appeal(claim)


def test_intake_declines_in_words_and_another_answers_the_objection(desk: Office) -> None:
    claim = desk.after(review.decline, desk.submitted(), "intake", "不在申报期", "请下一年再来。")
    found = disputes.make(claim, desk.worker, Ground.REFUSAL, "我在申报期内", on=ON)
    with pytest.raises(MayNot):
        disputes.answer(found, desk.staff["intake"], True, "对")
    disputes.answer(found, desk.staff["watch"], True, "确在申报期内", on=ON)
    claim.refresh_from_db()
    assert claim.state == State.IN_REVIEW
    assert claim.deadline == dt.date(2026, 12, 21)  # twenty days anew
    made = moving.last_of(claim)
    assert made is not None
    assert made.point == 1_800_000


def test_facts_that_changed_after_the_first_signature_stop_the_second(desk: Office) -> None:
    claim = desk.second_review()
    MODELS["recognition"].objects.filter(pk=desk.town.honour.pk).update(granted_by=desk.town.yuyao)
    with pytest.raises(FactsChanged):
        review.second_review(claim, desk.staff["second"], on=ON)
    claim.refresh_from_db()
    assert claim.state == State.SECOND_REVIEW
    assert not Act.objects.filter(claim=claim, kind="second_review").exists()
    made = review.recalculate(claim, desk.staff["first"], "称号不是本区的", on=ON)
    assert made.number == 2


def test_a_month_whose_facts_changed_is_not_due_by_itself(desk: Office) -> None:
    claim = desk.paid()
    MODELS["recognition"].objects.filter(pk=desk.town.honour.pk).update(granted_by=None)
    with pytest.raises(FactsChanged):
        dues.next_periods(claim, dt.date(2026, 12, 15))


def test_a_persons_figure_stays_within_what_the_rules_leave(desk: Office) -> None:
    claim = desk.in_review()
    with transaction.atomic(), pytest.raises(CannotDetermine, match="不是要核定的区间"):
        determine.determine(claim, desk.staff["first"], figure=1, basis=Basis.AUDITED_COST, basis_words="发票", on=ON)


def test_withdrawing_gives_everything_back(desk: Office) -> None:
    claim = desk.on_notice(TRAINER)
    assert claim.cap_uses.filter(released_at=None).count() == 1
    assert claim.exclusives.filter(released_at=None).count() == 1
    intake.withdraw(claim, desk.agent)
    assert not claim.cap_uses.filter(released_at=None).exists()
    assert not claim.exclusives.filter(released_at=None).exists()


def test_take_next_gives_what_the_officer_may_sign(desk: Office) -> None:
    claim = desk.in_review()
    acts.declare(desk.user("first"), desk.user("first"), "表姐", person=desk.town.worker.pk)
    assert review.take_next(desk.staff["first"]) is None
    taken = review.take_next(desk.staff["third"])
    assert taken is not None
    assert (taken.pk, taken.assigned_to) == (claim.pk, desk.user("third"))
    assert review.take_next(desk.staff["third"]) is None
    with pytest.raises(MayNot):
        review.assign(claim, desk.user("first"), desk.staff["third"])


# -- notices --------------------------------------------------------------------------
def test_a_notice_masks_the_name_and_is_gone_after_its_day(desk: Office) -> None:
    """Five days from the 23rd: up to the 27th, and nothing on the 28th."""
    claim = desk.after(review.second_review, desk.second_review(), "second", on=ON)
    notice = public_notice.publish(desk.staff["second"], [claim], on=ON)
    (entry,) = notice.entries.all()
    assert (entry.shown, entry.amount) == ("林*英", 1_800_000)
    last = dt.date(2026, 11, 27)
    assert notice.ends_on == last
    assert list(public_notice.standing(desk.town.xiaoshan, last)) == [notice]
    assert not public_notice.standing(desk.town.xiaoshan, last + dt.timedelta(days=1)).exists()
    assert not public_notice.standing(desk.town.xiaoshan, ON - dt.timedelta(days=1)).exists()
    assert not public_notice.go_on(claim, None)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张", "*"), ("张三", "张*"), ("张小三", "张*三"), ("欧阳小三", "欧**三"), ("Aisha Bibi", "A********i")],
)
def test_names_are_masked_but_for_their_ends(name: str, masked: str) -> None:
    assert public_notice.masked(name) == masked


@pytest.mark.parametrize("born", ["2008-12-01", None])
def test_minors_and_those_who_may_be_stand_by_their_number(desk: Office, born: str | None) -> None:
    claim = desk.after(review.second_review, desk.second_review(), "second", on=ON)
    MODELS["person"].objects.filter(pk=desk.town.worker.pk).update(birth_date=born)
    notice = public_notice.publish(None, [type(claim).objects.get(pk=claim.pk)], on=ON)
    assert notice.entries.get().shown == claim.number


def test_a_sensitive_benefit_shows_numbers(desk: Office) -> None:
    ServiceTerms.objects.create(region=desk.town.xiaoshan, benefit=CHIEF, sensitive=True, made_by=desk.user("first"))
    claim = desk.after(review.second_review, desk.second_review(), "second", on=ON)
    assert public_notice.shown(claim, ON) == claim.number


def test_a_visitors_objection_holds_a_claim_on_its_notice(desk: Office) -> None:
    claim = desk.on_notice()
    found = disputes.make(claim, None, Ground.PERSON, "他不是首席技师", name="路人", contact="13900000000", on=ON)
    assert public_notice.take_down() == (1, 0)
    claim.refresh_from_db()
    assert claim.state == State.UNDER_OBJECTION
    disputes.answer(found, desk.staff["watch"], False, "已核实", on=ON)
    claim.refresh_from_db()
    assert claim.state == State.PUBLIC_NOTICE
    assert public_notice.go_on(claim, None)
    claim.refresh_from_db()
    assert claim.state == State.APPROVED


def test_a_claim_determined_anew_is_put_on_notice_anew(desk: Office) -> None:
    claim = desk.on_notice()
    public_notice.take_down()
    review.recalculate(type(claim).objects.get(pk=claim.pk), desk.staff["third"], "再核一次", on=ON)
    claim.refresh_from_db()
    assert (claim.state, claim.dues.filter(cancelled_at=None).count()) == (State.IN_REVIEW, 0)
    claim = desk.after(review.review, claim, "third", on=ON)
    claim = desk.after(review.second_review, claim, "fourth", on=ON)
    assert not public_notice.go_on(claim, None)
    public_notice.publish(None, [claim], on=ON - 2 * WEEK)
    assert public_notice.take_down() == (1, 1)
    assert NoticeEntry.objects.filter(claim=claim).count() == PublicNotice.objects.count() == 2


# -- objections -----------------------------------------------------------------------
def test_an_objection_stops_payment_and_two_are_answered_before_it_goes_on(desk: Office) -> None:
    claim = desk.payable()
    first = disputes.make(claim, desk.worker, Ground.AMOUNT, "少了", on=ON)
    second = disputes.make(claim, None, Ground.PERSON, "不该", name="甲", contact="1", on=ON)
    with pytest.raises(CannotMove):
        dues.mark_paid(claim, None)
    assert disputes.answer(first, desk.staff["watch"], False, "没有少", on=ON) is None
    disputes.answer(second, desk.staff["watch"], False, "应当", on=ON)
    claim.refresh_from_db()
    assert claim.state == State.PAYABLE


def test_an_upheld_objection_cancels_what_is_due(desk: Office) -> None:
    claim = desk.payable()
    found = disputes.make(claim, desk.worker, Ground.AMOUNT, "少了", on=ON)
    disputes.answer(found, desk.staff["watch"], True, "是少了", on=ON)
    claim.refresh_from_db()
    assert claim.state == State.IN_REVIEW
    assert dues.outstanding(claim) == {}
    with pytest.raises(MayNot):  # who answered does not review
        review.review(claim, desk.staff["watch"])


# -- determinations -------------------------------------------------------------------
def test_a_replay_finds_what_a_candidate_changes(desk: Office) -> None:
    """A candidate that pays 900 yuan a month instead of 1,000."""
    claim = desk.approved()
    made = moving.last_of(claim)
    assert made is not None
    assert replay.replay(made) == []
    files = releases.read_folder(settings.POLICIES)
    name = next(each for each in files if each.endswith("xiaoshan-2025-3.md"))
    block = files[name].index("id: chief-technician-allowance")
    changed = files[name][block:].replace("1000 元", "900 元", 1)
    texts = {**files, name: files[name][:block] + changed}
    candidate = Release.objects.create(
        number=1, digest=fingerprint(texts), made_by=desk.user("first"), documents=1, rules=1, cases=1
    )
    ReleaseFile.objects.bulk_create(
        ReleaseFile(release=candidate, path=path, text=text, digest=hashlib.sha256(text.encode()).hexdigest())
        for path, text in texts.items()
    )
    found = {each.what: (each.stored, each.replayed) for each in replay.replay_all(candidate)}
    assert found["low"] == ("1800000", "1620000")


def test_frozen_facts_hold_no_name_and_no_number(desk: Office) -> None:
    made = moving.last_of(desk.in_review())
    assert made is not None
    kept = str(determine.facts_of(made)) + str(determine.body_of(made))
    for word in ("林小英", "33999919850607013X"):
        assert word not in kept


# -- audit, effects -------------------------------------------------------------------
def test_every_step_leaves_an_event_and_an_edited_byte_is_found(desk: Office) -> None:
    claim = desk.paid()
    done = set(AuditEvent.objects.filter(subject=f"claim:{claim.uid}").values_list("action", flat=True))
    steps = {"submit", "accept", "checked", "review", "approve", "notice_ended", "fund", "pay"}
    assert {f"claims.{each}" for each in (*steps, "drafted", "signed", "determined", "due", "on_notice")} <= done
    said = str(list(AuditEvent.objects.filter(action__startswith="claims.").values_list("details", flat=True)))
    assert "林小英" not in said
    assert "6222020000000000" not in said
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint + 1")
        after = cursor.fetchone()[0]
        event = AuditEvent.objects.filter(action="claims.pay").get()
        seals._add(None, 1, 0, 0, after, dt.datetime.now(dt.UTC))
        assert list(seals.verify()) == []
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE audit_event SET details = jsonb_set(details, '{target}', '\"paiD\"') WHERE id = %s", [event.pk]
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert len(list(seals.verify())) == 1


def test_an_effect_falls_with_what_it_follows(desk: Office) -> None:
    told: list[str] = []

    def stops(claim: object, movement: object, **said: object) -> None:
        told.append(str(said["act"]))
        raise ClaimError("资金不足")

    effects.on("signed")(stops)
    try:
        claim = desk.submitted()
        with pytest.raises(ClaimError, match="资金不足"):
            review.accept(claim, desk.staff["intake"])
    finally:
        effects.off("signed", stops)
    claim.refresh_from_db()
    assert (claim.state, claim.acts.count(), len(told)) == (State.SUBMITTED, 0, 1)
    with pytest.raises(KeyError):
        effects.on("never")


def test_a_relation_is_ended_by_another(desk: Office) -> None:
    found = acts.declare(desk.user("first"), desk.user("first"), "持股", organisation=desk.town.trainer.pk)
    with pytest.raises(MayNot):
        acts.end_relation(found, desk.user("first"))
    grant = desk.in_review(TRAINER)
    assert "关系" in acts.why_not(grant, desk.user("first"), Kind.REVIEW)
    acts.end_relation(found, desk.user("watch"))
    assert acts.why_not(grant, desk.user("first"), Kind.REVIEW) == ""


def test_whoever_stopped_acting_for_a_firm_is_far_from_its_later_claims(desk: Office) -> None:
    grant, user = desk.in_review(TRAINER), desk.user("third")
    day, second = dt.timedelta(days=1), dt.timedelta(seconds=1)
    filed = present.day_of(grant.created_at)
    found = Agency.objects.create(user=user, organisation=desk.town.trainer, power="agent",
                                  starts_on=filed - 9 * day, appointed_by=desk.user("watch"))  # fmt: skip
    for told, near in (
        ({}, True),
        ({"ends_on": filed}, True),
        ({"ends_on": filed - day}, False),
        ({"ends_on": None, "ended_at": grant.created_at + second, "ended_by": desk.user("watch")}, True),
        ({"ended_at": grant.created_at - second}, False),
    ):
        Agency.objects.filter(pk=found.pk).update(**({"power": "agent"} | told))
        said = acts.why_not_near(grant, user)
        assert said == ("您是这家单位的经办人，须回避。" if near else ""), told
        assert Claim.objects.filter(acts.near_to(user), pk=grant.pk).exists() is near
