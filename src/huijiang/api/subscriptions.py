"""A client's own webhooks: where it is told, of what, with which answers; sent again by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from huijiang import audit
from huijiang.api import scopes, shapes
from huijiang.api.asked import Asked, Page
from huijiang.api.callers import Caller
from huijiang.api.described import CURSOR, IF_MATCH, KEY, LIMIT, described
from huijiang.api.endpoint import Endpoint, made
from huijiang.api.idempotency import once
from huijiang.api.models import Client, Delivery, Subscription
from huijiang.api.problems import Problem, not_found
from huijiang.api.scopes import Scope
from huijiang.api.webhooks import outbox, sending, signing

CLOSED = ("no-token", "beyond-scope")
EVENTS = Subscription.Event.values
MOST = 10  # subscriptions of one client


def shown(each: Subscription, secret: str = "") -> dict[str, Any]:
    told = {
        "uid": str(each.uid), "url": each.url, "events": list(each.events), "state": each.state,
        "message": each.message, "failures": each.failures, "made_at": each.made_at.isoformat(),
    }  # fmt: skip
    return {**told, "secret": secret} if secret else told


def delivery_json(each: Delivery) -> dict[str, Any]:
    return {
        "uid": str(each.uid), "event": each.event, "state": each.state, "attempts": each.attempts,
        "made_at": each.made_at.isoformat(), "tried_at": each.tried_at.isoformat() if each.tried_at else None,
        "due_at": each.due_at.isoformat(), "status": each.status, "answer": each.answer, "payload": each.payload,
    }  # fmt: skip


def client_of(caller: Caller) -> Client:
    if caller.client is None:
        raise Problem("beyond-scope", _("个人的令牌不能订阅。"), _("请用客户端的令牌。"))
    return caller.client


def own(caller: Caller, uid: Any) -> Subscription:
    found = Subscription.objects.filter(client=client_of(caller), uid=uid, ended_at=None).first()
    if found is None:
        raise not_found()
    return found


class Subscriptions(Endpoint):
    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.WEBHOOKS_WRITE, "POST": Scope.WEBHOOKS_WRITE}

    @described("webhooks", gettext_lazy("本系统的订阅"), shapes.page(shapes.ref("Subscription")), name="subscriptions",
               may=CLOSED, parameters=(LIMIT, CURSOR))  # fmt: skip
    def get(self, request: Request) -> Response:
        asked = Asked(request.query_params, "?")
        page = Page(asked, "subscriptions")
        asked.done()
        rows = page.rows(Subscription.objects.filter(client=client_of(self.caller), ended_at=None))
        return made(page.shown([shown(each) for each in rows[: page.limit]],
                               rows[page.limit - 1].pk if len(rows) > page.limit else None))  # fmt: skip

    @described("webhooks", gettext_lazy("订阅事件；签名密钥只在这次答复里"), shapes.ref("Subscription"), name="subscribe",
               body=shapes.ref("Subscribe"), status=201, parameters=(KEY,), may=(*CLOSED, "conflict", "key-reused"))  # fmt: skip
    def post(self, request: Request) -> Response:
        client, told = client_of(self.caller), self.body()
        return once(request, self.caller, told, lambda: (201, _subscribe(client, told)), "secret")


def _subscribe(client: Client, told: dict[str, Any]) -> dict[str, Any]:
    asked = Asked(told, "/")
    asked.known(("url", "events"))
    url, events = _url(asked), asked.choices("events", EVENTS)
    asked.done()
    _may_hear(client, events)
    Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    if Subscription.objects.filter(client=client, ended_at=None).count() >= MOST:
        raise Problem("conflict", _("每个系统最多 %(n)s 个订阅。") % {"n": MOST}, _("请先删去不用的。"))
    secret = signing.new_secret()
    made_now = Subscription.objects.create(client=client, url=url, events=events, secret=secret)
    made_now.refresh_from_db()
    audit.record(client.user, "api.webhook_made", f"subscription:{made_now.uid}", events=events)
    return shown(made_now, secret)


def _may_hear(client: Client, events: list[str]) -> None:
    """Nobody is told of what they may not read.  Raises Problem."""
    for event in events:
        needs = scopes.EVENTS[event]
        if needs is not None and needs not in client.scopes:
            raise Problem("beyond-scope", _("客户端没有读取这类事件的权限：%(scope)s。") % {"scope": needs.value},
                          _("客户端本身没有的权限，须重新登记。"), where="/events", seen=event, expected=needs.value)  # fmt: skip


def _url(asked: Asked) -> str:
    said = asked.text("url", required=True, most=400)
    if said:
        try:
            sending.named(said)
        except sending.NotAllowed as error:
            asked.fault("url", str(error), said)
    return said


class OneSubscription(Endpoint):
    """Changing takes the ETag that was read: two administrators don't undo each other's work unseen."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.WEBHOOKS_WRITE, "PATCH": Scope.WEBHOOKS_WRITE, "DELETE": Scope.WEBHOOKS_WRITE,
    }  # fmt: skip

    @described("webhooks", gettext_lazy("一个订阅"), shapes.ref("Subscription"), name="subscription", may=CLOSED)
    def get(self, request: Request, uid: Any) -> Response:
        found = own(self.caller, uid)
        return made(shown(found), str(found.version))

    @described("webhooks", gettext_lazy("改地址、事件，暂停或启用"), shapes.ref("Subscription"), name="change_subscription",
               body=shapes.thing({}, {**shapes.COMPONENTS["Subscribe"]["properties"],
                                      "state": {"enum": ["active", "paused"]}}, closed=True),
               parameters=(IF_MATCH,), may=(*CLOSED, "changed", "no-condition"))  # fmt: skip
    def patch(self, request: Request, uid: Any) -> Response:
        found = own(self.caller, uid)
        asked = Asked(self.body(), "/")
        asked.known(("url", "events", "state"))
        url = _url(asked) if "url" in asked.told else found.url
        events = asked.choices("events", EVENTS) if "events" in asked.told else found.events
        state = asked.choice("state", ("active", "paused")) or found.state
        asked.done()
        _may_hear(found.client, events)
        held = _expected(request, found)
        held.url, held.events, held.version = url, events, held.version + 1
        if state != held.state:
            held.state, held.message, held.failures = state, "", 0
        held.save()
        audit.record(self.caller.user, "api.webhook_changed", f"subscription:{held.uid}", state=held.state)
        return made(shown(held), str(held.version))

    @described("webhooks", gettext_lazy("删去订阅；投递记录保留"), None, name="unsubscribe", status=204, may=CLOSED)
    def delete(self, request: Request, uid: Any) -> Response:
        found = own(self.caller, uid)
        Subscription.objects.filter(pk=found.pk).update(ended_at=timezone.now())
        audit.record(self.caller.user, "api.webhook_ended", f"subscription:{found.uid}")
        return made(None, status=204)


def _expected(request: Request, found: Subscription) -> Subscription:
    """The subscription, locked, in the state that the writer read.  Raises Problem."""
    said = request.headers.get("If-Match", "")
    if not said:
        raise Problem("no-condition", _("改动要带 If-Match。"), _("请先读取，再带上答复里的 ETag。"), where="If-Match")
    with transaction.atomic():
        held = Subscription.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if said != f'"{held.version}"':
        raise Problem("changed", _("读取之后已被改动，什么也没有改。"), _("请重新读取，再改一次。"), where="If-Match",
                      seen=said[:40], expected=f'"{held.version}"')  # fmt: skip
    return held


class Deliveries(Endpoint):
    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.WEBHOOKS_WRITE, "POST": Scope.WEBHOOKS_WRITE}

    @described("webhooks", gettext_lazy("投递记录，新的在前"), shapes.page(shapes.ref("Delivery")), name="deliveries",
               may=CLOSED, parameters=(LIMIT, CURSOR))  # fmt: skip
    def get(self, request: Request, uid: Any) -> Response:
        found = own(self.caller, uid)
        asked = Asked(request.query_params, "?")
        page = Page(asked, "deliveries")
        asked.done()
        rows = page.rows(Delivery.objects.filter(subscription=found), newest_first=True)
        return made(page.shown([delivery_json(each) for each in rows[: page.limit]],
                               rows[page.limit - 1].pk if len(rows) > page.limit else None))  # fmt: skip

    @described(
        "webhooks", gettext_lazy("发一条测试事件"), shapes.ref("Delivery"), name="send_test", status=202, may=CLOSED
    )
    def post(self, request: Request, uid: Any) -> Response:
        sent = outbox.test_event(own(self.caller, uid))
        sent.refresh_from_db()
        return made(delivery_json(sent), status=202)


class Resend(Endpoint):
    scopes: ClassVar[Mapping[str, Scope]] = {"POST": Scope.WEBHOOKS_WRITE}

    @described("webhooks", gettext_lazy("再发一次"), shapes.ref("Delivery"), name="resend", status=202, may=CLOSED)
    def post(self, request: Request, uid: Any, delivery: Any) -> Response:
        found = Delivery.objects.filter(subscription=own(self.caller, uid), uid=delivery).first()
        if found is None:
            raise not_found()
        outbox.again(found)
        audit.record(self.caller.user, "api.webhook_resent", f"delivery:{found.uid}")
        return made(delivery_json(found), status=202)
