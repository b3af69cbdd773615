"""A session that nobody uses ends."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from huijiang.accounts.models import SignIn
from huijiang.accounts.sign_in import SEEN, write_down

EACH = 60  # seconds: the time of the last click is kept no finer


class IdleSessions:
    """Signs out whoever did nothing for IDLE_MINUTES, and says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = request.session.get(SEEN)
        now = timezone.now().timestamp()
        if seen is not None and request.user.is_authenticated:
            if now - seen > settings.IDLE_MINUTES * 60:
                write_down(request, request.user, request.user.login, SignIn.Way.PASSWORD, SignIn.Outcome.IDLE)
                logout(request)
                messages.info(request, _("您很久没有操作，已自动退出。请重新登录。"))
                return redirect_to_login(request.get_full_path() if request.method == "GET" else "")
            if now - seen > EACH:
                request.session[SEEN] = now
        return self.get_response(request)
