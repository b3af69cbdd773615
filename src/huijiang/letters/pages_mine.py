"""One's own letters: opening one, signed in, is its service."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang.access.doors import agent, worker
from huijiang.access.law import in_scope
from huijiang.access.viewers import agent_of, worker_of
from huijiang.accounts.doors import signed_in
from huijiang.accounts.viewers import Capacity, Viewer, staff_of
from huijiang.files.opening import FILES, open_file
from huijiang.letters.models import Letter, Service
from huijiang.letters.pages_verify import facts_of
from huijiang.letters.serving import read
from huijiang.web.components.lists import Event
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

PER_PAGE = 30


def access_letters(viewer: Viewer) -> QuerySet[Letter]:
    """The letters that the viewer may open.  One condition a line."""
    letters = Letter.objects.select_related("person", "organisation", "region", "file", "withdrawal")
    match viewer.capacity:
        case Capacity.WORKER:
            return letters.filter(person__in=viewer.people)
        case Capacity.AGENT:
            return letters.filter(organisation__in=viewer.firms)
        case Capacity.STAFF:
            return letters.filter(in_scope(viewer.paths(*FILES), "region"))


def seen_as(request: HttpRequest, uid: uuid.UUID) -> tuple[Viewer, Letter]:
    """As whom the visitor may open the letter.  Raises Http404."""
    for viewer in (worker_of(request), agent_of(request), staff_of(request)):
        found = access_letters(viewer).filter(uid=uid).first() if viewer is not None else None
        if viewer is not None and found is not None:
            return viewer, found
    raise Http404


@worker
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    return _list(request, _("我的文书"))


@agent
@require_safe
def firm(request: HttpRequest) -> HttpResponse:
    return _list(request, _("单位文书"))


def _list(request: HttpRequest, title: str) -> HttpResponse:
    page = Paginator(access_letters(request.viewer), PER_PAGE).get_page(request.GET.get("page"))  # type: ignore[attr-defined]
    return render(request, "letters/letters.html", {"title": title, "page": page, "table": table_of(list(page))})


def state_of(letter: Letter) -> Tag:
    return Tag(_("已失效"), "red", "cross") if hasattr(letter, "withdrawal") else Tag(_("有效"), "green", "check")


def table_of(found: list[Letter]) -> Table:
    columns = [Column(_("文书")), Column(_("文号")), Column(_("日期")), Column(_("送达")), Column(_("状态"), "state")]
    served = {}
    for each in Service.objects.filter(letter__in=found).order_by("-on"):
        served[each.letter_id] = f"{each.on.isoformat()} {each.get_way_display()}"
    rows = [
        [Cell(str(each.get_kind_display()), reverse("letters:letter", args=[each.uid])), each.number, each.on.isoformat(),
         served.get(each.pk, _("还没有送达")), Cell(tag=state_of(each))]
        for each in found
    ]  # fmt: skip
    return Table(_("文书"), columns, rows)


@signed_in
@require_safe
def letter(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What it is, whether it holds, how it was served, and the sheets themselves."""
    viewer, found = seen_as(request, uid)
    first = read(viewer, found)
    told: dict[str, Any] = {
        "letter": found, "facts": facts_of(found), "state": state_of(found), "first": first,
        "withdrawal": getattr(found, "withdrawal", None), "events": events_of(found),
        "staff": viewer.capacity is Capacity.STAFF,
    }  # fmt: skip
    return render(request, "letters/letter.html", told)


def events_of(found: Letter) -> list[Event]:
    events = [
        Event(timezone.localtime(each.at), str(each.get_way_display()),
              f"{each.on.isoformat()} · {each.get_receiver_display()}{' · ' + each.tracking if each.tracking else ''}",
              each.by.name if each.by and each.way != "in_app" else "", automatic=each.way == "in_app")
        for each in found.services.select_related("by").order_by("-at")
    ]  # fmt: skip
    return [*events, Event(timezone.localtime(found.issued_at), _("出具"), found.number)]


@signed_in
@require_safe
def pdf(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """The sheets as they went out; staff see the copy with their name over it, and say why first."""
    viewer, found = seen_as(request, uid)
    if viewer.capacity is Capacity.STAFF:
        return redirect("files:file", uid=found.file.uid)
    opened = open_file(viewer, found.file.uid, "own")
    read(viewer, found)
    answer = StreamingHttpResponse(opened.chunks(), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(opened.name)}"
    return answer
