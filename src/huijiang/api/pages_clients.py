"""Pages of the administrators: other systems, their tokens and webhooks.

The system administrator registers, hands out tokens; the security administrator approves; the audit
administrator reads who came through the door.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang import audit
from huijiang.access.humans import same
from huijiang.accounts.administration import within
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.tables import moment
from huijiang.accounts.viewers import today
from huijiang.accounts.views_sign_in import asks
from huijiang.api import clients as registered
from huijiang.api import tables, tokens
from huijiang.api.forms import RefuseForm, RegisterForm, TokenForm
from huijiang.api.models import Client, Delivery, Entry, Subscription, Token
from huijiang.api.webhooks import outbox
from huijiang.web.components.lists import Fact

PER_PAGE: Final = 30
FEW: Final = 20
either = staff(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
system = staff(Role.SYSTEM_ADMIN)
security = staff(Role.SECURITY_ADMIN)
auditor = staff(Role.AUDIT_ADMIN)


def seen_by(request: HttpRequest) -> QuerySet[Client]:
    """Clients of the administrator's regions."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = Client.objects.filter(within(viewer.paths(), "region"))
    return found.select_related("region", "organisation", "registered_by", "decided_by")


def _one(request: HttpRequest, uid: uuid.UUID) -> Client:
    return get_object_or_404(seen_by(request), uid=uid)


def _is(request: HttpRequest, role: Role) -> bool:
    return role in request.viewer.roles  # type: ignore[attr-defined]


@either
@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    page = Paginator(seen_by(request), PER_PAGE).get_page(request.GET.get("page"))
    told = {"page": page, "table": tables.clients(page), "may_register": _is(request, Role.SYSTEM_ADMIN)}
    return render(request, "api/clients.html", told)


@system
@asks
def register(request: HttpRequest) -> HttpResponse:
    form = RegisterForm(request.POST or None, paths=request.viewer.paths())  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            made = registered.register(request.user, form.wanted())  # type: ignore[arg-type]
        except registered.NotRegistered as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已登记，等安全管理员审批。"))
            return redirect("api:client", uid=made.uid)
    return render(request, "api/client_new.html", {"form": form})


@either
@require_safe
def client(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _page(request, _one(request, uid))


def _page(request: HttpRequest, each: Client, secret: str = "") -> HttpResponse:
    facts = [
        Fact(_("类型"), each.get_kind_display()), Fact(_("用途"), each.purpose), Fact(_("联系人"), each.contact),
        Fact(_("地区"), each.region.name), *([Fact(_("单位"), each.organisation.name)] if each.organisation else []),
        Fact(_("接口权限"), " ".join(each.scopes)), Fact(_("每分钟请求数"), str(each.per_minute)),
        Fact(_("截止"), each.expires_on.isoformat()),
        Fact(_("登记人"), f"{each.registered_by.name} {moment(each.registered_at)}"),
        Fact(_("审批"), f"{each.decided_by.name} {moment(each.decided_at)}" if each.decided_by else _("等待审批")),
    ]  # fmt: skip
    if each.refused_because:
        facts.append(Fact(_("不批准的理由"), each.refused_because))
    open_ = each.ended_at is None
    decides = open_ and each.decided_by_id is None and _is(request, Role.SECURITY_ADMIN)
    own = decides and same(request.user, each.registered_by)  # type: ignore[arg-type]
    told: dict[str, Any] = {
        "client": each, "facts": facts, "state": tables.client_state(each), "secret": secret,
        "tokens": tables.tokens(each.tokens.all()[:FEW], "api:token_revoke"),
        "subscriptions": tables.subscriptions(each.subscriptions.all()[:FEW]),
        "entries": tables.entries(each.entries.select_related("token")[:FEW]),
        "may_decide": decides and not own, "own": decides and own,
        "may_issue": open_ and each.approved and each.expires_on >= today() and _is(request, Role.SYSTEM_ADMIN),
        "may_end": open_,
    }  # fmt: skip
    response = render(request, "api/client.html", told)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@security
@asks
def approve(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _one(request, uid)
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        try:
            registered.approve(found, request.user)  # type: ignore[arg-type]
        except registered.NotRegistered as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("已批准，系统管理员可以发令牌了。"))
        return redirect("api:client", uid=uid)
    return _sure(
        request,
        found,
        _("批准这个客户端？"),
        _("批准后权限、列和地区不能再改；要更宽的须重新登记。"),
        _("批准接入"),
        danger=False,
    )


@security
@asks
def refuse(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _one(request, uid)
    form = RefuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            registered.refuse(found, request.user, form.cleaned_data["because"])  # type: ignore[arg-type]
        except registered.NotRegistered as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已退回。"))
            return redirect("api:client", uid=uid)
    return render(request, "api/client_refuse.html", {"form": form, "client": found})


@either
@asks
def end(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _one(request, uid)
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        registered.end(found, request.user)  # type: ignore[arg-type]
        messages.success(request, _("已停用，它的令牌都不能再用。"))
        return redirect("api:client", uid=uid)
    return _sure(
        request, found, _("停用这个客户端？"), _("它的全部令牌和订阅立即失效，不能恢复；要再用须重新登记。"), _("停用")
    )


@system
@asks
def new_token(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _one(request, uid)
    form = TokenForm(request.POST or None, scopes=found.scopes)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            _token, secret = tokens.issue(found, request.user, told["name"], told["scopes"], told["days"])  # type: ignore[arg-type]
        except tokens.NotIssued as error:
            form.add_error(None, str(error))
        else:
            return _page(request, found, secret)
    return render(request, "api/token_new.html", {"form": form, "client": found})


@either
@asks
def revoke_token(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    token = get_object_or_404(Token.objects.filter(client__in=seen_by(request)).select_related("client"), uid=uid)
    assert token.client is not None
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        tokens.revoke(token, request.user)  # type: ignore[arg-type]
        messages.success(request, _("令牌已作废。"))
        return redirect("api:client", uid=token.client.uid)
    return _sure(
        request,
        token.client,
        _("作废这个令牌？"),
        _("用它的程序立即不能再访问。"),
        _("作废令牌"),
        f"{token.mark}… {token.name}",
    )


def _sure(
    request: HttpRequest, found: Client, title: str, text: str, yes: str, more: str = "", *, danger: bool = True
) -> HttpResponse:
    told = {"title": title, "text": text, "yes": yes, "client": found, "more": more, "danger": danger}
    return render(request, "api/sure.html", {**told, "back": reverse("api:client", args=[found.uid])})


def _subscription(request: HttpRequest, uid: uuid.UUID) -> Subscription:
    return get_object_or_404(Subscription.objects.filter(client__in=seen_by(request)).select_related("client"), uid=uid)


@either
@require_safe
def subscription(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = _subscription(request, uid)
    page = Paginator(found.deliveries.all(), PER_PAGE).get_page(request.GET.get("page"))
    facts = [
        Fact(_("系统"), found.client.name), Fact(_("事件"), " ".join(found.events)),
        Fact(_("连续失败"), str(found.failures)), Fact(_("建立时间"), moment(found.made_at)),
    ]  # fmt: skip
    return render(request, "api/subscription.html", {
        "subscription": found, "facts": facts, "state": tables.subscription_state(found), "page": page,
        "table": tables.deliveries(page), "may_switch": found.ended_at is None,
        "on": found.state == Subscription.State.ACTIVE,
    })  # fmt: skip


@either
@asks
def switch(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Off where it is on, on where it is off; it begins anew without its failures."""
    found = _subscription(request, uid)
    on = found.state == Subscription.State.ACTIVE
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        found.state = Subscription.State.PAUSED if on else Subscription.State.ACTIVE
        found.message, found.failures, found.version = "", 0, found.version + 1
        found.save(update_fields=["state", "message", "failures", "version"])
        audit.record(request.user, "api.webhook_changed", f"subscription:{found.uid}", state=found.state)  # type: ignore[arg-type]
        messages.success(request, _("已办理。"))
        return redirect("api:subscription_page", uid=uid)
    title, text, yes = (
        (_("暂停这个订阅？"), _("暂停后事件照常产生，但不发送；重新启用后会补发。"), _("暂停")) if on
        else (_("重新启用这个订阅？"), _("启用后从积压的事件开始发送。请先确认对方已经修好。"), _("恢复发送"))
    )  # fmt: skip
    told = {"title": title, "text": text, "yes": yes, "client": found.client, "more": found.url, "danger": on}
    return render(request, "api/sure.html", {**told, "back": reverse("api:subscription_page", args=[uid])})


@either
@asks
def resend(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(
        Delivery.objects.filter(subscription__client__in=seen_by(request)).select_related("subscription__client"),
        uid=uid,
    )
    back = reverse("api:subscription_page", args=[found.subscription.uid])
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        outbox.again(found)
        audit.record(request.user, "api.webhook_resent", f"delivery:{found.uid}")  # type: ignore[arg-type]
        messages.success(request, _("一分钟内再发。"))
        return redirect(back)
    told = {"title": _("再发一次？"), "text": _("编号不变，对方收过的会自己丢掉。"), "yes": _("再发一次"),
            "client": found.subscription.client, "more": found.event, "danger": False, "back": back}  # fmt: skip
    return render(request, "api/sure.html", told)


@auditor
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Who came through the door and who was turned away; tokens that nobody knows are shown to every auditor."""
    viewer = request.viewer  # type: ignore[attr-defined]
    own = Entry.objects.filter(within(viewer.paths(), "client__region"))
    found = (own | Entry.objects.filter(client=None)).select_related("client", "token")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "api/entries.html", {"page": page, "table": tables.entries(list(page), names=True)})
