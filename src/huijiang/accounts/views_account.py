"""One's own account: how it was used, its password, phone and recovery codes."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from huijiang import audit
from huijiang.accounts import messaging, second_factor
from huijiang.accounts.doors import signed_in
from huijiang.accounts.forms import CodeForm, NewPasswordForm, PhoneCodeForm, PhoneForm
from huijiang.accounts.models import PhoneChange, SignIn, User
from huijiang.accounts.sign_in import allowed, set_password, wrong
from huijiang.accounts.tables import sign_in_table
from huijiang.accounts.views_sign_in import asks
from huijiang.web.components.lists import Fact

PER_PAGE = 30
PHONE_MINUTES = 10
PHONE_TRIES = 5
PHONE_ASKS = 5  # codes an hour


@signed_in
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    user = _own(request)
    left = user.recovery_codes.filter(used_at=None).count()
    factor = second_factor.has_one(user)
    facts = [
        Fact(_("登录名"), user.login),
        Fact(_("姓名"), user.name),
        Fact(_("密码"), _password_words(user), change=reverse("accounts:password")),
        Fact(_("手机"), _phone_words(user), change=reverse("accounts:phone")),
        Fact(_("第二因素"), _("已启用") if factor else _("未启用")),
    ]
    if factor:
        facts.append(Fact(_("恢复码"), _("还有 %(left)s 个没有用过") % {"left": left},
                          change=reverse("accounts:recovery_codes"), change_label=_("换一批")))  # fmt: skip
    return render(request, "accounts/account.html", {"facts": facts})


@signed_in
@require_safe
def sign_ins(request: HttpRequest) -> HttpResponse:
    """Every sign-in of this account, so that its owner sees a foreign one."""
    page = Paginator(SignIn.objects.filter(user=_own(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/sign_ins.html", {"page": page, "table": sign_in_table(list(page))})


@signed_in
@sensitive_post_parameters()
@asks
def password(request: HttpRequest) -> HttpResponse:
    user = _own(request)
    form = NewPasswordForm(request.POST or None, user=user, ask_old=user.has_usable_password())
    if request.method == "POST" and form.is_valid():
        set_password(user, form.cleaned_data["new"], user)
        update_session_auth_hash(request, user)
        messages.success(request, _("密码已更换，其他设备上的登录已全部退出。"))
        return redirect("accounts:account")
    return render(request, "accounts/password.html", {"form": form, "login": user.login})


@signed_in
@sensitive_post_parameters()
@asks
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, for a code of the app."""
    user = _own(request)
    if not second_factor.has_one(user):
        return redirect("accounts:account")
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = ""
    if request.method == "POST" and form.is_valid():
        if allowed(request, user) and second_factor.take(user, form.cleaned_data["code"]):
            codes = second_factor.new_recovery_codes(user)
            audit.record(user, "accounts.recovery_codes", f"user:{user.uid}")
            told = {"codes": codes, "onward": reverse("accounts:account")}
            return render(request, "accounts/recovery_codes.html", told)
        wrong(request, user, user.login, SignIn.Way.CODE)
        form.add_error("code", _("动态码不对。请确认手机时间是自动设置的，再填一次。"))
    return render(request, "accounts/new_codes.html", {"form": form})


@signed_in
@asks
def phone(request: HttpRequest) -> HttpResponse:
    """A new phone number; it counts once the code sent to it was given back."""
    user = _own(request)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if not settings.SMS:
            form.add_error(None, _("本站还没有接通短信，暂时不能更换。请到服务窗口办理。"))
        elif user.phone_changes.filter(asked_at__gte=now - dt.timedelta(hours=1)).count() >= PHONE_ASKS:
            form.add_error(None, _("一小时内发送的验证码太多，请稍后再试。"))
        else:
            number, told = form.cleaned_data["phone"], f"{secrets.randbelow(10**6):06d}"
            change = PhoneChange(user=user, phone=number, expires_at=now + dt.timedelta(minutes=PHONE_MINUTES))
            change.digest = second_factor.digest_of(f"{change.uid.hex}{told}")
            change.save()
            messaging.phone_code(user, number, told)
            return redirect("accounts:phone_code", uid=change.uid)
    return render(request, "accounts/phone.html", {"form": form, "now": _phone_words(user)})


@signed_in
@asks
def phone_code(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    user = _own(request)
    with transaction.atomic():
        change = get_object_or_404(PhoneChange.objects.select_for_update(), uid=uid, user=user)
        over = change.used_at or change.expires_at < timezone.now() or change.tries >= PHONE_TRIES
        form = PhoneCodeForm(request.POST or None)
        if over:
            return render(request, "accounts/phone_over.html", {"done": bool(change.used_at)})
        if request.method == "POST" and form.is_valid():
            change.tries += 1
            told = second_factor.plain(form.cleaned_data["code"])
            if second_factor.digest_of(f"{change.uid.hex}{told}") == change.digest:
                return _changed(request, user, change)
            change.save(update_fields=["tries"])
            form.add_error("code", _("验证码不对。"))
    return render(request, "accounts/phone_code.html", {"form": form})


def _changed(request: HttpRequest, user: User, change: PhoneChange) -> HttpResponse:
    user.phone, change.used_at = change.phone.open(), timezone.now()
    user.save(update_fields=["phone"])
    change.save()
    audit.record(user, "accounts.phone", f"user:{user.uid}", number=audit.digest(change.phone.open()))
    messages.success(request, _("手机号已更换。"))
    return redirect("accounts:account")


def _own(request: HttpRequest) -> User:
    return get_object_or_404(User, pk=request.user.pk)


def _phone_words(user: User) -> str:
    number = user.phone.open() if user.phone else ""
    return f"{number[:3]}••••{number[-4:]}" if number else _("没有登记")


def _password_words(user: User) -> str:
    if not user.has_usable_password():
        return _("没有设置")
    since = user.password_changed_at or user.created_at
    return _("%(day)s 设置") % {"day": timezone.localdate(since).isoformat()}
