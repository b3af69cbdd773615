"""Signing in, step by step: who → second factor → a new password where it is due → in.

Between the first step and the last the session holds who is on the way, and nobody is signed in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any, Final

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from huijiang import audit
from huijiang.accounts import devices, messaging, second_factor
from huijiang.accounts.models import SignIn, User
from huijiang.web.doors import marked

ON_THE_WAY: Final = "on the way"
SEEN: Final = "seen"  # in the session: when it was used last
BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
MINUTES: Final = 10  # for all the steps
HALF_WAY: Final = "half way"


@dataclass
class OnTheWay:
    """Somebody between the first step and the last."""

    user: int
    way: str
    next: str
    at: str
    factor: bool = False  # the second factor was given

    def account(self) -> User | None:
        return User.objects.filter(pk=self.user, is_active=True).first()


def begin(request: HttpRequest, user: User, way: str, onward: str = "") -> HttpResponse:
    """The first step is done: go on to the next."""
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    request.session.cycle_key()
    return proceed(request, user, OnTheWay(user.pk, way, onward if safe else "", timezone.now().isoformat()))


def proceed(request: HttpRequest, user: User, held: OnTheWay) -> HttpResponse:
    """To the step that is still missing, or in."""
    request.session[ON_THE_WAY] = asdict(held)
    if not held.factor:
        if second_factor.has_one(user):
            return redirect("accounts:code")
        if second_factor.needs_one(user, timezone.localdate()):
            return redirect("accounts:enrol")
    if password_due(user) and held.way in (SignIn.Way.PASSWORD, SignIn.Way.CODE, SignIn.Way.RECOVERY):
        return redirect("accounts:new_password")
    return _enter(request, user, held)


def on_the_way(request: HttpRequest) -> OnTheWay | None:
    """Who is between the steps; None when nobody is, or it took too long."""
    told = request.session.get(ON_THE_WAY)
    if told is None:
        return None
    held = OnTheWay(**told)
    late = timezone.now() - dt.datetime.fromisoformat(held.at) > dt.timedelta(minutes=MINUTES)
    return None if late else held


def half_way(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A step in between: whoever did not take the first is sent to it."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        held = on_the_way(request)
        user = held.account() if held else None
        if held is None or user is None:
            request.session.pop(ON_THE_WAY, None)
            return redirect("accounts:sign_in")
        response = view(request, user, held, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return marked(entered, HALF_WAY)


def password_due(user: User) -> bool:
    """Whether the password must be changed now."""
    if not user.has_usable_password():
        return False
    since = user.password_changed_at or user.created_at
    return user.must_change_password or timezone.now() - since > dt.timedelta(days=settings.PASSWORD_DAYS)


def set_password(user: User, password: str, by: User, *, must_change: bool = False) -> None:
    """A new password ends every session; one set by somebody else is to be changed at once."""
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    audit.record(by, "accounts.password", f"user:{user.uid}", own=by.pk == user.pk)


def allowed(request: HttpRequest, user: User) -> bool:
    """Whether the account is not locked by wrong tries."""
    return bool(AxesProxyHandler.is_allowed(request, {"login": user.login}))


def wrong(request: HttpRequest, user: User | None, name: str, way: str) -> None:
    """A step was not passed: it counts towards the lock, and stands in the log."""
    if way != SignIn.Way.PASSWORD:  # `authenticate` has told axes of those itself
        user_login_failed.send(sender=__name__, credentials={"login": name}, request=request)
    if not getattr(request, "axes_locked_out", False):
        write_down(request, user, name, way, SignIn.Outcome.WRONG)


def write_down(request: HttpRequest, user: User | None, name: str, way: str, outcome: str) -> SignIn:
    """A line of the sign-in log."""
    mark = request.COOKIES.get(devices.COOKIE, "")
    return SignIn.objects.create(
        user=user,
        login=audit.digest(f"login\0{name}"),
        way=way,
        outcome=outcome,
        address=audit.digest(f"address\0{devices.address(request) or ''}"),
        device=devices.words(request),
        device_mark=audit.digest(f"device\0{mark}") if mark else "",
    )


def _enter(request: HttpRequest, user: User, held: OnTheWay) -> HttpResponse:
    request.session.pop(ON_THE_WAY, None)
    login(request, user, backend=BACKEND)
    request.session[SEEN] = timezone.now().timestamp()
    mark = devices.mark(request)
    known = SignIn.objects.filter(user=user, outcome=SignIn.Outcome.IN)
    new = known.exists() and not known.filter(device_mark=audit.digest(f"device\0{mark}")).exists()
    request.COOKIES[devices.COOKIE] = mark
    write_down(request, user, user.login, held.way, SignIn.Outcome.IN)
    if new:
        messaging.new_device(user, devices.words(request))
    response = HttpResponseRedirect(held.next or reverse(str(settings.LOGIN_REDIRECT_URL)))
    devices.remember(response, mark)
    return response
