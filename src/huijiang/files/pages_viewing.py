"""Looking at one file: a copy with the viewer's name over it; taking it away only where the role allows."""

from __future__ import annotations

import logging
import uuid
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.access.purposes import PurposeForm
from huijiang.access.sightings import Purpose as Why
from huijiang.access.viewers import agent_of, worker_of
from huijiang.accounts.doors import signed_in
from huijiang.accounts.viewers import Capacity, Viewer, staff_of
from huijiang.files import watermark
from huijiang.files.comparing import findings
from huijiang.files.content import plain
from huijiang.files.models import PICTURES, READABLE, File, Kind
from huijiang.files.opening import find, may_download, open_file
from huijiang.sealed import SealedError
from huijiang.web.components.lists import Fact

LOG = logging.getLogger(__name__)
PURPOSE = "purpose of file "  # in the session: why this officer has a file open
LINES = 400
TYPES = {
    Kind.PDF: "application/pdf", Kind.PNG: "image/png", Kind.JPEG: "image/jpeg", Kind.CSV: "text/csv; charset=utf-8",
    Kind.TXT: "text/plain; charset=utf-8", Kind.OFD: "application/ofd", Kind.ZIP: "application/zip",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
ENDINGS = {Kind.JPEG: "jpg"}


def seen_as(request: HttpRequest, uid: uuid.UUID) -> tuple[Viewer, File]:
    """As whom the visitor may see the file: as themselves, for their firm, or as staff.  Raises Http404."""
    for viewer in (worker_of(request), agent_of(request), staff_of(request)):
        if viewer is not None:
            try:
                return viewer, find(viewer, uid)
            except Http404:
                continue
    raise Http404


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The file's page.  Staff say why first; the purpose holds for this file until they sign out."""
    viewer, file = seen_as(request, uid)
    purpose = _purpose(request, viewer, file)
    if purpose is None:
        form = PurposeForm(request.POST or None)
        if not form.is_valid():
            return render(request, "files/why.html", {"form": form}, status=422 if form.is_bound else 200)
        request.session[f"{PURPOSE}{file.uid}"] = form.cleaned_data["purpose"]
        return redirect("files:file", uid=file.uid)
    if file.blob is None:
        return render(request, "files/erased.html", {"file": file}, status=410)
    told: dict[str, Any] = {
        "file": file, "facts": _facts(file), "may_download": may_download(viewer), "picture": file.blob.kind in PICTURES,
        "document": file.blob.kind == Kind.PDF, "readable": file.blob.kind in READABLE, "staff": viewer.capacity is Capacity.STAFF,
        "findings": findings(file) if viewer.capacity is Capacity.STAFF else [], "name": file.name.open(),
        "most": watermark.SHOWN_PAGES, "more": (file.blob.pages or 0) > watermark.SHOWN_PAGES,
    }  # fmt: skip
    if file.blob.kind in (Kind.TXT, Kind.CSV):
        try:
            content = open_file(viewer, uid, purpose).read()
        except SealedError:
            return _unreadable(request, file)
        lines = (plain.decoded(content) or "").splitlines()
        told |= {"lines": lines[:LINES], "cut": len(lines) > LINES, "mark": " · ".join(_mark(viewer, purpose))}
    return render(request, "files/file.html", told)


@signed_in
@require_safe
def copy(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """A picture or a PDF as it is shown: with the viewer's name, the time and the purpose over it."""
    viewer, file = seen_as(request, uid)
    purpose = _purpose(request, viewer, file)
    if purpose is None or file.blob is None or file.blob.kind not in PICTURES | {Kind.PDF}:
        raise Http404
    try:
        content = open_file(viewer, uid, purpose).read()
    except SealedError:
        return _unreadable(request, file)
    lines = _mark(viewer, purpose)
    if file.blob.kind == Kind.PDF:
        answer = HttpResponse(watermark.pages(content, lines), content_type="application/pdf")
        answer.headers["Content-Disposition"] = "inline"
    else:
        answer = HttpResponse(watermark.picture(content, lines), content_type="image/jpeg")
    return answer


@signed_in
@require_safe
def download(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """The file itself, as an attachment, under its own name and the ending of what it is."""
    viewer, file = seen_as(request, uid)
    purpose = _purpose(request, viewer, file)
    if purpose is None or file.blob is None:
        raise Http404
    opened = open_file(viewer, uid, purpose, download=True)
    kind = Kind(file.blob.kind)
    stem = opened.name.rpartition(".")[0] or opened.name
    answer = StreamingHttpResponse(opened.chunks(), content_type=TYPES[kind])
    answer.headers["Content-Length"] = str(file.blob.size)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{stem}.{ENDINGS.get(kind, kind)}')}"
    return answer


def _unreadable(request: HttpRequest, file: File) -> HttpResponse:
    """Content that was altered or lost is never shown in part."""
    LOG.error("file %s does not open", file.uid, exc_info=True)
    return render(request, "files/unreadable.html", {"file": file}, status=502)


def _purpose(request: HttpRequest, viewer: Viewer, file: File) -> str | None:
    """Why this file is open; None while an officer has not said."""
    if viewer.capacity is not Capacity.STAFF:
        return "own"
    said = request.session.get(f"{PURPOSE}{file.uid}")
    return said if said in Why.values else None


def _mark(viewer: Viewer, purpose: str) -> list[str]:
    """The words over a copy."""
    why = Why(purpose).label if purpose in Why.values else _("本人查看")
    return [f"{viewer.user.name} {timezone.localtime():%Y-%m-%d %H:%M}", str(why)]


def _facts(file: File) -> list[Fact]:
    assert file.blob is not None
    pages = [Fact(_("页数"), str(file.blob.pages))] if file.blob.kind == Kind.PDF else []
    return [
        Fact(_("类型"), str(file.blob.get_kind_display())), Fact(_("大小"), filesizeformat(file.blob.size)), *pages,
        Fact(_("用途"), str(file.get_purpose_display())),
        Fact(_("上传时间"), f"{timezone.localtime(file.uploaded_at):%Y-%m-%d %H:%M}"),
        Fact(_("保存至"), file.keep_until.isoformat(), _("到期自动清除，之前任何人都删不掉")),
    ]  # fmt: skip
