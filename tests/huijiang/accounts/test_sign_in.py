"""Signing in: two factors for staff, a lock after wrong tries, a log, and an end."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.auth import get_user
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from huijiang.accounts import second_factor
from huijiang.accounts.models import Grant, RecoveryCode, Role, SecondFactor, SignIn, User
from huijiang.accounts.sign_in import SEEN
from tests.huijiang.accounts.people import PASSWORD, account, code, region, signed_in

pytestmark = pytest.mark.django_db

START = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def give(client: Client, login: str, password: str = PASSWORD, onward: str = "") -> HttpResponse:
    return client.post("/sign-in/", {"login": login, "password": password, "next": onward})  # type: ignore[return-value]


def is_in(client: Client) -> bool:
    return bool(get_user(client).is_authenticated)  # type: ignore[arg-type]


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, SHA-1: the last six of the eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # 12345678901234567890
    for second, digits in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert second_factor.code_of(secret, second_factor.step_of(START + dt.timedelta(seconds=second))) == digits


def test_staff_come_in_with_password_and_code_only(client: Client) -> None:
    account("officer", Role.REVIEWER)
    assert give(client, "officer", onward="/help/").headers["Location"] == "/sign-in/code/"
    assert not is_in(client)
    answer = client.post("/sign-in/code/", {"code": code()})
    assert answer.headers["Location"] == "/help/"
    assert is_in(client)
    assert SignIn.objects.get().way == "code"


def test_a_code_is_taken_once(client: Client) -> None:
    account("officer", Role.REVIEWER)
    told = code()
    give(client, "officer")
    client.post("/sign-in/code/", {"code": told})
    client.post("/sign-out/")
    give(client, "officer")
    assert "动态码不对或已用过" in client.post("/sign-in/code/", {"code": told}).content.decode()
    assert not is_in(client)
    client.post("/sign-in/code/", {"code": code(1)})  # the next one, for a clock that runs ahead
    assert is_in(client)


def test_a_code_far_from_now_is_wrong(client: Client) -> None:
    account("officer", Role.REVIEWER)
    give(client, "officer")
    for steps in (-3, 3):
        assert client.post("/sign-in/code/", {"code": code(steps)}).status_code == 200
    assert not is_in(client)


def test_the_second_factor_is_set_up_at_the_first_sign_in_and_its_codes_work_once(client: Client) -> None:
    user = account("officer", Role.REVIEWER, factor=False)
    assert give(client, "officer").headers["Location"] == "/sign-in/set-up/"
    page = client.get("/sign-in/set-up/").content.decode()
    secret = re.search(r"<code translate=\"no\">([A-Z2-7-]+)</code>", page)[1].replace("-", "")  # type: ignore[index]
    assert client.post("/sign-in/set-up/", {"code": "000"}).status_code == 200
    assert not SecondFactor.objects.exists()
    now = second_factor.step_of(timezone.now())
    page = client.post("/sign-in/set-up/", {"code": second_factor.code_of(secret, now)}).content.decode()
    assert is_in(client)
    codes = re.findall(r"<code translate=\"no\">([A-Z0-9]{4}(?:-[A-Z0-9]{4}){3})</code>", page)
    assert len(set(codes)) == 10
    assert SecondFactor.objects.get().user == user
    for outcome in (True, False):
        other = Client()
        give(other, "officer")
        other.post("/sign-in/code/", {"code": codes[0].lower()})
        assert is_in(other) is outcome
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


def test_whoever_has_a_role_only_later_needs_the_second_factor_now(client: Client) -> None:
    user = account("officer")
    Grant.objects.create(
        user=user, role=Role.REVIEWER, region=region(), starts_on=timezone.localdate() + dt.timedelta(9)
    )
    assert give(client, "officer").headers["Location"] == "/sign-in/set-up/"


def test_without_a_role_the_password_is_enough(client: Client) -> None:
    account("worker")
    assert give(client, "worker", onward="https://elsewhere.example/").headers["Location"] == "/"
    assert is_in(client)


def test_the_steps_in_between_need_the_first(client: Client) -> None:
    for step in ("code", "set-up", "password"):
        answer = client.get(f"/sign-in/{step}/")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/")


def test_the_step_of_the_code_can_not_be_left_out(client: Client) -> None:
    user = account("officer", Role.REVIEWER)
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    give(client, "officer")
    for step in ("set-up", "password"):
        assert client.post(f"/sign-in/{step}/", {"new": "x", "again": "x"}).headers["Location"] == "/sign-in/code/"
    assert not is_in(client)


@pytest.mark.parametrize("login", ["officer", "nobody", "closed"])
def test_a_wrong_try_tells_nothing_and_the_fifth_locks(client: Client, login: str) -> None:
    account("officer", Role.REVIEWER)
    User.objects.filter(pk=account("closed").pk).update(is_active=False)
    for _ in range(4):
        page = give(client, login, "not the password").content.decode()
        assert "登录名或密码不对" in page
    locked = give(client, login, "not the password")
    assert locked.status_code == 429
    assert "暂时锁定 30 分钟" in locked.content.decode()
    assert give(client, login).status_code == 429  # the right password does not help now
    assert list(SignIn.objects.order_by("id").values_list("outcome", flat=True)) == ["wrong"] * 4 + ["locked"] * 2


def test_wrong_codes_lock_too(client: Client) -> None:
    account("officer", Role.REVIEWER)
    give(client, "officer")
    answers = [client.post("/sign-in/code/", {"code": "12345"}).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    assert client.post("/sign-in/code/", {"code": code()}).status_code == 429
    assert not is_in(client)


def test_an_address_is_locked_ten_times_later_and_one_s_own_success_clears_no_one_else(client: Client) -> None:
    account("worker")
    for each in range(49):
        give(client, f"somebody{each}", "wrong")
    assert give(client, "worker").status_code == 302
    assert give(client, "somebody", "wrong").status_code == 429


def test_the_log_has_no_addresses_and_no_names_that_were_typed(client: Client) -> None:
    client.post(
        "/sign-in/", {"login": "typed by mistake", "password": "x"}, REMOTE_ADDR="203.0.113.7",
        HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0",
    )  # fmt: skip
    (line,) = SignIn.objects.all().values()
    assert line["device"] == "Edge · Windows"
    assert line["user_id"] is None
    assert not any(word in str(line) for word in ("203.0.113.7", "typed"))


def test_a_password_that_was_handed_out_is_changed_before_one_is_in(client: Client) -> None:
    user = account("worker")
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    assert give(client, "worker").headers["Location"] == "/sign-in/password/"
    for new, again, said in (
        ("short", "short", "太短，至少 12 位"),
        (PASSWORD, PASSWORD, "不能与现在的相同"),
        ("another hill 7 green", "another hill 8 green", "两次填写的密码不一样"),
        ("123456789012345", "123456789012345", "不能全是数字"),
    ):
        assert said in client.post("/sign-in/password/", {"new": new, "again": again}).content.decode()
    assert (
        client.post("/sign-in/password/", {"new": "another hill 7 green", "again": "another hill 7 green"}).status_code
        == 302
    )
    assert is_in(client)
    assert not User.objects.get(pk=user.pk).must_change_password


@pytest.mark.parametrize(("days", "step"), [(179, "/"), (181, "/sign-in/password/")])
def test_a_password_is_good_for_180_days(client: Client, days: int, step: str) -> None:
    user = account("worker")
    User.objects.filter(pk=user.pk).update(password_changed_at=timezone.now() - dt.timedelta(days=days))
    assert give(client, "worker").headers["Location"] == step


def test_the_steps_must_be_done_in_ten_minutes(client: Client) -> None:
    account("officer", Role.REVIEWER)
    give(client, "officer")
    session = client.session
    late = timezone.now() - dt.timedelta(minutes=11)
    session["on the way"] = {**session["on the way"], "at": late.isoformat()}
    session.save()
    assert client.post("/sign-in/code/", {"code": code()}).headers["Location"] == "/sign-in/"


def test_a_session_that_nobody_uses_ends(client: Client) -> None:
    account("worker")
    give(client, "worker")
    session = client.session
    session[SEEN] = timezone.now().timestamp() - 31 * 60
    session.save()
    answer = client.get("/account/")
    assert answer.headers["Location"] == "/sign-in/?next=/account/"
    assert "已自动退出" in client.get(answer.headers["Location"]).content.decode()
    assert not is_in(client)
    assert SignIn.objects.first().outcome == "idle"  # type: ignore[union-attr]


def test_a_closed_account_and_ended_sessions_are_out_at_once() -> None:
    first, second = account("first"), account("second")
    clients = signed_in(first), signed_in(second)
    User.objects.filter(pk=first.pk).update(is_active=False)
    second.end_sessions()
    assert [is_in(each) for each in clients] == [False, False]


def test_signing_out_takes_a_post_and_is_written_down(client: Client) -> None:
    account("worker")
    give(client, "worker")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").headers["Location"] == "/"
    assert not is_in(client)
    assert list(SignIn.objects.order_by("id").values_list("outcome", flat=True)) == ["in", "out"]


def test_one_sees_one_s_own_sign_ins_only(client: Client) -> None:
    account("other")
    give(client, "other", "wrong")
    client.cookies.clear()
    account("worker")
    give(client, "worker")
    page = client.get("/account/sign-ins/").content.decode()
    assert "登录成功" in page
    assert "没有通过" not in page


def test_the_log_of_sign_ins_is_never_changed() -> None:
    from django.db import ProgrammingError, connection, transaction

    SignIn.objects.create(way="password", outcome="wrong")
    for statement in ("UPDATE accounts_signin SET outcome = 'in'",):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_new_password_ends_the_other_sessions(client: Client) -> None:
    user = account("worker")
    other = signed_in(user)
    give(client, "worker")
    new = "another hill 7 green"
    answer = client.post("/account/password/", {"old": PASSWORD, "new": new, "again": new})
    assert answer.headers["Location"] == "/account/"
    assert is_in(client)
    assert not is_in(other)
