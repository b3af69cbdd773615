"""Locking after wrong tries: an account after a few, an address after ten times as many.

An office sits behind one address; it must not be locked out by one forgetful colleague.  What is locked is
the name that was typed, whether or not such an account exists, so the answer tells nothing.
"""

from __future__ import annotations

from typing import Any, Final

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huijiang import audit
from huijiang.accounts.models import SignIn, User

BY_ADDRESS: Final = 10  # so many times as many tries for an address as for an account


class Handler(AxesDatabaseHandler):
    """Counts by account and by address, the latter more patiently."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        by_account, by_address = (
            attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(by_account, by_address // BY_ADDRESS)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Signing in clears the account's own wrong tries, not those of others at the same address."""
        username = (credentials or {}).get("login") or (credentials or {}).get("username")
        return self.reset_attempts(username=username) if username else 0


def answer(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any]) -> HttpResponse:
    """The page of a locked account; axes calls it (AXES_LOCKOUT_CALLABLE)."""
    from huijiang.accounts.sign_in import write_down

    login = str(credentials.get("login", ""))
    user = User.objects.filter(login=login).first()
    write_down(request, user, login, SignIn.Way.PASSWORD, SignIn.Outcome.LOCKED)
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "accounts/locked.html", {"minutes": minutes}, status=429)


def locked_logins(logins: list[str]) -> set[str]:
    """Which of the accounts are locked just now."""
    from django.utils import timezone

    since = timezone.now() - settings.AXES_COOLOFF_TIME
    held = AccessAttempt.objects.filter(username__in=logins, attempt_time__gte=since).values("username")
    counted = held.annotate(tries=Sum("failures_since_start")).filter(tries__gte=settings.AXES_FAILURE_LIMIT)
    return {each["username"] for each in counted}


def unlock(user: User, by: User) -> int:
    """Forget the wrong tries of an account; gives how many records were there."""
    gone, _ = AccessAttempt.objects.filter(username=user.login).delete()
    audit.record(by, "accounts.unlock", f"user:{user.uid}")
    return int(gone)
