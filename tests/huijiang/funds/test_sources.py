"""An office begins: a source of money is declared, the account that pays it is proposed by one and approved by another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from huijiang.accounts.models import Role
from huijiang.audit.models import Event
from huijiang.funds import batches, payers
from huijiang.funds.models import Batch, PayingAccount, Source
from huijiang.regions import tree
from huijiang.regions.models import Region
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.entitlements.town import account
from tests.huijiang.funds.treasury import DAY

pytestmark = pytest.mark.django_db
SOURCE = {"name": "人才专项资金", "code": "talent", "words": "人才经费\n人才资金\n"}
ACCOUNT = {
    "region": "330109", "source": "talent", "name": "萧山区人社局", "number": "1202 0244 0990 0000 001", "bank": "工行萧山支行",
    "cnaps": "102331002444", "form": "pain.001",
}  # fmt: skip


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Region:
    """A place with nothing yet but its regions."""
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    tree.sync(vocabulary().regions)
    return Region.objects.get(code="330109")


def address(name: str, *given: object) -> str:
    return reverse(f"funds:{name}", args=given)


def test_an_office_declares_its_source_and_two_people_its_account(place: Region) -> None:
    clerk, chief = (account(f"begin-{name}", name, Role.FINANCE, place) for name in ("clerk", "chief"))
    maker, other = signed_in(clerk), signed_in(chief)
    empty = maker.get(address("sources")).content.decode()
    assert "还没有资金来源" in empty
    assert "人才专项资金" in empty  # what the documents in force name and nobody declared
    assert address("source_new") in maker.get(address("line_new")).content.decode()

    for bad in ({"name": ""}, {"code": "人才"}, {"code": "Talent"}, {"words": "长" * 65}):
        assert maker.post(address("source_new"), {**SOURCE, **bad}).status_code == 422
    assert not Source.objects.exists()
    assert maker.post(address("source_new"), SOURCE).headers["Location"] == address("sources")
    assert "没有改变什么" in maker.post(address("source_new"), SOURCE, follow=True).content.decode()  # pressing twice
    source = Source.objects.get()
    assert (source.code, source.name, source.words) == ("talent", "人才专项资金", ["人才经费", "人才资金"])
    for taken, said in (
        ({"code": "other"}, "已是资金来源"),
        ({"name": "另一项资金"}, "已是资金来源"),
        ({"code": "other", "name": "人才经费", "words": ""}, "不能再指另一项资金"),
        ({"code": "other", "name": "另一项资金", "words": "人才专项资金"}, "不能再指另一项资金"),
    ):
        refused = maker.post(address("source_new"), {**SOURCE, **taken})
        assert (refused.status_code, said in refused.content.decode()) == (422, True)
    assert Source.objects.count() == 1

    for bad in ({"number": "12ab5678"}, {"number": "1234567"}, {"cnaps": "12"}, {"bank": " "}, {"source": "none"},
                {"region": "330281"}, {"form": "fax"}):  # fmt: skip
        assert maker.post(address("paying_new"), {**ACCOUNT, **bad}).status_code == 422
    assert not PayingAccount.objects.exists()
    for _twice in range(2):
        assert maker.post(address("paying_new"), ACCOUNT).headers["Location"] == address("sources")
    held = PayingAccount.objects.get()
    with pytest.raises(batches.BatchError, match="还没有批准"):
        batches.build(place, source, clerk)
    assert "1202024409900000001" not in maker.get(address("sources")).content.decode()
    approve = address("paying_approve", held.pk)
    assert "1202024409900000001" in other.get(approve).content.decode()
    assert "请由另一位批准" in maker.post(approve).content.decode()
    assert other.post(approve).headers["Location"] == address("sources")
    assert other.post(approve).headers["Location"] == address("sources")  # pressing twice
    assert payers.in_use(place, source) == held
    told = {each.action: str(each.details) for each in Event.objects.filter(action__startswith="funds.paying")}
    assert set(told) == {"funds.paying_proposed", "funds.paying_approved"}
    assert "1202" not in "".join(told.values())


def test_another_account_takes_over_when_it_is_approved_and_an_auditor_only_looks(place: Region) -> None:
    clerk, chief = (account(f"begin-{name}", name, Role.FINANCE, place) for name in ("clerk", "chief"))
    auditor = signed_in(account("begin-auditor", "auditor", Role.AUDITOR, place))
    source, _new = payers.declare("talent", "人才专项资金", [], clerk)
    told = {"name": "萧山区人社局", "bank": "工行萧山支行", "cnaps": "102331002444", "form": "pain.001"}
    first = payers.approve(payers.propose(place, source, clerk, number="1202024409900000001", **told), chief)
    second = payers.propose(place, source, clerk, number="1202024409900000002", **told)
    third = payers.propose(place, source, clerk, number="1202024409900000003", **told)
    with pytest.raises(payers.PayerError, match="替换"):
        payers.approve(second, chief)
    assert payers.in_use(place, source) == first
    page = auditor.get(address("sources")).content.decode()
    assert ("0003" in page, address("paying_approve", third.pk) in page) == (True, False)
    assert auditor.get(address("paying_approve", third.pk)).status_code == 403
    payers.approve(third, chief)
    assert payers.in_use(place, source) == third


def test_the_database_itself_wants_two_and_pays_from_no_other_account(place: Region) -> None:
    clerk, chief = (account(f"begin-{name}", name, Role.FINANCE, place) for name in ("clerk", "chief"))
    source, _new = payers.declare("talent", "人才专项资金", [], clerk)
    told = {"name": "萧山区人社局", "bank": "工行萧山支行", "cnaps": "102331002444", "form": "pain.001"}
    waiting = payers.propose(place, source, clerk, number="1202024409900000001", **told)
    batch = {"number": "PB1", "region": place, "source": source, "year": 2026, "paying": waiting, "pay_on": DAY,
             "made_by": clerk}  # fmt: skip
    with pytest.raises(DatabaseError, match="paid_from_an_approved_account"), transaction.atomic():
        Batch.objects.create(**batch)
    with pytest.raises(IntegrityError, match="paying_account_by_two"), transaction.atomic():
        PayingAccount.objects.filter(pk=waiting.pk).update(approved_by=clerk, approved_at="2026-12-02T00:00Z")
    payers.approve(waiting, chief)
    for change in ({"bank": "另一家"}, {"approved_at": None, "approved_by": None}):
        with pytest.raises(DatabaseError, match="stands_as_proposed"), transaction.atomic():
            PayingAccount.objects.filter(pk=waiting.pk).update(**change)
    Batch.objects.create(**batch)
