"""Audit packs (审计包): asked for, made by a job in parts, fetched by whoever asked, gone after a week.

pack = ask(viewer, benefit, year)       raises ClaimError where nothing was decided
make(pack)                              the parts that are not there yet
fetch(viewer, pack, number)             chunks of one part

Each part is an archive of at most PART dossiers with a manifest of its own: it is kept when it is whole, in one
transaction with the traces of what was opened for it, so a job that was killed loses one part at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import Http404
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.sightings import Purpose as Why
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, as_staff, only_as
from huijiang.claims import papers
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import AuditPack, AuditPackPart, Claim
from huijiang.claims.public_notice import name_of
from huijiang.files import dossiers, services
from huijiang.files.models import Kind, Purpose
from huijiang.files.services import Opened, open_file, register_subject
from huijiang.jobs import Handle, enqueue, job
from huijiang.jobs.models import ENDED, Run
from huijiang.regions.models import Region

JOB: Final = "claims.audit_pack"
AUDITS: Final = (Role.SUPERVISOR, Role.AUDITOR)
PART: Final = 100
"""Dossiers of a part: with their originals some tens to hundreds of megabytes."""

Told = Callable[[int, int], None]


@job(JOB, "制作审计包", repeatable=True)
def write(run: Handle, pack: int) -> None:
    held = AuditPack.objects.get(pk=pack)
    make(held, run.progress)
    run.result(parts=held.parts.count())


def access_packs(viewer: Viewer) -> QuerySet[AuditPack]:
    """One's own: a pack holds what its asker may see."""
    return AuditPack.objects.filter(asked_by=viewer.user) if viewer.roles & set(AUDITS) else AuditPack.objects.none()


def of_viewer(viewer: Viewer, uid: str) -> bool:
    """Whether a stored part is of a pack of this viewer's (`files.register_subject`)."""
    return access_packs(viewer).filter(uid=uid).exists()


register_subject("pack", of_viewer)


@transaction.atomic
def ask(viewer: Viewer, benefit: str, year: int) -> AuditPack:
    """Ask for a pack; one of the same that is being made is given instead of a second."""
    for known in access_packs(viewer).filter(benefit=benefit, year=year, ready_at=None)[:1]:
        run = run_of(known)
        if run is not None and run.state not in ENDED:
            return known
    found = papers.decided_in(viewer, benefit, year).order_by("pk")
    last = found.last()
    if last is None:
        raise ClaimError(_("%(year)s 年这个项目没有办结的申报。") % {"year": year})
    made = AuditPack.objects.create(
        benefit=benefit, year=year, asked_by=viewer.user, claims=found.count(), last=last.pk
    )
    run = enqueue(JOB, actor=viewer.user, region=place_of(viewer).pk, pack=made.pk)
    assert run is not None
    AuditPack.objects.filter(pk=made.pk).update(run=run.uid)
    made.run = run.uid
    audit.record(viewer.user, "claims.pack", f"pack:{made.uid}", place_of(viewer).pk, benefit=benefit, year=year,
                 claims=made.claims)  # fmt: skip
    return made


def place_of(viewer: Viewer) -> Region:
    """The region under which a pack is kept: the widest for which its asker supervises or audits."""
    return Region.objects.get(path=min(viewer.paths(*AUDITS), key=len))


def title(pack: AuditPack, number: int) -> str:
    return f"审计包 {name_of(pack.benefit)} {pack.year} 第{number}卷"


def make(pack: AuditPack, told: Told | None = None) -> None:
    """Make the parts that are missing.  Raises MayNot where the asker's role has ended meanwhile."""
    viewer = only_as(as_staff(pack.asked_by), *AUDITS) if pack.asked_by.is_active else None
    if viewer is None:
        raise MayNot(_("申请人现在没有监督或审计的岗位。"))
    held = pack.parts.order_by("number").last()
    number, after = (held.number, held.until) if held is not None else (0, "")
    done = sum(pack.parts.values_list("claims", flat=True))
    while True:
        some = list(_wanted(pack, viewer, after)[:PART])
        if not some:
            break
        number, after = number + 1, str(some[-1].number)
        _part(pack, viewer, number, some, partial(_further, told, done, pack.claims))
        done += len(some)
    AuditPack.objects.filter(pk=pack.pk, ready_at=None).update(ready_at=Now())


def _wanted(pack: AuditPack, viewer: Viewer, after: str) -> QuerySet[Claim]:
    return papers.decided_in(viewer, pack.benefit, pack.year).filter(pk__lte=pack.last, number__gt=after)


def _further(told: Told | None, done: int, claims: int, at: int) -> None:
    if told is not None:
        told(done + at, claims)


@transaction.atomic
def _part(pack: AuditPack, viewer: Viewer, number: int, some: list[Claim], told: Callable[[int], None]) -> None:
    def each() -> Iterator[dossiers.Dossier]:
        for at, claim in enumerate(some, start=1):
            yield papers.dossier(viewer, claim)
            told(at)

    content = dossiers.as_archive(viewer, title(pack, number), each(), Why.INSPECTION)
    file = services.keep_made(content, Kind.ZIP, f"{title(pack, number)}.zip", viewer.user, f"pack:{pack.uid}",
                              Purpose.PACK, region=place_of(viewer).pk)  # fmt: skip
    assert file.blob is not None
    AuditPackPart.objects.create(pack=pack, number=number, claims=len(some), until=str(some[-1].number),
                                 size=file.blob.size, file=file)  # fmt: skip


def fetch(viewer: Viewer, pack: AuditPack, number: int) -> Opened:
    """One part, with its trace.  Raises Http404: no such part, or its days are over."""
    part = pack.parts.filter(number=number).select_related("file").first()
    if part is None:
        raise Http404
    return open_file(viewer, part.file.uid, Why.INSPECTION, download=True)


def run_of(pack: AuditPack) -> Run | None:
    return Run.objects.filter(uid=pack.run).first() if pack.run else None
