"""What one human asks for, the same human does not grant under another account."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest

from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import today
from huijiang.claims import humans
from huijiang.funds import batches, budget, recoveries, reserving, takeover, undetermined
from huijiang.funds.models import Allotment, FundQuestion
from huijiang.sealed import keys
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import NUMBER, TRAINER, account, town
from tests.huijiang.funds.many import payable
from tests.huijiang.funds.test_takeover import MONTH, past_workbook
from tests.huijiang.funds.treasury import DAY, Treasury

pytestmark = pytest.mark.django_db


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


def test_a_recovery(treasury: Treasury, double: User) -> None:
    treasury.approved(TRAINER)
    (payment,) = treasury.sent().payments.all()
    treasury.told((payment, "成功"))
    payment.refresh_from_db()
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
