"""Decorators of views: who comes through, as whom.  The view finds `request.viewer`.

Nobody signed in: to the sign-in page.  Signed in without the capacity: 403, which says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, only_as, staff_of
from huijiang.web.doors import marked

View = Callable[..., HttpResponseBase]


def door(name: str, find: Callable[[HttpRequest], Viewer | None], missing: Callable[[], str]) -> Callable[[View], View]:
    """A door: its name, who comes through, and what to say to the others."""

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            viewer = find(request)
            if viewer is None:
                raise PermissionDenied(missing())
            request.viewer = viewer  # type: ignore[attr-defined]
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        return marked(entered, name)

    return decorate


def signed_in(view: View) -> View:
    """Anybody with an account, as themselves alone; `request.viewer` is not set."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return marked(entered, "signed in")


def staff(*roles: Role) -> Callable[[View], View]:
    """Staff with one of the roles, for the regions of those roles only."""

    def find(request: HttpRequest) -> Viewer | None:
        return only_as(staff_of(request), *roles)

    return door(f"staff:{','.join(sorted(roles))}", find, lambda: _("您的岗位没有这项权限。需要时请向安全管理员申请。"))
