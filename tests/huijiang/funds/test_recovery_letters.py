"""Each step of a recovery has its letter: verified by its code, served with a record, with the way to object."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from huijiang.accounts.viewers import today
from huijiang.claims.letter_tasks import issue
from huijiang.claims.models import Claim
from huijiang.funds import batches, journal, letter_tasks, recoveries
from huijiang.funds.models import Payment, Recovery
from huijiang.letters import services as letters
from huijiang.letters.models import Letter
from huijiang.letters.texts import text_of
from huijiang.notices.models import Notice
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import CHIEF, TRAINER, town
from tests.huijiang.funds.treasury import DAY, Treasury

pytestmark = pytest.mark.django_db


@pytest.fixture
def treasury(db: None, settings: Any, tmp_path: Path) -> Treasury:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return Treasury(office(town()))


@pytest.fixture
def payment(treasury: Treasury) -> Payment:
    """The training body's 1,000 yuan, paid."""
    treasury.approved(TRAINER)
    (made,) = treasury.sent().payments.all()
    treasury.told((made, "成功"))
    made.refresh_from_db()
    return made


def opened(payment: Payment, treasury: Treasury, amount: int, **more: Any) -> Recovery:
    finding = recoveries.find(payment, "R12", "paid_twice", {})
    recoveries.propose(finding, treasury.maker, amount, "同一证书另一单位已领取")
    return recoveries.decide(finding, treasury.chief, today() + dt.timedelta(days=30), **more)


def values(letter: Letter | None) -> dict[str, Any]:
    assert letter is not None
    found: dict[str, Any] = json.loads(str(letter.values.open()))
    return found


def test_a_recovery_from_its_notice_to_its_end_has_a_letter_for_each_step(treasury: Treasury, payment: Payment) -> None:
    grant = issue(payment.due.claim, "grant", payment.due.claim.movements.get(target="approved").number)
    held = opened(payment, treasury, 100_000)
    notice = letter_tasks.issue_recovery(held, "notice")
    assert notice is not None
    assert letter_tasks.issue_recovery(held, "notice") is None  # the job may run twice
    said = values(notice)
    assert (notice.kind, notice.amount, notice.organisation) == ("recovery", 100_000, treasury.desk.town.trainer)
    assert payment.reference in said["facts"][1]
    assert "1,000.00元" in said["facts"][1]
    assert "同一证书另一单位已领取" in said["facts"][0]
    assert "萧山区人社局" in said["account"]

    # Anybody verifies it by its code; the addressee opens it, and that is its service.
    code = str(notice.code.open())
    assert notice.number in Client().get(reverse("letters:verified", args=[code])).content.decode()
    agent = signed_in(treasury.desk.town.agent_user)
    assert not letters.is_served(notice)
    proof = agent.get(reverse("funds:org_payment", args=[payment.reference])).content.decode()
    assert notice.number in strip_tags(proof)
    assert reverse("claims:org_case", args=[payment.due.claim.number]) in proof  # where one objects
    agent.get(reverse("letters:letter", args=[notice.uid]))
    assert letters.served_on(notice) == today()

    # Two parts at the payee's word: a plan, on the page as in the letter.
    maker = signed_in(treasury.maker)
    arrange = reverse("funds:arrange", args=[held.uid])
    assert maker.post(arrange, {"due_on": "2027-01-31", "instalments": "2", "words": ""}).status_code == 422
    maker.post(arrange, {"due_on": "2027-01-31", "instalments": "2", "words": "单位申请分两期。"})
    held.refresh_from_db()
    assert (held.instalments, held.plans) == (2, 1)
    plan = letter_tasks.issue_recovery(held, "plan-1")
    assert values(plan)["plan"]["rows"] == [["1", "2027年1月31日", "500.00元"], ["2", "2027年2月28日", "500.00元"]]
    assert values(plan)["notice"] == notice.number

    # All of it is back: closed, and the grant holds no longer.
    recoveries.came_back(held, 40_000, today(), "B1", treasury.maker)
    recoveries.came_back(held, 60_000, today(), "B2", treasury.maker)
    held.refresh_from_db()
    closed = letter_tasks.issue_recovery(held, "closed")
    assert closed is not None
    assert (closed.amount, [row[2] for row in values(closed)["parts"]["rows"]]) == (100_000, ["400.00元", "600.00元"])
    assert grant is not None
    grant.refresh_from_db()
    assert grant.withdrawal.reason == "recovered"
    assert not hasattr(Letter.objects.get(pk=notice.pk), "withdrawal")
    page = strip_tags(maker.get(reverse("funds:recovery", args=[held.uid])).content.decode())
    assert all(each.number in page for each in (notice, plan, closed) if each is not None)
    told = list(Notice.objects.filter(template__startswith="funds_").order_by("pk").values_list("template", flat=True))
    assert told == ["funds_recovery", "funds_recovery_plan", "funds_recovery_closed"]


def all_but_the_last_month_paid(treasury: Treasury) -> tuple[Claim, Payment]:
    """An allowance of which the last month is held, and in no batch; and the payment of its first month."""
    claim = treasury.approved(CHIEF)
    batch = treasury.signed()
    last = batch.payments.order_by("due__due_on").last()
    assert last is not None
    batches.drop(batch, treasury.maker, "分两批付")
    early = batches.build(
        treasury.place, treasury.source, treasury.maker, pay_on=last.due.due_on - dt.timedelta(days=1)
    )
    batches.freeze(early, treasury.maker)
    batches.sign(early, treasury.chief, "finance")
    batches.sign(early, treasury.third, "release")
    batches.send(early, treasury.maker)
    whole = sum(each.amount for each in early.payments.all())
    treasury.told(extra=((early.payments.order_by("pk")[0].transfer, "成功", f"{whole / 100:.2f}", DAY, None, "B1"),))
    paid = early.payments.order_by("pk").first()
    assert paid is not None
    return claim, paid


def test_a_batch_that_is_kept_whole_goes_through_without_the_bank(treasury: Treasury) -> None:
    """A month's 1,000 yuan asked back, kept from the next month: nothing is left to send."""
    claim, paid = all_but_the_last_month_paid(treasury)
    held = opened(paid, treasury, 100_000, by_offset=True)
    batch = treasury.signed()
    assert (batch.count, batch.total) == (1, 0)
    maker = signed_in(treasury.maker)
    refused = maker.post(reverse("funds:export", args=[batch.uid]), {"form": "pain.001"})
    assert (refused.status_code, "没有要送银行的款项" in refused.content.decode()) == (422, True)
    assert batches.send(batch, treasury.maker).state == "settled"
    kept = batch.payments.get()
    assert (kept.state, kept.amount, kept.offset) == ("paid", 0, 100_000)
    held.refresh_from_db()
    claim.refresh_from_db()
    assert (held.state, held.back, claim.state) == ("recovered", 100_000, "paid")  # its other months stand
    assert journal.disagreements() == []


def test_what_is_kept_from_a_later_payment_is_told_by_letter(treasury: Treasury) -> None:
    """700 of a month's 1,000 yuan asked back, kept from the next month: 300 go to the bank."""
    claim, paid = all_but_the_last_month_paid(treasury)
    held = opened(paid, treasury, 70_000, by_offset=True)
    assert held.plans == 1
    assert "先用于抵扣" in values(letter_tasks.issue_recovery(held, "plan-1"))["reason"]
    claim.refresh_from_db()
    assert claim.state == "payable"  # the last month was held all the while
    late = treasury.sent()
    kept = late.payments.get()
    assert (kept.amount, kept.offset) == (30_000, 70_000)
    part = held.parts.get()
    letter = letter_tasks.issue_recovery(held, f"offset-{part.pk}")
    said = values(letter)
    assert letter is not None
    assert (letter.amount, said["left"]) == (70_000, "0.00元")
    assert "应发1,000.00元，抵扣700.00元，实际拨付300.00元" in said["kept"]
    assert Notice.objects.filter(template="funds_offset").count() == 1


def test_a_notice_that_was_wrong_is_taken_back_with_its_letters(treasury: Treasury, payment: Payment) -> None:
    held = opened(payment, treasury, 50_000, instalments=2)
    sent = [letter_tasks.issue_recovery(held, each) for each in ("notice", "plan-1")]
    with pytest.raises(recoveries.RecoveryError, match="还没有人提出"):
        recoveries.withdraw(held, treasury.chief)
    asks, decides = signed_in(treasury.chief), signed_in(treasury.third)
    here, page = (reverse(f"funds:{name}", args=[held.uid]) for name in ("end_recovery", "recovery"))
    assert asks.post(here, {"how": "withdraw", "words": " "}).status_code == 422
    assert asks.post(here, {"how": "withdraw", "words": "核对后证书不是同一本"}).status_code == 302
    assert "有人提出撤销" in decides.get(page).content.decode()
    alone = asks.post(here, {"how": "agree"})
    assert (alone.status_code, "请由另一位决定" in alone.content.decode()) == (422, True)
    with pytest.raises(DatabaseError, match="given up by two"), transaction.atomic():
        Recovery.objects.filter(pk=held.pk).update(state="withdrawn", closed_at=Now(), withdrawn_by=treasury.chief)
    assert decides.post(here, {"how": "agree"}).status_code == 302
    held.refresh_from_db()
    assert (held.state, held.unsaid_by, held.withdrawn_by) == ("withdrawn", treasury.chief, treasury.third)
    assert journal.disagreements() == []
    closed = letter_tasks.issue_recovery(held, "closed")
    assert closed is not None
    assert "已撤销，理由是：核对后证书不是同一本" in values(closed)["outcome"]
    for each in sent:
        assert each is not None
        held_no_more = Letter.objects.get(pk=each.pk).withdrawal
        assert (held_no_more.reason, held_no_more.replaced_by) == ("revoked", closed)
    with pytest.raises(recoveries.RecoveryError, match="已办结"):
        recoveries.arrange(held, treasury.maker, DAY, "x")
    assert Claim.objects.get(pk=payment.due.claim_id).state == "paid"


@pytest.mark.parametrize("kind", ["recovery", "recovery_plan", "recovery_offset", "recovery_closed", "share"])
def test_each_of_these_letters_names_where_one_objects(kind: str) -> None:
    for language in ("zh", "en"):
        body = "".join(text_of(kind).bodies[language])
        assert "{review_body}" in body
        assert "{court}" in body
