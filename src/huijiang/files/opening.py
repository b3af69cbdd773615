"""Who may see a file, and seeing it: each look leaves its trace."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.law import in_scope
from huijiang.access.sightings import Purpose as Why
from huijiang.access.sightings import saw
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.files import vault
from huijiang.files.models import File, Purpose

FILES: Final = frozenset({
    Role.COUNTER, Role.INTAKE, Role.REVIEWER, Role.SECOND_REVIEWER, Role.FINANCE, Role.SUPERVISOR, Role.AUDITOR,
})  # fmt: skip
"""Roles that look at the papers of single cases."""

DOWNLOAD: Final = FILES - {Role.COUNTER, Role.INTAKE, Role.FINANCE}
"""Roles that may take a file away without the watermark."""

Visible = Callable[[Viewer, str], bool]
SUBJECTS: Final[dict[str, Visible]] = {}


def register_subject(kind: str, visible: Visible) -> None:
    """A room above says which of its cases a viewer may open: one condition more, never one less."""
    SUBJECTS[kind] = visible


Seated = Callable[[Viewer], Iterable[str]]
SEATS: Final[list[Seated]] = []


def register_seats(subjects: Seated) -> None:
    """A room above names subjects whose papers some staff may look at by a seat of theirs, beside their roles.

    They look on the screen and take nothing away: the roles of DOWNLOAD stay what they are.
    """
    SEATS.append(subjects)


@dataclass(frozen=True)
class Opened:
    """A file that may be read now."""

    file: File
    name: str

    def chunks(self) -> Iterator[bytes]:
        """The content.  Raises SealedError where it was altered."""
        assert self.file.blob is not None
        return vault.read(self.file.blob)

    def read(self) -> bytes:
        return b"".join(self.chunks())


def access_files(viewer: Viewer) -> QuerySet[File]:
    """The files that the viewer may see.  One condition a line."""
    files = File.objects.select_related("blob", "region", "person", "organisation")
    match viewer.capacity:
        case Capacity.WORKER:
            return files.filter(person__in=viewer.people).exclude(purpose=Purpose.RECORD)
        case Capacity.AGENT:
            return files.filter(organisation__in=viewer.firms).exclude(purpose=Purpose.RECORD)
        case Capacity.STAFF:
            # A registrar opens the papers of disputed facts, and no others.
            disputed = in_scope(viewer.paths(Role.REGISTRAR), "region") & Q(subject__startswith="correction:")
            # Whoever sits on a panel opens the papers that are before it, and no others.
            seated = Q(subject__in=[subject for seats in SEATS for subject in seats(viewer)])
            here = in_scope(viewer.paths(*FILES), "region")
            return files.filter(here | disputed | seated).exclude(purpose=Purpose.OWN)


def may_see(viewer: Viewer, file: File) -> bool:
    """What the file's subject says beside the general rule."""
    kind, _colon, number = file.subject.partition(":")
    visible = SUBJECTS.get(kind)
    return visible is None or visible(viewer, number)


def may_download(viewer: Viewer) -> bool:
    return viewer.capacity is not Capacity.STAFF or bool(viewer.roles & DOWNLOAD)


def find(viewer: Viewer, uid: uuid.UUID | str) -> File:
    """Raises Http404: a file that is not theirs is as if it were not there."""
    found = access_files(viewer).filter(uid=uid).first()
    if found is None or not may_see(viewer, found):
        raise Http404
    return found


@transaction.atomic
def open_file(viewer: Viewer, uid: uuid.UUID | str, purpose: str, *, download: bool = False) -> Opened:
    """Open a file for a viewer, and write down that they did.

    `purpose`: one of access's purposes; staff must say it.  Raises Http404 (not theirs, or erased),
    PermissionDenied (no purpose; a download by a role that only looks).
    """
    file = find(viewer, uid)
    if file.blob is None or file.name is None:
        raise Http404
    staff = viewer.capacity is Capacity.STAFF
    if staff and purpose not in Why.values:
        raise PermissionDenied(_("请选择查看用途。"))
    if download and not may_download(viewer):
        raise PermissionDenied(_("您的岗位只能在线查看，不能下载。"))
    if file.person is not None:
        saw(viewer, file.person, purpose if staff else "own", ["file.download" if download else "file"])
    elif file.organisation is not None:
        saw(viewer, file.organisation, purpose if staff else "own", ["file.download" if download else "file"])
    audit.record(viewer.user, "files.download" if download else "files.open", f"file:{file.uid}", file.region_id,
                 of=file.subject, purpose=purpose)  # fmt: skip
    return Opened(file, file.name.open())
