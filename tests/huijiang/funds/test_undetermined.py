"""A benefit whose text names no source of money: told plainly, with a number, and chosen by two people of the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from huijiang.claims import story
from huijiang.claims.models import Claim
from huijiang.claims.pages_desk_case import facts_of
from huijiang.funds import journal, reserving, undetermined
from huijiang.funds.models import FundQuestion, Waiting
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import town
from tests.huijiang.funds.many import payable
from tests.huijiang.funds.treasury import DAY, Treasury

pytestmark = pytest.mark.django_db


@pytest.fixture
def treasury(db: None, settings: Any, tmp_path: Path) -> Treasury:
    """Two approved claims of 1,000 yuan whose document names no source; a source with money stands beside."""
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    made = Treasury(office(town()))
    reserving.reserve(payable(2, made.place, made.desk.user("first"), "undetermined"), made.maker, DAY)
    return made


def test_two_choose_a_source_on_the_pages_and_whoever_waited_is_served(treasury: Treasury) -> None:
    question = FundQuestion.objects.get()
    claim = Claim.objects.order_by("pk").first()
    assert claim is not None
    assert (question.number, Waiting.objects.filter(line=None, ended_at=None).count()) == ("ZD2026-0001", 2)
    assert "待定事项 ZD2026-0001" in story.next_of(claim).words  # what the applicant reads
    assert reserving.serve_unplaced().reserved == ()  # the night finds no line either
    maker, chief = signed_in(treasury.maker), signed_in(treasury.chief)
    page = reverse("funds:question", args=[question.uid])
    assert page in maker.get(reverse("funds:lines")).content.decode()
    shown = maker.get(page).content.decode()
    assert "没有写明由哪项资金支付" in shown
    assert "2 笔，应发 2,000 元" in shown
    fact = facts_of(claim, None, {"fund": "undetermined"})[-1]  # what the case page says of the money
    assert (fact.label, fact.value) == ("资金", "文件没有写明")
    assert "ZD2026-0001" in fact.source

    propose, decide = (reverse(f"funds:question_{name}", args=[question.uid]) for name in ("propose", "decide"))
    assert "还没有人提出来源" in chief.post(decide).content.decode()
    told = {"source": "talent", "document": "萧财社〔2026〕9号", "reason": "与同类补贴一致"}
    assert maker.post(propose, {**told, "reason": ""}).status_code == 422
    maker.post(propose, told)
    assert "请由另一位决定" in maker.post(decide).content.decode()
    chief.post(decide)
    chief.post(decide)  # pressing twice
    treasury.line.refresh_from_db()
    assert treasury.line.reserved == 200_000
    assert set(Claim.objects.values_list("state", flat=True)) == {"payable"}
    reserving.reserve(payable(1, treasury.place, treasury.maker, "undetermined"), treasury.maker, DAY)
    assert not Waiting.objects.filter(ended_at=None).exists()  # the next ones need no question
    assert FundQuestion.objects.count() == 1
    assert journal.disagreements() == []


def test_the_database_itself_wants_two_and_lets_nothing_decided_change(treasury: Treasury) -> None:
    question = FundQuestion.objects.get()
    with pytest.raises(IntegrityError, match="fund_question_by_two"), transaction.atomic():
        FundQuestion.objects.filter(pk=question.pk).update(decided_by=treasury.chief, decided_at="2026-12-02T00:00Z")
    undetermined.propose(question, treasury.maker, treasury.source, "文", "理由")
    with pytest.raises(IntegrityError, match="fund_question_by_two"), transaction.atomic():
        FundQuestion.objects.filter(pk=question.pk).update(decided_by=treasury.maker, decided_at="2026-12-02T00:00Z")
    undetermined.decide(question, treasury.chief)
    with pytest.raises(undetermined.QuestionError, match="已决定"):
        undetermined.propose(question, treasury.maker, treasury.source, "文", "另一个理由")
    for change in ({"reason": "x"}, {"source": None}, {"number": "ZD1"}):
        with pytest.raises(DatabaseError, match="decided_once"), transaction.atomic():
            FundQuestion.objects.filter(pk=question.pk).update(**change)
