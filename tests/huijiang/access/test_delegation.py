"""People acting for others: a code from a counter, owners and agents of firms, consent, and who looked."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone

from huijiang.access.models import Activation, Agency, Binding, Consent, Sighting
from huijiang.access.sightings import unmask
from huijiang.access.viewers import as_agent
from huijiang.accounts.models import Grant, Role, User
from huijiang.accounts.viewers import as_staff
from huijiang.audit.models import Event
from huijiang.registry.models import IdentityDocument
from tests.huijiang.access.world import CODES, KIND, NUMBERS, World, agent, make, worker
from tests.huijiang.accounts.people import account, signed_in

pytestmark = pytest.mark.django_db

NEW = "another hill 7 green"


@pytest.fixture
def world() -> World:
    return make(tables=False)


@pytest.fixture
def officer(world: World) -> User:
    return account("officer", Role.COUNTER, where=world.x)


def asked(number: str = NUMBERS[0]) -> dict[str, str]:
    return {"kind": KIND, "number": number, "checked": "on"}


def code_from(page: str) -> str:
    return re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", page)[0]  # type: ignore[index]


def activate(client: Client, code: str, login: str = "lin.yi", password: str = NEW) -> str:
    return client.post(
        "/activate/", {"code": code, "login": login, "new": password, "again": password}
    ).content.decode()


def test_a_worker_sets_up_their_sign_in_with_a_code_from_the_counter(
    world: World, officer: User, client: Client
) -> None:
    code = code_from(signed_in(officer).post("/desk/activation/", asked()).content.decode())
    assert code.replace("-", "") not in str(list(Activation.objects.values()))
    assert "太短" in activate(client, code, password="short")
    assert "请取一个登录名" in activate(client, code, login="")
    assert "激活码不对" in activate(client, "AAAA-BBBB-CCCC")
    activate(client, code.lower().replace("-", " "))
    assert get_user(client).is_authenticated  # type: ignore[arg-type]
    bound = Binding.objects.get()
    assert (bound.person, bound.user.login, bound.way, bound.bound_by) == (
        world.people[0],
        "lin.yi",
        "counter",
        officer,
    )
    assert "激活码不对" in activate(Client(), code, login="second")
    assert client.get("/my/consents/").status_code == 200
    assert [each.viewer for each in Sighting.objects.filter(person=world.people[0])] == [officer]


def test_a_code_runs_out_and_a_newer_one_replaces_it(world: World, officer: User) -> None:
    client = signed_in(officer)
    first, second = (code_from(client.post("/desk/activation/", asked()).content.decode()) for _ in range(2))
    assert "激活码不对" in activate(Client(), first)
    Activation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert "激活码不对" in activate(Client(), second)
    assert not Binding.objects.exists()


def test_a_code_sets_a_new_password_for_the_account_that_is_there(world: World, officer: User) -> None:
    user = worker(world, 0)
    old = signed_in(user)
    page = signed_in(officer).post("/desk/activation/", asked()).content.decode()
    assert user.login in page
    activate(Client(), code_from(page), login="")
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not get_user(old).is_authenticated  # type: ignore[arg-type]
    assert Binding.objects.count() == 1


def test_a_counter_serves_its_own_regions_checks_papers_and_serves_no_colleague_and_not_itself(
    world: World, officer: User
) -> None:
    client = signed_in(officer)
    for told, said in (
        (asked(NUMBERS[1]), "您负责的地区里没有这个人"),
        (asked("339999199001010014"), "号码的位数或校验位不对"),
        ({"kind": KIND, "number": NUMBERS[0]}, "还没有填写或选择"),
        ({"kind": "图书证", "number": NUMBERS[0], "checked": "on"}, "证件种类"),
    ):
        assert said in client.post("/desk/activation/", told).content.decode()
    colleague = worker(world, 0)
    Grant.objects.create(user=colleague, role=Role.REVIEWER, region=world.x, starts_on="2026-01-01")
    assert "由安全管理员重置" in client.post("/desk/activation/", asked()).content.decode()
    Binding.objects.all().update(user=officer, bound_by=None)
    assert client.post("/desk/activation/", asked()).status_code == 403
    assert not Activation.objects.exists()


def test_the_first_owner_is_appointed_at_a_counter(world: World, officer: User) -> None:
    client, told = signed_in(officer), {**asked(), "uscc": CODES[0] or ""}
    assert "还没有账户" in client.post("/desk/first-owner/", told).content.decode()
    owner = worker(world, 0)
    assert "没有这个单位" in client.post("/desk/first-owner/", told | {"uscc": "91339999MA0000001G"}).content.decode()
    answer = client.post("/desk/first-owner/", told)
    assert answer.headers["Location"] == f"/desk/organisations/{world.firms[0].uid}/members/"
    agency = Agency.objects.get()
    assert (agency.user, agency.power, agency.appointed_by) == (owner, "owner", officer)
    assert "已有负责人" in client.post("/desk/first-owner/", told).content.decode()
    assert Event.objects.filter(action="access.first_owner").count() == 1
    assert client.post(f"/desk/owners/{agency.pk}/end/", {"confirmed": "yes"}).status_code == 302
    assert as_agent(owner) is None
    assert client.post("/desk/first-owner/", told).status_code == 302
    Agency.objects.update(ended_at=timezone.now())
    Binding.objects.update(user=officer, bound_by=None)
    assert "不能给自己办理" in client.post("/desk/first-owner/", told).content.decode()


def test_owners_appoint_and_end_agents_and_one_owner_stays(world: World) -> None:
    owner, other, friend = agent(world, 0, "owner"), agent(world, 1), account("friend", name="王 芳")
    client = signed_in(owner)
    told = {"login": "friend", "name": "王芳", "power": "agent", "ends_on": ""}
    for change, said in (
        ({"name": "李芳"}, "没有登录名和姓名都相符"),
        ({"login": "ghost"}, "没有登录名和姓名都相符"),
        ({"login": owner.login, "name": owner.name}, "不能给自己授权"),
        ({"ends_on": "2020-01-01"}, "截止日期已经过去"),
        ({"power": "king"}, "权限"),
    ):
        assert said in client.post("/org/members/new/", told | change).content.decode()
    assert client.post("/org/members/new/", told).status_code == 302
    assert "已经有授权" in client.post("/org/members/new/", told).content.decode()
    viewer = as_agent(friend)
    assert viewer is not None
    assert (viewer.organisation, viewer.owner) == (world.firms[0].pk, False)
    assert signed_in(friend).post("/org/members/new/", told).status_code == 403
    foreign = Agency.objects.get(user=other)
    assert client.post(f"/org/members/{foreign.pk}/end/", {"confirmed": "yes"}).status_code == 404
    client.post(f"/org/members/{Agency.objects.get(user=owner).pk}/end/", {"confirmed": "yes"})
    assert "至少要有一位负责人" in client.get("/org/members/").content.decode()
    theirs = Agency.objects.get(user=friend)
    assert "结束这项授权？" in client.get(f"/org/members/{theirs.pk}/end/").content.decode()
    client.post(f"/org/members/{theirs.pk}/end/", {"confirmed": "yes"})
    assert as_agent(friend) is None
    assert client.post("/org/members/new/", told).status_code == 302


def test_an_appointment_with_an_end_ends_by_itself(world: World) -> None:
    friend = agent(world, 0)
    today = dt.date(2026, 6, 30)
    Agency.objects.update(ends_on=today)
    assert as_agent(friend, on=today) is not None
    assert as_agent(friend, on=today + dt.timedelta(days=1)) is None


def test_an_agent_of_two_firms_says_for_which_they_act(world: World) -> None:
    user = agent(world, 0)
    by = User.objects.get(login="binder")
    Agency.objects.create(
        user=user, organisation=world.firms[1], power="agent", starts_on="2026-01-01", appointed_by=by
    )
    client = signed_in(user)
    assert "甲厂</p>" in client.get("/org/members/").content.decode()
    client.post("/org/switch/", {"organisation": str(world.firms[1].uid)})
    assert "乙厂</p>" in client.get("/org/members/").content.decode()
    Agency.objects.filter(organisation=world.firms[1]).update(ended_at=timezone.now())
    assert client.get("/org/members/").status_code == 403  # what was chosen is no longer theirs
    client.post("/org/switch/", {"organisation": "nonsense"})
    assert Agency.objects.filter(ended_at=None).count() == 1


def test_consent_is_given_to_firms_that_one_has_to_do_with_and_taken_back(world: World) -> None:
    user, viewer = worker(world, 1), as_agent(agent(world, 1))
    client, until = signed_in(user), timezone.localdate() + dt.timedelta(days=30)
    told = {"organisation": str(world.firms[1].pk), "purpose": "claims", "until": until.isoformat()}
    for change in (
        {"organisation": str(world.firms[0].pk)},
        {"purpose": "all"},
        {"until": "2020-01-01"},
        {"until": "2099-01-01"},
    ):
        assert client.post("/my/consents/new/", told | change).status_code == 200
    assert not Consent.objects.exists()
    for _ in range(2):
        assert client.post("/my/consents/new/", told).status_code == 302
    consent = Consent.objects.get()
    assert (consent.person, consent.given_by, consent.until) == (world.people[1], user, until)
    assert (
        signed_in(worker(world, 0)).post(f"/my/consents/{consent.pk}/withdraw/", {"confirmed": "yes"}).status_code
        == 404
    )
    for _ in range(2):
        client.post(f"/my/consents/{consent.pk}/withdraw/", {"confirmed": "yes"})
    assert Consent.objects.get().withdrawn_at is not None
    assert Event.objects.filter(action="access.consent_withdrawn").count() == 1
    assert viewer is not None


def test_one_reads_who_looked_at_what_and_why_and_nobody_else_s_list(world: World, officer: User) -> None:
    viewer = as_staff(officer)
    assert viewer is not None
    document = IdentityDocument.objects.get(person=world.people[0])
    assert unmask(viewer, document, "counter") == NUMBERS[0]
    page = signed_in(worker(world, 0)).get("/my/seen-by/").content.decode()
    assert all(word in page for word in ("窗口受理", "窗口办理", "完整证件号码"))
    assert "还没有人看过" in signed_in(worker(world, 1)).get("/my/seen-by/").content.decode()
