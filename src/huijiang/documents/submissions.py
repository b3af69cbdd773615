"""Handing in what is to become a release: the checks and the cases run in a job, and whoever asked watches it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models.functions import Now

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.documents import bundles, drafts, releases
from huijiang.documents.models import Draft, Release, Submission
from huijiang.jobs import enqueue
from huijiang.jobs.models import ENDED, Run, State

JOB: Final = "documents.release_check"
LOCK: Final = 0x5B_4D_17  # one who hands in at a time
KEPT: Final = 50  # problems kept; the count is that of all


@dataclass(frozen=True)
class Standing:
    """A submission with its run."""

    submission: Submission
    run: Run | None

    @property
    def under_way(self) -> bool:
        return self.submission.ended_at is None and self.run is not None and self.run.state not in ENDED

    @property
    def failed(self) -> str:
        """Why there is no result; empty where there is one, or it is on its way."""
        if self.submission.ended_at is not None or self.under_way:
            return ""
        if self.run is None:
            return State.FAILED.label
        return self.run.error or self.run.get_state_display()


def standing(submission: Submission) -> Standing:
    return Standing(submission, Run.objects.filter(uid=submission.run).first() if submission.run else None)


@transaction.atomic
def of_bundle(files: Mapping[str, str], by: User, note: str, language: str = "zh") -> Submission:
    """Hand in the files of a bundle.  The same files by the same person, while they are checked, are one submission."""
    content = bundles.pack(files)
    digest = hashlib.sha256(content).hexdigest()
    return _known(by, digest=digest, note=note) or _asked(
        Submission(kind=Submission.Kind.BUNDLE, content=content, digest=digest), by, note, language
    )


@transaction.atomic
def of_draft(draft: Draft, by: User, note: str, language: str = "zh") -> Submission:
    """Hand in the newest version of a working copy.  Raises DraftError for what can be refused at once."""
    version = drafts.submittable(draft, by)
    return _known(by, version=version) or _asked(
        Submission(kind=Submission.Kind.DRAFT, version=version), by, note, language
    )


@transaction.atomic
def of_earlier(release: Release, by: User) -> Submission:
    """Hand in an earlier release again.  Raises ReleaseError when it is in force or never was."""
    releases.repeatable(release)
    return _known(by, earlier=release) or _asked(Submission(kind=Submission.Kind.AGAIN, earlier=release), by, "", "zh")


@transaction.atomic
def once_more(submission: Submission, by: User) -> None:
    """Ask again for checks whose job failed or was cancelled; while one is under way nothing happens."""
    held = Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    if held.ended_at is None and not standing(held).under_way:
        _enqueue(held, by)


def open_of(draft: Draft) -> Standing | None:
    """The submission of a working copy's newest version, if there is one."""
    found = Submission.objects.filter(version=draft.latest).first()
    return standing(found) if found is not None else None


def without_release() -> list[Standing]:
    """The last few that became no release: still being checked, or refused."""
    found = Submission.objects.filter(release=None).select_related("asked_by", "version__draft", "earlier")[:5]
    return [standing(each) for each in found]


def carry_out(submission: Submission, told: releases.Told = releases.untold) -> None:
    """Check, and make the release or keep what is wrong.  One that has ended stays as it is."""
    if submission.ended_at is not None:
        return
    try:
        with transaction.atomic():
            release = _made(submission, told)
            Submission.objects.filter(pk=submission.pk).update(release=release, content=None, ended_at=Now())
    except releases.ReleaseError as error:
        problems = error.problems if isinstance(error, releases.Refused) else (str(error),)
        Submission.objects.filter(pk=submission.pk).update(
            problems=list(problems[:KEPT]), found=len(problems), content=None, ended_at=Now()
        )


def _made(held: Submission, told: releases.Told) -> Release:
    by = held.asked_by
    if held.version is not None:
        return drafts.submit(held.version.draft, by, held.note, held.language, number=held.version.number, told=told)
    if held.earlier is not None:
        return releases.again(held.earlier, by, told)
    content = bytes(held.content or b"")
    files = bundles.unpack(io.BytesIO(content), len(content))
    return releases.make(files, by, held.note, held.language, told=told)


def _known(by: User, **what: object) -> Submission | None:
    """The same thing of the same person that is being checked now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    found = Submission.objects.filter(asked_by=by, ended_at=None, **what).first()
    return found if found is not None and standing(found).under_way else None


def _asked(submission: Submission, by: User, note: str, language: str) -> Submission:
    submission.asked_by, submission.note, submission.language = by, note, language
    submission.save()
    _enqueue(submission, by)
    audit.record(by, "documents.handed_in", f"submission:{submission.uid}", kind=submission.kind)
    return submission


def _enqueue(submission: Submission, by: User) -> None:
    run = enqueue(JOB, actor=by, submission=submission.pk)
    submission.run = run.uid if run is not None else None
    Submission.objects.filter(pk=submission.pk).update(run=submission.run)
