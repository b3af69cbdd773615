"""Asking for a trial (mutants, effect) and reading how far it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.documents.models import DraftVersion, Release, Trial
from huijiang.jobs import enqueue
from huijiang.jobs.models import ENDED, Run, State

MUTANTS_JOB = "documents.mutants"
EFFECT_JOB = "documents.effect"


@dataclass(frozen=True)
class Standing:
    """A trial with its run."""

    trial: Trial
    run: Run | None

    @property
    def under_way(self) -> bool:
        return self.trial.result is None and self.run is not None and self.run.state not in ENDED

    @property
    def failed(self) -> str:
        """Why there is no result; empty where there is one or it is on its way."""
        if self.trial.result is not None or self.run is None or self.run.state not in ENDED:
            return ""
        return self.run.error if self.run.state == State.FAILED else self.run.state

    @property
    def done(self) -> int:
        return self.run.done if self.run is not None else 0

    @property
    def total(self) -> int:
        return (self.run.total or 0) if self.run is not None else 0

    @property
    def note(self) -> str:
        return self.run.note if self.run is not None else ""


@transaction.atomic
def ask(kind: str, by: User, *, version: DraftVersion | None = None, release: Release | None = None,
        region: str = "") -> Trial:  # fmt: skip
    """Ask for a trial; one that waits or runs already, or has its result, is given instead of a second."""
    known = Trial.objects.filter(kind=kind, version=version, release=release, region=region).first()
    if known is not None and kind == Trial.Kind.MUTANTS and known.result is not None:
        return known
    if known is not None and known.result is None and standing(known).under_way:
        return known
    trial = Trial.objects.create(kind=kind, version=version, release=release, region=region, asked_by=by)
    name = MUTANTS_JOB if kind == Trial.Kind.MUTANTS else EFFECT_JOB
    run = enqueue(name, actor=by, region=region, trial=trial.pk)
    Trial.objects.filter(pk=trial.pk).update(run=run.uid if run is not None else None)
    trial.refresh_from_db()
    about = f"draft:{version.draft.uid}" if version is not None else f"release:{release.uid if release else ''}"
    audit.record(by, f"documents.{kind}_asked", about, region)
    return trial


def standing(trial: Trial) -> Standing:
    return Standing(trial, Run.objects.filter(uid=trial.run).first() if trial.run else None)


def newest(kind: str, *, version: DraftVersion | None = None, release: Release | None = None) -> Standing | None:
    """The last trial of a version or a release."""
    found = Trial.objects.filter(kind=kind, version=version, release=release).first()
    return standing(found) if found is not None else None
