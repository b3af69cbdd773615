"""Arrears go to the bank in one sum: one transfer with a line for each month, each month paid once and traced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from lxml import etree

from huijiang.claims import in_bulk
from huijiang.claims.models import Account as PayeeAccount
from huijiang.claims.models import Telling
from huijiang.funds import answers, batches, exporting, journal, reserving, trace
from huijiang.funds.bankfiles import pain001
from huijiang.funds.models import Answer, Batch, Payment
from huijiang.notices.models import Notice
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import CHIEF, town
from tests.huijiang.funds.treasury import DAY, Treasury

pytestmark = pytest.mark.django_db
MONTHS, MONTH = 18, 100_000  # from June 2025 to the day of the claim, 1,000 yuan each
TOTAL = 1_800_000


@pytest.fixture
def batch(db: None, settings: Any, tmp_path: Path) -> Batch:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    treasury = Treasury(office(town()))
    treasury.approved(CHIEF)
    made = treasury.signed()
    made.treasury = treasury
    return made


def tell_all() -> None:
    """What the job of set-wise steps does."""
    for held in Telling.objects.all():
        while in_bulk.tell_some(held):
            pass


def told(batch: Batch, reference: str, word: str, yuan: str) -> Answer:
    return batch.treasury.told(extra=((reference, word, yuan, DAY, None, "B77"),))


def test_eighteen_months_are_one_transfer_paid_and_traced_month_by_month(batch: Batch) -> None:
    payments = list(batch.payments.order_by("pk"))
    assert (len(payments), batch.count, batch.total) == (MONTHS, MONTHS, TOTAL)
    (transfer,) = {each.transfer for each in payments}
    assert transfer == payments[0].reference
    (file,) = exporting.export(batch, batch.treasury.maker)
    said = etree.fromstring(file.content)
    space = {"p": pain001.SPACE}
    assert said.xpath("//p:CdtTrfTxInf/p:PmtId/p:EndToEndId/text()", namespaces=space) == [transfer]
    assert said.xpath("//p:InstdAmt/text()", namespaces=space) == ["18000.00"]
    assert "共18期" in said.xpath("string(//p:Ustrd)", namespaces=space)
    assert (file.row.count, file.row.total) == (1, TOTAL)

    batches.send(batch, batch.treasury.maker)
    answer = told(batch, transfer, "成功", "18000.00")
    assert [each.verdict for each in answer.lines.all()] == ["applied"]
    assert set(Payment.objects.values_list("state", "bank_reference")) == {("paid", "B77")}
    batch.refresh_from_db()
    assert batch.state == "settled"
    assert batch.treasury.balance("bank") == 100_000_000 - TOTAL
    assert journal.disagreements() == []

    # Each month leads to the whole sum and to its own entries; the bank's line is everybody's.
    month = payments[7]
    month.refresh_from_db()
    found = trace.trace(month)
    assert (len(found.told["lines"]), sum(each["amount"] for each in found.told["lines"])) == (MONTHS, TOTAL)
    assert [each["amount"] for each in found.told["postings"]] == [MONTH, MONTH]
    assert [each["amount"] for each in found.told["answers"]] == [TOTAL]
    assert trace.find(transfer, batch.region.path) == [payments[0]]
    shown = signed_in(batch.treasury.maker).get(reverse("funds:trace", args=[month.reference])).content.decode()
    assert "一次汇款，18 期，合计 18,000" in shown

    # The payee reads one row, opens the statement of months, and is told once.
    worker = signed_in(batch.treasury.desk.town.worker_user)
    mine = worker.get(reverse("funds:my_payments")).content.decode()
    assert mine.count("18 期一次付") == 1
    proof = worker.get(reverse("funds:my_payment", args=[transfer])).content.decode()
    assert proof.count(payments[9].reference) >= 1
    tell_all()  # by a job, once for all 18 months
    assert Notice.objects.filter(template="claim_paid").count() == 1


def test_the_bank_sends_back_the_whole_sum_and_it_is_paid_again_each_month_once(batch: Batch) -> None:
    batches.send(batch, batch.treasury.maker)
    transfer = batch.payments.order_by("pk")[0].transfer
    odd = told(batch, transfer, "成功", "1000.00")  # one month of it is not what was sent
    assert [each.verdict for each in odd.lines.all()] == ["differs"]
    inner = batch.payments.order_by("pk")[3].reference
    assert [each.verdict for each in told(batch, inner, "成功", "1000.00").lines.all()] == ["unknown"]
    told(batch, transfer, "退票", "18000.00")
    assert set(batch.payments.values_list("state", flat=True)) == {"returned"}
    claim = batch.payments.all()[0].due.claim
    assert claim.state == "payment_returned"
    reserving.reserve(list(claim.dues.all()), batch.treasury.maker)
    again = batch.treasury.sent()
    (other,) = set(again.payments.values_list("transfer", flat=True))
    assert other != transfer
    batch.treasury.told(extra=((other, "成功", "18000.00", DAY, None, "B78"),))
    assert Payment.objects.filter(state="paid").count() == MONTHS
    assert journal.disagreements() == []


def test_the_database_itself_keeps_a_transfer_together(batch: Batch) -> None:
    one = batch.payments.order_by("pk")[2]
    batches.send(batch, batch.treasury.maker)
    for change in ("state = 'paid', settled_on = '2026-12-02'", f"transfer = '{one.reference}'"):
        with (
            pytest.raises(DatabaseError, match=r"pgtrigger: (together|goes_forward)"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE funds_payment SET {change} WHERE id = %s", [one.pk])  # noqa: S608 - ours


def test_the_database_itself_freezes_no_transfer_to_two_accounts(db: None, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    treasury = Treasury(office(town()))
    claim = treasury.approved(CHIEF)
    made = batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY)
    last = made.payments.order_by("pk").last()
    other = PayeeAccount.objects.create(person=claim.payee_person, holder="别人", number="6222000000000001", bank="乙",
                                        cnaps="102331002444", made_by=treasury.maker)  # fmt: skip
    from tests.huijiang.forced import past_the_triggers

    with past_the_triggers(), connection.cursor() as cursor:
        cursor.execute("UPDATE funds_payment SET account_id = %s WHERE id = %s", [other.pk, last.pk])
    with pytest.raises(DatabaseError, match="of one claim, to one account"), transaction.atomic():
        batches.freeze(made, treasury.maker)


def test_verdicts_are_of_the_whole_transfer() -> None:
    """`verdict_of` sums the lines; none is unknown."""
    from huijiang.funds.bankfiles.replies import Outcome, Reply

    lines = [Payment(amount=40, state="sent"), Payment(amount=2, state="sent")]
    reply = Reply("HJ1", Outcome.PAID, 42, DAY)
    assert (answers.verdict_of(reply, lines), answers.verdict_of(reply, [])) == ("applied", "unknown")
