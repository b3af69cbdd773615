"""A wrong entry is undone by two people, with what stood on it; both entries stay and lead to each other."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django.urls import reverse

from huijiang.accounts.viewers import today
from huijiang.funds import journal, ledger, letter_tasks, recoveries, reversing
from huijiang.funds.models import CameBack, Entry, Payment, Recovery, Reversal
from huijiang.letters.models import Letter
from huijiang.notices.models import Notice
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import TRAINER, town
from tests.huijiang.funds.treasury import Treasury

pytestmark = pytest.mark.django_db


@pytest.fixture
def treasury(settings: Any, tmp_path: Path) -> Treasury:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return Treasury(office(town()))


@pytest.fixture
def recovery(treasury: Treasury) -> Recovery:
    """500 of a grant's 1,000 yuan are to come back; 400 are said to have come."""
    treasury.approved(TRAINER)
    payment = treasury.sent().payments.get()
    treasury.told((payment, "成功"))
    finding = recoveries.find(Payment.objects.get(pk=payment.pk), "R12", "paid_twice", {})
    recoveries.propose(finding, treasury.chief, 50_000, "另一单位已领取")
    made = recoveries.decide(finding, treasury.third, today() + dt.timedelta(days=30))
    recoveries.came_back(made, 40_000, today(), "B77", treasury.maker)
    made.refresh_from_db()
    return made


def settled() -> list[journal.Disagreement]:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return journal.disagreements()


def test_an_arrival_written_down_wrongly_is_reversed_on_the_pages(treasury: Treasury, recovery: Recovery) -> None:
    """400 instead of 40 yuan: reversed, then entered as it is, under the bank's own number."""
    entry = Entry.objects.get(kind="recovered")
    maker, chief = signed_in(treasury.maker), signed_in(treasury.chief)
    here, ask, book = (
        reverse("funds:entry", args=[entry.uid]),
        reverse("funds:reverse_entry", args=[entry.uid]),
        reverse("funds:journal"),
    )
    assert here in maker.get(book).content.decode()
    assert ask in maker.get(here).content.decode()
    assert maker.post(ask, {"because": " "}).status_code == 422
    assert maker.post(ask, {"because": "金额多写了一个零"}).status_code == 302
    assert maker.post(ask, {"because": "再提一次"}).status_code == 422
    reversal = Reversal.objects.get()
    agree, decline = (reverse(f"funds:reversal_{name}", args=[reversal.uid]) for name in ("agree", "decline"))
    assert "等待决定的冲正" in chief.get(book).content.decode()
    own = maker.get(here).content.decode()
    assert ("提出冲正的人不能决定" in own, agree in own) == (True, False)
    assert maker.post(agree).status_code == 422
    offered = chief.get(here).content.decode()
    assert (agree in offered, "冲正将记" in offered, "金额多写了一个零" in offered) == (True, True, True)
    assert [chief.post(agree).status_code for _twice in range(2)] == [302, 302]
    reversal.refresh_from_db()
    undone = Entry.objects.get(kind="reversal")
    assert (reversal.made, undone.reverses, undone.note) == (undone, entry, "金额多写了一个零")
    assert sorted(each.amount for each in undone.postings.all()) == [-40_000, 40_000]
    recovery.refresh_from_db()
    assert (recovery.back, recovery.state, treasury.balance("receivable")) == (0, "noticed", 50_000)
    # Both lead to each other, and the journal shows them.
    there = reverse("funds:entry", args=[undone.uid])
    assert there in maker.get(here).content.decode()
    assert here in maker.get(there).content.decode()
    assert "已冲正" in maker.get(book).content.decode()
    assert chief.post(decline, {"because": "x"}).status_code == 422
    # Under the same number of the bank, what really came.
    assert recoveries.came_back(recovery, 4_000, today(), "B77", treasury.maker).amount == 4_000
    assert recoveries.came_back(recovery, 4_000, today(), "B77", treasury.maker).amount == 4_000  # counts once
    recovery.refresh_from_db()
    assert (recovery.back, recovery.state, settled()) == (4_000, "coming_back", [])
    page = maker.get(reverse("funds:recovery", args=[recovery.uid])).content.decode()
    assert ">-400 " in page


def test_a_recovery_that_closed_by_a_wrong_arrival_is_open_again(treasury: Treasury, recovery: Recovery) -> None:
    recoveries.came_back(recovery, 10_000, today(), "B78", treasury.maker)
    recovery.refresh_from_db()
    assert recovery.state == "recovered"  # 500 of 1,000 yuan: the claim stays paid
    closed = letter_tasks.issue_recovery(recovery, "closed")
    assert closed is not None
    last = Entry.objects.get(key="came back B78")
    reversing.agree(reversing.ask(last, treasury.maker, "是别人的款"), treasury.third)
    recovery.refresh_from_db()
    assert (recovery.state, recovery.back, recovery.closed_at, settled()) == ("coming_back", 40_000, None, [])
    # The payee is told, and the letter that said it was over holds no longer; the real end has one of its own.
    assert Letter.objects.get(pk=closed.pk).withdrawal.reason == "revoked"
    assert Notice.objects.filter(template="funds_recovery_reopened").count() == 1
    assert letter_tasks.issue_recovery(Recovery.objects.get(pk=recovery.pk), "closed") is None  # a job that comes late
    recoveries.came_back(recovery, 10_000, today(), "B79", treasury.maker)
    again = letter_tasks.issue_recovery(recovery, "closed-1")
    assert again is not None
    assert (again.kind, again.amount) == ("recovery_closed", 50_000)


def test_what_follows_from_something_that_stands_is_not_reversed_by_itself(
    treasury: Treasury, recovery: Recovery
) -> None:
    """Each page says how its mistake is mended; the whole that came back has ended its claim."""
    maker = signed_in(treasury.maker)
    for kind, said in {"allotment": "提出调减或追加", "sent": "由银行的回单了结", "paid": "由银行的下一份回单更正",
                       "overpaid": "在追回页提出撤销"}.items():  # fmt: skip
        entry = Entry.objects.filter(kind=kind)[0]
        page = maker.get(reverse("funds:entry", args=[entry.uid])).content.decode()
        assert (said in page, "提出冲正" in page) == (True, False), kind
        refused = maker.post(reverse("funds:reverse_entry", args=[entry.uid]), {"because": "错了"})
        assert (refused.status_code, said in refused.content.decode()) == (422, True)
    entry = Entry.objects.get(kind="recovered")
    recoveries.withdraw(recoveries.ask_to_withdraw(recovery, treasury.chief, "证书不是同一本"), treasury.third)
    assert "不能再冲正到账" in reversing.way_back(entry)
    reversal = Entry.objects.filter(kind="written_back")[0]
    assert "重新认定" in reversing.way_back(reversal)
    assert settled() == []


def test_the_database_lets_nobody_reverse_alone(treasury: Treasury, recovery: Recovery) -> None:
    entry = Entry.objects.get(kind="recovered")

    @transaction.atomic
    def alone() -> None:
        ledger.reverse(entry, treasury.chief, "一个人说")
        settled()

    with pytest.raises(DatabaseError, match="reversed_by_two"):
        alone()
    asked = reversing.ask(entry, treasury.maker, "错了")
    with pytest.raises(DatabaseError, match="reversal_by_two"), transaction.atomic():
        Reversal.objects.filter(pk=asked.pk).update(
            decided_by=treasury.maker, decided_at=Now(), made=ledger.reverse(entry, treasury.maker, "错了")
        )
    part = CameBack.objects.get(key="B77")
    with pytest.raises(DatabaseError, match="into_recoveries"), transaction.atomic():
        CameBack.objects.create(recovery=recovery, way="undone", amount=-1, on=today(), key="x", undoes=part)
    assert reversing.decline(asked, treasury.maker, "不用冲了").decided_by == treasury.maker  # taken back by oneself
    assert reversing.ask(entry, treasury.chief, "还是错了").asked_by == treasury.chief
