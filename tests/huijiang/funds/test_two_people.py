"""What one human asks for, the same human does not grant under another account."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Model, QuerySet
from django.db.models.functions import Now
from django.urls import reverse

from huijiang.access import humans
from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import today
from huijiang.claims import in_bulk
from huijiang.funds import batches, budget, journal, payers, recoveries, reserving, takeover, undetermined
from huijiang.funds.models import (
    Allotment,
    Batch,
    BatchSignature,
    Finding,
    FundQuestion,
    PastFile,
    PayingAccount,
    Payment,
    Recovery,
)
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import TRAINER, account, town
from tests.huijiang.funds.many import payable
from tests.huijiang.funds.test_takeover import MONTH, past_workbook
from tests.huijiang.funds.treasury import DAY, Treasury
from tiaowen.identifiers.person import person_check_character

pytestmark = pytest.mark.django_db
NUMBER, OTHER_NUMBER = (each + person_check_character(each) for each in ("33999919850312001", "33999919770605002"))


@pytest.fixture
def treasury(settings: Any, tmp_path: Path) -> Treasury:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return Treasury(office(town()))


@pytest.fixture
def double(treasury: Treasury) -> User:
    """A second account of the human who builds and asks: both show the same document."""
    other = account("funds-maker-2", "maker", Role.FINANCE, treasury.place)
    for each in (treasury.maker, other):
        humans.know(each, NUMBER, treasury.chief)
        each.refresh_from_db()
    return other


def test_an_allotment_and_a_batch(treasury: Treasury, double: User) -> None:
    asked = budget.ask(treasury.line, Allotment.Kind.ADDITION, 100, "文", treasury.maker)
    with pytest.raises(budget.BudgetError, match="另一位批准"):
        budget.approve(asked, double)
    assert budget.approve(asked, treasury.chief).approved_by == treasury.chief
    treasury.approved()
    batch = batches.freeze(batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY), treasury.maker)
    with pytest.raises(batches.BatchError, match="组批的人不能签署"):
        batches.sign(batch, double, "finance")
    assert batches.sign(batch, treasury.chief, "finance").state == "frozen"


@pytest.fixture
def payment(treasury: Treasury) -> Payment:
    treasury.approved(TRAINER)
    (payment,) = treasury.sent().payments.all()
    treasury.told((payment, "成功"))
    payment.refresh_from_db()
    return payment


def test_a_recovery(treasury: Treasury, double: User, payment: Payment) -> None:
    finding = recoveries.find(payment, "R12", "paid_twice", {})
    recoveries.propose(finding, treasury.maker, 100, "另一单位已领取")
    due_on = today() + dt.timedelta(days=30)
    with pytest.raises(recoveries.RecoveryError, match="另一位决定"):
        recoveries.decide(finding, double, due_on)
    assert recoveries.decide(finding, treasury.chief, due_on).decided_by == treasury.chief


def test_past_payments_and_a_source(treasury: Treasury, double: User) -> None:
    file = takeover.take(io.BytesIO(past_workbook(MONTH)), "历年.xlsx", treasury.place, 0, treasury.maker)
    with pytest.raises(ValueError, match="另一位确认"):
        takeover.confirm(file, double)
    assert takeover.confirm(file, treasury.chief).confirmed_by == treasury.chief
    reserving.reserve(payable(1, treasury.place, treasury.desk.user("first"), "undetermined"), treasury.maker, DAY)
    question = undetermined.propose(FundQuestion.objects.get(), treasury.maker, treasury.source, "文", "与同类一致")
    with pytest.raises(undetermined.QuestionError, match="另一位决定"):
        undetermined.decide(question, double)
    assert undetermined.decide(question, treasury.chief).decided_by == treasury.chief


def test_what_was_found_is_let_go_by_two_people(treasury: Treasury, double: User, payment: Payment) -> None:
    """One asks with the reason, another agrees; the other account of the one has no button and is refused."""
    finding = recoveries.find(payment, "R12", "paid_twice", {})
    here, ask, agree = (reverse(f"funds:{name}", args=[finding.uid]) for name in ("finding", "dismiss", "agree"))
    maker, second, chief = (signed_in(each) for each in (treasury.maker, double, treasury.chief))
    assert "还没有人提出不追回" in chief.post(agree).content.decode()
    assert maker.post(ask, {"words": " "}).status_code == 422
    assert maker.post(ask, {"words": "同名的另一人"}).status_code == 302
    for own in (maker, second):
        page = own.get(here).content.decode()
        assert ("同名的另一人" in page, "不追回由您提出" in page, agree in page) == (True, True, False)
        refused = own.post(agree)
        assert (refused.status_code, "请由另一位决定" in refused.content.decode()) == (422, True)
    for by in (treasury.maker, double):
        with pytest.raises(DatabaseError, match="by_two"), transaction.atomic():
            Finding.objects.filter(pk=finding.pk).update(dismissed_by=by, dismissed_at=Now())
    assert agree in chief.get(here).content.decode()
    assert chief.post(agree).status_code == 302
    finding.refresh_from_db()
    assert (finding.spared_by, finding.dismissed_by) == (treasury.maker, treasury.chief)
    with pytest.raises(DatabaseError, match="is decided"), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(dismissed_at=None, dismissed_by=None)
    with pytest.raises(recoveries.RecoveryError, match="已有结论"):
        recoveries.propose(finding, treasury.maker, 100, "还是要追回")


def test_nobody_lets_go_of_a_finding_alone_even_by_raw_sql(treasury: Treasury, payment: Payment) -> None:
    finding = recoveries.find(payment, "R12", "paid_twice", {})
    alone = {"dismissed_by": treasury.chief, "dismissed_at": Now()}
    with pytest.raises(DatabaseError, match="let go by two"), transaction.atomic():
        Finding.objects.filter(pk=finding.pk).update(**alone, words="一个人说")
    with pytest.raises(DatabaseError, match="let go by two"), transaction.atomic():  # asked and granted in one breath
        Finding.objects.filter(pk=finding.pk).update(
            **alone, spared_by=treasury.maker, spared_at=Now(), spared_words="一个人说"
        )


def test_a_recovery_is_handed_over_by_two_people(treasury: Treasury, double: User, payment: Payment) -> None:
    finding = recoveries.propose(recoveries.find(payment, "R12", "paid_twice", {}), treasury.chief, 50_000, "已领取")
    held = recoveries.decide(finding, treasury.third, today() + dt.timedelta(days=30))
    here = reverse("funds:end_recovery", args=[held.uid])
    maker, second, chief = (signed_in(each) for each in (treasury.maker, double, treasury.chief))
    assert "还没有人提出移送" in chief.post(here, {"how": "hand"}).content.decode()
    assert maker.post(here, {"how": "transfer", "words": "涉嫌伪造证书，移送公安机关"}).status_code == 302
    assert "有人提出移送" in chief.get(reverse("funds:recovery", args=[held.uid])).content.decode()
    for own in (maker, second):
        page = own.get(here).content.decode()
        assert ("您提出的移送要由另一位决定" in page, "同意移送" in page) == (True, False)
        assert own.post(here, {"how": "hand"}).status_code == 422
    for by in (treasury.maker, double):
        with pytest.raises(DatabaseError, match=r"by_two|handed over by two"), transaction.atomic():
            Recovery.objects.filter(pk=held.pk).update(state="transferred", closed_at=Now(), transferred_by=by)
    assert "同意移送" in chief.get(here).content.decode()
    assert chief.post(here, {"how": "hand"}).status_code == 302
    held.refresh_from_db()
    assert (held.state, held.hand_by, held.transferred_by) == ("transferred", treasury.maker, treasury.chief)
    assert (held.words, treasury.balance("receivable")) == ("涉嫌伪造证书，移送公安机关", 50_000)  # owed on
    assert journal.disagreements() == []


def test_no_page_offers_to_another_account_of_the_same_human_what_it_may_not_do(
    treasury: Treasury, double: User
) -> None:
    """Each with a quiet line why; the third person, who may, is offered it."""
    treasury.approved()
    batch = batches.freeze(batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY), treasury.maker)
    asked = budget.ask(treasury.line, Allotment.Kind.ADDITION, 100, "文", treasury.maker)
    paying = payers.propose(treasury.place, treasury.source, treasury.maker, name="局", bank="农行", number="19080101040009999",
                            cnaps="103331008011", form="pain.001")  # fmt: skip
    file = takeover.take(io.BytesIO(past_workbook(MONTH)), "历年.xlsx", treasury.place, 0, treasury.maker)
    reserving.reserve(payable(1, treasury.place, treasury.desk.user("first"), "undetermined"), treasury.maker, DAY)
    question = undetermined.propose(FundQuestion.objects.get(), treasury.maker, treasury.source, "文", "与同类一致")
    approve, sign, confirm = (reverse(f"funds:{name}", args=[uid]) for name, uid in (
        ("approve", asked.uid), ("sign", batch.uid), ("past_confirm", file.uid)))  # fmt: skip
    decide = reverse("funds:question_decide", args=[question.uid])
    sure = 'name="confirmed"'
    pages = [
        (reverse("funds:batch", args=[batch.uid]), sign, "组批的人不能签署，请由另两位签署。"),
        (reverse("funds:line", args=[treasury.line.uid]), approve, "待另一人批准"),
        (approve, sure, "提出的人不能批准自己的额度变动"),
        (reverse("funds:paying_approve", args=[paying.pk]), sure, "提出的人不能批准自己提出的账户"),
        (reverse("funds:past", args=[file.uid]), confirm, "导入的人不能确认，请由另一位确认。"),
        (reverse("funds:question", args=[question.uid]), decide, "您提出的来源要由另一位决定。"),
    ]
    second, chief = signed_in(double), signed_in(treasury.chief)
    for address, button, why in pages:
        page = second.get(address).content.decode()
        assert (button in page, why in page) == (False, True), address
        offered = chief.get(address).content.decode()
        assert (button in offered, why in offered) == (True, False), address
    # Whoever signed once is offered nothing more, and who gains from a claim in it nothing at all.
    batches.sign(batch, treasury.chief, "finance")
    here = reverse("funds:batch", args=[batch.uid])
    assert "您已签署过这一批" in chief.get(here).content.decode()
    assert sign in signed_in(treasury.third).get(here).content.decode()
    reviewer = treasury.desk.user("first")
    assert "签署过" in batches.why_not_sign(batch, reviewer, "release")


def test_the_database_compares_the_humans_behind_accounts(treasury: Treasury, double: User) -> None:
    """Written past the services, by the maker's other account: refused in every table of two people."""
    treasury.approved()
    batch = batches.freeze(batches.build(treasury.place, treasury.source, treasury.maker, pay_on=DAY), treasury.maker)
    asked = budget.ask(treasury.line, Allotment.Kind.ADDITION, 100, "文", treasury.maker)
    paying = payers.propose(treasury.place, treasury.source, treasury.maker, name="局", bank="农行", number="19080101040009999",
                            cnaps="103331008011", form="pain.001")  # fmt: skip
    file = takeover.take(io.BytesIO(past_workbook(MONTH)), "历年.xlsx", treasury.place, 0, treasury.maker)
    reserving.reserve(payable(1, treasury.place, treasury.desk.user("first"), "undetermined"), treasury.maker, DAY)
    question = undetermined.propose(FundQuestion.objects.get(), treasury.maker, treasury.source, "文", "与同类一致")
    written: list[tuple[type[Model], int, str]] = [
        (Allotment, asked.pk, "approved"), (PayingAccount, paying.pk, "approved"), (PastFile, file.pk, "confirmed"),
        (FundQuestion, question.pk, "decided"),
    ]  # fmt: skip
    PayingAccount.objects.filter(approved_at__isnull=False).update(ended_at=Now())  # one pays at a time
    for model, pk, what in written:
        rows: QuerySet[Any] = model._default_manager.filter(pk=pk)
        with pytest.raises(DatabaseError, match="by_two_humans"), transaction.atomic():
            rows.update(**{f"{what}_by": double, f"{what}_at": Now()})
        with transaction.atomic():
            assert rows.update(**{f"{what}_by": treasury.chief, f"{what}_at": Now()}) == 1

    @transaction.atomic
    def signed_by_the_maker() -> None:
        in_bulk.sign(batches.claims_of(batch), double, "user:other", "finance", str(batch.uid))
        BatchSignature.objects.create(batch=batch, user=double, human="user:other", kind="finance", digest=batch.digest)

    with pytest.raises(DatabaseError, match="signed_by_three_humans"):
        signed_by_the_maker()
    # Two accounts of one human on one claim: whatever name they sign under.
    batches.sign(batch, treasury.chief, "finance")
    other = account("funds-chief-2", "chief", Role.FINANCE, treasury.place)
    treasury.chief.refresh_from_db()
    for each in (treasury.chief, other):
        humans.know(each, OTHER_NUMBER, treasury.third)
    (claim,) = batches.claims_of(batch)
    with pytest.raises(DatabaseError, match="signed_by_as_many_humans"), transaction.atomic():
        in_bulk.sign([claim], other, "user:other", "release", str(batch.uid))
    assert Batch.objects.get(pk=batch.pk).state == "frozen"
