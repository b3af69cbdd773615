"""The laws of claims attacked by raw SQL: what the database itself refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from huijiang.access import humans
from huijiang.claims import acts, determine, disputes, intake, moving, public_notice, review
from huijiang.claims.errors import MayNot
from huijiang.claims.models import Act, CapGroup, CapUse, Determination, Due, Exclusive, Movement
from huijiang.claims.models.decision import Kind
from huijiang.claims.models.disputes import Ground
from tests.huijiang.claims.office import Office
from tests.huijiang.entitlements.town import NUMBER, TRAINER
from tiaowen.identifiers.person import person_check_character


def run(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(law: str, statement: str, *values: Any) -> None:
    """The database refuses a statement, and names its law."""
    with pytest.raises(DatabaseError, match=law):
        run(statement, *values)


MOVE = (
    "INSERT INTO claims_movement (claim_id, number, event, source, target, who, by_id, reason, words, condition, digest) "
    "SELECT id, moves + 1, %s, state, %s, %s, %s, '', %s, %s, '' FROM claims_claim WHERE id = %s"
)
SIGN = (
    "INSERT INTO claims_act (claim_id, human, user_id, kind, occasion, determination_id, digest, voided_because) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, '')"
)


def test_a_state_changes_by_a_movement_alone(desk: Office) -> None:
    claim = desk.in_review()
    refused("moved_by_movements", "UPDATE claims_claim SET state = 'approved' WHERE id = %s", claim.pk)
    refused(
        "moved_by_movements", "UPDATE claims_claim SET state = 'approved', moves = moves + 1 WHERE id = %s", claim.pk
    )
    refused("begins_as_draft", "INSERT INTO claims_claim (uid, region_id, benefit, holder, payee_person_id, way, state, moves,"
            " used_days, answers, notice_due, sensitive) VALUES (gen_random_uuid(), '330109', 'a#b', 'person:1', %s, 'self',"
            " 'paid', 0, 0, '[]', true, false)", desk.town.worker.pk)  # fmt: skip


def test_nothing_is_deleted(desk: Office) -> None:
    claim = desk.approved()
    CapUse.objects.create(
        group=CapGroup.objects.create(limit_key="k", key="k", kind="money", cap=1), claim=claim, amount=1
    )
    run("SELECT 1")
    for table in (
        "claim",
        "movement",
        "determination",
        "act",
        "due",
        "capgroup",
        "capuse",
        "account",
        "noticeentry",
        "publicnotice",
    ):
        refused("never_deleted|added_only", f"DELETE FROM claims_{table}")  # noqa: S608
        refused("never_emptied", f"TRUNCATE claims_{table} CASCADE")


def test_a_movement_stays_what_it_was(desk: Office) -> None:
    desk.submitted()
    refused("added_only", "UPDATE claims_movement SET by_id = NULL")


def test_whose_claim_for_what_it_is_does_not_change(desk: Office) -> None:
    claim = desk.submitted()
    for change in ("payee_person_id = %s", "beneficiary_person_id = %s"):
        refused("moved_by_movements", f"UPDATE claims_claim SET {change} WHERE id = {claim.pk}", desk.town.stranger.pk)  # noqa: S608
    for change in (
        "holder = 'person:1'",
        "benefit = 'x#y'",
        "number = '1'",
        "notice_due = false",
        "answers = '[1]'",
        "applicant_id = 1",
    ):
        refused("moved_by_movements", f"UPDATE claims_claim SET {change} WHERE id = %s", claim.pk)  # noqa: S608


def test_the_account_is_the_payees_own_and_not_changed_behind_a_decision(desk: Office) -> None:
    claim = desk.draft()
    theirs = intake.make_account(
        desk.agent, holder="乙", number="62220200000001", bank="甲", organisation=desk.town.trainer.pk
    )
    refused("moved_by_movements", "UPDATE claims_claim SET account_id = %s WHERE id = %s", theirs.pk, claim.pk)
    intake.submit(claim, desk.worker)
    own = intake.make_account(desk.worker, holder="林", number="62220200000002", bank="甲", person=desk.town.worker.pk)
    refused("moved_by_movements", "UPDATE claims_claim SET account_id = %s WHERE id = %s", own.pk, claim.pk)


def test_no_machine_refuses(desk: Office) -> None:
    claim = desk.in_review()
    refused("moves_listed", MOVE, "refuse", "refused", "system", None, "词", "条件", claim.pk)
    refused("moves_listed", MOVE, "refuse", "refused", "reviewer", None, "词", "条件", claim.pk)
    officer = desk.user("first").pk
    refused("a refusal needs a person", MOVE, "refuse", "refused", "reviewer", officer, "词", "条件", claim.pk)
    made = moving.last_of(claim)
    acts.sign(claim, desk.staff["first"], Kind.REFUSAL, made)
    refused("a refusal needs a person", MOVE, "refuse", "refused", "reviewer", officer, "词", "", claim.pk)
    refused(
        "a refusal needs a person", MOVE, "refuse", "refused", "reviewer", desk.user("third").pk, "词", "条件", claim.pk
    )
    run(MOVE, "refuse", "refused", "reviewer", officer, "词", "条件", claim.pk)
    claim.refresh_from_db()
    assert claim.state == "refused"


def test_approval_needs_two_people_on_one_determination(desk: Office) -> None:
    claim = desk.second_review()
    second = desk.user("second").pk
    refused("two people", MOVE, "approve", "public_notice", "second_reviewer", second, "", "", claim.pk)
    acts.sign(claim, desk.staff["second"], Kind.SECOND_REVIEW, moving.last_of(claim))
    refused("public notice is due", MOVE, "approve", "approved", "second_reviewer", second, "", "", claim.pk)
    run(MOVE, "approve", "public_notice", "second_reviewer", second, "", "", claim.pk)
    refused("notice is not finished", MOVE, "notice_ended", "approved", "system", None, "", "", claim.pk)


def test_nobody_signs_twice_over_the_whole_chain(desk: Office) -> None:
    claim = desk.payable()
    made = moving.last_of(claim)
    assert made is not None
    signed = Act.objects.filter(claim=claim, voided_at=None)
    assert {each.kind for each in signed} == {"intake", "review", "second_review"}
    for before in signed:
        for kind in Kind:
            occasion = "b1" if kind in (Kind.FINANCE, Kind.RELEASE) else ""
            refused("act_o", SIGN, claim.pk, before.human, before.user_id, kind, occasion, made.pk, made.digest)


def test_a_cashier_signs_each_months_batch_but_never_both_sides_of_one(desk: Office) -> None:
    claim = desk.paid()
    made = moving.last_of(claim)
    acts.sign(claim, desk.staff["cashier"], Kind.FINANCE, made, "batch-2")
    with pytest.raises(MayNot):
        acts.sign(claim, desk.staff["cashier"], Kind.FINANCE, made, "batch-2")
    with pytest.raises(MayNot):
        acts.sign(claim, desk.staff["cashier"], Kind.RELEASE, made, "batch-3")


def test_two_accounts_of_one_human_are_one(desk: Office) -> None:
    number = "33999919900101101"
    number += person_check_character(number)
    for name in ("first", "second"):
        humans.know(desk.user(name), number, desk.user("watch"))
    claim = desk.second_review()
    with pytest.raises(MayNot):
        review.second_review(claim, desk.staff["second"])


def test_nobody_who_gains_signs(desk: Office) -> None:
    """The payee under a staff account, their declared relation, an agent of the paid body, whoever applied."""
    claim = desk.in_review()
    made = moving.last_of(claim)
    assert made is not None
    told = (Kind.REVIEW, "", made.pk, made.digest)
    humans.know(desk.user("first"), NUMBER, desk.user("watch"))  # she is the worker herself
    refused("what they gain", SIGN, claim.pk, "id:x", desk.user("first").pk, *told)
    acts.declare(desk.user("third"), desk.user("third"), "表姐", person=desk.town.worker.pk)
    refused("declared relation", SIGN, claim.pk, "id:y", desk.user("third").pk, *told)
    refused("whoever applied", SIGN, claim.pk, "id:z", desk.town.worker_user.pk, *told)
    grant = desk.in_review(TRAINER)
    made = moving.last_of(grant)
    assert made is not None
    refused(
        "whoever applied|an agent",
        SIGN,
        grant.pk,
        "id:w",
        desk.town.agent_user.pk,
        Kind.REVIEW,
        "",
        made.pk,
        made.digest,
    )
    for name in ("first", "third"):
        assert acts.why_not(claim, desk.user(name), Kind.REVIEW)


def test_a_determination_does_not_change(desk: Office) -> None:
    claim = desk.in_review()
    for change in (
        "point = 1",
        "low = 0",
        "digest = repeat('0', 64)",
        "release = 'x'",
        "facts = facts || '\\x00'",
        "body = body || '\\x00'",
    ):
        refused("as_it_was|determination_", f"UPDATE claims_determination SET {change} WHERE claim_id = %s", claim.pk)  # noqa: S608
    assert determine.verify(Determination.objects.get(claim=claim))


def test_new_facts_void_the_signature_and_nothing_else_does(desk: Office) -> None:
    claim = desk.second_review()
    act = Act.objects.get(claim=claim, kind="review")
    refused("voided_by_facts", "UPDATE claims_act SET voided_at = now(), voided_because = 'x' WHERE id = %s", act.pk)
    review.send_back(claim, desk.staff["second"], "请再看一遍")
    act.refresh_from_db()
    assert act.voided_because == "determination 2"
    refused("voided_by_facts", "UPDATE claims_act SET voided_at = NULL, voided_because = '' WHERE id = %s", act.pk)


def test_a_signature_covers_the_latest_determination(desk: Office) -> None:
    claim = desk.in_review()
    first = moving.last_of(claim)
    assert first is not None
    with transaction.atomic():
        determine.determine(claim, None)
    refused("latest determination", SIGN, claim.pk, "id:x", desk.user("first").pk, "review", "", first.pk, first.digest)


DUE = (
    "INSERT INTO claims_due (uid, claim_id, determination_id, benefit, holder, period, instalment, label, amount,"
    " payee_person_id, payee_organisation_id, fund, due_on, cancelled_because)"
    " SELECT gen_random_uuid(), id, %s, benefit, holder, %s, 1, '', %s, %s, NULL, '', '2026-01-01', ''"
    " FROM claims_claim WHERE id = %s"
)


def test_a_due_is_the_approved_claims_own_and_no_more_than_was_determined(desk: Office) -> None:
    claim = desk.on_notice()
    made, worker = moving.last_of(claim), desk.town.worker.pk
    assert made is not None
    refused("nothing is due on a claim", DUE, made.pk, "2030-01", 1, worker, claim.pk)
    public_notice.take_down()
    refused("due_something", DUE, made.pk, "2030-01", 0, worker, claim.pk)
    refused("claim's own", DUE, made.pk, "2030-01", 1, desk.town.stranger.pk, claim.pk)
    refused("later determined", DUE, made.pk, "2030-01", 1_800_001, worker, claim.pk)
    refused("due_once", DUE, made.pk, "2026-01", 1, worker, claim.pk)
    refused("cancelled_once", "UPDATE claims_due SET amount = 1")
    due = Due.objects.filter(claim=claim)[0]
    run("UPDATE claims_due SET cancelled_at = now(), cancelled_because = 'x' WHERE id = %s", due.pk)
    refused("cancelled_once", "UPDATE claims_due SET cancelled_at = NULL, cancelled_because = '' WHERE id = %s", due.pk)


def test_a_limit_is_not_exceeded_nor_forgotten(desk: Office) -> None:
    claim = desk.submitted()
    group = CapGroup.objects.create(limit_key="d#b/每年封顶", key="organisation:1|2026", kind="money", cap=100)
    CapUse.objects.create(group=group, claim=claim, amount=60)
    use = "INSERT INTO claims_capuse (group_id, claim_id, part, amount) VALUES (%s, %s, '2', 41)"
    refused("cap_not_exceeded", use, group.pk, claim.pk)
    refused("told_by_uses", "UPDATE claims_capgroup SET used = 0")
    refused("cap_not_exceeded", "UPDATE claims_capgroup SET cap = 59")
    refused("given_back_once", "UPDATE claims_capuse SET amount = 1")
    run("UPDATE claims_capuse SET released_at = now()")
    group.refresh_from_db()
    assert (group.used, group.left) == (0, 100)


def test_one_benefit_alone_takes_an_exclusive_place(desk: Office) -> None:
    one, other = desk.submitted(), desk.submitted(TRAINER)
    Exclusive.objects.create(claim=one, benefit=one.benefit, group="d#就高", event="person:1|焊工|技师")
    take = "INSERT INTO claims_exclusive (claim_id, benefit, \"group\", event) VALUES (%s, %s, 'd#就高', 'person:1|焊工|技师')"
    refused("exclusive_group_and_event", take, other.pk, other.benefit)
    run("UPDATE claims_exclusive SET released_at = now()")
    run(take, other.pk, other.benefit)


def test_a_payment_needs_two_of_finance_and_no_open_objection(desk: Office) -> None:
    claim = desk.payable()
    refused("two signatures of finance", MOVE, "pay", "paid", "system", None, "", "", claim.pk)
    desk.released(claim, "b1")
    run("INSERT INTO claims_dispute (uid, claim_id, by_id, ground, condition, words, against, answer_by, answer)"
        " VALUES (gen_random_uuid(), %s, %s, 'amount', '', '少了', 'payable', '2026-12-01', '')", claim.pk, desk.town.worker_user.pk)  # fmt: skip
    refused("no open objection", MOVE, "pay", "paid", "system", None, "", "", claim.pk)


def test_an_objection_is_answered_once_by_somebody_else_who_signs(desk: Office) -> None:
    claim = desk.payable()
    found = disputes.make(claim, desk.worker, Ground.AMOUNT, "少算了一个月")
    claim.refresh_from_db()
    assert claim.state == "under_objection"
    own, officer = desk.town.worker_user.pk, desk.user("watch").pk
    reply = "UPDATE claims_dispute SET answered_by_id = %s, answered_at = now(), upheld = false, answer = '不对' WHERE id = %s"
    refused("dispute_answered_by_another", reply, own, found.pk)
    refused("answered and signed", MOVE, "dismiss", "payable", "supervisor", officer, "", "", claim.pk)
    run(reply, officer, found.pk)
    refused("answered and signed", MOVE, "dismiss", "payable", "supervisor", officer, "", "", claim.pk)
    refused("answered_once", "UPDATE claims_dispute SET answer = '改了' WHERE id = %s", found.pk)
    acts.sign(claim, desk.staff["watch"], Kind.OBJECTION_ANSWER, moving.last_of(claim))
    refused("leads back to payable", MOVE, "dismiss", "paid", "supervisor", officer, "", "", claim.pk)
    run(MOVE, "dismiss", "payable", "supervisor", officer, "", "", claim.pk)


def test_one_claim_at_a_time_for_an_event(desk: Office) -> None:
    first = desk.submitted()
    with pytest.raises(ValueError, match="同一事由"):
        desk.submitted()
    intake.withdraw(first, desk.worker)
    assert desk.submitted().state == "submitted"


def test_movements_are_in_order(desk: Office) -> None:
    claim = desk.submitted()
    refused("moves_listed", MOVE.replace("moves + 1", "moves + 2"), "withdraw", "withdrawn", "applicant",
            desk.town.worker_user.pk, "", "", claim.pk)  # fmt: skip
    assert Movement.objects.filter(claim=claim).count() == 1
