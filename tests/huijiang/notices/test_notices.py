"""Somebody is told: in the platform always, by SMS and mail as they chose, and what became of it is on record."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Kept
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from huijiang.accounts import messaging
from huijiang.accounts.messaging import NotSent
from huijiang.accounts.models import Message, Role, User
from huijiang.letters import services as letters
from huijiang.notices import retention, subscribing, telling, wording
from huijiang.notices import services as notices
from huijiang.notices.models import Announcement, Delivery, Notice, Preference, Subscription
from tests.huijiang.access.world import World, agent, worker
from tests.huijiang.accounts.people import account, region, signed_in
from tests.huijiang.letters.samples import SAMPLES

HERE = ZoneInfo("Asia/Shanghai")
NOON = dt.datetime(2026, 6, 30, 12, tzinfo=HERE)
LETTER = f"letter:{uuid.UUID(int=7)}"
VALUES = {"kind": "准予决定书", "number": "萧人社技准〔2026〕1号"}


class Gateway(BaseHTTPRequestHandler):
    """An SMS gateway that accepts, or is out of order."""

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append(told)  # type: ignore[attr-defined]
        self.send_response(503 if self.server.broken else 200)  # type: ignore[attr-defined]
        self.end_headers()
        self.wfile.write(b'{"accepted": true}')

    def log_message(self, *told: object) -> None:
        """Quiet."""


@pytest.fixture
def sms(settings: Any) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.heard, server.broken = [], False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.SMS, settings.SMS_TOKEN = f"http://127.0.0.1:{server.server_port}/", "token"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Box(Kept):
    """A mail box."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.heard.append(message)


@pytest.fixture
def mail(settings: Any) -> Iterator[Box]:
    box = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.MAIL, settings.PUBLIC_ADDRESS = "smtp://here", "https://hj.example.gov.cn"
    yield box
    server.stop()


@pytest.fixture
def one(world: World) -> User:
    user = worker(world, 0)
    user.phone, user.email = "13900000001", "lin@example.com"
    user.save()
    return user


def deliver_all() -> None:
    """What the jobs do: hand over, send, take the outcomes."""
    telling.send_due(timezone.now() + dt.timedelta(days=1))
    for each in Message.objects.filter(state=Message.State.WAITING):
        try:
            messaging.deliver(each)
        except NotSent:
            continue
    telling.take_outcomes()


def words(message: Any) -> str:
    return str(message.get_payload(decode=True).decode())


def outcomes() -> dict[str, str]:
    return {each.channel: each.why or each.outcome or "waiting" for each in Delivery.objects.all()}


def test_a_person_is_told_in_the_platform_by_sms_and_by_mail(world: World, one: User, sms: Any, mail: Box) -> None:
    notices.tell(world.people[0], "letter_issued", VALUES, LETTER)
    assert outcomes() == {"sms": "waiting", "mail": "waiting"}
    deliver_all()
    assert outcomes() == {"sms": "sent", "mail": "sent"}
    (heard,) = sms.heard
    assert heard["phone"] == "13900000001"
    assert "林" not in heard["text"]
    letter = mail.heard[0]
    assert letter["To"] == "lin@example.com"
    assert "https://hj.example.gov.cn/my/messages/settings/" in words(letter)
    assert notices.unread(one) == 1
    page = signed_in(one).get("/my/messages/").content.decode()
    assert "您有一份准予决定书" in page


def test_a_gateway_out_of_order_is_tried_again_and_given_up_and_the_reason_is_kept(
    world: World, one: User, sms: Any
) -> None:
    sms.broken = True
    notice = notices.tell(world.people[0], "letter_issued", VALUES, LETTER)
    assert notice is not None
    telling.send_due(timezone.now() + dt.timedelta(days=1))
    message = Message.objects.get()
    for attempt in range(1, 6):
        with pytest.raises(NotSent):
            messaging.deliver(message)
        page = signed_in(one).get(f"/my/messages/{notice.uid}/").content.decode()
        assert ("稍后再试" if attempt < 5 else "已停止") in page
    telling.take_outcomes()
    assert outcomes() == {"sms": "failed", "mail": "not_set_up"}
    assert len(sms.heard) == 5


@pytest.mark.parametrize(
    ("local", "goes"),
    [
        ("2026-06-30 12:00", "2026-06-30 12:00"), ("2026-06-30 20:59", "2026-06-30 20:59"),
        ("2026-06-30 21:00", "2026-07-01 08:00"), ("2026-07-01 03:30", "2026-07-01 08:00"),
        ("2026-07-01 08:00", "2026-07-01 08:00"), ("2026-12-31 23:59", "2027-01-01 08:00"),
    ],
)  # fmt: skip
def test_nobody_is_woken(local: str, goes: str) -> None:
    given = dt.datetime.fromisoformat(local).replace(tzinfo=HERE)
    found = telling.after_quiet(given.astimezone(dt.UTC), Preference()).astimezone(HERE)
    assert f"{found:%Y-%m-%d %H:%M}" == goes
    assert telling.after_quiet(given, Preference(quiet_from=9, quiet_until=9)) == given


def test_what_is_not_wanted_is_not_sent_and_what_the_law_requires_still_arrives(
    world: World, one: User, sms: Any, mail: Box
) -> None:
    client = signed_in(one)
    assert client.get("/my/messages/settings/").status_code == 200
    told = {"channels": ["mail"], "wanted": ["case", "work"], "language": "en", "quiet_from": 22, "quiet_until": 7}
    assert client.post("/my/messages/settings/", told).status_code == 302
    assert notices.tell(world.people[0], "welcome", {}, "user:1") is None
    required = notices.tell(world.people[0], "welcome", {}, "user:1", required=True)
    assert required is not None
    deliver_all()
    assert outcomes() == {"sms": "not_wanted", "mail": "sent"}
    assert "Welcome to Huijiang" in str(mail.heard[0]["Subject"])
    assert sms.heard == []


def test_somebody_without_an_account_finds_the_message_when_they_get_one(world: World, sms: Any) -> None:
    notices.tell(world.people[0], "letter_issued", VALUES, LETTER)
    assert {each.why for each in Delivery.objects.all()} == {"no_account"}
    assert notices.unread(worker(world, 0)) == 1


def test_a_firm_is_told_through_whoever_acts_for_it_and_others_see_nothing(world: World, one: User) -> None:
    notice = notices.tell(world.firms[0], "letter_issued", VALUES, LETTER)
    assert notice is not None
    theirs, other = agent(world, 0), agent(world, 1)
    assert (notices.unread(theirs), notices.unread(other), notices.unread(one)) == (1, 0, 0)
    for user in (other, one):
        assert signed_in(user).get(f"/my/messages/{notice.uid}/").status_code == 404
        signed_in(user).post("/my/messages/read/", {"uid": [str(notice.uid), "nonsense"]})
    notice.refresh_from_db()
    assert notice.read_at is None
    assert signed_in(theirs).get(f"/my/messages/{notice.uid}/").status_code == 200
    notice.refresh_from_db()
    assert notice.read_by == theirs
    for change in ({"template": "welcome"}, {"read_at": timezone.now()}, {"required": False}):
        with pytest.raises(DatabaseError, match="as_it_was_told"), transaction.atomic():
            Notice.objects.update(**change)


def test_reading_the_message_about_a_letter_serves_the_letter(world: World, one: User) -> None:
    letter = letters.issue("refusal", "claim:1", region="339901", to=letters.To(person=world.people[0].pk), by=None,
                           values=SAMPLES["refusal"])  # fmt: skip
    notice = notices.tell(world.people[0], "letter_issued", VALUES, f"letter:{letter.uid}")
    assert notice is not None
    client = signed_in(one)
    client.post("/my/messages/read/", {"uid": [str(notice.uid)]})
    assert not letters.is_served(letter)  # a click over a whole page is no reading of a letter
    page = client.get(f"/my/messages/{notice.uid}/").content.decode()
    assert f"/letters/{letter.uid}/" in page
    assert letters.is_served(letter)


def test_values_that_do_not_fit_and_personal_values_in_an_sms_are_refused(world: World) -> None:
    with pytest.raises(wording.WordingError, match="expected"):
        notices.tell(world.people[0], "letter_issued", {"kind": "a"}, LETTER)
    told = {"group": "case", "values": {"name": "personal"}, "title": {"zh": "a", "en": "a"}, "body": {"zh": "{name}", "en": "a"},
            "sms": {"zh": "{name}", "en": "a"}}  # fmt: skip
    with pytest.raises(wording.WordingError, match=r"sms\.zh"):
        wording._read("here", "x", told)


def test_messages_go_after_their_time_and_required_ones_later(world: World) -> None:
    for required in (False, True, True, False):
        made = notices.tell(world.people[0], "welcome", {}, "user:1", required=required)
        assert made is not None
    now = timezone.now()
    assert retention.expire(now) == 0
    assert retention.expire(now + dt.timedelta(days=366 * 3)) == 2
    assert retention.expire(now + dt.timedelta(days=366 * 11)) == 2
    assert not Notice.objects.exists()


# --- subscriptions ------------------------------------------------------------


def link(box: Box, part: str) -> str:
    text = words(box.heard[-1])
    return next(word.split("hj.example.gov.cn")[1] for word in text.split() if part in word)


def test_anybody_subscribes_with_an_address_that_they_proved_and_is_forgotten_on_request(
    world: World, mail: Box
) -> None:
    client = Client()
    told = {"mail": "Wang@Example.com", "topics": ["round"], "region": "339901"}
    assert "到邮箱里确认" in client.post("/subscribe/", told).content.decode()
    assert "到邮箱里确认" in client.post("/subscribe/", told).content.decode()
    deliver_all()
    assert len(mail.heard) == 1  # not twice in ten minutes
    news = {"title": "技能提升补贴", "until": "2026-07-31"}

    def announce(key: str, where: str) -> int:
        assert notices.announce("round", key, "round_opened", news, region=where, address="/policies/") is not None
        return subscribing.spread(key)

    assert announce("round:1", "339901") == 0  # not confirmed yet
    confirm = link(mail, "/subscribe/confirm/")
    assert Subscription.objects.get().verified_at is None
    client.get(confirm)
    assert Subscription.objects.get().verified_at is None  # a program that opens links confirms nothing
    assert "已订阅" in client.post(confirm).content.decode()
    assert (announce("round:2", "339801"), announce("round:3", "339901"), announce("round:4", "339900")) == (0, 1, 1)
    assert notices.announce("round", "round:3", "round_opened", news, region="339901", address="/") is None
    assert subscribing.spread("round:3") == 0
    deliver_all()
    assert "技能提升补贴" in words(mail.heard[-1])
    leave = link(mail, "/subscribe/leave/")
    assert "已退订" in client.post(leave).content.decode()
    assert not Subscription.objects.exists()
    assert client.get(leave).status_code == 404
    assert Announcement.objects.count() == 4


def test_an_account_subscribes_to_news_and_reads_them_in_the_platform(world: World, one: User) -> None:
    told = {
        "wanted": ["case", "news"],
        "language": "zh",
        "quiet_from": 21,
        "quiet_until": 8,
        "topics": ["round"],
        "region": "",
    }
    signed_in(one).post("/my/messages/settings/", told)
    news = {"title": "技能提升补贴", "until": "2026-07-31"}
    notices.announce("round", "round:1", "round_opened", news, region="339801", address="/policies/")
    assert subscribing.spread("round:1") == 1
    page = signed_in(one).get("/my/messages/?new=1").content.decode()
    assert "开始申报：技能提升补贴" in page
    signed_in(one).post("/my/messages/settings/", told | {"topics": []})
    assert not Subscription.objects.exists()


def test_an_address_that_nobody_confirms_is_forgotten(world: World, mail: Box) -> None:
    subscribing.ask("wang@example.com", ["round"], [region()], "zh")
    assert subscribing.forget_unconfirmed() == 0
    assert subscribing.forget_unconfirmed(timezone.now() + dt.timedelta(days=4)) > 0
    assert not Subscription.objects.exists()


def test_the_log_shows_failures_to_the_system_administrator_of_the_place_without_words_or_addresses(
    world: World, one: User, sms: Any
) -> None:
    notices.tell(world.people[0], "letter_issued", VALUES, LETTER)
    keeper = account("keeper", Role.SYSTEM_ADMIN, where=world.x)
    elsewhere = account("keeper2", Role.SYSTEM_ADMIN, where=world.y)
    page = signed_in(keeper).get("/admin-ops/deliveries/?state=waiting").content.decode()
    assert "您有一份…" in page
    assert not [each for each in ("13900000001", *VALUES.values()) if each in page]
    assert "您有一份…" not in signed_in(elsewhere).get("/admin-ops/deliveries/").content.decode()
