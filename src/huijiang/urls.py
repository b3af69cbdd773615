"""Addresses of the platform: each room brings its own, named after itself."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from huijiang import rooms


def _of(name: str) -> list[URLPattern | URLResolver]:
    module = f"huijiang.{name}.urls"
    return [path("", include((import_module(module).urlpatterns, name)))] if find_spec(module) else []


handler500 = "huijiang.health.faults.server_error"
urlpatterns = [
    path("", include("huijiang.health.urls")),
    path("", include("huijiang.access.oidc_urls")),
    *(found for name in (*rooms.ROOMS, *rooms.GROUND) for found in _of(name)),
]
