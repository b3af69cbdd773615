"""What runs in the background: the system administrator sees it, stops it, starts it again."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huijiang import audit
from huijiang.accounts.forms_admin import STATES, RunSearch, within_self
from huijiang.accounts.models import User
from huijiang.accounts.tables import moment
from huijiang.accounts.viewers import Viewer
from huijiang.accounts.views_users import system
from huijiang.jobs import enqueue
from huijiang.jobs.models import ENDED, Run, State
from huijiang.jobs.queue import KINDS, cancel
from huijiang.regions.models import Region
from huijiang.web import watching
from huijiang.web.components.lists import Fact, Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 30
COLOURS = {"waiting": "amber", "running": "blue", "done": "green", "failed": "red", "cancelled": "grey"}


def seen_by(viewer: Viewer) -> QuerySet[Run]:
    """Runs of the administrator's regions and those of no region."""
    codes = Region.objects.filter(within_self(viewer.paths())).values("code")
    return Run.objects.filter(Q(region="") | Q(region__in=codes))


def label(kind: str) -> str:
    return KINDS[kind].label if kind in KINDS else kind


@system
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    form = RunSearch(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    found = seen_by(request.viewer)  # type: ignore[attr-defined]
    if told.get("q"):
        named = [name for name, kind in KINDS.items() if told["q"] in kind.label or told["q"] in name]
        found = found.filter(kind__in=named)
    counts = dict(found.order_by().values_list("state").annotate(Count("uid")))
    tabs = [
        Tab(str(STATES[state]), f"?state={state}", counts.get(state, 0), told.get("state") == state) for state in State
    ]
    if told.get("state"):
        found = found.filter(state=told["state"])
    page = Paginator(found.order_by("-asked_at"), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "accounts/jobs.html", {"form": form, "page": page, "table": _table(list(page)), "tabs": tabs}
    )


def _table(found: list[Run]) -> Table:
    columns = [
        Column(_("作业")),
        Column(_("提交时间")),
        Column(_("开始时间")),
        Column(_("结束时间")),
        Column(_("进度")),
        Column(_("状态"), "state"),
    ]
    rows = [
        [
            Cell(label(each.kind), reverse("accounts:job", args=[each.uid])), moment(each.asked_at),
            moment(each.started_at) or "—", moment(each.ended_at) or "—",
            f"{each.percent} %" if each.percent is not None else str(each.done), Cell(tag=_tag(each)),
        ]
        for each in found
    ]  # fmt: skip
    return Table(_("作业"), columns, rows)


def _tag(run: Run) -> Tag:
    return Tag(str(STATES[run.state]), COLOURS[run.state])


@system
@require_safe
def job(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    run = _one(request, uid)
    under_way = run.state not in ENDED
    if (ended := watching.over(request, under_way)) is not None:
        return ended
    actor = User.objects.filter(uid=run.actor).first() if run.actor else None
    facts = [
        Fact(_("编号"), str(run.uid)),
        Fact(_("发起人"), actor.name if actor else _("系统")),
        Fact(_("提交时间"), moment(run.asked_at)),
        Fact(_("开始时间"), moment(run.started_at) or "—"),
        Fact(_("结束时间"), moment(run.ended_at) or "—"),
        Fact(_("已处理"), f"{run.done}{f' / {run.total}' if run.total else ''}"),
        Fact(_("次数"), str(run.attempts)),
    ]
    return render(request, "accounts/job.html", {
        "run": run, "label": label(run.kind), "tag": _tag(run), "facts": facts, "under_way": under_way,
        "again": not under_way and run.kind in KINDS,
    })  # fmt: skip


@system
@require_POST
def cancel_job(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    run = _one(request, uid)
    if run.state not in ENDED and not run.cancel_asked:
        cancel(run)
        audit.record(request.user, "jobs.cancel", f"run:{run.uid}", run.region)  # type: ignore[arg-type]
    messages.info(request, _("已要求取消，正在执行的会在下一个可以停的地方停下。"))
    return redirect("accounts:job", uid=uid)


@system
@require_POST
def run_again(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A new run with the same arguments; clicking twice makes one."""
    run = _one(request, uid)
    if run.state not in ENDED or run.kind not in KINDS:
        messages.error(request, _("还没有结束的作业不能重新运行。"))
        return redirect("accounts:job", uid=uid)
    name = run.unique or f"again {run.uid}"
    made = enqueue(run.kind, actor=request.user, region=run.region, unique=name, **run.arguments)  # type: ignore[arg-type]
    if made is None:
        messages.info(request, _("同样的作业已经在等待或进行。"))
        return redirect("accounts:job", uid=uid)
    audit.record(request.user, "jobs.again", f"run:{made.uid}", run.region)  # type: ignore[arg-type]
    return redirect("accounts:job", uid=made.uid)


def _one(request: HttpRequest, uid: uuid.UUID) -> Run:
    return get_object_or_404(seen_by(request.viewer), uid=uid)  # type: ignore[attr-defined]
