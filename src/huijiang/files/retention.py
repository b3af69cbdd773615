"""How long files are kept, and letting go of them; nothing else removes one."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from huijiang import audit
from huijiang.accounts.viewers import today
from huijiang.files import vault
from huijiang.files.models import Blob, File, Purpose

TIME: Final = {
    Purpose.DRAFT: (0, 90),
    Purpose.OWN: (3, 0),
    Purpose.EVIDENCE: (10, 0),
    Purpose.RECORD: (10, 0),
    Purpose.LETTER: (30, 0),
    Purpose.PACK: (0, 7),
}
"""Years and days from the day that the caller names: handing in, or the end of the case."""

SETTLED: Final = dt.timedelta(days=1)  # an upload that is younger may still be on its way


def until(purpose: str, since: dt.date) -> dt.date:
    """The last day of a purpose's time; of a leap day, the year's last day of February."""
    years, days = TIME[Purpose(purpose)]
    try:
        day = since.replace(year=since.year + years)
    except ValueError:
        day = since.replace(year=since.year + years, day=28)
    return day + dt.timedelta(days=days)


def let_go(found: QuerySet[File], because: str) -> int:
    """End the time of some files now, for a ground (`erasure:…`), and take their content away; gives how many.

    The database lets nobody do so to records and letters of the office.
    """
    yesterday = today() - dt.timedelta(days=1)
    count = int(found.filter(erased_at=None, let_go="").update(let_go=because, keep_until=yesterday))
    expire()
    return count


def expire(on: dt.date | None = None) -> int:
    """Let go of the content of every file whose time is over; gives how many files."""
    day, count = on or today(), 0
    for file in File.objects.filter(erased_at=None, keep_until__lt=day).order_by("pk").iterator(chunk_size=500):
        with transaction.atomic():
            held = File.objects.select_for_update().get(pk=file.pk)
            blob, held.blob, held.name, held.erased_at = held.blob, None, None, timezone.now()
            held.save(update_fields=["blob", "name", "erased_at"])
            audit.record(None, "files.expire", f"file:{held.uid}", held.region_id, purpose=held.purpose)
            if blob is not None:
                _let_go(blob)
        count += 1
    return count


def _let_go(blob: Blob) -> None:
    digest = bytes(blob.digest)
    vault.lock(digest)
    if File.objects.filter(blob=blob).exists():
        return
    blob.delete()
    transaction.on_commit(lambda: remove(digest))


@transaction.atomic
def remove(digest: bytes) -> bool:
    """Take content off the disk unless a row knows it: between a commit and this, the same may have come in again."""
    vault.lock(digest)
    if Blob.objects.filter(digest=digest).exists():
        return False
    vault.place(digest).unlink(missing_ok=True)
    return True


def sweep(now: dt.datetime | None = None) -> int:
    """Remove what no row knows: parts of uploads that broke off, content whose transaction was rolled back."""
    end = (now or timezone.now()) - SETTLED
    count = 0
    if not vault.folder().is_dir():
        return 0
    for path in sorted(vault.folder().glob("*/*")):
        if not path.is_file() or path.stat().st_mtime > end.timestamp():
            continue
        if path.parent == vault.incoming():
            path.unlink(missing_ok=True)
            count += 1
            continue
        digest = bytes.fromhex(path.name)
        if not Blob.objects.filter(digest=digest).exists():
            count += remove(digest)
    return count
