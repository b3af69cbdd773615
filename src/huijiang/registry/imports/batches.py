"""A file's way from its arrival to its end: received, read, confirmed, stored; or refused, cancelled, broken.

Each step is a job (`registry/tasks.py`); what a step has not finished when its worker dies is rolled back,
and `settle` says so on the batch.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import Error, IntegrityError, transaction
from django.utils.translation import gettext as _

from huijiang import audit, disk
from huijiang.jobs import Cancelled, enqueue
from huijiang.jobs.models import ENDED, Run
from huijiang.jobs.models import State as RunState
from huijiang.jobs.queue import NO_ROOM
from huijiang.jobs.queue import cancel as cancel_run
from huijiang.registry.imports.applying import Outcome, Report, run
from huijiang.registry.imports.reading import LIMITS
from huijiang.registry.models import ImportBatch, ImportFault
from huijiang.registry.vocabulary import vocabulary

if TYPE_CHECKING:
    from huijiang.accounts.models import User
    from huijiang.regions.models import Region

State = ImportBatch.State
READ_JOB: Final = "registry.import_read"
APPLY_JOB: Final = "registry.import_apply"
UNDER_WAY: Final = (State.RECEIVED, State.READING, State.APPLYING)
OVER: Final = (State.APPLIED, State.CANCELLED, State.BROKEN, State.REFUSED)
PRIVATE: Final = 0o700


class UploadError(ValueError):
    """The upload can't be taken; nothing was stored."""


def folder() -> Path:
    """Where uploads wait, for this account alone; a file goes when its batch is over."""
    found = Path(settings.DATA) / "imports"
    found.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
    return found


def shown(text: str) -> str:
    """A text of unknown make as it can be stored and shown: control characters become a mark."""
    return "".join(each if each.isprintable() else "�" for each in text)


def file_of(batch: ImportBatch) -> Path:
    return folder() / str(batch.uid)


def receive(
    user: User | None, table: str, region: Region, as_of: dt.date, name: str, chunks: Iterable[bytes], source: str = ""
) -> ImportBatch:
    """Take a file in and ask for it to be read.  Raises UploadError; then nothing of it stays behind."""
    told = vocabulary().tables.get(table)
    if told is None:
        raise UploadError(f"{_('没有这张表')}: {table[:32]!r}")
    batch = ImportBatch(
        table=table, managed_by=region, source=source or told.source, as_of=as_of, file_name=shown(Path(name).name)[-200:],
        uploaded_by=user,
    )  # fmt: skip
    path = file_of(batch)
    digest, size = hashlib.sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as target:
            for chunk in chunks:
                size += len(chunk)
                if size > LIMITS.file_bytes:
                    break
                digest.update(chunk)
                target.write(chunk)
        if not 0 < size <= LIMITS.file_bytes:
            raise UploadError(_("文件应有内容，且不大于 %(most)s MiB") % {"most": LIMITS.file_bytes >> 20})
        disk.require()
        batch.file_size, batch.digest = size, digest.hexdigest()
        with transaction.atomic():
            batch.save()
            _ask(batch, READ_JOB, user)
    except (UploadError, OSError, Error, disk.NoRoom) as error:
        path.unlink()
        if isinstance(error, OSError | disk.NoRoom) and disk.is_full(error):
            raise UploadError(_("服务器磁盘快满了，没有收下这个文件；请联系管理员清出空间后再传")) from error
        raise
    return batch


def earlier(batch: ImportBatch) -> ImportBatch | None:
    """The batch that stored the very same file for the same table and region before."""
    return (
        ImportBatch.objects.filter(
            table=batch.table, managed_by=batch.managed_by_id, digest=batch.digest, state=State.APPLIED
        )
        .exclude(pk=batch.pk)
        .first()
    )


def confirm(user: User | None, batch: ImportBatch) -> bool:
    """Ask for a read file to be stored; a second press changes nothing and gives False."""
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if held.state != State.READ:
            return False
        return _ask(held, APPLY_JOB, user)


def cancel(batch: ImportBatch) -> bool:
    """Stop a batch that is not over: at once if it waits, at the next thousand rows if it runs."""
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if held.state in OVER:
            return False
        current = Run.objects.filter(uid=held.run).exclude(state__in=ENDED).first() if held.run else None
        if current is not None:
            cancel_run(current)
        if held.state in (State.RECEIVED, State.READ):
            _end(held, State.CANCELLED)
        return True


def examine(batch: ImportBatch, report: Report = lambda _: None) -> None:
    """Read a file against the registry and keep what was found for the preview."""
    begun = ImportBatch.objects.filter(pk=batch.pk, state__in=(State.RECEIVED, State.READING)).update(
        state=State.READING
    )
    if not begun:
        return
    batch.refresh_from_db()
    try:
        outcome = run(batch, file_of(batch), False, report)
    except Cancelled:
        _end(batch, State.CANCELLED)
        raise
    _keep(batch, outcome, State.READ)


def apply(batch: ImportBatch, report: Report = lambda _: None) -> None:
    """Store a read file, whole or not at all."""
    try:
        with transaction.atomic():
            begun = ImportBatch.objects.filter(pk=batch.pk, state=State.READ).update(state=State.APPLYING)
    except IntegrityError:
        ImportBatch.objects.filter(pk=batch.pk).update(message=_("同一张表正有另一批在写入，请稍后再确认"))
        return
    if not begun:
        return
    batch.refresh_from_db()
    try:
        with transaction.atomic():
            outcome = run(batch, file_of(batch), True, report)
            _keep(batch, outcome, State.APPLIED)
            if not outcome.wrong:
                audit.record(
                    batch.uploaded_by, "registry.import", f"import:{batch.uid}", batch.managed_by_id,
                    table=batch.table, new=outcome.new, changed=outcome.changed, digest=batch.digest,
                )  # fmt: skip
    except Cancelled:
        _end(batch, State.CANCELLED)
        raise


def finish(batch: ImportBatch, outcome: Outcome) -> None:
    """Close a batch whose rows were stored in the transaction under way."""
    _keep(batch, outcome, State.APPLIED)


def settle() -> int:
    """Say of batches whose job ended without them that they were broken off; gives how many.

    What they had not committed was rolled back by the database, so nothing is stored by halves."""
    done = 0
    for batch in ImportBatch.objects.filter(state__in=UNDER_WAY, run__isnull=False):
        current = Run.objects.filter(uid=batch.run).first() if batch.run else None
        if current is not None and current.state in ENDED:
            broken = current.state != RunState.CANCELLED
            full = current.error.startswith(NO_ROOM)
            why = _("磁盘满了，没有写入任何一行；请联系管理员清出空间，再重新上传") if full else _(
                "处理它的进程中断了，没有写入任何一行；请重新上传")  # fmt: skip
            _end(batch, State.BROKEN if broken else State.CANCELLED, why)
            done += 1
    return done


def _ask(batch: ImportBatch, name: str, user: User | None) -> bool:
    asked = enqueue(name, actor=user, region=batch.managed_by_id, unique=str(batch.uid), batch=batch.pk)
    if asked is None:
        return False
    ImportBatch.objects.filter(pk=batch.pk).update(run=asked.uid)
    batch.run = asked.uid
    return True


def _keep(batch: ImportBatch, outcome: Outcome, fine: str) -> None:
    batch.faults.all().delete()
    ImportFault.objects.bulk_create(
        ImportFault(
            batch=batch, sheet=shown(each.sheet)[:64], row=each.row or None, column=shown(each.column)[:120],
            seen=shown(each.seen)[:200], expected=shown(each.expected)[:300],
        )
        for each in outcome.faults.kept
    )  # fmt: skip
    batch.rows_read = outcome.read
    batch.rows_new, batch.rows_changed, batch.rows_same = outcome.new, outcome.changed, outcome.same
    batch.rows_wrong = outcome.wrong
    if outcome.wrong:
        _end(batch, State.REFUSED)
    elif fine in OVER:
        _end(batch, fine)
    else:
        batch.state = fine
        batch.save()


def _end(batch: ImportBatch, state: str, message: str = "") -> None:
    batch.state, batch.finished_at = state, dt.datetime.now(dt.UTC)
    batch.message = message if state == State.BROKEN else ""
    batch.save()
    transaction.on_commit(lambda: file_of(batch).unlink(missing_ok=True))
