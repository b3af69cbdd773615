"""A session that nobody uses ends."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from huijiang.accounts.models import SignIn
from huijiang.accounts.sign_in import SEEN, write_down
from huijiang.web import watching

LOG = logging.getLogger(__name__)
SAFE = ("GET", "HEAD")
EACH = 60  # seconds: the time of the last click is kept no finer


class IdleSessions:
    """Signs out whoever did nothing for IDLE_MINUTES, and says so.  A page that renews itself is nobody's click."""

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
            if now - seen > EACH and request.headers.get("HX-Trigger") != watching.PART:
                return self._stamped(request, now)
        return self.get_response(request)

    def _stamped(self, request: HttpRequest, now: float) -> HttpResponse:
        """Answer, and keep the time of this click.  Where nothing can be stored reading goes on: the session only
        ends a little earlier."""
        response = self.get_response(request)
        session = request.session
        if SEEN not in session:  # signed out
            return response
        changed = session.modified
        session[SEEN] = now
        if not changed and request.method in SAFE:
            session.modified = False
            try:
                with transaction.atomic():
                    session.save()
            except (OperationalError, InterfaceError) as error:
                LOG.warning("the time of a click was not kept", exc_info=error)
        return response
