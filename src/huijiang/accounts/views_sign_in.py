"""The pages of signing in and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from huijiang.accounts import demo, second_factor
from huijiang.accounts.forms import CodeForm, NewPasswordForm, SignInForm
from huijiang.accounts.models import SignIn, User
from huijiang.accounts.sign_in import (
    OnTheWay,
    allowed,
    begin,
    half_way,
    password_due,
    proceed,
    set_password,
    write_down,
    wrong,
)
from huijiang.web.doors import public

SECRET = "second factor"  # in the session: the secret that is being set up
asks = require_http_methods(["GET", "HEAD", "POST"])


@public
@never_cache
@sensitive_post_parameters("password")
@asks
def sign_in(request: HttpRequest) -> HttpResponse:
    """Login and password.  Whatever is wrong, the answer is the same."""
    onward = request.POST.get("next") or request.GET.get("next") or ""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name, password = form.cleaned_data["login"], form.cleaned_data["password"]
        user = authenticate(request, login=name, password=password)
        if isinstance(user, User):
            return begin(request, user, SignIn.Way.PASSWORD, onward)
        wrong(request, User.objects.filter(login=name).first(), name, SignIn.Way.PASSWORD)
        form.add_error(None, _("登录名或密码不对。连续填错几次会暂时锁定。"))
    told = {
        "form": form, "next": onward, "oidc": settings.OIDC_SERVER and settings.OIDC_NAME,
        "ticket": settings.TICKET_LOGIN and settings.TICKET_NAME, "accounts": demo.shown() if settings.DEMO else [],
        "accounts_table": demo.table() if settings.DEMO else None,
    }  # fmt: skip
    return render(request, "accounts/sign_in.html", told)


@half_way
@sensitive_post_parameters("code")
@asks
def code(request: HttpRequest, user: User, held: OnTheWay) -> HttpResponse:
    """The second factor: the app's code, or a recovery code."""
    if not second_factor.has_one(user):
        return proceed(request, user, held)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data["code"]
        way = SignIn.Way.CODE if len(second_factor.plain(told)) <= second_factor.DIGITS else SignIn.Way.RECOVERY
        passed = allowed(request, user) and (
            second_factor.take(user, told) if way == SignIn.Way.CODE else second_factor.take_recovery(user, told)
        )
        if passed:
            held.factor = True
            held.way = way if held.way == SignIn.Way.PASSWORD else held.way
            return proceed(request, user, held)
        wrong(request, user, user.login, way)
        form.add_error("code", _("动态码不对或已用过。请等它换成下一个再填；手机时间应设为自动。"))
    return render(request, "accounts/code.html", {"form": form})


@half_way
@sensitive_post_parameters("code")
@asks
def enrol(request: HttpRequest, user: User, held: OnTheWay) -> HttpResponse:
    """Set up the second factor: scan, confirm with a code, keep the recovery codes."""
    if second_factor.has_one(user):
        return proceed(request, user, held)
    secret = request.session.setdefault(SECRET, second_factor.new_secret())
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = _("扫码后，填写验证器显示的 6 位数字。")
    if request.method == "POST" and form.is_valid():
        step = second_factor.step_in(secret, form.cleaned_data["code"], timezone.now())
        if step is not None:
            codes = second_factor.enrol(user, secret, step)
            del request.session[SECRET]
            held.factor = True
            onward = proceed(request, user, held)
            cookies = onward.cookies
            page = render(request, "accounts/recovery_codes.html", {"codes": codes, "onward": onward["Location"]})
            page.cookies = cookies
            return page
        form.add_error("code", _("动态码不对。请确认手机时间是自动设置的，再填一次。"))
    side, path = second_factor.square(second_factor.address_for_apps(user.login, secret))
    told = {"form": form, "secret": second_factor.in_fours(secret), "side": side, "path": path}
    return render(request, "accounts/enrol.html", told)


@half_way
@sensitive_post_parameters("new", "again")
@asks
def new_password(request: HttpRequest, user: User, held: OnTheWay) -> HttpResponse:
    """A password that was handed out, or is too old, is changed before one is in."""
    if not password_due(user) or (second_factor.has_one(user) and not held.factor):
        return proceed(request, user, held)
    form = NewPasswordForm(request.POST or None, user=user, ask_old=False)
    if request.method == "POST" and form.is_valid():
        set_password(user, form.cleaned_data["new"], user)
        return proceed(request, user, held)
    reason = (
        _("这个密码是别人代您设的，请换成只有您知道的。") if user.must_change_password
        else _("密码已用满 %(days)s 天，请更换。") % {"days": settings.PASSWORD_DAYS}
    )  # fmt: skip
    return render(request, "accounts/new_password.html", {"form": form, "reason": reason, "login": user.login})


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, User):
        write_down(request, request.user, request.user.login, SignIn.Way.PASSWORD, SignIn.Outcome.OUT)
    logout(request)
    messages.success(request, _("已退出。用公用电脑的，请关闭浏览器。"))
    return redirect(reverse(str(settings.LOGOUT_REDIRECT_URL)))
