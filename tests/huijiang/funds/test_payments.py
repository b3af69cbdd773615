"""From an approved claim to reconciled money: held, batched, signed by two, sent, answered in every order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from lxml import etree

from huijiang.claims import dues as claims_dues
from huijiang.claims import in_bulk
from huijiang.funds import answers, batches, budget, exporting, journal, ledger, reserving, trace
from huijiang.funds.bankfiles import pain001
from huijiang.funds.models import (
    Allotment,
    Answer,
    AnswerLine,
    BatchSignature,
    Entry,
    Payment,
    Posting,
    Reservation,
    Waiting,
)
from huijiang.sealed import keys
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import town
from tests.huijiang.funds.many import payable
from tests.huijiang.funds.treasury import DAY, YUAN, Treasury

pytestmark = pytest.mark.django_db


@pytest.fixture
def treasury(db: None, settings: Any, tmp_path: Path) -> Treasury:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return Treasury(office(town()))


@pytest.fixture(autouse=True)
def the_books_agree(request: pytest.FixtureRequest) -> Any:
    """Whatever a test does, in the end every book says what the others say."""
    yield
    if "treasury" in request.fixturenames:
        assert journal.disagreements() == []


def test_an_approved_claim_is_payable_once_its_money_is_held(treasury: Treasury) -> None:
    claim = treasury.approved()
    assert claim.state == "payable"
    treasury.line.refresh_from_db()
    assert (treasury.line.reserved, treasury.line.free) == (100_000, 99_900_000)
    reserving.reserve(list(claim.dues.all()))  # asking twice
    treasury.line.refresh_from_db()
    assert treasury.line.reserved == 100_000


def test_without_money_it_waits_and_is_served_when_money_comes(db: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    poor = Treasury(office(town()), yuan=0)
    claim = poor.approved()
    assert claim.state == "approved"
    assert Waiting.objects.get(ended_at=None).amount == 100_000
    poor.allot(999)
    assert reserving.serve_waiting(poor.line) == []  # one yuan short
    poor.allot(1)
    (served,) = reserving.serve_waiting(poor.line)
    claim.refresh_from_db()
    assert (served.amount, claim.state) == (100_000, "payable")


def test_nobody_overtakes_on_a_dry_line(treasury: Treasury) -> None:
    """18 months of 1,000 yuan on a line of 17,500: the eighteenth waits, and so does the smaller one that comes later."""
    treasury.allot(17_500)
    budget.approve(
        budget.ask(treasury.line, Allotment.Kind.REDUCTION, -1_000_000 * YUAN, "调减", treasury.maker), treasury.chief
    )
    chief = treasury.desk.approved()
    treasury.pays_for(*{each.fund for each in chief.dues.all()})
    held = reserving.reserve(list(chief.dues.all()))
    assert (len(held.reserved), len(held.waiting)) == (17, 1)
    treasury.line.refresh_from_db()
    assert treasury.line.free == 500 * YUAN


def test_the_database_itself_refuses_what_the_line_does_not_have(treasury: Treasury) -> None:
    claim = treasury.approved()
    Reservation.objects.update(state="released", because="试验", ended_at="2026-01-01T00:00Z")
    budget.approve(
        budget.ask(treasury.line, Allotment.Kind.REDUCTION, -99_900_001, "调减", treasury.maker), treasury.chief
    )
    with pytest.raises(IntegrityError, match="line_not_exceeded"), transaction.atomic():
        Reservation.objects.create(due=claim.dues.get(), line=treasury.line, amount=100_000)
    with pytest.raises(DatabaseError, match="begins_held"), transaction.atomic():
        Reservation.objects.create(due=claim.dues.get(), line=treasury.line, amount=99_999)


def test_a_batch_goes_from_built_to_settled_through_three_people(treasury: Treasury) -> None:
    claim = treasury.approved()
    batch = treasury.sent()
    (payment,) = batch.payments.all()
    assert (batch.count, batch.total, payment.state, payment.amount) == (1, 100_000, "sent", 100_000)
    assert (treasury.balance("expense"), treasury.balance("in_transit")) == (100_000, -100_000)
    treasury.told((payment, "成功"))
    claim.refresh_from_db()
    batch.refresh_from_db()
    treasury.line.refresh_from_db()
    assert (claim.state, batch.state) == ("paid", "settled")
    assert (treasury.line.reserved, treasury.line.spent) == (0, 100_000)
    assert (treasury.balance("bank"), treasury.balance("in_transit")) == (99_900_000, 0)
    assert claims_dues.outstanding(claim) == {claim.dues.get(): 0}


def test_nobody_signs_what_they_built_or_signed_before(treasury: Treasury) -> None:
    treasury.approved()
    batch = batches.freeze(batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY), treasury.maker)
    with pytest.raises(batches.BatchError, match="组批的人"):
        batches.sign(batch, treasury.maker, "finance")
    reviewer = treasury.desk.user("first")  # who reviewed the claim
    with pytest.raises(batches.BatchError, match="签署过"):
        batches.sign(batch, reviewer, "finance")
    batches.sign(batch, treasury.chief, "finance")
    batches.sign(batch, treasury.chief, "finance")  # pressing twice
    with pytest.raises(batches.BatchError, match="签署过"):
        batches.sign(batch, treasury.chief, "release")
    with pytest.raises(batches.BatchError, match="两人签署后"):
        batches.send(batch, treasury.maker)
    with pytest.raises(batches.BatchError, match="两人签署后"):
        list(exporting.export(batch, treasury.maker))


def test_whoever_gains_signs_no_batch(treasury: Treasury) -> None:
    from huijiang.access.models import Binding

    claim = treasury.approved("xiaoshan-2025-3#chief-technician-allowance")
    Binding.objects.filter(person=claim.payee_person).update(ended_at="2026-01-01T00:00Z")
    Binding.objects.create(user=treasury.chief, person=claim.payee_person, way="counter", bound_by=treasury.maker)
    batch = batches.freeze(batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY), treasury.maker)
    with pytest.raises(batches.BatchError, match="受益"):
        batches.sign(batch, treasury.chief, "finance")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE funds_batch SET state = 'signed'",
        "UPDATE funds_batch SET total = total + 1",
        "UPDATE funds_batch SET digest = 'x'",
        "DELETE FROM funds_batch",
        "UPDATE funds_payment SET amount = amount + 1",
        "UPDATE funds_payment SET state = 'sent'",
        "UPDATE funds_payment SET state = 'paid', settled_on = '2026-12-02'",
        "DELETE FROM funds_payment",
        "UPDATE funds_reservation SET amount = 1",
        "DELETE FROM funds_reservation",
        "UPDATE funds_line SET reserved = 0",
    ],
)
def test_a_frozen_batch_does_not_change_even_by_raw_sql(treasury: Treasury, statement: str) -> None:
    treasury.approved()
    batches.freeze(batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY), treasury.maker)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            cursor.execute(statement)


def test_the_database_itself_wants_two_people_on_a_batch(treasury: Treasury) -> None:
    treasury.approved()
    batch = batches.freeze(batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY), treasury.maker)
    with pytest.raises(DatabaseError, match="counts on every claim"), transaction.atomic():
        BatchSignature.objects.create(
            batch=batch, user=treasury.chief, human="somebody", kind="finance", digest=batch.digest
        )
    with pytest.raises(DatabaseError, match="while frozen"), transaction.atomic():
        BatchSignature.objects.create(
            batch=batch, user=treasury.maker, human="maker", kind="finance", digest=batch.digest
        )


def test_a_batch_signature_counts_on_every_claim_or_not_at_all(treasury: Treasury) -> None:
    treasury.pays_for("人才专项资金")
    held = reserving.reserve(
        payable(2, treasury.place, treasury.desk.user("first"), "人才专项资金"), treasury.maker, DAY
    )
    assert len(held.reserved) == 2
    batch = batches.freeze(batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY), treasury.maker)
    one, other = batches.claims_of(batch)
    told = {"batch": batch, "user": treasury.chief, "human": "chief", "kind": "finance", "digest": batch.digest}
    in_bulk.sign([one], treasury.chief, "chief", "finance", str(batch.uid))
    in_bulk.sign([other], treasury.chief, "chief", "finance", "another batch")
    with pytest.raises(DatabaseError, match="counts on every claim"), transaction.atomic():
        BatchSignature.objects.create(**told)
    in_bulk.sign([other], treasury.chief, "chief", "finance", str(batch.uid))
    assert BatchSignature.objects.create(**told).pk


def test_a_due_is_in_one_batch_at_a_time(treasury: Treasury) -> None:
    treasury.approved()
    first = batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY)
    with pytest.raises(batches.BatchError, match="没有可以拨付的"):
        batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY)
    payment = first.payments.get()
    with pytest.raises(IntegrityError, match="payment_once"), transaction.atomic():
        Payment.objects.create(batch=first, due=payment.due, reservation=payment.reservation, account=payment.account,
                               reference="HJX", transfer="HJX", amount=payment.amount, attempt=2)  # fmt: skip
    with pytest.raises(batches.BatchError, match="原因"):
        batches.drop(first, treasury.maker, " ")
    batches.drop(first, treasury.maker, "选错了日期")
    again = batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY)
    assert again.payments.get().attempt == 2


def test_the_export_has_the_same_bytes_each_time_in_every_form(treasury: Treasury) -> None:
    treasury.approved()
    batch = treasury.signed()
    for form in exporting.forms():
        first, second = (list(exporting.export(batch, treasury.maker, form)) for _ in range(2))
        assert [each.content for each in first] == [each.content for each in second]
    xml = etree.fromstring(next(iter(exporting.export(batch, treasury.maker, "pain.001"))).content)
    assert xml.xpath("string(//p:CtrlSum)", namespaces={"p": pain001.SPACE}) == "1000.00"


# -- what banks say ------------------------------------------------------------------------
def test_the_same_answer_twice_and_the_same_line_twice_change_nothing(treasury: Treasury) -> None:
    treasury.approved()
    payment = treasury.sent().payments.get()
    first = treasury.told((payment, "成功"))
    assert treasury.told((payment, "成功")) == first
    other = treasury.told((payment, "成功"), (payment, "成功"))  # another file, the same news
    assert [each.verdict for each in other.lines.all()] == ["repeated", "repeated"]
    assert treasury.balance("bank") == 99_900_000


def test_a_rejected_payment_never_left_and_is_paid_again_to_another_account(treasury: Treasury) -> None:
    claim = treasury.approved()
    payment = treasury.sent().payments.get()
    treasury.told((payment, "失败"))
    claim.refresh_from_db()
    assert claim.state == "payment_returned"
    assert (treasury.balance("expense"), treasury.balance("in_transit"), treasury.balance("bank")) == (
        0,
        0,
        100_000_000,
    )
    reserving.reserve(list(claim.dues.all()))
    claim.refresh_from_db()
    assert claim.state == "payable"
    again = treasury.sent().payments.get()
    assert (again.attempt, again.reference != payment.reference) == (2, True)
    treasury.told((again, "成功"))
    assert treasury.balance("bank") == 99_900_000


def test_a_return_after_payment_comes_back_and_is_paid_out_of_what_came_back(treasury: Treasury) -> None:
    claim = treasury.approved()
    payment = treasury.sent().payments.get()
    treasury.told((payment, "成功"))
    treasury.told((payment, "退票"))
    claim.refresh_from_db()
    treasury.line.refresh_from_db()
    assert (claim.state, treasury.line.spent) == ("payment_returned", 0)
    assert (treasury.balance("bank"), treasury.balance("returned")) == (100_000_000, -100_000)
    reserving.reserve(list(claim.dues.all()))
    again = treasury.sent().payments.get()
    assert (treasury.balance("returned"), treasury.balance("expense")) == (0, 100_000)  # one expense, not two
    treasury.told((again, "成功"))
    assert treasury.balance("bank") == 99_900_000


def test_what_comes_back_twice_is_sent_a_third_time_and_counted_once(treasury: Treasury) -> None:
    claim = treasury.approved()
    for outcome in ("退票", "退票", "成功"):
        payment = treasury.sent().payments.get()
        assert (treasury.balance("returned"), treasury.balance("in_transit")) == (0, -100_000)
        treasury.told((payment, outcome))
        reserving.reserve(list(claim.dues.all()))
    claim.refresh_from_db()
    assert (claim.state, treasury.balance("bank"), treasury.balance("expense")) == ("paid", 99_900_000, 100_000)


def test_news_out_of_order_ends_the_same(treasury: Treasury) -> None:
    """The return is told before the payment, which is told late."""
    treasury.approved()
    payment = treasury.sent().payments.get()
    treasury.told((payment, "退票"))
    late = treasury.told((payment, "成功"))
    payment.refresh_from_db()
    assert ([each.verdict for each in late.lines.all()], payment.state) == (["repeated"], "returned")
    assert (treasury.balance("bank"), treasury.balance("returned"), treasury.balance("in_transit")) == (
        100_000_000,
        -100_000,
        0,
    )


def test_what_does_not_fit_waits_for_a_person_and_moves_nothing(treasury: Treasury) -> None:
    treasury.approved()
    batch = treasury.signed()
    payment = batch.payments.get()
    odd = (("HJ999", "成功", "1.00", DAY, None, None), (payment.reference, "成功", "999.99", DAY, None, None),
           (payment.reference, "成功", "1000.00", DAY, None, None))  # fmt: skip
    early = treasury.told(extra=odd)
    assert [each.verdict for each in early.lines.all()] == ["unknown", "differs", "too_early"]
    batches.send(batch, treasury.maker)
    treasury.told((payment, "失败"))
    against = treasury.told((payment, "成功"))
    (line,) = against.lines.all()
    assert line.verdict == "contradicts"
    with pytest.raises(ValueError, match="写明"):
        answers.handle(line, treasury.maker, " ")
    handled = answers.handle(line, treasury.maker, "与银行核实，成功的一行有误，已要求更正")
    assert handled.handled_by == treasury.maker
    assert treasury.balance("bank") == 100_000_000


def test_an_answer_that_can_not_be_read_stores_nothing(treasury: Treasury) -> None:
    treasury.approved()
    payment = treasury.sent().payments.get()
    with pytest.raises(Exception, match="第 3 行"):
        treasury.told((payment, "成功"), extra=((payment.reference, "也许", "1000.00", DAY, None, None),))
    assert (Answer.objects.count(), AnswerLine.objects.count()) == (0, 0)
    payment.refresh_from_db()
    assert payment.state == "sent"


def test_a_yuan_is_traced_to_everything_it_stands_on(treasury: Treasury) -> None:
    claim = treasury.approved()
    payment = treasury.sent().payments.get()
    treasury.told((payment, "成功"))
    payment.refresh_from_db()
    found = trace.trace(payment)
    assert {each["kind"] for each in found.told["signatures"]} == {
        "intake",
        "review",
        "second_review",
        "finance",
        "release",
    }
    assert len({each["by"] for each in found.told["signatures"]}) == 5
    assert [(each["kind"], each["account"], each["amount"]) for each in found.told["postings"]] == [
        ("sent", "expense", 100_000), ("paid", "in_transit", 100_000)]  # fmt: skip
    assert found.told["answers"][0]["bank_reference"] == f"B{payment.pk}"
    assert found.determination == claim.determinations.get()
    for said in (payment.reference, payment.bank_reference, claim.number, payment.batch.number):
        assert trace.find(str(said), treasury.place.path) == [payment]
    assert trace.find(payment.reference, "999999/") == []


def test_one_posting_a_payment_and_one_sum(treasury: Treasury) -> None:
    treasury.approved("xiaoshan-2025-3#chief-technician-allowance")
    batch = treasury.sent()
    assert batch.payments.count() == 18
    entry = Entry.objects.get(kind="sent")
    assert sorted(Posting.objects.filter(entry=entry).values_list("amount", flat=True)) == [-1_800_000, *[100_000] * 18]
    some = batch.payments.filter(due__period__lt="2026-01")
    with pytest.raises(ledger.LedgerError, match="另一种内容"):
        ledger.post_payments("sent", entry.key, DAY, some, each=ledger.account(treasury.place, treasury.source, batch.year, "expense"),
                             total=ledger.account(treasury.place, treasury.source, batch.year, "in_transit"), sign=1)  # fmt: skip
