"""`/healthz`: the process answers.  `/readyz`: it can do its work.  `/metrics`: for Prometheus, from this machine
or with the token."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import secrets

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

from huijiang import disk
from huijiang.audit import seals
from huijiang.health.measures import gather

UNSEALED_TOO_LONG = dt.timedelta(minutes=5)


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when the points hold, else 503 with those that don't; seals that are late stop nobody."""
    points = {"database": False, "migrations": False, "seals": False, "disk": not disk.scarce()}
    try:
        connection.ensure_connection()
        points["database"] = True
        executor = MigrationExecutor(connection)
        points["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        oldest = seals.oldest_unsealed()
        points["seals"] = oldest is None or dt.datetime.now(dt.UTC) - oldest < UNSEALED_TOO_LONG
    except Error as error:
        return JsonResponse({**points, "error": type(error).__name__}, status=503)
    return JsonResponse(points, status=200 if points["database"] and points["migrations"] and points["disk"] else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not _may_measure(request):
        return HttpResponseForbidden("metrics: 仅限本机或持令牌 from this machine, or with the token\n")
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)
    return HttpResponse(generate_latest(registry) + gather(), content_type=CONTENT_TYPE_LATEST)


def _may_measure(request: HttpRequest) -> bool:
    said = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.METRICS_TOKEN:
        return secrets.compare_digest(said.encode(), settings.METRICS_TOKEN.encode())
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
