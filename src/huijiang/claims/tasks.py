"""The night's work on claims: notices come down on their day, and the next month becomes due where its facts hold.

A claim whose next period can't be due by itself gets a finding for a person to judge, once.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huijiang import audit
from huijiang.accounts.viewers import today
from huijiang.claims import dues, in_bulk, panels, proactive, public_notice, retention, rounds
from huijiang.claims.errors import ClaimError
from huijiang.claims.models import Check, Claim, Panel
from huijiang.claims.models.checks import Severity, Verdict
from huijiang.claims.moving import last_of
from huijiang.claims.states import State
from huijiang.claims.verifiers import running
from huijiang.entitlements.models import Standing
from huijiang.jobs import Handle, every, job
from huijiang.regions.models import Region

JOB = "claims.nightly"
PREPARE = "claims.proactive"
NEXT_PERIOD = "next_period"
CONTINUING = (State.APPROVED, State.PAYABLE, State.PAID)


@job(JOB, "申报夜间处理", repeatable=True)
def night(run: Handle) -> None:
    down, went_on = public_notice.take_down()
    run.progress(1, note="公示")
    made, held = next_periods(today())
    run.result(notices=down, went_on=went_on, due=made, held=held, telling=in_bulk.tell_the_rest())


def next_periods(on: dt.date) -> tuple[int, int]:
    """Make what has come due of allowances that run on; gives how many dues, and how many claims wait for a person."""
    made = held = 0
    for claim in (
        Claim.objects.filter(state__in=CONTINUING).exclude(determinations__later=0).order_by("id").iterator(500)
    ):
        try:
            made += len(dues.next_periods(claim, on))
        except ClaimError as error:
            held += _held(claim, str(error))
    return made, held


def _held(claim: Claim, why: str) -> int:
    """Write the finding down; not again while nobody has judged the last one."""
    if claim.checks.filter(verifier=NEXT_PERIOD, judgement="").exists():
        return 0
    made = last_of(claim)
    found = Check(
        claim=claim, determination=made, verifier=NEXT_PERIOD, version=made.release if made else "",
        verdict=Verdict.FAILED, severity=Severity.REVIEW, words=why[:300],
    )  # fmt: skip
    with transaction.atomic():
        found.save()
        audit.record(None, "claims.next_period_held", f"claim:{claim.uid}", claim.region_id, check=found.uid)
    return 1


ROUNDS = "claims.rounds"


@job(ROUNDS, "申报批次到期处理", repeatable=True)
def rounds_over(run: Handle) -> None:
    """Rounds whose end has come are ranked; panels whose day is over are opened.  What can't be ranked yet says why."""
    settled, waiting = 0, []
    for held in rounds.due():
        try:
            rounds.settle(held)
            settled += 1
        except ClaimError as error:
            waiting.append({"round": str(held.uid), "why": str(error)[:300]})
    opened = sum(panels.open_when_ready(each) for each in Panel.objects.filter(opened_at=None).select_related("round"))
    run.result(settled=settled, waiting=waiting, opened=opened)


@job(running.JOB, "申报核验", repeatable=True)
def verify(run: Handle, claim: int) -> None:
    running.run_and_go_on(Claim.objects.get(pk=claim))


@job(PREPARE, "免申即享备件", repeatable=True)
def make_ready(run: Handle) -> None:
    """After the night's run and the claims' own night; registers' old answers go."""
    regions = Region.objects.filter(pk__in=Standing.objects.filter(last_run=None).values("region")).order_by("path")
    done = []
    for at, region in enumerate(regions, start=1):
        done.append(proactive.prepare(region))
        run.progress(at, len(regions), region.name)
    retention.expire()
    run.result(**{each.region: {"made": each.made, "held": each.held, "told": each.told} for each in done})


every("30 19 * * *", JOB)
every("0 20 * * *", PREPARE)
every("10 * * * *", ROUNDS)
