"""What was done, and who signed in: the audit administrator reads, filters, exports, and checks the chain."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huijiang import audit
from huijiang.accounts.administration import within
from huijiang.accounts.deeds import DEEDS, meant
from huijiang.accounts.doors import staff
from huijiang.accounts.forms_admin import EventSearch, SignInSearch, within_self
from huijiang.accounts.models import Role, SignIn, User
from huijiang.accounts.tables import moment, sign_in_table
from huijiang.accounts.tasks import VERIFY
from huijiang.accounts.viewers import Viewer
from huijiang.audit import seals
from huijiang.audit.models import Event, Seal
from huijiang.jobs import enqueue
from huijiang.jobs.models import ENDED, Run
from huijiang.regions.models import Region
from huijiang.web import watching
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table

PER_PAGE = 50
MOST_EXPORTED = 100_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so would be run by a spreadsheet
auditor = staff(Role.AUDIT_ADMIN)


def seen_by(viewer: Viewer) -> QuerySet[Event]:
    """Events of the administrator's regions, those of accounts managed there, and the system's own."""
    codes = Region.objects.filter(within_self(viewer.paths())).values("code")
    accounts = [str(each) for each in _accounts(viewer).values_list("uid", flat=True)]
    return Event.objects.filter(Q(region__in=codes) | Q(region="") & (Q(actor="") | Q(actor__in=accounts)))


def _accounts(viewer: Viewer) -> QuerySet[User]:
    return User.objects.filter(within(viewer.paths(), "managed_by"))


def _asked(request: HttpRequest) -> tuple[EventSearch, QuerySet[Event]]:
    form = EventSearch(request.GET)
    found = seen_by(request.viewer)  # type: ignore[attr-defined]
    told: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    if told.get("q"):
        found = found.filter(
            Q(action__icontains=told["q"]) | Q(subject__icontains=told["q"]) | Q(action__in=meant(told["q"]))
        )
    if told.get("actor"):
        uids = _accounts(request.viewer).filter(login=told["actor"]).values_list("uid", flat=True)  # type: ignore[attr-defined]
        found = found.filter(actor__in=[str(each) for each in uids])
    if told.get("since"):
        found = found.filter(at__gte=_midnight(told["since"]))
    if told.get("until") and told["until"] < dt.date.max:  # there is no day after the last
        found = found.filter(at__lt=_midnight(told["until"] + dt.timedelta(days=1)))
    return form, found.order_by("-id")


def _midnight(day: dt.date) -> dt.datetime:
    return make_aware(dt.datetime.combine(day, dt.time()))


@auditor
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    form, found = _asked(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    told = {
        "form": form,
        "page": page,
        "table": _table(list(page)),
        "words": request.GET.urlencode(),
        "facts": _chain(),
    }
    return render(request, "accounts/events.html", told)


def _chain() -> list[Fact]:
    last = Seal.objects.order_by("-number").first()
    waiting = seals.oldest_unsealed()
    return [
        Fact(_("最近封存"), moment(last.at) if last else _("还没有"), source=f"{last.head[:16]}…" if last else ""),
        Fact(_("最早未封存的事件"), moment(waiting) if waiting else _("没有")),
    ]


def _table(found: list[Event]) -> Table:
    names = dict(User.objects.filter(uid__in=[each.actor for each in found if each.actor]).values_list("uid", "name"))
    by_text = {str(uid): name for uid, name in names.items()}
    columns = [Column(_("时间")), Column(_("操作人")), Column(_("动作")), Column(_("对象")), Column(_("详情"))]
    rows = [
        [
            moment(each.at), by_text.get(each.actor, "") or (_("系统") if not each.actor else each.actor[:8]),
            _deed(each), each.subject or "—", _details(each),
        ]
        for each in found
    ]  # fmt: skip
    return Table(_("审计事件"), columns, rows)


def _deed(event: Event) -> Cell:
    words = DEEDS.get(event.action)
    return Cell(words, note=event.action) if words is not None else Cell(event.action)


def _details(event: Event) -> Cell:
    return Cell(
        " · ".join(f"{name}={value}" for name, value in event.details.items() if value not in (None, "")) or "—"
    )


@auditor
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The events of the list as CSV (UTF-8); taking them away is an event too."""
    _form, found = _asked(request)
    rows = list(found[: MOST_EXPORTED + 1])
    if len(rows) > MOST_EXPORTED:
        messages.error(request, _("超过 %(most)s 条，请先缩小时间范围。") % {"most": MOST_EXPORTED})
        return redirect("accounts:events")
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(["id", "at", "actor", "action", "subject", "region", "request", "details"])
    for each in rows:
        cells = [each.id, each.at.isoformat(), each.actor, each.action, each.subject, each.region, each.request,
                 json.dumps(each.details, ensure_ascii=False, sort_keys=True)]  # fmt: skip
        writer.writerow([_safe(str(cell)) for cell in cells])
    audit.record(request.user, "audit.export", count=len(rows))  # type: ignore[arg-type]
    name = f"audit-{timezone.localdate().isoformat()}.csv"
    return HttpResponse(
        "\ufeff" + held.getvalue(), content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


@auditor
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the chain to be recomputed; one that is under way is not asked for twice."""
    enqueue(VERIFY, actor=request.user, unique="chain", by=str(request.user.uid))  # type: ignore[arg-type, union-attr]
    return redirect("accounts:verification")


@auditor
@require_safe
def verification(request: HttpRequest) -> HttpResponse:
    """How far the newest check of the chain is, or what it found."""
    run = Run.objects.filter(kind=VERIFY).order_by("-asked_at").first()
    under_way = run is not None and run.state not in ENDED
    if (ended := watching.over(request, under_way)) is not None:
        return ended
    return render(request, "accounts/verified.html", {
        "run": run, "under_way": under_way, "when": moment(run.ended_at) if run else "",
        "faults": run.result.get("faults", []) if run else [], "count": run.result.get("count", 0) if run else 0,
    })  # fmt: skip


@auditor
@require_safe
def sign_in_log(request: HttpRequest) -> HttpResponse:
    """Every try to sign in to an account of the administrator's regions, and tries under names that don't exist."""
    form = SignInSearch(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    found = SignIn.objects.filter(Q(user=None) | Q(user__in=_accounts(request.viewer))).select_related("user")  # type: ignore[attr-defined]
    if told.get("q"):
        found = found.filter(user__login=told["q"])
    if told.get("outcome"):
        found = found.filter(outcome=told["outcome"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    table = sign_in_table(list(page), names=True)
    return render(request, "accounts/sign_in_log.html", {"form": form, "page": page, "table": table})
