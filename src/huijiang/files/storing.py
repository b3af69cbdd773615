"""Taking files in: inspected, encrypted, written down; with the transaction or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.accounts.viewers import Viewer, today
from huijiang.disk import NoRoom
from huijiang.files import content, vault
from huijiang.files.content import plain_name
from huijiang.files.models import Blob, File, Kind, Purpose
from huijiang.files.retention import until
from huijiang.sealed import SealedError

__all__ = ["NoRoom", "attach", "keep", "keep_made", "store"]


@transaction.atomic
def store(
    upload: Any,
    owner: Viewer | User | None,
    subject: str,
    purpose: str,
    *,
    region: str,
    person: int | None = None,
    organisation: int | None = None,
    since: dt.date | None = None,
    allow: frozenset[str] | None = None,
) -> File:
    """Keep one upload for a subject (`claim:uid`).

    `upload`: Django's UploadedFile, or any of its like (`ContentFile(b"…", "name")`).  `owner`: who hands it in; as a
    worker or an agent, the file is theirs without saying so.  `person`, `organisation`: primary keys of those who
    may see it later.  `since`: the day from which its time counts (today).  `allow`: narrower kinds.

    Raises content.Refused (what is wrong, in words for the person), NoRoom when the disk is full.
    """
    found = content.inspect(upload, allow)
    user = owner.user if isinstance(owner, Viewer) else owner
    if isinstance(owner, Viewer):
        person = person or owner.person
        organisation = organisation or owner.organisation
    told = {"person_id": person, "organisation_id": organisation}
    return _kept(
        vault.write(upload.chunks()), found, user, plain_name(upload.name), subject, purpose, region, since, told
    )


@transaction.atomic
def keep_made(
    chunks: Iterable[bytes], kind: Kind, name: str, by: User, subject: str, purpose: str, *, region: str
) -> File:  # fmt: skip
    """Keep what the platform made itself, while it is made: its kind is known, its size is not bounded by that of an
    upload.  Raises NoRoom, and whatever making it raises; nothing stays behind then."""
    written = vault.write(chunks)
    return _kept(written, content.Found(kind), by, plain_name(name), subject, purpose, region, None, {})


def _kept(
    written: vault.Written, found: content.Found, user: User | None, name: str, subject: str, purpose: str, region: str,
    since: dt.date | None, whose: dict[str, int | None],
) -> File:  # fmt: skip
    try:
        blob = _settled(written, found)
    finally:
        written.part.unlink(missing_ok=True)
    made = File.objects.create(
        blob=blob, name=name, subject=subject, purpose=Purpose(purpose), region_id=region, uploaded_by=user,
        keep_until=until(purpose, since or today()), **whose,
    )  # fmt: skip
    audit.record(user, "files.store", f"file:{made.uid}", region, of=subject, kind=blob.kind, size=blob.size,
                 purpose=str(purpose), content=bytes(blob.digest).hex()[:32])  # fmt: skip
    return made


def _settled(written: vault.Written, found: content.Found) -> Blob:
    vault.lock(written.digest)
    known = Blob.objects.filter(digest=written.digest).first()
    if known is not None and vault.place(written.digest).exists():
        return known
    if known is not None:  # lost from the disk, and handed in again: under a new key it would not open for the others
        raise SealedError(f"blob:{known.uid}: 登记在册但磁盘上没有 known but not on disk; 先恢复备份 restore first")
    vault.settle(written)
    return Blob.objects.create(uid=written.uid, digest=written.digest, key=written.key, kind=found.kind,
                               size=written.size, pages=found.pages, look=found.look, bands=found.bands)  # fmt: skip


@transaction.atomic
def attach(viewer: Viewer, file: File, subject: str, purpose: str, *, region: str) -> File:
    """Use a file that is here already for another subject of the same holder: no copy on disk, a time of its own."""
    if file.blob_id is None:
        raise ValueError(f"file:{file.uid}: 内容已按期清除 its content is gone by retention")
    made = File.objects.create(
        blob_id=file.blob_id, name=file.name.open(), subject=subject, purpose=Purpose(purpose), person=file.person,
        organisation=file.organisation, region_id=region, uploaded_by=viewer.user, keep_until=until(purpose, today()),
    )  # fmt: skip
    audit.record(viewer.user, "files.attach", f"file:{made.uid}", region, of=subject, source=str(file.uid))
    return made


@transaction.atomic
def keep(actor: User | None, file: File, purpose: str, since: dt.date) -> File:
    """A draft becomes evidence, or its case closed later than thought: the time grows, it never shrinks."""
    held = File.objects.select_for_update().get(pk=file.pk)
    held.purpose = Purpose(purpose)
    held.keep_until = max(held.keep_until, until(purpose, since))
    held.save(update_fields=["purpose", "keep_until"])
    audit.record(actor, "files.keep", f"file:{held.uid}", held.region_id, purpose=purpose, until=held.keep_until)
    return held
