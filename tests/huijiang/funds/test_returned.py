"""What came back stands in its account until it is paid again or, by two people, given back to the budget of its year.

Worked by hand: a grant of 1,000 yuan from a line of 1,000,000 yuan."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django.urls import reverse

from huijiang.accounts.models import Role
from huijiang.accounts.viewers import today
from huijiang.audit.models import Event
from huijiang.claims.models import Claim
from huijiang.funds import budget, journal, ledger, recoveries, reserving, returned, reversing
from huijiang.funds.models import Account, Allotment, Payment, Refund, RefundLine
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import TRAINER, account, town
from tests.huijiang.funds.treasury import DAY, Treasury

pytestmark = pytest.mark.django_db


@pytest.fixture
def treasury(settings: Any, tmp_path: Path) -> Treasury:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return Treasury(office(town()))


def came_back(treasury: Treasury) -> tuple[Claim, Payment]:
    """A grant that was paid and sent back."""
    claim = treasury.approved(TRAINER)
    payment = treasury.sent().payments.get()
    treasury.told((payment, "成功"))
    treasury.told((payment, "退票"))
    payment.refresh_from_db()
    return claim, payment


def pot(treasury: Treasury) -> Account:
    return Account.objects.get(source=treasury.source, kind="returned")


def agreed() -> list[journal.Disagreement]:
    """At the end of a transaction: what is deferred is judged, and the books are compared."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return journal.disagreements()


def test_finance_sees_what_stands_with_its_age_and_two_people_give_it_back(treasury: Treasury) -> None:
    _claim, payment = came_back(treasury)
    maker, chief = signed_in(treasury.maker), signed_in(treasury.chief)
    (stands,) = returned.standing([treasury.place.path])
    assert (stands.payment, stands.amount, stands.since, stands.days(DAY + dt.timedelta(days=91))) == (
        payment,
        100_000,
        DAY,
        91,
    )
    page = maker.get(reverse("funds:returned")).content.decode()
    for said in (payment.reference, ">1,000 ", "户名不符", "等待收款人改账户", "0 天"):
        assert said in page, said
    back = reverse("funds:give_back", args=[pot(treasury).pk])
    assert maker.post(back, {"because": "收款人注销"}).status_code == 422  # none chosen
    assert maker.post(back, {"payments": [payment.pk], "because": " "}).status_code == 422
    assert maker.post(back, {"payments": [payment.pk + 99], "because": "收款人注销"}).status_code == 422
    assert maker.post(back, {"payments": [payment.pk], "because": "收款人注销，联系不上"}).status_code == 302
    refund = Refund.objects.get()
    with pytest.raises(returned.ReturnedError, match="已有人提出转回"):
        returned.ask(pot(treasury), [payment.pk], treasury.third, "再提一次")
    here, agree = (reverse(f"funds:{name}", args=[refund.uid]) for name in ("refund", "refund_agree"))
    own = maker.get(here).content.decode()
    assert ("提出转回的人不能决定" in own, agree in own) == (True, False)
    assert maker.post(agree).status_code == 422
    assert agree in chief.get(here).content.decode()
    assert chief.post(agree).status_code == 302
    assert chief.post(agree).status_code == 302  # pressing twice
    refund.refresh_from_db()
    assert refund.entry is not None
    assert (refund.entry.kind, refund.entry.note) == ("refunded", "收款人注销，联系不上")
    assert [treasury.balance(kind) for kind in ("bank", "returned", "expense")] == [100_000_000, 0, 0]
    assert returned.standing([treasury.place.path]) == []
    assert "没有停留的退票" in maker.get(reverse("funds:returned")).content.decode()
    assert agreed() == []
    said = Event.objects.filter(action__startswith="funds.refund").order_by("id").values_list("action", flat=True)
    assert list(said) == ["funds.refund_asked", "funds.refund_made"]


def test_what_was_given_back_is_still_due_and_is_an_expense_when_it_is_paid(treasury: Treasury) -> None:
    claim, payment = came_back(treasury)
    returned.agree(returned.ask(pot(treasury), [payment.pk], treasury.maker, "联系不上"), treasury.chief)
    reserving.reserve(list(claim.dues.all()))
    again = treasury.sent().payments.get()
    assert [treasury.balance(kind) for kind in ("returned", "expense", "in_transit")] == [0, 100_000, -100_000]
    treasury.told((again, "成功"))
    claim.refresh_from_db()
    assert (claim.state, treasury.balance("bank"), agreed()) == ("paid", 99_900_000, [])


def test_a_retry_that_the_bank_rejects_leaves_nothing_standing(treasury: Treasury) -> None:
    """Came back, sent again, rejected, sent a third time: one expense, and the returned account is empty."""
    claim, _payment = came_back(treasury)
    for word in ("失败", "成功"):
        reserving.reserve(list(claim.dues.all()))
        payment = treasury.sent().payments.get()
        treasury.told((payment, word))
        assert returned.standing([treasury.place.path]) == []
    assert [treasury.balance(kind) for kind in ("bank", "returned", "expense")] == [99_900_000, 0, 100_000]
    assert agreed() == []


def test_what_is_paid_again_meanwhile_is_not_given_back(treasury: Treasury) -> None:
    claim, payment = came_back(treasury)
    refund = returned.ask(pot(treasury), [payment.pk], treasury.maker, "联系不上")
    reserving.reserve(list(claim.dues.all()))
    treasury.sent()
    with pytest.raises(returned.ReturnedError, match="已重付或转回"):
        returned.agree(refund, treasury.chief)
    with pytest.raises(returned.ReturnedError, match="理由"):
        returned.decline(refund, treasury.chief, "")
    assert returned.decline(refund, treasury.chief, "已找到收款人").dropped_because == "已找到收款人"
    with pytest.raises(returned.ReturnedError, match="已有结论"):
        returned.agree(refund, treasury.chief)
    assert treasury.balance("expense") == 100_000


def test_the_database_gives_nothing_back_by_one(treasury: Treasury) -> None:
    _claim, payment = came_back(treasury)
    refund = returned.ask(pot(treasury), [payment.pk], treasury.maker, "联系不上")
    entry = ledger.post(returned.order(pot(treasury), [(payment, 100_000)], "by hand", "x"), treasury.maker)
    decided = {"decided_at": Now(), "entry": entry}
    with pytest.raises(DatabaseError, match="refund_by_two"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(decided_by=treasury.maker, **decided)
    other = account("funds-maker-2", "maker", Role.FINANCE, treasury.place)
    treasury.maker.identity = other.identity = "33999919850312001X"
    treasury.maker.save()
    other.save()
    with pytest.raises(DatabaseError, match="given_back_by_two_humans"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(decided_by=other, **decided)
    with pytest.raises(DatabaseError, match="asked for before"), transaction.atomic():
        Refund.objects.create(
            account=pot(treasury), because="x", asked_by=treasury.maker, decided_by=treasury.chief, **decided
        )
    with pytest.raises(DatabaseError, match="of_what_came_back"), transaction.atomic():
        RefundLine.objects.create(refund=refund, payment=payment, amount=100_001)


def test_a_year_is_carried_over_once_nothing_of_it_stands(treasury: Treasury) -> None:
    """Frozen with 1,000 yuan in the returned account: carried over only after they were given back."""
    _claim, payment = came_back(treasury)
    line = treasury.line
    frozen = signed_in(treasury.maker)
    asked = frozen.get(reverse("funds:freeze_line", args=[line.uid])).content.decode()
    assert "还有 1 笔退票、共 1,000 元没有重付" in asked
    assert (
        frozen.post(reverse("funds:freeze_line", args=[line.uid]), {"confirmed": "yes", "document": "文"}).status_code
        == 302
    )
    out = Allotment.objects.get(line=line, kind="carried_out")
    chief = signed_in(treasury.chief)
    refused = chief.post(reverse("funds:approve", args=[out.uid]), {"confirmed": "yes"})
    assert (refused.status_code, "再结转" in refused.content.decode()) == (422, True)
    assert "再结转" in chief.get(reverse("funds:line", args=[line.uid])).content.decode()
    returned.agree(returned.ask(pot(treasury), [payment.pk], treasury.maker, "联系不上"), treasury.chief)
    assert chief.post(reverse("funds:approve", args=[out.uid]), {"confirmed": "yes"}).status_code == 302
    line.refresh_from_db()
    assert (out.amount, line.free) == (-100_000_000, 0)
    assert not budget.carries(line)


def test_giving_back_is_reversed_by_two_and_the_sum_stands_again(treasury: Treasury) -> None:
    _claim, payment = came_back(treasury)
    refund = returned.agree(returned.ask(pot(treasury), [payment.pk], treasury.maker, "联系不上"), treasury.chief)
    assert refund.entry is not None
    reversing.agree(reversing.ask(refund.entry, treasury.maker, "收款人来领了"), treasury.third)
    assert [each.amount for each in returned.standing([treasury.place.path])] == [100_000]
    assert treasury.balance("returned") == -100_000
    assert agreed() == []


def test_what_a_recovery_keeps_of_a_retry_goes_back_to_the_budget(treasury: Treasury) -> None:
    """18 months of 1,000 yuan come back; 700 of another payment are owed: 17,300 are sent again, 700 are not."""
    from tests.huijiang.entitlements.town import CHIEF

    claim = treasury.approved(CHIEF)
    batch = treasury.sent()
    line = batch.payments.order_by("pk")[0]
    whole = ((line.transfer, "成功", "18000.00", DAY, None, "B1"),)
    treasury.told(extra=whole)
    first = batch.payments.order_by("pk")[0]
    recovery = recoveries.decide(
        recoveries.propose(recoveries.find(first, "R12", "paid_twice", {}), treasury.chief, 70_000, "已领取"),
        treasury.third, today(), by_offset=True,
    )  # fmt: skip
    treasury.told(extra=((line.transfer, "退票", "18000.00", DAY, "销户", "B2"),))
    assert treasury.balance("returned") == -1_800_000
    reserving.reserve(list(claim.dues.all()))
    again = treasury.sent()
    assert (again.total, sum(each.offset for each in again.payments.all())) == (1_730_000, 70_000)
    # 1,800,000 of months − 70,000 found undue + 0: what was kept is an expense now and paid what was owed
    assert (treasury.balance("returned"), treasury.balance("in_transit")) == (0, -1_730_000)
    recovery.refresh_from_db()
    assert (recovery.state, treasury.balance("receivable")) == ("recovered", 0)
    assert treasury.balance("expense") == 1_800_000 - 70_000
    assert agreed() == []
