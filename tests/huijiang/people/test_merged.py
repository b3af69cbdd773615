"""Two records of one person, or of one firm: everything is there under either, nothing is paid twice, and it can be undone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from huijiang.access.law import access_people, access_rows, agreed
from huijiang.access.models import Agency, Binding, Consent, Guardianship, Sighting
from huijiang.access.viewers import as_agent, as_worker
from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import Viewer
from huijiang.claims import acts, dues, intake, moving
from huijiang.claims.access import access_claims
from huijiang.claims.errors import CannotMove, Excluded, MayNot
from huijiang.claims.merging import _holder
from huijiang.claims.models import Act, CapGroup, CapUse, Carried, Claim, Due, Exclusive, Movement
from huijiang.claims.models.decision import Kind
from huijiang.claims.states import State
from huijiang.files import services as files
from huijiang.notices import inbox
from huijiang.notices import services as notices
from huijiang.people import exports
from huijiang.registry import merging
from huijiang.registry.linked import Merge, Pair, canonical, family
from huijiang.registry.models import MODELS, Organisation, Person
from huijiang.registry.snapshot import snapshot
from tests.huijiang.claims.office import ON, Office, office
from tests.huijiang.entitlements.town import CHIEF, DAY, TRAINER, Town, account, town
from tests.huijiang.gate.walk import BACKEND


@pytest.fixture
def desk(here: Town) -> Office:
    return office(here)


@pytest.fixture
def registrar(here: Town) -> User:
    return account("registrar", "李归集", Role.REGISTRAR, here.xiaoshan)


def worker_of(user: User) -> Viewer:
    found = as_worker(user)
    assert found is not None
    return found


def double(of: Town) -> tuple[Any, Any]:
    """The chief technician once more, from the personnel office's list: the same honour, no number."""
    told: dict[str, Any] = {"managed_by": of.xiaoshan, "source": "人事名单", "as_of": DAY}
    other = Person.objects.create(
        name="林小英", birth_date="1990-01-01", employer=of.employer, works_in=of.xiaoshan, **told
    )
    honour = MODELS["recognition"].objects.create(
        person=other, employer=of.employer, honour="区首席技师", granted_by=of.xiaoshan, recommended_by=of.xiaoshan,
        named_on="2025-06-15", ended_on_none=True, **told,
    )  # fmt: skip
    return other, honour


def test_a_record_with_a_claim_under_way_stays_and_a_paid_claim_counts_for_the_record_that_is_kept(
    desk: Office, registrar: User
) -> None:
    """18 months are due and paid under the record that goes; the record that stays has the same honour."""
    here = desk.town
    kept, same_honour = double(here)
    claim = desk.payable()
    with pytest.raises(merging.Refused, match="没有办结"):
        merging.merge(registrar, kept, here.worker, "是同一人")
    desk.released(claim, "batch-1")
    dues.mark_paid(claim, None)

    made = merging.merge(registrar, kept, here.worker, "是同一人")
    assert family("person", here.worker.pk) == family("person", kept.pk) == (kept.pk, here.worker.pk)
    assert canonical("person", here.worker.pk) == kept.pk
    assert Carried.objects.get().holder == f"recognition:{same_honour.pk}"
    carried = CapUse.objects.filter(merge=made)
    assert all(f"person:{kept.pk}" in each.group.key for each in carried)

    me = worker_of(here.worker_user)
    assert me.person == kept.pk
    draft = intake.open_draft(me, here.xiaoshan, CHIEF, f"recognition:{same_honour.pk}", on=ON)
    account_of_hers = intake.make_account(me, holder="林小英", number="6222020000000000", bank="甲银行", person=kept.pk)
    intake.use_account(draft, me, account_of_hers)
    with pytest.raises(Excluded):
        intake.submit(draft, me, on=ON)
    draft.refresh_from_db()
    with pytest.raises(DatabaseError, match="one_for_all_aliases"), transaction.atomic():
        Movement.objects.create(claim=draft, number=1, event="submit", source="draft", target="submitted",
                                who="applicant", by=here.worker_user)  # fmt: skip
    told = moving.last_of(claim)
    with pytest.raises(DatabaseError, match="due_once_for_all_aliases"), transaction.atomic():
        Due.objects.create(claim=draft, determination=told, benefit=CHIEF, holder=f"recognition:{same_honour.pk}",
                           period="2025-07", instalment=1, amount=100_000, payee_person=kept, due_on=ON)  # fmt: skip

    # The next month is due once, under the claim that is there, by the facts of the record that is kept.
    claim.refresh_from_db()
    assert [(each.period, each.payee_person_id) for each in dues.next_periods(claim, dt.date(2026, 12, 15))] == [
        ("2026-12", here.worker.pk)
    ]

    merging.undo(registrar, made, "是姐妹")
    assert not Carried.objects.filter(ended_at=None).exists()
    assert not CapUse.objects.filter(merge=made, released_at=None).exists()
    assert worker_of(here.worker_user).person == here.worker.pk
    other = account("sister", "林小英")
    Binding.objects.create(user=other, person=kept, way="counter")
    sister = worker_of(other)
    assert not access_claims(sister).filter(pk=claim.pk).exists()
    assert intake.submit(draft, sister, on=ON).state == State.SUBMITTED, (
        "nothing of the first claim is in the way any more"
    )


def test_consents_messages_papers_and_looks_are_whole_for_the_one_person_and_part_again(
    desk: Office, registrar: User
) -> None:
    here = desk.town
    kept, _honour = double(here)
    old = Consent.objects.create(person=here.worker, organisation=here.trainer, purpose="claims", until=dt.date(2030, 1, 1),
                                 given_by=here.worker_user)  # fmt: skip
    Sighting.objects.create(
        person=here.worker, viewer=here.counter_user, capacity="counter", purpose="counter", columns=["name"]
    )
    told = notices.tell(here.worker, "erasure_decided", {"number": "A1"}, "erasure:1")
    assert told is not None
    claim = desk.paid()
    made = merging.merge(registrar, kept, here.worker, "是同一人")

    me, firm = worker_of(here.worker_user), as_agent(here.agent_user)
    assert firm is not None
    assert agreed(firm, kept.pk, "claims")
    assert agreed(firm, here.worker.pk, "claims")
    assert not agreed(firm, kept.pk, "entitlements")
    assert [each.pk for each in access_people(firm)] == [kept.pk]
    assert inbox.of(here.worker_user).filter(pk=told.pk).exists()
    assert list(access_claims(me)) == [claim]
    page = Client()
    page.force_login(here.worker_user, backend=BACKEND)
    assert "陈窗口" in page.get(reverse("access:seen_by")).content.decode()
    assert "乙培训学校" in page.get(reverse("access:consents")).content.decode()
    assert {each["number"] for each in exports.gathered(me)["claims"]} == {claim.number}

    withdrawn = page.post(reverse("access:withdraw", args=[old.pk]), {"confirmed": "yes"})
    assert withdrawn.status_code == 302
    assert not agreed(firm, kept.pk)
    merging.undo(registrar, made, "是姐妹")
    assert list(access_claims(worker_of(here.worker_user))) == [claim]
    old.refresh_from_db()
    assert old.withdrawn_at is not None, "what the person did meanwhile stays done"


def test_an_officer_decides_nothing_on_another_record_of_their_own_or_on_their_ward(
    desk: Office, registrar: User
) -> None:
    here = desk.town
    kept, _honour = double(here)
    desk.paid()
    merging.merge(registrar, kept, here.worker, "是同一人")
    claim = Claim.objects.get(state=State.PAID)
    first, second = desk.user("third"), desk.user("fourth")
    Binding.objects.create(user=first, person=kept, way="counter")
    child = Guardianship.objects.create(
        user=second, child=kept, proof="birth", bound_by=here.counter_user, ends_on=dt.date(2040, 1, 1)
    )
    for user, words in ((first, "本人"), (second, "监护")):
        assert words in acts.why_not(claim, user, Kind.REVIEW)
        with pytest.raises(DatabaseError, match="stands_aside_for_aliases"), transaction.atomic():
            Act.objects.create(claim=claim, human=f"user:{user.uid}", user=user, kind=Kind.INTAKE)
    with pytest.raises(MayNot):
        acts.sign(claim, desk.staff["third"], Kind.REVIEW, moving.last_of(claim))
    assert child.child_id == kept.pk

    third = Person.objects.create(
        name="林小英", birth_date="1990-01-01", managed_by=here.xiaoshan, source="登记", as_of=DAY
    )
    pair = Pair.objects.create(first_person=kept, second_person=third, probability=900, reasons=["name"])
    Binding.objects.create(user=registrar, person=third, way="counter")
    page = Client()
    page.force_login(registrar, backend=BACKEND)
    answer = page.post(reverse("people:duplicate", args=[pair.uid]), {"decision": "first", "words": "都是我"})
    assert answer.status_code == 422
    assert "要由别人判断" in answer.content.decode()


def test_merged_firms_have_one_set_of_agents_claims_and_limits(desk: Office, registrar: User) -> None:
    here = desk.town
    kept = Organisation.objects.create(
        name="乙技能培训学校", kind="培训机构", place=here.xiaoshan, managed_by=here.xiaoshan, source="审批", as_of=DAY
    )
    owner = account("their-owner", "沈负责")
    Agency.objects.create(
        user=owner, organisation=kept, power="owner", starts_on=dt.date(2020, 1, 1), appointed_by=here.counter_user
    )
    claim = desk.paid(TRAINER)
    draft_of = here.agent_user
    made = merging.merge(registrar, kept, here.trainer, "更名")

    for user in (owner, draft_of):
        viewer = as_agent(user)
        assert viewer is not None
        assert (viewer.organisation, viewer.firms, viewer.owner) == (kept.pk, (kept.pk, here.trainer.pk), True)
        assert list(access_claims(viewer)) == [claim]
        assert list(access_rows(viewer, "certificate")) == [here.certificate]
    page = Client()
    page.force_login(owner, backend=BACKEND)
    assert "吴经办" in page.get(reverse("access:members")).content.decode()
    again = as_agent(owner)
    assert again is not None
    draft = intake.open_draft(again, here.xiaoshan, TRAINER, claim.holder, on=ON)
    intake.use_account(draft, again, intake.make_account(again, holder="乙技能培训学校", number="6222020000000000", bank="甲银行",
                                                         organisation=kept.pk))  # fmt: skip
    with pytest.raises(Excluded):
        intake.submit(draft, again, on=ON)

    award = Claim(benefit="xiaoshan-2025-3#self-certification-award", holder=f"certificate:{here.trainer.pk} · 2025")
    assert _holder(award, "organisation", here.trainer.pk, kept.pk) == f"certificate:{kept.pk} · 2025"
    one = Claim(benefit=TRAINER, holder=claim.holder)
    assert _holder(one, "organisation", here.trainer.pk, kept.pk) == ""

    merging.undo(registrar, made, "是两家")
    parted = as_agent(owner)
    assert parted is not None
    assert parted.firms == (kept.pk,)
    assert not access_claims(parted).exclude(state=State.DRAFT).exists()


def test_what_was_taken_of_a_limit_and_of_an_exclusive_group_is_carried_and_given_back(
    desk: Office, registrar: User
) -> None:
    """Once in a life, and one of two benefits: taken by the record that goes, so nothing is left for the one that stays."""
    here = desk.town
    kept, _honour = double(here)
    claim = desk.paid()
    told = {"limit_key": "x#y/一生一次", "kind": "count", "cap": 1}
    theirs = CapGroup.objects.create(key=f"person:{here.worker.pk}|焊工", **told)
    CapUse.objects.create(group=theirs, claim=claim, amount=1)
    both = CapGroup.objects.create(key=f"person:{kept.pk}|钳工", **told)
    CapUse.objects.create(group=both, claim=claim, part="2025", amount=1)
    CapUse.objects.create(
        group=CapGroup.objects.create(key=f"person:{here.worker.pk}|钳工", **told), claim=claim, amount=1
    )
    Exclusive.objects.create(claim=claim, benefit=CHIEF, group="x#z", event=f"person:{here.worker.pk}|2025")

    made = merging.merge(registrar, kept, here.worker, "是同一人")
    mine = CapGroup.objects.get(key=f"person:{kept.pk}|焊工")
    assert (mine.used, mine.left) == (1, 0)
    both.refresh_from_db()
    assert (both.used, both.left) == (2, 0), "both had used it: what was paid stands, and nothing is left"
    with pytest.raises(DatabaseError, match="cap_not_exceeded"), transaction.atomic():
        CapUse.objects.create(group=mine, claim=claim, part="2026", amount=1)
    with pytest.raises(DatabaseError, match="exclusive_group_and_event"), transaction.atomic():
        Exclusive.objects.create(claim=claim, benefit="x#other", group="x#z", event=f"person:{kept.pk}|2025")

    merging.undo(registrar, made, "是姐妹")
    mine.refresh_from_db()
    both.refresh_from_db()
    assert (mine.used, both.used) == (0, 1)
    assert not Exclusive.objects.filter(event=f"person:{kept.pk}|2025", released_at=None).exists()
    theirs.refresh_from_db()
    assert theirs.used == 1


def test_a_draft_of_the_record_that_went_is_not_sent_and_its_papers_stay_in_reach(
    desk: Office, registrar: User
) -> None:
    here = desk.town
    kept, _honour = double(here)
    from django.core.files.uploadedfile import SimpleUploadedFile

    paper = files.store(SimpleUploadedFile("聘书.txt", "聘书".encode()), worker_of(here.worker_user), f"person:{here.worker.uid}",
                        files.Purpose.OWN, region=here.xiaoshan.code, person=here.worker.pk)  # fmt: skip
    claim = desk.draft()
    merging.merge(registrar, kept, here.worker, "是同一人")
    me = worker_of(here.worker_user)
    with pytest.raises(CannotMove, match="已并入"):
        intake.submit(claim, me, on=ON)
    with pytest.raises(DatabaseError, match="claims nothing of its own"), transaction.atomic():
        Movement.objects.create(claim=claim, number=1, event="submit", source="draft", target="submitted", who="applicant",
                                by=here.worker_user)  # fmt: skip
    assert files.access_files(me).filter(pk=paper.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_the_snapshot_has_one_person_and_one_honour_of_two(settings: Any, tmp_path: Path) -> None:
    from huijiang.sealed import keys

    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    here = town()
    kept, same_honour = double(here)
    boss = account("registrar", "李归集", Role.REGISTRAR, here.xiaoshan)

    def written(name: str) -> tuple[set[int], set[int]]:
        made = snapshot(tmp_path / name, DAY)
        with duckdb.connect(":memory:") as duck:
            found = [
                {int(row[0]) for row in duck.read_parquet(str(made.folder / f"{table}.parquet")).fetchall()}
                for table in ("person", "recognition")
            ]
        return found[0], found[1]

    with transaction.atomic():
        made = merging.merge(boss, kept, here.worker, "是同一人")
    people, honours = written("one")
    assert kept.pk in people
    assert here.worker.pk not in people
    assert honours == {same_honour.pk}
    with transaction.atomic():
        merging.undo(boss, Merge.objects.get(pk=made.pk), "是姐妹")
    people, honours = written("two")
    assert {kept.pk, here.worker.pk} <= people
    assert honours == {same_honour.pk, here.honour.pk}
