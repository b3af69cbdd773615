"""Mail and SMS through real servers on loopback: sent once, tried again, stored, and then forgotten."""

from __future__ import annotations

import datetime as dt
import json
import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.utils import timezone

from huijiang.accounts import messaging, retention
from huijiang.accounts.models import Message, PhoneChange, User
from huijiang.jobs.models import Run
from tests.huijiang.accounts.people import PASSWORD, account, signed_in

pytestmark = pytest.mark.django_db


class Gateway(ThreadingHTTPServer):
    """An SMS gateway: keeps what it took; `status` and `says` make it fail."""

    taken: list[dict[str, Any]]
    status = 200
    says: Any = None


class Take(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.taken.append({**told, "token": self.headers["Authorization"]})
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps({"accepted": True} if self.server.says is None else self.server.says).encode())

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    server = Gateway(("127.0.0.1", 0), Take)
    server.taken = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.SMS, settings.SMS_TOKEN = f"http://127.0.0.1:{server.server_port}/send", "secret-token"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Post:
    """Keeps the letters that the SMTP server took."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(envelope)
        return "250 OK"


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    held = Post()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(held, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAIL, settings.EMAIL_HOST, settings.EMAIL_PORT = f"smtp://127.0.0.1:{port}", "127.0.0.1", port
    yield held
    controller.stop()


def deliver_all() -> None:
    for message in Message.objects.filter(state="waiting"):
        messaging.deliver(message)


def test_a_phone_is_changed_by_the_code_that_was_sent_to_it(gateway: Gateway) -> None:
    user = account("worker")
    client = signed_in(user)
    assert "应为 11 位手机号" in client.post("/account/phone/", {"phone": "12345"}).content.decode()
    step = client.post("/account/phone/", {"phone": "+86 139-0000-0000"}).headers["Location"]
    deliver_all()
    (taken,) = gateway.taken
    assert (taken["phone"], taken["token"]) == ("13900000000", "Bearer secret-token")
    code = re.search(r"\d{6}", taken["text"])[0]  # type: ignore[index]
    wrong = "000000" if code != "000000" else "111111"
    assert "验证码不对" in client.post(step, {"code": wrong}).content.decode()
    assert User.objects.get(pk=user.pk).phone is None
    assert signed_in(account("other")).post(step, {"code": code}).status_code == 404
    client.post(step, {"code": code})
    assert User.objects.get(pk=user.pk).phone.open() == "13900000000"
    assert "已经用过" in client.post(step, {"code": code}).content.decode()
    assert Message.objects.get().body is None


def test_a_code_is_void_after_five_tries_or_ten_minutes(gateway: Gateway) -> None:
    client = signed_in(account("worker"))
    step = client.post("/account/phone/", {"phone": "13900000000"}).headers["Location"]
    PhoneChange.objects.update(tries=5)
    assert "验证码过了时间" in client.get(step).content.decode()
    PhoneChange.objects.update(tries=0, expires_at=timezone.now())
    assert "验证码过了时间" in client.get(step).content.decode()
    for _ in range(4):
        client.post("/account/phone/", {"phone": "13900000000"})
    assert "太多" in client.post("/account/phone/", {"phone": "13900000000"}).content.decode()


def test_a_sign_in_from_a_new_device_is_told_by_mail_and_one_from_a_known_device_is_not(post: Post) -> None:
    user = account("worker")
    User.objects.filter(pk=user.pk).update(email="worker@example.org")
    known, foreign = Client(), Client()
    for client in (known, known, foreign):
        client.post("/sign-in/", {"login": "worker", "password": PASSWORD}, HTTP_USER_AGENT="Firefox Linux")
        client.post("/sign-out/")
    deliver_all()
    (letter,) = post.letters
    assert letter.rcpt_tos == ["worker@example.org"]
    message = Message.objects.get()
    assert (message.state, message.about, message.attempts) == ("sent", "new_device", 1)
    assert Run.objects.get().arguments == {"message": str(message.uid)}


@pytest.mark.parametrize(("status", "says"), [(500, None), (200, {"accepted": False}), (200, ["odd"]), (302, None)])
def test_a_gateway_that_fails_is_tried_again_later_and_given_up_in_the_end(
    gateway: Gateway, status: int, says: Any
) -> None:
    gateway.status, gateway.says = status, says
    message = messaging.send(None, "sms", "13900000000", "phone_code", "a secret text")
    Run.objects.all().delete()
    now = timezone.now()
    for attempt, minutes in ((1, 1), (2, 2), (3, 4), (4, 8)):
        with pytest.raises(messaging.NotSent) as said:
            messaging.deliver(message)
        assert "secret" not in str(said.value)
        assert (message.state, message.attempts) == ("waiting", attempt)
        assert messaging.resend(now + dt.timedelta(minutes=minutes, seconds=-5)) == 0
        assert messaging.resend(now + dt.timedelta(minutes=minutes, seconds=60)) == 1
        Run.objects.all().delete()
    with pytest.raises(messaging.NotSent):
        messaging.deliver(message)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.body) == ("failed", 5, None)
    assert {each["id"] for each in gateway.taken} == {str(message.uid)}
    assert messaging.resend(now + dt.timedelta(days=9)) == 0


def test_without_a_gateway_the_phone_stays_and_the_page_says_why() -> None:
    client = signed_in(account("worker"))
    assert "还没有接通短信" in client.post("/account/phone/", {"phone": "13900000000"}).content.decode()
    assert not Message.objects.exists()


def test_what_is_past_its_time_is_let_go() -> None:
    user = account("worker")
    for days in (179, 181):
        made = Message.objects.create(user=user, channel="sms", to="1", about="x", state="sent")
        Message.objects.filter(pk=made.pk).update(made_at=timezone.now() - dt.timedelta(days=days))
    assert retention.expire() == 1
    assert Message.objects.count() == 1
