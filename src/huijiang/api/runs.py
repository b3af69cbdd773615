"""The state of jobs: those that this system asked for, and those of an office's regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from huijiang.accounts.viewers import Capacity
from huijiang.api import shapes
from huijiang.api.asked import FEW
from huijiang.api.callers import Caller
from huijiang.api.described import described
from huijiang.api.endpoint import Endpoint, made
from huijiang.api.problems import not_found
from huijiang.api.scopes import Scope
from huijiang.jobs.models import Run
from huijiang.regions.models import Region

CLOSED = ("no-token", "beyond-scope")


def seen(caller: Caller) -> QuerySet[Run]:
    mine = Q(actor=str(caller.user.uid))
    if caller.viewer.capacity is Capacity.STAFF:
        within = Q(pk__in=())
        for path in caller.viewer.paths():
            within |= Q(path__startswith=path)
        mine |= Q(region__in=Region.objects.filter(within).values("code"))
    return Run.objects.filter(mine)


def run_json(each: Run) -> dict[str, Any]:
    """Without error texts: those are for the system administrator's page."""
    return {
        "uid": str(each.uid), "kind": each.kind, "state": each.state, "asked_at": each.asked_at.isoformat(),
        "started_at": each.started_at.isoformat() if each.started_at else None,
        "ended_at": each.ended_at.isoformat() if each.ended_at else None, "percent": each.percent, "note": each.note,
    }  # fmt: skip


class Runs(Endpoint):
    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.REGISTRY_READ}

    @described("jobs", gettext_lazy("最近的作业"), shapes.thing({"items": shapes.listed(shapes.ref("Job"))}), name="jobs",
               may=CLOSED)  # fmt: skip
    def get(self, request: Request) -> Response:
        return made({"items": [run_json(each) for each in seen(self.caller).order_by("-asked_at")[:FEW]]})


class OneRun(Endpoint):
    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.REGISTRY_READ}

    @described("jobs", gettext_lazy("一个作业"), shapes.ref("Job"), name="job", may=CLOSED)
    def get(self, request: Request, uid: Any) -> Response:
        found = seen(self.caller).filter(pk=uid).first()
        if found is None:
            raise not_found()
        return made(run_json(found))
