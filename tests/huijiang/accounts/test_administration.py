"""Three administrators, each with their own pages, none with two hats; what they do is written down."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import uuid

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from huijiang import audit, jobs
from huijiang.accounts import administration
from huijiang.accounts.models import ADMINISTRATORS, Grant, Role, SecondFactor, User
from huijiang.accounts.tasks import VERIFY
from huijiang.audit import seals
from huijiang.audit.models import Event
from huijiang.jobs.models import Run, State
from huijiang.jobs.queue import perform
from tests.huijiang.accounts.people import FIRST_DAY, PASSWORD, account, region, signed_in

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


@pytest.fixture
def security() -> User:
    return account("security", Role.SECURITY_ADMIN)


@pytest.fixture
def system() -> User:
    return account("system", Role.SYSTEM_ADMIN)


def insert(user: User, role: str, starts: str, ends: str | None = None, by: int | None = None) -> None:
    """Past every form, straight into the table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_grant (user_id, role, region_id, starts_on, ends_on, granted_by_id) VALUES (%s, %s, %s, %s, %s, %s)",
            [user.pk, role, region().pk, starts, ends, by],
        )


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", ADMINISTRATORS)
def test_the_database_lets_nobody_be_two_administrators_at_once(first: str, second: str) -> None:
    user = account("somebody")
    insert(user, first, "2026-01-01", "2026-06-30")
    with pytest.raises(IntegrityError):
        insert(user, second, "2026-06-30")
    insert(user, second, "2026-07-01")
    insert(user, Role.COUNTER, "2026-01-01")


def test_the_database_lets_nobody_give_themselves_a_role_and_keeps_every_grant() -> None:
    user = account("somebody", Role.REVIEWER)
    with pytest.raises(IntegrityError):
        insert(user, Role.FINANCE, "2026-01-01", by=user.pk)
    with pytest.raises(IntegrityError):
        insert(user, Role.REVIEWER, "2026-03-01")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Grant.objects.all().delete()


PAGES = {
    "users": {"system", "security"}, "users/new": {"system"}, "grants": {"security"}, "grants/new": {"security"},
    "jobs": {"system"}, "state": {"system"}, "regions": {"system"}, "nights": {"system"}, "audit": {"audit"}, "sign-ins": {"audit"},
    "terms": {"system"}, "days": {"system"}, "offices": {"system"}, "deliveries": {"system"}, "clients": {"system", "security"},
    "identities": {"security"}, "assessments": {"security"}, "api-entries": {"audit"},
}  # fmt: skip


def test_each_administrator_opens_their_own_pages_only_and_sees_links_to_no_others(
    security: User, system: User
) -> None:
    people = {"system": system, "security": security, "audit": account("audit", Role.AUDIT_ADMIN)}
    people["reviewer"] = account("reviewer", Role.REVIEWER)
    for name, user in people.items():
        client = signed_in(user)
        opened = {page for page in PAGES if client.get(f"/admin-ops/{page}/").status_code == 200}
        assert opened == {page for page, allowed in PAGES.items() if name in allowed}, name
        linked = set(re.findall(r'href="/admin-ops/([a-z-]+)/"', client.get("/help/").content.decode()))
        assert linked == {page for page in opened if "/" not in page}, name


def test_an_account_is_opened_with_a_password_to_hand_over(system: User) -> None:
    client = signed_in(system)
    told = {"login": "zhang.san", "name": "张三", "email": "", "region": region().pk}
    page = client.post("/admin-ops/users/new/", told)
    handed = re.search(r"<code translate=\"no\">([A-Z0-9-]{19})</code>", page.content.decode())[1]  # type: ignore[index]
    assert page.headers["Cache-Control"] == "private, no-store"
    user = User.objects.get(login="zhang.san")
    assert user.check_password(handed)
    assert user.must_change_password
    assert handed not in client.get(f"/admin-ops/users/{user.uid}/").content.decode()
    again = client.post("/admin-ops/users/new/", told).content.decode()
    assert "这个登录名不能用" in again
    assert Event.objects.get(action="accounts.open").subject == f"user:{user.uid}"


def test_closing_and_opening_again_is_for_the_system_administrator_and_not_for_oneself(
    system: User, security: User
) -> None:
    worker = account("worker")
    client = signed_in(system)
    address = f"/admin-ops/users/{worker.uid}/close/"
    assert "停用账户？" in client.get(address).content.decode()
    assert User.objects.get(pk=worker.pk).is_active
    assert signed_in(security).post(address, {"confirmed": "yes"}).status_code == 403
    assert client.post(f"/admin-ops/users/{system.uid}/close/", {"confirmed": "yes"}).status_code == 403
    for _ in range(2):
        assert client.post(address, {"confirmed": "yes"}).status_code == 302
        assert not User.objects.get(pk=worker.pk).is_active
    client.post(f"/admin-ops/users/{worker.uid}/reopen/", {"confirmed": "yes"})
    assert User.objects.get(pk=worker.pk).is_active


def test_a_reset_password_and_factor_end_every_session(security: User) -> None:
    officer = account("officer", Role.REVIEWER)
    theirs, client = signed_in(officer), signed_in(security)
    page = client.post(f"/admin-ops/users/{officer.uid}/password/", {"confirmed": "yes"}).content.decode()
    handed = re.search(r"<code translate=\"no\">([A-Z0-9-]{19})</code>", page)[1]  # type: ignore[index]
    officer.refresh_from_db()
    assert officer.check_password(handed)
    assert theirs.get("/account/").status_code == 302
    client.post(f"/admin-ops/users/{officer.uid}/second-factor/", {"confirmed": "yes"})
    assert not SecondFactor.objects.filter(user=officer).exists()
    again = Client()
    assert again.post("/sign-in/", {"login": "officer", "password": handed}).headers["Location"] == "/sign-in/set-up/"


def test_the_security_administrator_unlocks(security: User) -> None:
    worker = account("worker")
    visitor = Client()
    for _ in range(5):
        answer = visitor.post("/sign-in/", {"login": "worker", "password": "wrong"}, REMOTE_ADDR="192.0.2.9")
    assert answer.status_code == 429
    client = signed_in(security)
    assert "已锁定" in client.get("/admin-ops/users/?q=worker").content.decode()
    client.post(f"/admin-ops/users/{worker.uid}/unlock/", {"confirmed": "yes"})
    assert visitor.post("/sign-in/", {"login": "worker", "password": PASSWORD}).status_code == 302


def test_roles_are_given_within_one_s_regions_to_others_and_never_an_administrator_s(security: User) -> None:
    worker, foreign = account("worker"), account("foreign", where=region("339801", "339800"))
    client = signed_in(security)
    told = {"login": "worker", "role": "reviewer", "region": region().pk, "starts_on": "2026-01-01", "ends_on": ""}
    for change, said in (
        ({"login": "foreign"}, "您管理的地区里没有这个账户"),
        ({"region": "339801"}, "地区"),
        ({"role": "audit_admin"}, "角色"),
        ({"role": "system_admin"}, "角色"),
        ({"login": "security"}, "不能给自己授权"),
        ({"ends_on": "2025-12-31"}, "截止日期早于生效日期"),
        ({"starts_on": "soon"}, "生效"),
    ):
        page = client.post("/admin-ops/grants/new/", told | change)
        assert page.status_code == 200
        assert said in page.content.decode()
    assert not Grant.objects.filter(user__in=[worker, foreign]).exists()
    theirs = signed_in(worker)
    assert client.post("/admin-ops/grants/new/", told).status_code == 302
    assert theirs.get("/account/").status_code == 302  # signed out: the next sign-in asks for the second factor
    assert "已经有同样的授权" in client.post("/admin-ops/grants/new/", told).content.decode()
    grant = Grant.objects.get(user=worker)
    assert grant.granted_by == security
    for _ in range(2):
        client.post(f"/admin-ops/grants/{grant.pk}/end/", {"confirmed": "yes"})
    assert Grant.objects.get(pk=grant.pk).ended_at is not None
    assert [each.action for each in Event.objects.filter(subject=f"user:{worker.uid}").order_by("id")] == [
        "accounts.grant", "accounts.grant_end",
    ]  # fmt: skip
    assert client.post("/admin-ops/grants/new/", told).status_code == 302  # it may be given again


def test_an_administrator_of_another_region_finds_nobody(security: User) -> None:
    foreign = account("foreign", Role.REVIEWER, where=region("339801", "339800"))
    client = signed_in(security)
    assert foreign.login not in client.get("/admin-ops/users/?q=forei").content.decode()
    assert client.get(f"/admin-ops/users/{foreign.uid}/").status_code == 404
    assert client.post(f"/admin-ops/users/{foreign.uid}/password/", {"confirmed": "yes"}).status_code == 404
    assert client.post(f"/admin-ops/grants/{foreign.grants.get().pk}/end/", {"confirmed": "yes"}).status_code == 404
    assert foreign.login not in client.get("/admin-ops/grants/").content.decode()


def test_administrators_are_appointed_on_the_machine_alone() -> None:
    user = account("first")
    administration.appoint(user, Role.AUDIT_ADMIN, region(), FIRST_DAY)
    with pytest.raises(administration.NotGiven, match="不能由同一人兼任"):
        administration.appoint(user, Role.SYSTEM_ADMIN, region(), FIRST_DAY)
    with pytest.raises(administration.NotGiven, match="不是管理员角色"):
        administration.appoint(user, Role.REVIEWER, region(), FIRST_DAY)


def test_jobs_are_seen_cancelled_and_run_again(system: User) -> None:
    failed = Run.objects.create(kind="accounts.resend", state=State.FAILED, error="网关不通 gateway <down>",
                                ended_at=timezone.now())  # fmt: skip
    foreign = Run.objects.create(kind="accounts.resend", region=region("339801", "339800").pk)
    waiting = jobs.enqueue("accounts.expire")
    assert waiting is not None
    client = signed_in(system)
    page = client.get("/admin-ops/jobs/").content.decode()
    assert "重发消息" in page
    assert str(foreign.uid) not in page
    assert client.get(f"/admin-ops/jobs/{foreign.uid}/").status_code == 404
    assert "gateway &lt;down&gt;" in client.get(f"/admin-ops/jobs/{failed.uid}/").content.decode()
    assert "清除过期的登录记录" not in client.get("/admin-ops/jobs/?state=failed").content.decode()
    client.post(f"/admin-ops/jobs/{waiting.uid}/cancel/")
    waiting.refresh_from_db()
    assert waiting.cancel_asked
    for _ in range(2):
        client.post(f"/admin-ops/jobs/{failed.uid}/again/")
    again = Run.objects.filter(kind="accounts.resend", region="").exclude(pk=failed.pk)
    assert [each.actor for each in again] == [str(system.uid)]
    assert client.post(f"/admin-ops/jobs/{waiting.uid}/again/").status_code == 302
    assert Run.objects.filter(kind="accounts.expire").count() == 1
    assert client.post(f"/admin-ops/jobs/{uuid.uuid4()}/cancel/").status_code == 404


def test_the_audit_administrator_filters_exports_and_checks() -> None:
    auditor, officer = account("audit", Role.AUDIT_ADMIN), account("officer", Role.REVIEWER)
    foreign = account("foreign", where=region("339801", "339800"))
    audit.record(officer, "rooms.do", "thing:1", region().pk, count=3)
    audit.record(officer, "rooms.other", "=cmd|x")
    audit.record(foreign, "rooms.hidden", "thing:2", "339801")
    audit.record(foreign, "rooms.hidden", "thing:3")
    client = signed_in(auditor)
    page = client.get("/admin-ops/audit/").content.decode()
    assert "rooms.do" in page
    assert "rooms.hidden" not in page
    day = timezone.localdate()
    found = {
        "?q=rooms.do": 1, "?actor=officer": 2, "?actor=foreign": 0, f"?since={day}": 2, f"?until={day - dt.timedelta(1)}": 0,
        "?since=nonsense": 2,
    }  # fmt: skip
    for query, count in found.items():
        assert client.get(f"/admin-ops/audit/{query}").content.decode().count("rooms.") >= count, query
        rows = list(
            csv.reader(io.StringIO(client.get(f"/admin-ops/audit/export.csv{query}").content.decode("utf-8-sig")))
        )
        assert sum(row[3].startswith("rooms.") for row in rows[1:]) == count, query
    rows = client.get("/admin-ops/audit/export.csv").content.decode()
    assert "'=cmd|x" in rows
    assert Event.objects.filter(action="audit.export").count() == len(found) + 1
    for _ in range(2):
        assert client.post("/admin-ops/audit/verify/").headers["Location"] == "/admin-ops/audit/verification/"
    assert Run.objects.filter(kind=VERIFY).count() == 1
    assert "正在校验" in client.get("/admin-ops/audit/verification/").content.decode()


def test_the_sign_in_log_shows_whose_account_it_was_to_the_audit_administrator_alone() -> None:
    auditor = account("audit", Role.AUDIT_ADMIN)
    account("foreign", where=region("339801", "339800"))
    visitor = Client()
    for name in ("audit", "foreign", "nobody"):
        visitor.post("/sign-in/", {"login": name, "password": "wrong"})
    page = signed_in(auditor).get("/admin-ops/sign-ins/").content.decode()
    assert page.count("没有通过") == 3  # two lines and the filter's own choice
    assert "foreign" not in page
    assert "没有这个账户" in page


def test_the_demo_s_accounts_sign_in_with_what_its_page_shows(settings: object, client: Client) -> None:
    from huijiang.accounts import demo

    with pytest.raises(demo.NotADemo):
        demo.make(region())
    settings.DEMO = True  # type: ignore[attr-defined]
    assert len(demo.make(region())) == len(Role)
    assert len(demo.make(region())) == len(Role)
    assert User.objects.count() == len(Role)
    assert "demo-second-reviewer" in client.get("/sign-in/").content.decode()
    shown = {each.login: each for each in demo.shown()}["demo-finance"]
    client.post("/sign-in/", {"login": shown.login, "password": shown.password})
    assert client.post("/sign-in/code/", {"code": shown.code}).headers["Location"] == "/"


def test_the_first_administrators_are_appointed_by_a_command(client: Client) -> None:
    from huijiang.commands.appoint import appoint

    code = region().pk
    handed = appoint("security", "first", "王芳", code)
    assert client.post("/sign-in/", {"login": "first", "password": handed}).headers["Location"] == "/sign-in/set-up/"
    assert Event.objects.get(action="accounts.grant").actor == ""
    with pytest.raises(administration.NotGiven, match="不能由同一人兼任"):
        appoint("audit", "first", "", code)
    with pytest.raises(administration.NotGiven, match="没有这个地区"):
        appoint("audit", "second", "", "000000")
    assert not User.objects.filter(login="second").exists()


@pytest.mark.django_db(transaction=True)
def test_the_chain_is_checked_by_a_job_and_its_page_tells_what_was_found() -> None:
    auditor = account("audit", Role.AUDIT_ADMIN)
    with transaction.atomic():
        audit.record(auditor, "rooms.do", "thing:1")
    seals.seal()
    client = signed_in(auditor)

    def checked() -> str:
        client.post("/admin-ops/audit/verify/")
        perform(Run.objects.filter(kind=VERIFY).latest("asked_at").pk)
        return client.get("/admin-ops/audit/verification/").content.decode()

    assert "还没有校验过" in client.get("/admin-ops/audit/verification/").content.decode()
    assert "没有改动" in checked()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM audit_event WHERE action = 'rooms.do'")
        cursor.execute("SET session_replication_role = DEFAULT")
    page = checked()
    assert "1 处不符" in page
    assert "封存时" in page
    assert list(Event.objects.filter(action="audit.verify").order_by("id").values_list("details", flat=True)) == [
        {"faults": 0}, {"faults": 1},
    ]  # fmt: skip
