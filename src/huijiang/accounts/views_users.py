"""Accounts: the system administrator opens and closes them, the security administrator unlocks and resets."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.accounts import administration, lockout, second_factor
from huijiang.accounts.administration import current, within
from huijiang.accounts.doors import staff
from huijiang.accounts.forms_admin import OpenForm, UserSearch
from huijiang.accounts.models import Grant, Role, User
from huijiang.accounts.viewers import Viewer
from huijiang.accounts.views_sign_in import asks
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 30
either = staff(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
system = staff(Role.SYSTEM_ADMIN)
security = staff(Role.SECURITY_ADMIN)


def seen_by(viewer: Viewer) -> QuerySet[User]:
    """Accounts that the administrator's regions manage."""
    return User.objects.filter(within(viewer.paths(), "managed_by")).select_related("managed_by")


@either
@require_safe
def users(request: HttpRequest) -> HttpResponse:
    form = UserSearch(request.GET)
    found = seen_by(request.viewer).order_by("login")  # type: ignore[attr-defined]
    told = form.cleaned_data if form.is_valid() else {}
    if told.get("q"):
        found = found.filter(Q(login__icontains=told["q"]) | Q(name__icontains=told["q"]))
    if told.get("state"):
        found = found.filter(is_active=told["state"] == "open")
    if told.get("role"):
        held = Grant.objects.filter(current(timezone.localdate()), user=OuterRef("pk"), role=told["role"])
        found = found.filter(Exists(held))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    told = {"form": form, "page": page, "table": _table(list(page)), "may_open": _is(request, Role.SYSTEM_ADMIN)}
    return render(request, "accounts/users.html", told)


def _is(request: HttpRequest, role: Role) -> bool:
    return role in request.viewer.roles  # type: ignore[attr-defined]


def _table(found: list[User]) -> Table:
    locked = lockout.locked_logins([each.login for each in found])
    today = timezone.localdate()
    roles: dict[int, list[str]] = {}
    for grant in Grant.objects.filter(current(today), user__in=found).select_related("region").order_by("id"):
        roles.setdefault(grant.user_id, []).append(f"{grant.get_role_display()}（{grant.region.name}）")
    columns = [
        Column(_("登录名")),
        Column(_("姓名")),
        Column(_("所属地区")),
        Column(_("角色")),
        Column(_("状态"), "state"),
    ]
    rows = [
        [
            Cell(each.login, reverse("accounts:user", args=[each.uid])), each.name,
            each.managed_by.name if each.managed_by else "—", "、".join(roles.get(each.pk, [])) or "—",
            Cell(tag=_state(each, each.login in locked)),
        ]
        for each in found
    ]  # fmt: skip
    return Table(_("账户"), columns, rows)


def _state(user: User, locked: bool) -> Tag:
    if not user.is_active:
        return Tag(_("已停用"), "grey")
    return Tag(_("已锁定"), "red") if locked else Tag(_("正常"), "green")


@either
@require_safe
def user(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _page(request, _one(request, uid))


def _one(request: HttpRequest, uid: uuid.UUID) -> User:
    return get_object_or_404(seen_by(request.viewer), uid=uid)  # type: ignore[attr-defined]


def _page(request: HttpRequest, account: User, handed: str = "") -> HttpResponse:
    locked = account.login in lockout.locked_logins([account.login])
    facts = [
        Fact(_("登录名"), account.login),
        Fact(_("姓名"), account.name),
        Fact(_("所属地区"), account.managed_by.name if account.managed_by else "—"),
        Fact(_("第二因素"), _("已启用") if second_factor.has_one(account) else _("未启用")),
    ]
    own = account.pk == request.user.pk
    told = {
        "account": account, "facts": facts, "state": _state(account, locked), "locked": locked, "handed": handed,
        "system": _is(request, Role.SYSTEM_ADMIN) and not own,
        "security": _is(request, Role.SECURITY_ADMIN) and not own,
        "factor": second_factor.has_one(account), "grants": _grants(account),
    }  # fmt: skip
    response = render(request, "accounts/user.html", told)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _grants(account: User) -> Table:
    today = timezone.localdate()
    rows = [
        [
            Cell(each.get_role_display()), each.region.name, each.starts_on.isoformat(),
            each.ends_on.isoformat() if each.ends_on else _("不限期"), Cell(tag=grant_state(each, today)),
        ]
        for each in account.grants.select_related("region").order_by("-starts_on", "-id")
    ]  # fmt: skip
    columns = [Column(_("角色")), Column(_("地区")), Column(_("生效")), Column(_("截止")), Column(_("状态"), "state")]
    return Table(_("授权"), columns, rows)


def grant_state(grant: Grant, today: object) -> Tag:
    """Whether a grant holds, will hold, or has ended."""
    if grant.ended_at or (grant.ends_on is not None and grant.ends_on < today):  # type: ignore[operator]
        return Tag(_("已结束"), "grey")
    return Tag(_("未开始"), "blue") if grant.starts_on > today else Tag(_("有效"), "green")  # type: ignore[operator]


@system
@asks
def new_user(request: HttpRequest) -> HttpResponse:
    form = OpenForm(request.POST or None, paths=request.viewer.paths())  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        made, handed = administration.open_account(
            request.user, told["login"], told["name"], told["email"], told["region"]  # type: ignore[arg-type]
        )  # fmt: skip
        return _page(request, made, handed)
    return render(request, "accounts/new_user.html", {"form": form})


ACTS: dict[str, tuple[Role, Callable[[User, User], str | None]]] = {
    "close": (Role.SYSTEM_ADMIN, administration.close_account),
    "reopen": (Role.SYSTEM_ADMIN, administration.reopen_account),
    "unlock": (Role.SECURITY_ADMIN, administration.unlock),
    "password": (Role.SECURITY_ADMIN, administration.reset_password),
    "factor": (Role.SECURITY_ADMIN, administration.reset_factor),
}


def _act(request: HttpRequest, uid: uuid.UUID, name: str) -> HttpResponse:
    """Ask first (GET), then do it (POST with `confirmed`)."""
    account = _one(request, uid)
    if request.method == "POST" and request.POST.get("confirmed") == "yes":
        handed = ACTS[name][1](request.user, account)  # type: ignore[arg-type]
        account.refresh_from_db()
        if handed:
            return _page(request, account, handed)
        messages.success(request, _("已办理。"))
        return redirect("accounts:user", uid=uid)
    words = {
        "close": (_("停用账户？"), _("停用后立即不能登录，做过的事都保留，可以再启用。"), _("停用")),
        "reopen": (_("重新启用账户？"), _("启用后可以用原来的密码登录。"), _("重新启用")),
        "unlock": (_("解除锁定？"), _("解除后可以马上再试密码。请先确认是本人。"), _("解锁")),
        "password": (_("重置密码？"), _("原密码作废，所有登录退出。新密码只显示一次，请当面交给本人，登录后须更换。"), _("重置密码")),
        "factor": (_("清除第二因素？"), _("本人换了手机时用。清除后下次登录须重新扫码。请先核对本人身份。"), _("清除")),
    }  # fmt: skip
    title, text, yes = words[name]
    told = {"account": account, "title": title, "text": text, "yes": yes, "danger": name in ("close", "factor")}
    return render(request, "accounts/sure.html", {**told, "back": reverse("accounts:user", args=[uid])})


@system
@asks
def close_user(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _act(request, uid, "close")


@system
@asks
def reopen_user(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _act(request, uid, "reopen")


@security
@asks
def unlock_user(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _act(request, uid, "unlock")


@security
@asks
def reset_password(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _act(request, uid, "password")


@security
@asks
def reset_factor(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    return _act(request, uid, "factor")
