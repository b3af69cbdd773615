"""The steward's pages: who may open them, bring a bundle in, see its problems, decide."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from huijiang.accounts.models import Grant, Role, User
from huijiang.accounts.viewers import today
from huijiang.documents import bundles, library, releases, submissions
from huijiang.documents.models import Release, Submission
from huijiang.documents.urls import urlpatterns
from huijiang.jobs.models import Run
from huijiang.web.doors import PUBLIC
from tests.huijiang.documents.bundle import OFFICE_FILES, changed, raised
from tests.huijiang.documents.pages import staff, two_releases

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    return client


@pytest.fixture
def maker() -> Client:
    return signed_in(staff("maker", Role.STEWARD))


@pytest.fixture
def checker() -> Client:
    return signed_in(staff("checker", Role.STEWARD_APPROVER))


def sent(client: Client, content: bytes, note: str = "新的一版") -> Any:
    file = SimpleUploadedFile("policies.zip", content, "application/zip")
    return client.post("/steward/releases/new/", {"note": note, "bundle": file})


def checked() -> None:
    """As the job does it."""
    submissions.carry_out(Submission.objects.get(ended_at=None))


def test_a_bundle_goes_from_upload_over_approval_to_the_public_page(maker: Client, checker: Client) -> None:
    answer = sent(maker, bundles.pack(OFFICE_FILES))
    held = Submission.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/steward/releases/checks/{held.uid}/")
    assert not Release.objects.exists()
    assert Run.objects.get(uid=held.run).state == "waiting"
    waiting = maker.get(answer["Location"]).content.decode()
    assert "正在检查" in waiting
    assert 'http-equiv="refresh"' in waiting
    assert sent(maker, bundles.pack(OFFICE_FILES))["Location"] == answer["Location"]  # sent twice, checked once
    assert "正在检查" in checker.get("/steward/releases/").content.decode()
    checked()
    checked_page = answer["Location"]
    over = maker.get(checked_page, headers={"HX-Request": "true"})
    assert (over["HX-Refresh"], over.content) == ("true", b"")
    answer = maker.get(checked_page)
    release = Release.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/steward/releases/{release.uid}/")
    assert Submission.objects.get().content is None
    page = maker.get(answer["Location"]).content.decode()
    assert "检查全部通过" in page
    assert "要由另一位政策复核人员决定" in page
    assert "复核通过" not in page
    address = answer["Location"]
    assert "复核通过</button>" in checker.get(address).content.decode()
    for _ in range(2):  # pressing twice decides once
        assert checker.post(f"{address}approve/", {"in_force_from": today()}).status_code == 302
    assert releases.in_force() == release
    assert "1 份文件" in checker.get("/policies/").content.decode()
    assert "还没有启用任何规则版本" not in checker.get("/policies/").content.decode()


def test_a_bundle_that_does_not_pass_shows_where_and_stores_nothing(maker: Client) -> None:
    answer = sent(maker, bundles.pack(changed(OFFICE_FILES, "800 元/人", "800 元/月")))
    checked()
    page = maker.get(answer["Location"]).content.decode()
    assert "没有做成新版本" in page
    assert "xiaoshan-2025-3.md:" in page
    assert "<title>错误：" in page
    assert Release.objects.count() == 0
    assert "没有通过" in maker.get("/steward/releases/").content.decode()


def test_a_check_whose_job_failed_is_asked_for_again_by_whoever_handed_it_in(maker: Client, checker: Client) -> None:
    address = sent(maker, bundles.pack(OFFICE_FILES))["Location"]
    first = Submission.objects.get().run
    Run.objects.filter(uid=first).update(state="failed", error="NoRoom: 磁盘满了", ended_at=timezone.now())
    assert "磁盘满了" in maker.get(address).content.decode()
    assert "再查一次" not in checker.get(address).content.decode()
    assert checker.post(address).status_code == 403
    for _ in range(2):
        assert maker.post(address).status_code == 302
    assert Run.objects.count() == 2
    assert Submission.objects.get().run != first
    checked()
    assert maker.get(address)["Location"] == f"/steward/releases/{Release.objects.get().uid}/"


@pytest.mark.parametrize(("content", "note"), [(b"not a zip", "x"), (b"", "x"), (bundles.pack(OFFICE_FILES), "")])
def test_bad_uploads_are_answered_and_store_nothing(maker: Client, content: bytes, note: str) -> None:
    answer = sent(maker, content, note)
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert Release.objects.count() == 0


def test_the_approver_sees_which_figures_change(checker: Client) -> None:
    world = two_releases()
    page = checker.get(f"/steward/releases/{world.waiting.uid}/").content.decode()
    assert "与第 1 版相比" in page
    assert "1 个文件有变化，1 处数值或文字不同" in page
    assert "10 万元/家</del>" in page
    assert "12 万元/家</ins>" in page


def test_sending_back_needs_a_reason_and_the_reason_is_shown(checker: Client, maker: Client) -> None:
    world = two_releases()
    address = f"/steward/releases/{world.waiting.uid}/"
    assert checker.post(f"{address}refuse/", {"because": ""}).status_code == 422
    assert checker.post(f"{address}refuse/", {"because": "与财政尚未商定"}).status_code == 302
    assert "与财政尚未商定" in maker.get(address).content.decode()
    assert checker.post(f"{address}approve/", {"in_force_from": today()}).status_code == 422


def test_a_day_that_is_over_is_answered_beside_the_field(checker: Client) -> None:
    world = two_releases()
    answer = checker.post(f"/steward/releases/{world.waiting.uid}/approve/", {"in_force_from": "2020-01-01"})
    assert answer.status_code == 422
    assert "启用日期已过" in answer.content.decode()


def test_nobody_approves_their_own_release_with_both_roles() -> None:
    user = staff("maker", Role.STEWARD)
    grant = Grant.objects.get(user=user)
    Grant.objects.create(user=user, role=Role.STEWARD_APPROVER, region=grant.region, starts_on=dt.date(2020, 1, 1))
    release = releases.make(OFFICE_FILES, user)
    client = signed_in(user)
    assert "复核通过</button>" not in client.get(f"/steward/releases/{release.uid}/").content.decode()
    assert client.post(f"/steward/releases/{release.uid}/approve/", {"in_force_from": today()}).status_code == 422
    assert releases.in_force() is None


def test_the_bundle_that_comes_back_is_what_was_brought_in(maker: Client) -> None:
    world = two_releases()
    answer = maker.get(f"/steward/releases/{world.waiting.uid}/policies.zip")
    assert answer.content == bundles.pack(raised(OFFICE_FILES))


ADDRESSES = ["/steward/releases/", "/steward/releases/new/", "/steward/questions/", "/steward/coverage/",
             f"/steward/releases/{uuid.UUID(int=7)}/", f"/steward/releases/{uuid.UUID(int=7)}/policies.zip"]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_stewards_come_in(address: str) -> None:
    assert Client().get(address).status_code == 302
    officer = signed_in(staff("maker", Role.REVIEWER))
    assert officer.get(address).status_code == 403
    assert "规则版本" not in officer.get("/policies/").content.decode().split("</header>")[0]


def test_each_role_does_its_own_part_only(maker: Client, checker: Client) -> None:
    world = two_releases()
    assert checker.get("/steward/releases/new/").status_code == 403
    assert maker.post(f"/steward/releases/{world.waiting.uid}/approve/", {"in_force_from": today()}).status_code == 403
    assert maker.post(f"/steward/releases/{world.waiting.uid}/refuse/", {"because": "x"}).status_code == 403
    assert maker.get(f"/steward/releases/{uuid.UUID(int=7)}/").status_code == 404


def test_questions_are_counted_and_say_who_decided(maker: Client) -> None:
    page = maker.get("/steward/questions/").content.decode()
    held = library.current()
    all_of_them = [each for plan in held.plans.values() for each in plan.questions.values()]
    nobody = sum(each.decided == "nobody yet" for each in all_of_them)
    assert page.count("<tr role") == nobody + 1  # and the headings
    assert [int(each) for each in re.findall(r'class="count">(\d+)', page)] == [nobody, len(all_of_them) - nobody]


def test_coverage_adds_up(maker: Client) -> None:
    page = maker.get("/steward/coverage/").content.decode()
    said = re.findall(r"(\d+) 条：有规则 (\d+)，只有说明 (\d+)，还没有读 (\d+)", page)
    assert len(said) == 6
    assert all(int(total) == int(a) + int(b) + int(c) for total, a, b, c in said)


def test_every_address_of_the_room_says_who_may_come_in() -> None:
    doors = {pattern.name: pattern.callback.door for pattern in urlpatterns}
    public = {name for name, door in doors.items() if door == PUBLIC}
    assert public == {
        "policies", "document", "difference", "clause", "benefits", "benefit", "guide", "check", "compare", "ratings",
        "printed", "rate",
    }  # fmt: skip
    assert {door for name, door in doors.items() if name not in public} == {
        "staff:steward,steward_approver", "staff:steward", "staff:steward_approver", "staff:supervisor",
    }  # fmt: skip
