"""Who comes through: every address × every kind of token, generated; two people before any token; laws of the database."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import get_resolver
from django.utils import timezone

from huijiang import audit
from huijiang.access import humans
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.api import clients, tokens
from huijiang.api.endpoint import CLIENT_DOOR
from huijiang.api.models import Client, Entry, Token
from huijiang.api.scopes import Scope
from huijiang.audit.models import Event
from tests.huijiang.access.test_law import _walk
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.api.systems import ALL, FIRM, Systems, approved, ask
from tiaowen.identifiers.person import person_check_character

pytestmark = pytest.mark.django_db


def endpoints() -> Iterator[tuple[str, str, str]]:
    """(method, address below /api/v1/ with made-up arguments, scope) of everything behind a client's door."""
    views = {
        f"api:{pattern.name}": pattern.callback.cls  # type: ignore[union-attr]
        for resolver in get_resolver().url_patterns if getattr(resolver, "namespace", "") == "api"
        for pattern in resolver.url_patterns if hasattr(pattern.callback, "cls")
    }  # fmt: skip
    for name, door, address in _walk(get_resolver().url_patterns, "", {}):
        if door.startswith(CLIENT_DOOR):
            for method, scope in views[name].scopes.items():
                yield method, address.removeprefix("/api/v1/"), scope
                if method == "GET":
                    yield "HEAD", address.removeprefix("/api/v1/"), scope


BODIES: dict[str, Any] = {"POST": {}, "PATCH": {}}


def test_no_door_opens_without_its_scope_and_every_one_opens_with_it(here: Systems) -> None:
    found = list(endpoints())
    assert len(found) > 15
    wrong = []
    for method, address, scope in found:
        # Claims are filed by firms alone; everything else a bureau may be let do.
        client, every = (here.firm_client, FIRM) if scope == "claims:write" else (here.bureau_client, ALL)
        others = tuple(each for each in every if each != scope)
        _token, lacking = tokens.issue(client, here.system, "t", others, 5)
        _token, having = tokens.issue(client, here.system, "t", (scope,), 5)
        body = BODIES.get(method)
        for secret, statuses in (
            ("", {401}),
            ("hj_forged", {401}),
            (lacking, {403}),
            (having, {200, 201, 202, 204, 404, 422, 428}),
        ):
            answer = ask(method, address, secret, body)
            if secret == having and address == "entitlements/mine":
                statuses = {403}  # a person's own: a system's token has no such person
            if answer.status_code not in statuses:
                wrong.append(f"{method} {address} {scope}: {answer.status_code}, expected {statuses}")
            if answer.status_code >= 400 and answer.headers["Content-Type"] != "application/problem+json":
                wrong.append(f"{method} {address}: {answer.headers['Content-Type']}")
            if answer.status_code == 401 and "Bearer" not in answer.headers["WWW-Authenticate"]:
                wrong.append(f"{method} {address}: no WWW-Authenticate")
    assert wrong == []


def test_a_browsers_session_opens_nothing(here: Systems) -> None:
    browser = signed_in(here.town.counter_user)
    assert [ask(method, address, body=BODIES.get(method), browser=browser).status_code
            for method, address, _scope in endpoints()] == [401] * len(list(endpoints()))  # fmt: skip


def spoiled(here: Systems) -> Iterator[tuple[str, str]]:
    """Tokens that open nothing any more, each with the outcome that the log names."""
    token, secret = tokens.issue(here.bureau_client, here.system, "revoked", ALL, 5)
    tokens.revoke(token, here.security)
    yield secret, "revoked"
    secret = tokens.new_secret()
    Token.objects.create(client=here.bureau_client, name="expired", mark="hj_", digest=audit.digest(secret), scopes=[*ALL],
                         issued_by=here.system, issued_at=timezone.now() - dt.timedelta(days=2),
                         expires_at=timezone.now() - dt.timedelta(days=1))  # fmt: skip
    yield secret, "expired"
    ended = approved(here.system, here.security, here.town.xiaoshan)
    _token, secret = tokens.issue(ended, here.system, "ended", ALL, 5)
    clients.end(ended, here.security)
    yield secret, "ended"
    _token, secret = tokens.issue_own(here.town.worker_user, "app", ("entitlements:read",), 5)
    here.town.worker_user.bindings.update(ended_at=timezone.now())
    yield secret, "ended"
    yield here.bureau[:-1] + ("A" if here.bureau[-1] != "A" else "B"), "unknown"
    yield "hj_" + "x" * 5_000, "unknown"


def test_forged_expired_and_revoked_tokens_get_one_and_the_same_answer_and_are_written_down(here: Systems) -> None:
    answers = set()
    for secret, outcome in spoiled(here):
        answer = ask("GET", "documents", secret)
        told = answer.json()
        answers.add((answer.status_code, told["type"], told["detail"], told["mend"]))
        assert Entry.objects.order_by("-pk").first().outcome == outcome, outcome  # type: ignore[union-attr]
    assert len(answers) == 1
    assert next(iter(answers))[:2] == (401, "/api/#problem-bad-token")
    assert ask("GET", "registry/tables", here.firm).status_code == 200
    log = Entry.objects.get(client=here.firm_client)
    assert (log.outcome, log.count, log.route) == ("in", 1, "")
    assert Token.objects.get(client=here.firm_client).last_used_at is not None
    _token, narrow = tokens.issue(here.bureau_client, here.system, "t", (Scope.DOCUMENTS_READ,), 5)
    ask("GET", "registry/tables", narrow)
    assert Entry.objects.filter(outcome="beyond", route="/api/v1/registry/tables").count() == 1


def test_a_secret_is_shown_once_and_stands_nowhere(here: Systems) -> None:
    token = Token.objects.get(client=here.bureau_client)
    assert here.bureau.startswith(token.mark)
    everything = (
        str(list(Token.objects.values())) + str(list(Event.objects.values())) + str(list(Entry.objects.values()))
    )
    assert here.bureau not in everything
    assert len(here.bureau) > 40


def test_two_people_stand_between_a_system_and_its_token(here: Systems) -> None:
    wanted = clients.Wanted("系统", "bureau", "用途", "人", here.town.xiaoshan, None, ("documents:read",), (), 10,
                            today() + dt.timedelta(days=30))  # fmt: skip
    waiting = clients.register(here.system, wanted)
    with pytest.raises(tokens.NotIssued, match="没有获批"):
        tokens.issue(waiting, here.system, "t", ("documents:read",), 5)
    with pytest.raises(PermissionDenied):
        clients.approve(waiting, here.system)
    with pytest.raises(DatabaseError, match="client_approved_by_another"), transaction.atomic():
        Client.objects.filter(pk=waiting.pk).update(approved=True, decided_by=here.system, decided_at=timezone.now())
    other = User.objects.create_user("system-2", "not used in these tests", name="另一账号")
    seventeen = "33999919850312001"
    for each in (here.system, other):  # another account of the same human is not another person
        humans.know(each, seventeen + person_check_character(seventeen), here.security)
    with pytest.raises(PermissionDenied):
        clients.approve(waiting, other)
    with pytest.raises(DatabaseError, match="by_two_humans"), transaction.atomic():
        Client.objects.filter(pk=waiting.pk).update(approved=True, decided_by=other, decided_at=timezone.now())
    clients.approve(waiting, here.security)
    with pytest.raises(clients.NotRegistered, match="结论"):
        clients.refuse(waiting, here.security, "不需要")
    assert [each.action for each in Event.objects.filter(subject=f"client:{waiting.uid}").order_by("pk")] == [
        "api.client_registered", "api.client_approved",
    ]  # fmt: skip
    assert not User.objects.get(api_client=waiting).is_active


def test_what_a_client_may_do_never_grows_not_even_by_sql(here: Systems) -> None:
    narrow = approved(here.system, here.security, here.town.xiaoshan, ("entitlements:read",))
    for change in ({"scopes": list(ALL)}, {"columns": ["person.annual_pay"]}, {"region": here.town.yuyao},
                   {"expires_on": dt.date(2099, 1, 1)}, {"approved": False, "refused_because": "x"}):  # fmt: skip
        with pytest.raises(DatabaseError, match="bounds_stay"), transaction.atomic():
            Client.objects.filter(pk=narrow.pk).update(**change)
    with pytest.raises(tokens.NotIssued, match="权限"):
        tokens.issue(narrow, here.system, "t", ("registry:read",), 5)
    told: dict[str, Any] = {"name": "t", "mark": "hj_", "issued_by": here.system,
                            "expires_at": timezone.now() + dt.timedelta(days=3)}  # fmt: skip
    with pytest.raises(DatabaseError, match="within_its_client"), transaction.atomic():
        Token.objects.create(client=narrow, digest="a", scopes=["registry:read"], **told)
    with pytest.raises(DatabaseError, match="token_of_a_person"), transaction.atomic():
        Token.objects.create(owner=here.system, digest="b", scopes=["registry:write"], **told)
    made = Token.objects.create(client=narrow, digest="c", scopes=["entitlements:read"], **told)
    with pytest.raises(DatabaseError, match="only_used_or_revoked"), transaction.atomic():
        Token.objects.filter(pk=made.pk).update(scopes=list(ALL))
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        made.delete()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scopes": ()}, "至少一项"), ({"scopes": ("claims:write",)}, "部门系统不能提交申报"),
        ({"scopes": ("registry:read",), "columns": ()}, "须写明列"), ({"kind": "firm"}, "统一社会信用代码"),
        ({"expires_on": dt.date(2020, 1, 1)}, "截止日期"), ({"expires_on": dt.date(2099, 1, 1)}, "截止日期"),
    ],
)  # fmt: skip
def test_a_registration_must_be_whole(here: Systems, change: dict[str, Any], said: str) -> None:
    told: dict[str, Any] = {
        "name": "系统", "kind": "bureau", "purpose": "用途", "contact": "人", "region": here.town.xiaoshan,
        "organisation": None, "scopes": ("registry:write",), "columns": ("certificate.level",), "per_minute": 10,
        "expires_on": today() + dt.timedelta(days=30),
    }  # fmt: skip
    with pytest.raises(clients.NotRegistered, match=said):
        clients.register(here.system, clients.Wanted(**(told | change)))


def test_columns_are_those_of_the_vocabulary() -> None:
    assert clients.columns_of(["contest_item.*", " person.name ", ""]) == (
        "contest_item.contest", "contest_item.held_on", "contest_item.name", "contest_item.organiser", "person.name",
    )  # fmt: skip
    for said in ("nothing.level", "certificate.nothing", "person"):
        with pytest.raises(clients.NotRegistered):
            clients.columns_of([said])


def test_an_unknown_address_is_answered_as_a_problem_in_the_readers_language(here: Systems) -> None:
    for path in ("nothing", f"releases/{uuid.uuid4()}", "documents/nothing", "jobs/nonsense"):
        chinese, english = (ask("GET", path, language=each) for each in ("zh-CN,zh;q=0.9", "en-GB"))
        assert chinese.status_code == english.status_code == 404
        assert chinese.json()["title"] == "没有找到"
        assert english.json()["title"] == "Nothing found"
        assert chinese.json()["request"]
