"""Who works at the data desk: registrars, each for the regions of their grants.

The access law (room `access`) stands on the registry, so the desk's own pages ask the grants directly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from huijiang.accounts.models import Grant, Role, User
from huijiang.registry.models import MODELS
from huijiang.web.doors import marked

HERE = ZoneInfo("Asia/Shanghai")
View = Callable[..., HttpResponse]


def today() -> dt.date:
    """The day as people here count it."""
    return dt.datetime.now(HERE).date()


def paths_of(user: User) -> tuple[str, ...]:
    """Paths of the regions for which somebody is registrar today; none for whoever is not."""
    day = today()
    held = Grant.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day), user=user, role=Role.REGISTRAR, starts_on__lte=day
    )
    return tuple(held.values_list("region__path", flat=True).distinct())


def registrar(view: View) -> View:
    """Registrars come through; the view finds their regions in `request.desk`."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        paths = paths_of(request.user)  # type: ignore[arg-type]
        if not paths:
            raise PermissionDenied(_("您的岗位没有这项权限。需要时请向安全管理员申请。"))
        request.desk = paths  # type: ignore[attr-defined]
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return marked(entered, f"staff:{Role.REGISTRAR}")


def within(paths: tuple[str, ...], column: str) -> Q:
    """Rows whose region, reached by `column` (with its underscores), lies within some paths; no path, no row."""
    found = Q(pk__in=())
    for each in paths:
        found |= Q(**{f"{column}path__startswith": each})
    return found


def rows_of(request: HttpRequest, table: str) -> QuerySet[Any]:
    """The rows of a table that the registrar's regions manage."""
    return MODELS[table]._default_manager.filter(within(request.desk, "managed_by__"))  # type: ignore[attr-defined]
