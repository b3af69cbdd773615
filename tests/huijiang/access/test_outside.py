"""Coming in from a sign-in service: a real OpenID provider and a real ticket server, on loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.contrib.auth import get_user
from django.test import Client

from huijiang.access import ticket
from huijiang.access.models import Binding
from huijiang.accounts.models import Role, SignIn, User
from huijiang.audit.models import Event
from tests.huijiang.access.world import NUMBERS, World, make, worker
from tests.huijiang.accounts.people import account

pytestmark = pytest.mark.django_db

SECRET = "shared with the service"


@pytest.fixture
def world() -> World:
    return make(tables=False)


# --- OpenID Connect ----------------------------------------------------------


@pytest.fixture(scope="module")
def running() -> Iterator[str]:
    """The provider, a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        _wait_for(f"{address}/.well-known/openid-configuration", process)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the provider ended by itself"
        try:
            requests.get(address, timeout=10)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


@pytest.fixture
def provider(settings: Any, running: str) -> str:
    settings.OIDC_SERVER = running
    app = {"provider_id": "main", "name": "统一认证", "client_id": "huijiang", "secret": "s",
           "settings": {"server_url": running}}  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    return running


def through(provider: str, client: Client, claims: dict[str, str], *, deny: bool = False) -> Any:
    """To the service from the button, sign in there, and back."""
    requests.put(f"{provider}/users/visitor", json=claims, timeout=10).raise_for_status()
    start = client.post("/sign-in/oidc/main/login/", {"next": "/help/"})
    assert start.status_code == 302
    said = {"action": "deny"} if deny else {"sub": "visitor"}
    back = requests.post(start["Location"], data=said, timeout=10, allow_redirects=False)
    return client.get(back.headers["Location"])


def test_a_worker_whom_the_service_vouches_for_comes_in_and_is_bound_once(
    client: Client, provider: str, world: World
) -> None:
    claims = {"id_number": NUMBERS[0], "name": "林一"}
    for visit in (client, Client()):
        assert through(provider, visit, claims).headers["Location"] == "/help/"
        assert get_user(visit).is_authenticated  # type: ignore[arg-type]
    bound = Binding.objects.get()
    assert (bound.person, bound.way, bound.bound_by) == (world.people[0], "sign_in", None)
    assert not bound.user.has_usable_password()
    assert [each.way for each in SignIn.objects.all()] == ["oidc", "oidc"]


@pytest.mark.parametrize(
    "claims",
    [
        {"id_number": "339999198001010019", "name": "林一"},
        {"id_number": NUMBERS[0], "name": "别人"},
        {"id_number": "nonsense", "name": "林一"},
        {"name": "林一"},
        {"id_number": NUMBERS[0]},
    ],
)
def test_whoever_does_not_match_is_told_to_come_to_a_counter(
    client: Client, provider: str, world: World, claims: dict[str, str]
) -> None:
    answer = through(provider, client, claims)
    assert answer.headers["Location"] == "/sign-in/counter-needed/"
    assert "服务窗口" in client.get(answer.headers["Location"]).content.decode()
    assert not Binding.objects.exists()
    assert not get_user(client).is_authenticated  # type: ignore[arg-type]


def test_nothing_that_the_service_told_is_stored(client: Client, provider: str, world: World) -> None:
    from allauth.socialaccount.models import SocialAccount, SocialToken

    through(provider, client, {"id_number": NUMBERS[0], "name": "林一"})
    assert (SocialAccount.objects.count(), SocialToken.objects.count()) == (0, 0)
    assert NUMBERS[0] not in json.dumps(dict(client.session.items()))
    assert NUMBERS[0] not in str(list(Event.objects.values()))


def test_an_answer_without_our_question_lets_nobody_in(client: Client, provider: str, world: World) -> None:
    answer = client.get("/sign-in/oidc/main/login/callback/?code=abc&state=forged")
    assert answer.headers["Location"] == "/sign-in/service-failed/"
    assert (
        through(provider, client, {"id_number": NUMBERS[0], "name": "林一"}, deny=True).headers["Location"]
        == "/sign-in/service-failed/"
    )
    assert client.get("/sign-in/oidc/main/login/").status_code == 405


def test_a_closed_account_stays_out_and_staff_are_asked_for_their_code(
    client: Client, provider: str, world: World
) -> None:
    user = worker(world, 0)
    claims = {"id_number": NUMBERS[0], "name": "林一"}
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert through(provider, client, claims).headers["Location"] == "/sign-in/counter-needed/"
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.grants.create(role=Role.REVIEWER, region=world.x, starts_on="2026-01-01")
    assert through(provider, client, claims).headers["Location"] == "/sign-in/set-up/"
    assert not get_user(client).is_authenticated  # type: ignore[arg-type]


# --- tickets -----------------------------------------------------------------


class TicketServer(ThreadingHTTPServer):
    """Hands out the person of a ticket; `bend` changes its answer to test what we refuse."""

    people: dict[str, dict[str, str]]
    asked: list[dict[str, Any]]
    bend: dict[str, Any]


class Exchange(BaseHTTPRequestHandler):
    server: TicketServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = json.loads(body)
        self.server.asked.append({**told, "signed": self.headers["X-Signature"] == ticket.signature(body)})
        person = self.server.people.get(told["ticket"])
        answer = {"nonce": told["nonce"], "person": person, "ticket": told["ticket"], "time": told["time"]}
        bend = self.server.bend
        content = json.dumps(answer | bend.get("body", {})).encode()
        self.send_response(bend.get("status", 200))
        self.send_header("X-Signature", bend.get("signature") or ticket.signature(content))
        self.end_headers()
        self.wfile.write(bend.get("raw") or content)

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def service(settings: Any) -> Iterator[TicketServer]:
    server = TicketServer(("127.0.0.1", 0), Exchange)
    server.people, server.asked, server.bend = {"T1": {"number": NUMBERS[0], "name": "林一"}}, [], {}
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.TICKET_LOGIN = "https://sign-in.example/login?kind=person"
    settings.TICKET_EXCHANGE = f"http://127.0.0.1:{server.server_port}/exchange"
    settings.TICKET_APP, settings.TICKET_SECRET = "huijiang", SECRET
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def set_out(client: Client) -> str:
    """From the button; gives the address to come back to."""
    there = urlsplit(client.post("/sign-in/ticket/", {"next": "/help/"})["Location"])
    told = parse_qs(there.query)
    assert (there.hostname, told["app"], told["kind"]) == ("sign-in.example", ["huijiang"], ["person"])
    back = urlsplit(told["goto"][0])
    return f"{back.path}?{back.query}"


def test_a_ticket_lets_the_person_in_once(client: Client, service: TicketServer, world: World) -> None:
    back = set_out(client)
    assert client.get(f"{back}&ticket=T1").headers["Location"] == "/help/"
    assert get_user(client).is_authenticated  # type: ignore[arg-type]
    assert Binding.objects.get().person == world.people[0]
    assert service.asked[0]["signed"]
    other = Client()
    again = set_out(other)
    assert other.get(f"{again}&ticket=T1").headers["Location"] == "/sign-in/service-failed/"
    assert Event.objects.get(action="access.sign_in_refused").details["why"] == "replay"
    assert len(service.asked) == 1


def test_a_ticket_is_for_the_session_that_set_out(client: Client, service: TicketServer, world: World) -> None:
    back = set_out(client)
    assert Client().get(f"{back}&ticket=T1").headers["Location"] == "/sign-in/service-failed/"
    assert service.asked == []


@pytest.mark.parametrize(
    ("bend", "why"),
    [
        ({"signature": "00" * 32}, "signature"),
        ({"body": {"nonce": "other"}}, "mismatch"),
        ({"body": {"ticket": "T2"}}, "mismatch"),
        ({"body": {"time": int(time.time()) - 301}}, "time"),
        ({"body": {"time": int(time.time()) + 40_000}}, "time"),
        ({"body": {"time": "soon"}}, "answer"),
        ({"body": {"person": None}}, "answer"),
        ({"status": 500}, "status"),
        ({"status": 302}, "status"),
        ({"raw": b"x" * 70_000}, "size"),
    ],
)
def test_an_answer_that_is_not_right_in_every_way_is_refused(
    client: Client, service: TicketServer, world: World, bend: dict[str, Any], why: str
) -> None:
    service.bend = bend
    assert client.get(f"{set_out(client)}&ticket=T1").headers["Location"] == "/sign-in/service-failed/"
    assert Event.objects.get(action="access.sign_in_refused").details["why"] == why
    assert not Binding.objects.exists()


def test_a_service_that_is_away_or_not_secure_is_refused(
    client: Client, service: TicketServer, world: World, settings: Any
) -> None:
    for address, why in (
        ("http://127.0.0.1:9/exchange", "unreachable"),
        ("http://sign-in.example/exchange", "insecure"),
    ):
        settings.TICKET_EXCHANGE = address
        client.get(f"{set_out(client)}&ticket=T-{why}")
        assert Event.objects.filter(action="access.sign_in_refused").latest("id").details["why"] == why


def test_without_a_service_there_is_no_way_to_one(client: Client) -> None:
    assert client.post("/sign-in/ticket/").status_code == 404
    assert "统一认证登录" not in client.get("/sign-in/").content.decode()
    assert account("plain").is_active
