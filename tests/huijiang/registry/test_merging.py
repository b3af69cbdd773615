"""Two records of one person: found, told apart or merged, and parted again as they were."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from huijiang.access.models import Binding
from huijiang.access.viewers import as_worker
from huijiang.accounts.models import Role, User
from huijiang.registry import likeness, merging
from huijiang.registry.linked import Merge, Moved, Pair
from huijiang.registry.models import MODELS, IdentityDocument, Organisation, Person
from tests.huijiang.accounts.people import account

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 30)
NUMBER = "33999919850607013X"


@pytest.fixture
def told(xiaoshan: Any) -> dict[str, Any]:
    return {"managed_by": xiaoshan, "source": "登记", "as_of": DAY}


@pytest.fixture
def officer(xiaoshan: Any) -> User:
    return account("data", Role.REGISTRAR, name="李敏", where=xiaoshan)


@pytest.fixture
def twins(told: dict[str, Any]) -> tuple[Any, Any]:
    """One woman twice: by her number from social insurance, without it (and as a technical worker) from a training roster."""
    firm = Organisation.objects.create(name="甲厂", **told)
    kept = Person.objects.create(name="买买提·吐尔逊", birth_date="1985-06-07", employer=firm, **told)
    IdentityDocument.objects.create(
        person=kept, kind="居民身份证", number=NUMBER, matched=NUMBER, source="登记", as_of=DAY
    )
    gone = Person.objects.create(
        name="买买提•吐尔逊", birth_date="1985-06-07", employer=firm, technical_worker=True, **told
    )
    return kept, gone


def test_likely_duplicates_are_offered_with_reasons_and_once_told_apart_never_again(
    twins: tuple[Any, Any], officer: User, told: dict[str, Any]
) -> None:
    kept, gone = twins
    other = Person.objects.create(name="王伟", birth_date="1985-06-07", **told)
    namesake = Person.objects.create(name="王伟", birth_date="1971-01-30", **told)
    firms = [Organisation.objects.create(name="乙机械有限公司", place=told["managed_by"], **told) for _ in range(2)]

    assert likeness.look("person") == 1
    assert likeness.look("organisation") == 1
    pair = Pair.objects.get(first_person=kept)
    assert pair.second_person == gone
    assert pair.reasons == ["name", "birth", "employer", "one_number"]
    assert pair.probability > 900
    assert not Pair.objects.filter(second_person__in=(other, namesake)).exists()
    assert Pair.objects.get(first_organisation=firms[0]).reasons == ["name", "place", "one_number"]

    merging.tell_apart(officer, pair, "是孪生姐妹的同名登记")
    assert likeness.look("person") == 0
    with pytest.raises(merging.Refused):
        merging.tell_apart(officer, pair, "再来一次")


def test_the_register_taken_in_parts_gives_the_same_pairs(twins: tuple[Any, Any], told: dict[str, Any]) -> None:
    """Twelve people, five at a time: a pair may agree by name and employer alone, or in two passes at once."""
    firm = Organisation.objects.create(name="丙电子有限公司", place=told["managed_by"], **told)
    Organisation.objects.create(name="丙电子有限公司", place=told["managed_by"], uscc="91339999MA0000000J", **told)
    for day in range(1, 6):
        for name in ("赵一", "赵一" if day == 1 else "钱二"):
            Person.objects.create(name=name, birth_date=dt.date(1990, 1, day), employer=firm, **told)
    for kind in ("person", "organisation"):
        whole = likeness.pairs(kind)
        assert whole
        assert likeness.pairs(kind, part=5 if kind == "person" else 1) == whole
    assert len(likeness.pairs("person")) >= 2


def test_a_merge_is_undone_exactly_and_what_changed_meanwhile_survives(
    twins: tuple[Any, Any], officer: User, told: dict[str, Any]
) -> None:
    kept, gone = twins
    certificate = MODELS["certificate"].objects.create(holder=gone, kind="职业技能等级证书", level="技师", **told)
    theirs = MODELS["certificate"].objects.create(holder=kept, kind="职业技能等级证书", level="高级工", **told)
    spell = {"employer": kept.employer, "kind": "职工社会保险", "started_on": "2025-01-01", **told}
    MODELS["insurance"].objects.create(worker=kept, **spell)
    same = MODELS["insurance"].objects.create(worker=gone, **spell)
    user = account("their-account", name="买买提")
    Binding.objects.create(user=user, person=gone, way="counter", bound_by=officer)

    with transaction.atomic():
        made = merging.merge(officer, kept, gone, "两条是同一人，已核对证件")

    certificate.refresh_from_db()
    same.refresh_from_db()
    kept.refresh_from_db()
    assert certificate.holder_id == kept.pk
    assert same.worker_id == gone.pk, "the kept record has this spell already"
    assert kept.technical_worker is True
    assert made.filled == ["technical_worker"]
    viewer = as_worker(user)
    assert viewer is not None
    assert viewer.person == kept.pk
    assert Moved.objects.filter(merge=made, left=True).values_list("table", flat=True).get() == "insurance"
    assert MODELS["certificate"].pgh_event_model.objects.filter(pgh_obj=certificate, holder=gone.pk).exists()
    with pytest.raises(merging.Refused):
        merging.merge(officer, Person.objects.create(name="第三条", **told), gone, "已并走的不能再并")
    with pytest.raises(DatabaseError, match="merge_no_chains"), transaction.atomic():
        Merge.objects.create(kept_person=gone, gone_person=kept, words="绕过检查", made_by=officer)

    certificate.level = "高级技师"
    certificate.save()
    back, elsewhere = merging.undo(officer, made, "后来发现是两个人")

    certificate.refresh_from_db()
    theirs.refresh_from_db()
    kept.refresh_from_db()
    assert (back, elsewhere) == (1, 0)
    assert (certificate.holder_id, certificate.level) == (gone.pk, "高级技师")
    assert theirs.holder_id == kept.pk
    assert kept.technical_worker is None
    again = as_worker(user)
    assert again is not None
    assert again.person == gone.pk
    assert Pair.objects.get(first_person=kept).decision == "different"
    with pytest.raises(merging.Refused):
        merging.undo(officer, made, "第二次撤销")
