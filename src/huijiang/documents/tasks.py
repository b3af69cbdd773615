"""The desk's jobs: the checks before a release, mutants of a working copy, what a change would do to a county, letting go of snapshots."""

from __future__ import annotations

from huijiang.accounts.viewers import today
from huijiang.documents import effect, library, releases, submissions, trials, workbench
from huijiang.documents.models import Submission, Trial
from huijiang.jobs import Handle, every, job
from tiaowen.check.library import Library, load_library


@job(trials.MUTANTS_JOB, "试改政策文件", repeatable=True)
def mutants(run: Handle, trial: int) -> None:
    held = Trial.objects.select_related("version__draft", "version__original").get(pk=trial)
    assert held.version is not None
    result = workbench.try_mutants(held.version, lambda done, all_: run.progress(done, all_))
    Trial.objects.filter(pk=trial).update(result=result)


@job(trials.EFFECT_JOB, "试算改动的影响", repeatable=True, heavy=True)
def county(run: Handle, trial: int) -> None:
    held = Trial.objects.select_related("version__draft", "release").get(pk=trial)
    result = effect.effect(library.current(), _other(held), held.region, today(),
                           lambda done, all_, what: run.progress(done, all_, what[:200]))  # fmt: skip
    Trial.objects.filter(pk=trial).update(result=result)


def _other(trial: Trial) -> Library:
    """What is tried: everything in force with the working copy in it, or a release.  Raises PolicyError."""
    if trial.release is not None:
        return load_library(releases.files_of(trial.release), thorough=False).require()
    assert trial.version is not None
    return workbench.together(trial.version.draft.path, trial.version.text).require()


@job(submissions.JOB, "检查要发布的版本", repeatable=True)
def check_release(run: Handle, submission: int) -> None:
    held = Submission.objects.select_related("asked_by", "earlier", "version__draft__owner").get(pk=submission)
    submissions.carry_out(held, lambda done, all_, what: run.progress(done, all_, what[:200]))


@job("documents.expire_previews", "清除试算用的数据", repeatable=True)
def let_go(run: Handle) -> None:
    run.progress(effect.expire())


every("0 18 * * *", "documents.expire_previews")
