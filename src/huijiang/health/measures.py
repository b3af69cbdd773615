"""What is measured: requests by route and status, the queue, the seals."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from huijiang import disk
from huijiang.audit import seals
from huijiang.jobs.models import Run

REQUESTS = Counter("huijiang_requests", "Requests answered", ["route", "method", "status"])
SECONDS = Histogram(
    "huijiang_request_seconds", "Time to answer", ["route"], buckets=(0.01, 0.03, 0.06, 0.12, 0.25, 0.5, 1, 3, 10)
)


class Measured:
    """Counts and times every request by its route, never by its address: that may hold somebody's number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.view_name if match is not None and match.view_name else "none"
        SECONDS.labels(route).observe(time.perf_counter() - begun)
        REQUESTS.labels(route, request.method or "", str(response.status_code)).inc()
        return response


def gather() -> bytes:
    """What stands in the database, read when asked."""
    registry = CollectorRegistry()
    runs = Gauge("huijiang_runs", "Runs of jobs", ["state"], registry=registry)
    for state, count in Run.objects.values_list("state").annotate(count=Count("uid")).order_by():
        runs.labels(state).set(count)
    unsealed = Gauge("huijiang_oldest_unsealed_event_timestamp_seconds", "0 when all are sealed", registry=registry)
    oldest = seals.oldest_unsealed()
    unsealed.set(oldest.timestamp() if oldest is not None else 0)
    Gauge("huijiang_disk_free_bytes", "Left where data folder and database lie", registry=registry).set(disk.free())
    return generate_latest(registry)
