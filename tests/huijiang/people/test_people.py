"""Facts are disputed and answered, a portrait shows bands and not figures, people take a copy and have data erased."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huijiang.access.models import Binding, Guardianship, Sighting
from huijiang.access.sightings import saw
from huijiang.access.viewers import WARD, as_worker
from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import as_staff, today
from huijiang.claims import intake
from huijiang.claims.clock import working_days_between
from huijiang.files import services as files
from huijiang.files.models import File
from huijiang.notices import services as notices
from huijiang.notices.models import Notice
from huijiang.people import corrections, erasing, exports
from huijiang.people.models import Assessment, Correction, Erasure, Export
from huijiang.people.pages_guardians import eighteenth
from huijiang.people.portrait import band
from huijiang.registry.models import MODELS, IdentityDocument, Person
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import CHIEF, DAY, Town, account
from tests.huijiang.gate.walk import BACKEND
from tests.huijiang.people.test_merged import worker_of


def client(user: User) -> Client:
    made = Client()
    made.force_login(user, backend=BACKEND)
    return made


@pytest.fixture
def registrar(here: Town) -> User:
    return account("registrar", "李归集", Role.REGISTRAR, here.xiaoshan)


def dispute(here: Town, column: str, wanted: str) -> Correction:
    told = {"column": column, "wanted": wanted, "words": "证书上写的是高级技师",
            "paper": SimpleUploadedFile("证书.txt", "高级技师".encode())}  # fmt: skip
    at = reverse("people:dispute", args=["certificate", here.certificate.pk])
    answer = client(here.worker_user).post(at, told)
    assert answer.status_code == 302, answer.content.decode()
    return Correction.objects.get(column=column)


def test_a_disputed_fact_is_corrected_in_the_register_with_its_history_and_both_sides_see_it(
    here: Town, registrar: User
) -> None:
    found = dispute(here, "level", "高级技师")
    assert working_days_between(today(), found.due_on, here.xiaoshan) == 15
    assert File.objects.get(subject=f"correction:{found.uid}").person == here.worker

    page = client(registrar)
    told = page.get(reverse("people:correction_answer", args=[found.uid])).content.decode()
    assert "高级技师" in told
    assert Sighting.objects.get(person=here.worker, viewer=registrar).columns == ["certificate.level"]
    wrong = page.post(reverse("people:correction_answer", args=[found.uid]),
                      {"decision": "correct", "value": "特级大师", "words": "核对了证书"})  # fmt: skip
    assert wrong.status_code == 422
    done = page.post(reverse("people:correction_answer", args=[found.uid]),
                     {"decision": "correct", "value": "高级技师", "words": "核对了证书原件"})  # fmt: skip
    assert done.status_code == 302

    here.certificate.refresh_from_db()
    assert (here.certificate.level, here.certificate.source, here.certificate.as_of) == ("高级技师", "更正", today())
    before = MODELS["certificate"].pgh_event_model.objects.filter(pgh_obj=here.certificate).latest("pk")
    assert (before.level, before.source) == ("技师", "登记")
    mine = client(here.worker_user).get(reverse("people:corrections")).content.decode()
    assert "核对了证书原件" in mine
    assert Notice.objects.filter(person=here.worker, template="correction_answered").count() == 1


def test_what_was_not_kept_is_never_called_received(here: Town, registrar: User) -> None:
    """A second request while the first waits, and a second answer after the first: each is told what stands."""
    found = dispute(here, "level", "高级技师")
    at = reverse("people:dispute", args=["certificate", here.certificate.pk])
    form = {"column": "level", "wanted": "高级工", "words": "看错了"}
    other = client(here.worker_user).post(at, form)
    assert other.status_code == 422
    assert corrections.number_of(found) in other.content.decode()
    assert client(here.worker_user).post(at, {**form, "wanted": "高级技师"}).status_code == 422  # other words: not kept
    again = client(here.worker_user).post(at, {**form, "wanted": "高级技师", "words": found.words})
    assert (again.status_code, Correction.objects.get().wanted.open()) == (302, "高级技师")

    asked = client(here.worker_user)
    assert asked.post(reverse("people:erase"), {"kinds": ["facts"]}).status_code == 302
    more = asked.post(reverse("people:erase"), {"kinds": ["facts", "messages"]})
    assert (more.status_code, "这次选的没有保存" in more.content.decode()) == (422, True)
    assert asked.post(reverse("people:erase"), {"kinds": ["facts"]}).status_code == 302
    request = Erasure.objects.get()
    assert request.kinds == ["facts"]

    colleague = account("registrar-2", "周归集", Role.REGISTRAR, here.xiaoshan)
    for address, first, second in (
        (reverse("people:correction_answer", args=[found.uid]), {"decision": "refuse", "words": "原件上是技师"},
         {"decision": "correct", "value": "高级技师", "words": "照他说的改"}),
        (reverse("people:erasure", args=[request.uid]), {"granted": ["facts"], "words": "同意"}, {"granted": [], "words": "要留着"}),
    ):  # fmt: skip
        for _pressed_twice in range(2):
            assert client(registrar).post(address, first).status_code == 302
        assert (
            client(registrar).post(address, {**second, "words": first["words"]}).status_code == 422
        )  # decided otherwise
        late = client(colleague).post(address, second)
        assert (late.status_code, "您写的没有保存" in late.content.decode()) == (422, True)
        assert first["words"] in late.content.decode()
    here.certificate.refresh_from_db()
    assert here.certificate.level == "技师"
    request.refresh_from_db()
    assert (request.state, request.granted) == ("granted", ["facts"])


def test_an_open_correction_stands_on_the_explanation_and_nobody_answers_their_own(here: Town, registrar: User) -> None:
    at = reverse("people:dispute", args=["recognition", here.honour.pk])
    form = {"column": "named_on", "wanted": "2024-06-15", "words": "公布的文件上是前一年"}
    assert client(here.worker_user).post(at, form).status_code == 302
    assert client(here.worker_user).post(at, form).status_code == 302
    found = Correction.objects.get()

    one = reverse("entitlements:one", args=["xiaoshan-2025-3", "chief-technician-allowance", here.holder])
    assert (
        f"正在更正，<time>{found.due_on.isoformat()}</time> 前答复"
        in client(here.worker_user).get(one).content.decode()
    )

    stranger = reverse("people:dispute", args=["person", here.stranger.pk])
    assert client(here.worker_user).get(stranger).status_code == 404
    viewer = as_staff(registrar)
    assert viewer is not None
    Binding.objects.filter(person=here.worker).update(ended_at=timezone.now())
    Binding.objects.create(user=registrar, person=here.worker, way="counter", bound_by=here.counter_user)
    with pytest.raises(PermissionDenied):
        corrections.answer(viewer, found, "自己答复自己", None)
    elsewhere = account("far", "余远", Role.REGISTRAR, here.yuyao)
    assert client(elsewhere).get(reverse("people:correction_answer", args=[found.uid])).status_code == 404


def test_the_portrait_shows_a_band_and_an_officer_says_why_and_is_named(here: Town) -> None:
    Person.objects.filter(pk=here.worker.pk).update(annual_pay=8_812_345)  # fen: 88,123.45 yuan
    MODELS["employment"].objects.create(
        worker=here.worker, employer=here.employer, started_on="2019-03-01", ended_on_none=True,
        managed_by=here.xiaoshan, source="就业登记", as_of=DAY,
    )  # fmt: skip
    told = client(here.worker_user).get(reverse("people:portrait")).content.decode()
    assert "8 万元至 12 万元" in told
    assert "88123" not in told
    assert "88,123" not in told
    assert "2019-03-01" in told
    assert "就业登记" in told
    assert [band(each) for each in (0, 5_000_000, 30_000_000)] == ["不到 5 万元", "5 万元至 8 万元", "30 万元以上"]

    desk = client(here.counter_user)
    at = reverse("people:portrait_seen", args=[here.worker.uid])
    assert "请说明用途" in desk.get(at).content.decode()
    assert not Sighting.objects.filter(person=here.worker).exists()
    assert desk.post(at, {"purpose": "enquiry"}).status_code == 302
    assert "8 万元至 12 万元" in desk.get(at).content.decode()
    seen = client(here.worker_user).get(reverse("access:seen_by")).content.decode()
    assert "陈窗口" in seen
    assert "画像" in seen
    assert desk.get(reverse("people:portrait_seen", args=[here.stranger.uid])).status_code == 404


def test_a_copy_of_ones_data_opens_for_its_owner_alone_and_for_a_week(here: Town) -> None:
    viewer = as_worker(here.worker_user)
    assert viewer is not None
    dispute(here, "level", "高级技师")
    notices.tell(
        here.worker, "claim_submitted", {"number": "0A", "benefit": "技师补贴", "due": "2026-12-31"}, "claim:0"
    )
    saw(as_staff(here.counter_user), here.worker, "enquiry", [f"result {CHIEF}", "certificate.level"])  # type: ignore[arg-type]
    made = exports.ask(viewer)
    assert exports.ask(viewer) == made
    with pytest.raises(exports.Gone):
        exports.fetch(viewer, made.uid)
    exports.make(made)

    answer = client(here.worker_user).get(reverse("people:fetch", args=[made.uid]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        data = json.loads(archive.read("data.json"))
        page = archive.read("data.html").decode()
    assert [each["number"] for each in data["documents"]] == [IdentityDocument.objects.get().number.open()]
    assert {each["table"] for each in data["facts"]} == {"person", "certificate", "recognition"}
    assert "区首席技师" in page
    assert "证书·证书等级 · 登记的是 技师 · 认为应当是 高级技师 · 等待核实" in page
    assert "窗口受理 · 萧山区 · 答复本人咨询 · 证书·证书等级、待遇 区首席技师工作津贴" in page
    assert "证书.txt · 申报材料 · 上传于 " in page
    assert "申报已提交（…）" in page  # what message it was, and nobody's values
    said = re.sub(r"<[^>]*>", " ", page.partition("</head>")[2])
    codes = set(re.findall(r"[a-z_]{3,}", said)) - {"txt", *here.worker_user.login.lower().split("-")}
    assert not codes  # people read words
    assert client(here.agent_user).get(reverse("people:fetch", args=[made.uid])).status_code == 403

    later = timezone.now() + dt.timedelta(days=8)
    assert exports.expire(later) == 1
    assert Export.objects.get().content is None
    assert client(here.worker_user).get(reverse("people:fetch", args=[made.uid])).status_code == 404


def test_what_is_granted_is_erased_from_the_history_too_and_the_rest_stays(here: Town, registrar: User) -> None:
    Person.objects.filter(pk=here.worker.pk).update(annual_pay=8_812_345)
    Person.objects.filter(pk=here.worker.pk).update(annual_pay=9_000_000)
    former = Person.pgh_event_model.objects.filter(pgh_obj=here.worker.pk, annual_pay__isnull=False)
    assert former.count() == 1
    asked = client(here.worker_user).post(reverse("people:erase"), {"kinds": ["facts", "messages"], "words": ""})
    assert asked.status_code == 302
    found = Erasure.objects.get()
    decided = client(registrar).post(reverse("people:erasure", args=[found.uid]),
                                     {"granted": ["facts"], "words": "通知留到年底"})  # fmt: skip
    assert decided.status_code == 302
    assert erasing.carry_out() == 1
    assert erasing.carry_out() == 0

    here.worker.refresh_from_db()
    found.refresh_from_db()
    assert here.worker.annual_pay is None
    assert here.worker.spouse_none is False
    assert not Person.pgh_event_model.objects.filter(pgh_obj=here.worker.pk, annual_pay__isnull=False).exists()
    assert here.worker.birth_date == dt.date(1990, 1, 1)
    assert found.state == "done"
    assert Notice.objects.filter(person=here.worker, template="erasure_decided").exists()


def test_a_guardian_sees_the_child_until_the_eighteenth_birthday(here: Town) -> None:
    born = today().replace(year=today().year - 17, day=1)
    child = Person.objects.create(name="林小小", birth_date=born, managed_by=here.xiaoshan, source="学籍", as_of=DAY)
    number = "339999200901010014"
    IdentityDocument.objects.create(
        person=child, kind="居民身份证", number=number, matched=number, source="登记", as_of=DAY
    )
    form: dict[str, Any] = {"kind": "居民身份证", "number": IdentityDocument.objects.get(person=here.worker).number.open(),
            "child_kind": "居民身份证", "child_number": number, "proof": "household", "checked": "on",
            "paper": SimpleUploadedFile("户口簿.txt", "户口簿".encode())}  # fmt: skip

    def refused(**more: str) -> str:
        form["paper"].seek(0)
        answer = client(here.counter_user).post(reverse("people:guardians"), form | more)
        assert answer.status_code == 422
        return answer.content.decode()

    Person.objects.filter(pk=here.worker.pk).update(birth_date=born)
    assert "监护人和孩子是同一个人" in refused(child_number=form["number"])
    assert "监护人未满 18 岁" in refused()
    Person.objects.filter(pk=here.worker.pk).update(birth_date="1985-03-01")
    assert "位数或校验位不对" in refused(child_number="339999200901010015")
    assert not Guardianship.objects.exists()
    form["paper"].seek(0)
    answer = client(here.counter_user).post(reverse("people:guardians"), form)
    assert answer.status_code == 302, answer.content.decode()
    bound = Guardianship.objects.get()
    assert bound.ends_on == eighteenth(born) == born.replace(year=born.year + 18)

    guardian = client(here.worker_user)
    assert guardian.post(reverse("people:ward_switch"), {"child": str(child.uid)}).status_code == 302
    assert guardian.session[WARD] == child.pk
    assert "林小小" in guardian.get(reverse("entitlements:facts")).content.decode()
    for day, person in ((bound.ends_on - dt.timedelta(days=1), child), (bound.ends_on, here.worker)):
        viewer = as_worker(here.worker_user, day, child.pk)
        assert viewer is not None
        assert viewer.person == person.pk
    other = as_worker(here.worker_user, ward=here.colleague.pk)
    assert other is not None
    assert other.person == here.worker.pk
    assert eighteenth(dt.date(2008, 2, 29)) == dt.date(2026, 3, 1)


def test_a_guardianship_ends_early_at_a_counter_or_by_the_guardian(here: Town) -> None:
    born = today().replace(year=today().year - 9, day=1)
    told = {"managed_by": here.xiaoshan, "source": "学籍", "as_of": DAY}
    one, other = (Person.objects.create(name=name, birth_date=born, **told) for name in ("林小小", "林小大"))
    made = [Guardianship.objects.create(user=here.worker_user, child=child, proof="birth", bound_by=here.counter_user,
                                        ends_on=eighteenth(born)) for child in (one, other)]  # fmt: skip
    guardian, desk = client(here.worker_user), client(here.counter_user)
    guardian.post(reverse("people:ward_switch"), {"child": str(one.uid)})
    number = IdentityDocument.objects.get(person=here.worker).number.open()
    at, asked = reverse("people:guardian_end"), {"kind": "居民身份证", "number": number, "checked": "on"}
    listed = desk.post(at, asked).content.decode()
    assert "林小小" in listed
    assert "林小大" in listed
    assert desk.post(at, {**asked, "which": str(made[0].pk), "words": ""}).status_code == 422
    assert Guardianship.objects.filter(ended_at=None).count() == 2
    ended = desk.post(at, {**asked, "which": str(made[0].pk), "words": "法院文书（2026）浙0109民特1号"})
    assert ended.status_code == 302, ended.content.decode()
    made[0].refresh_from_db()
    assert (made[0].ended_by, made[0].end_words) == (here.counter_user, "法院文书（2026）浙0109民特1号")
    mine = as_worker(here.worker_user, ward=one.pk)
    assert mine is not None
    assert mine.person == here.worker.pk, "in the session or not, it is over"
    assert Notice.objects.filter(template="guardianship_ended", user=here.worker_user).exists()
    assert Notice.objects.filter(template="guardianship_ended", person=one).exists()

    assert "不再代办" in guardian.post(reverse("people:ward_stop"), {"child": str(other.uid)}).content.decode()
    assert guardian.post(reverse("people:ward_stop"), {"child": str(other.uid), "confirmed": "yes"}).status_code == 302
    assert not Guardianship.objects.filter(ended_at=None).exists()
    far = client(here.elsewhere_user).post(at, asked)
    assert far.status_code == 422
    with pytest.raises(DatabaseError, match="guardian_ended_by_somebody"), transaction.atomic():
        Guardianship.objects.filter(pk=made[1].pk).update(ended_by=None)


def test_files_and_messages_are_erased_and_what_the_law_keeps_is_named_with_its_day(
    here: Town, registrar: User
) -> None:
    """Own papers, those of a claim that was withdrawn unseen, and ordinary messages go; papers of a claim under way stay."""
    desk = office(here)
    viewer = worker_of(here.worker_user)

    def stored(subject: str, purpose: files.Purpose, words: str) -> File:
        upload = SimpleUploadedFile("材料.txt", words.encode())
        return files.store(upload, viewer, subject, purpose, region=here.xiaoshan.code, person=here.worker.pk)

    own = stored(f"person:{here.worker.uid}", files.Purpose.OWN, "自己的")
    withdrawn = desk.submitted()
    unseen = stored(f"claim:{withdrawn.uid}", files.Purpose.EVIDENCE, "撤回的")
    intake.withdraw(withdrawn, viewer)
    live = desk.checking()
    seen = stored(f"claim:{live.uid}", files.Purpose.EVIDENCE, "在办的")
    usual = notices.tell(
        here.worker, "claim_submitted", {"number": "A", "benefit": "b", "due": "2026-12-31"}, "claim:x", required=False
    )
    assert usual is not None

    page = client(here.worker_user)
    told = page.get(reverse("people:erase")).content.decode()
    assert seen.keep_until.isoformat() in told
    assert "证明已经依法送达" in told
    page.post(reverse("people:erase"), {"kinds": ["files", "papers", "messages"], "words": ""})
    found = Erasure.objects.get()
    assert (
        seen.keep_until.isoformat()
        in client(registrar).get(reverse("people:erasure", args=[found.uid])).content.decode()
    )
    client(registrar).post(
        reverse("people:erasure", args=[found.uid]), {"granted": ["files", "papers", "messages"], "words": "同意"}
    )
    assert erasing.carry_out() == 1

    for gone in (own, unseen):
        gone.refresh_from_db()
        assert (gone.blob, gone.name) == (None, None)
        assert gone.erased_at is not None
    seen.refresh_from_db()
    assert seen.blob is not None
    assert not Notice.objects.filter(pk=usual.pk).exists()
    assert Notice.objects.filter(person=here.worker, required=True).exists()
    found.refresh_from_db()
    assert (found.counts["files"], found.counts["papers"]) == (1, 1)
    own.refresh_from_db()
    assert own.let_go == f"erasure:{found.uid}"
    yesterday = today() - dt.timedelta(days=1)
    for told in ({"keep_until": yesterday}, {"keep_until": yesterday, "let_go": "erasure:x", "purpose": "record"}):
        with pytest.raises(DatabaseError, match="kept_its_time"), transaction.atomic():
            File.objects.filter(pk=seen.pk).update(**told)


def test_an_assessment_is_never_changed_and_kept_three_years(here: Town) -> None:
    security = account("security", "郑安全", Role.SECURITY_ADMIN, here.xiaoshan)
    told = {"title": "免申即享", "purpose": "自动找出该领未领的人", "data": "参保、证书", "risks": "误判", "risk": "medium",
            "measures": "只提示，不自动拒绝", "assessed_on": today().isoformat(), "reviewer": "郑安全"}  # fmt: skip
    assert client(security).post(reverse("people:assessment_new"), told).status_code == 302
    made = Assessment.objects.get()
    for act in (lambda: Assessment.objects.update(risk="low"), lambda: made.delete()):
        with pytest.raises(DatabaseError, match="assessment"), transaction.atomic():
            act()
    Assessment.objects.bulk_create([
        Assessment(title="旧的", purpose="p", data="d", risks="r", risk="low", measures="m", reviewer="郑安全",
                   assessed_on=dt.date(2020, 1, 1), recorded_by=security)
    ])  # fmt: skip
    assert Assessment.objects.get(title="旧的").delete()[0] == 1


def test_the_page_of_retention_names_what_each_room_keeps(here: Town) -> None:
    told = Client().get(reverse("people:retention")).content.decode()
    for each in ("files.expire", "registry.expire", "accounts.expire", "people.retention", "至少 3 年"):
        assert each in told
