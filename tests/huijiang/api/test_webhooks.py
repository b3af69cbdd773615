"""Webhooks against real receivers on loopback: taken, failed, late, in pieces, redirected, replayed; and where none goes."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from django.utils import timezone

from examples.api import receiver
from huijiang.accounts.viewers import today
from huijiang.api.models import Delivery, Kept, Subscription
from huijiang.api.webhooks import outbox, sending, signing
from huijiang.audit.models import Event
from huijiang.documents import releases
from huijiang.documents.models import Release
from huijiang.entitlements.models import NightlyRun, Standing
from huijiang.jobs.queue import enqueue, perform
from tests.huijiang.api.systems import Systems, ask
from tests.huijiang.documents.bundle import OFFICE_FILES

pytestmark = pytest.mark.django_db
Answer = Callable[[BaseHTTPRequestHandler], None]


def plain(status: int, words: str = "") -> Answer:
    def act(of: BaseHTTPRequestHandler) -> None:
        of.send_response(status)
        of.send_header("Content-Length", str(len(words)))
        of.end_headers()
        of.wfile.write(words.encode())

    return act


def in_drops(of: BaseHTTPRequestHandler) -> None:
    """A byte every now and then: no single read is ever late."""
    try:
        for each in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 600:
            of.wfile.write(bytes([each]))
            of.wfile.flush()
            time.sleep(0.05)
    except OSError:
        of.close_connection = True


def silent(of: BaseHTTPRequestHandler) -> None:
    time.sleep(3)
    of.close_connection = True


def moved(of: BaseHTTPRequestHandler) -> None:
    of.send_response(307)
    of.send_header("Location", "http://127.0.0.1:1/elsewhere")
    of.send_header("Content-Length", "0")
    of.end_headers()


@contextmanager
def receiving(answer: Answer) -> Iterator[tuple[int, list[tuple[dict[str, str], bytes]]]]:
    """A server that answers as told; gives its port and what came."""
    came: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            answer(self)

        def log_message(self, format: str, *args: object) -> None:
            """Not on the tests' own output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], came
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def subscribed(
    here: Systems, settings: Any, port: int, secret: str = "", events: tuple[str, ...] = ("release.in_force",)
) -> tuple[Subscription, str]:
    settings.WEBHOOK_HOSTS = frozenset({("127.0.0.1", port), ("localhost", port)})
    settings.WEBHOOK_LOOPBACK = True
    settings.WEBHOOK_SECONDS = 1
    answer = ask(
        "POST", "webhooks", secret or here.bureau, {"url": f"http://127.0.0.1:{port}/hook?of=us", "events": [*events]}
    )
    assert answer.status_code == 201, answer.content.decode()
    return Subscription.objects.get(uid=answer.json()["uid"]), answer.json()["secret"]


def released(here: Systems) -> Release:
    made = releases.make(OFFICE_FILES, here.system)
    return releases.approve(made, here.security, today())


def test_an_event_arrives_once_signed_twice_and_the_sample_receiver_takes_it(here: Systems, settings: Any) -> None:
    with receiving(plain(200, "ok")) as (port, came):
        subscription, secret = subscribed(here, settings, port)
        assert secret not in ask("GET", "webhooks", here.bureau).content.decode()
        assert secret.encode() not in bytes(subscription.secret.data)
        assert secret not in str(list(Kept.objects.values()))
        release = released(here)
        assert (outbox.gather(), outbox.deliver()) == (1, (1, 0))
        assert (outbox.gather(), outbox.deliver()) == (0, (0, 0))
    ((headers, body),) = came
    told = json.loads(body)
    assert (told["type"], told["data"]["uid"], told["data"]["standing"]) == (
        "release.in_force",
        str(release.uid),
        "in force",
    )
    assert receiver.check(secret, headers, body, time.time()) == told["id"] == headers["Webhook-Id"]
    import base64

    sm3 = HMAC(base64.b64decode(secret.removeprefix("whsec_")), hashes.SM3())
    sm3.update(f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body)
    assert f"v1sm3,{base64.b64encode(sm3.finalize()).decode()}" in headers["Webhook-Signature"].split()
    log = ask("GET", f"webhooks/{subscription.uid}/deliveries", here.bureau).json()["items"]
    assert [(each["state"], each["status"], each["answer"], each["attempts"]) for each in log] == [
        ("sent", 200, "ok", 1)
    ]


def test_a_night_is_told_without_personal_values_and_only_to_whom_it_concerns(here: Systems, settings: Any) -> None:
    with receiving(plain(204)) as (port, came):
        subscribed(here, settings, port, events=("entitlements.changed",))
        subscribed(here, settings, port, here.firm, events=("entitlements.changed",))
        now = timezone.now()
        for region in (here.town.xiaoshan, here.town.yuyao):
            night = NightlyRun.objects.create(region=region, release="r", on=now.date(), snapshot_at=now, started_at=now,
                                              ended_at=now + dt.timedelta(seconds=1))  # fmt: skip
            Standing.objects.create(person=here.town.worker, region=region, benefit="d#b", holder="x:1", state="ready",
                                    low=1, high=1, first_run=night)  # fmt: skip
        assert outbox.gather() == 1  # the firm's system: nothing of its firm changed
        assert outbox.deliver() == (1, 0)
    told = json.loads(came[0][1])["data"]
    assert (told["region"], told["opened"], told["closed"]) == ("330109", 1, 0)
    assert str(here.town.worker.uid) not in came[0][1].decode()
    query = told["changes"].removeprefix("/api/v1/")
    (change,) = ask("GET", f"{query}&change=opened&purpose=data", here.bureau).json()["items"]
    assert change["person"] == str(here.town.worker.uid)


@pytest.mark.parametrize(
    ("answer", "status"),
    [(plain(500, "broken"), 500), (plain(404), 404), (silent, None), (in_drops, None), (moved, 307)],
    ids=["fails", "is not there", "is silent", "answers in drops", "points elsewhere"],
)
def test_a_receiver_that_does_not_take_it_is_asked_again_later_and_later(
    here: Systems, settings: Any, answer: Answer, status: int | None
) -> None:
    with receiving(answer) as (port, came):
        subscription, _secret = subscribed(here, settings, port)
        each = outbox.test_event(subscription)
        waits = []
        for _turn in range(len(outbox.BACK_OFF) + 1 if status == 500 else 1):
            Delivery.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
            assert outbox.deliver() == (0, 1)
            each.refresh_from_db()
            assert each.tried_at is not None
            waits.append(round((each.due_at - each.tried_at).total_seconds()))
        assert each.status == status
        if status == 500:
            assert waits[:-1] == [60, 300, 1_800, 7_200, 21_600, 86_400]
            assert (each.state, each.attempts, each.answer) == ("failed", 7, "broken")
            assert len({headers["Webhook-Id"] for headers, _body in came}) == 1
            assert len({body for _headers, body in came}) == 1
            assert outbox.deliver() == (0, 0)
        else:
            assert (each.state, waits) == ("waiting", [60])


def test_nothing_listens_and_the_log_says_so_by_hand_it_goes_again(here: Systems, settings: Any) -> None:
    with receiving(plain(200)) as (port, _came):
        subscription, _secret = subscribed(here, settings, port)
    each = outbox.test_event(subscription)
    assert outbox.deliver() == (0, 1)
    (line,) = ask("GET", f"webhooks/{subscription.uid}/deliveries", here.bureau).json()["items"]
    assert (line["status"], line["answer"]) == (None, f"127.0.0.1:{port}: ConnectionRefusedError")
    assert outbox.deliver() == (0, 0)
    answer = ask("POST", f"webhooks/{subscription.uid}/deliveries/{each.uid}/resend", here.bureau)
    assert (answer.status_code, answer.json()["attempts"]) == (202, 0)
    assert outbox.deliver() == (0, 1)


def test_after_many_failures_a_subscription_is_off_with_a_message_until_somebody_turns_it_on(
    here: Systems, settings: Any
) -> None:
    with receiving(plain(503)) as (port, _came):
        subscription, _secret = subscribed(here, settings, port)
        Subscription.objects.filter(pk=subscription.pk).update(failures=outbox.MOST_FAILURES - 1)
        outbox.test_event(subscription)
        assert outbox.deliver() == (0, 1)
        answer = ask("GET", f"webhooks/{subscription.uid}", here.bureau)
        assert answer.json()["state"] == "disabled"
        assert "20" in answer.json()["message"]
        assert Event.objects.filter(action="api.webhook_disabled").count() == 1
        Delivery.objects.update(due_at=timezone.now())
        assert outbox.deliver() == (0, 0)
        assert ask("PATCH", f"webhooks/{subscription.uid}", here.bureau, {"state": "active"}).status_code == 428
        stale = ask("PATCH", f"webhooks/{subscription.uid}", here.bureau, {"state": "active"}, If_Match='"1"')
        assert stale.status_code == 412
        on = ask(
            "PATCH", f"webhooks/{subscription.uid}", here.bureau, {"state": "active"}, If_Match=answer.headers["ETag"]
        )
        assert (on.status_code, on.json()["failures"], on.json()["message"]) == (200, 0, "")
        assert outbox.deliver() == (0, 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/", "http://169.254.169.254:80/latest", "https://example.org/", "file:///etc/passwd",
        "http://127.0.0.1:8900@evil.example/", "http://[::1]:8900/", "https://hooks.example.org:8443/x",
        "http://127.0.0.1:8900/\r\nHost: evil", "http://2130706433:8900/", "gopher://127.0.0.1:8900/", "x", "https://:99999/",
    ],
)  # fmt: skip
def test_nothing_is_subscribed_at_a_place_that_the_operator_does_not_list(
    here: Systems, settings: Any, url: str
) -> None:
    settings.WEBHOOK_HOSTS = frozenset({("127.0.0.1", 8900), ("hooks.example.org", 443)})
    settings.WEBHOOK_LOOPBACK = True
    answer = ask("POST", "webhooks", here.bureau, {"url": url, "events": ["release.in_force"]})
    assert answer.status_code == 422, url
    assert answer.json()["errors"][0]["where"] == "/url"
    assert not Subscription.objects.exists()


def test_what_a_listed_name_leads_to_is_checked_at_each_send(here: Systems, settings: Any) -> None:
    """Loopback without the operator's word, and what leads to cloud metadata, stay unreached although listed."""
    with receiving(plain(200)) as (port, came):
        subscription, _secret = subscribed(here, settings, port)
        settings.WEBHOOK_LOOPBACK = False
        each = outbox.test_event(subscription)
        assert outbox.deliver() == (0, 1)
        each.refresh_from_db()
        assert "127.0.0.1" in each.answer
        assert came == []
    settings.WEBHOOK_LOOPBACK = True
    for address, fine in (("127.0.0.1", True), ("::1", True), ("169.254.169.254", False), ("::ffff:169.254.169.254", False),
                          ("0.0.0.0", False), ("224.0.0.1", False), ("fe80::1%eth0", False), ("10.1.2.3", True)):  # fmt: skip
        assert sending.permitted(address) is fine, address


def test_the_sample_receiver_refuses_what_is_forged_old_or_replayed() -> None:
    secret, now = signing.new_secret(), time.time()
    server = receiver.serve(0, secret)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def send(headers: dict[str, str], body: bytes) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
        line.request("POST", "/", body, headers)
        answer = line.getresponse()
        said = answer.status, answer.read().decode()
        line.close()
        return said

    body = b'{"id": "a"}'
    good = signing.headers(secret, "a", int(now), body)
    assert send(good, body) == (200, "taken")
    assert send(good, body) == (200, "had it already")
    assert send(good, b'{"id": "b"}')[0] == 400
    assert send({**good, "Webhook-Id": "b"}, body)[0] == 400
    assert send(signing.headers(signing.new_secret(), "c", int(now), body), body)[0] == 400
    assert send(signing.headers(secret, "d", int(now) - 301, body), body)[0] == 400
    assert (
        send({**signing.headers(secret, "e", int(now) - 301, body), "Webhook-Timestamp": str(int(now))}, body)[0] == 400
    )
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_the_job_finds_and_sends(here: Systems, settings: Any) -> None:
    with receiving(plain(200)) as (port, came):
        subscribed(here, settings, port)
        released(here)
        run = enqueue("api.webhooks")
        assert run is not None
        perform(run.uid)
        assert len(came) == 1
    run.refresh_from_db()
    assert (run.state, run.result) == ("done", {"new": 1, "arrived": 1, "failed": 0})
