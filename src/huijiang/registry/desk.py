"""Who works at the data desk: registrars, each for the regions of their grants.

The access law (room `access`) stands on the registry, so the desk's own pages ask the viewer's regions directly.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.registry.models import MODELS

registrar = staff(Role.REGISTRAR)
"""The door of the desk: registrars only, as `request.viewer` with their regions."""


def paths_of(request: HttpRequest) -> tuple[str, ...]:
    """Paths of the regions for which whoever asks is registrar."""
    paths: tuple[str, ...] = request.viewer.paths(Role.REGISTRAR)  # type: ignore[attr-defined]
    return paths


def within(paths: tuple[str, ...], column: str) -> Q:
    """Rows whose region, reached by `column` (with its underscores), lies within some paths; no path, no row."""
    found = Q(pk__in=())
    for each in paths:
        found |= Q(**{f"{column}path__startswith": each})
    return found


def rows_of(request: HttpRequest, table: str) -> QuerySet[Any]:
    """The rows of a table that the registrar's regions manage."""
    return MODELS[table]._default_manager.filter(within(paths_of(request), "managed_by__"))
