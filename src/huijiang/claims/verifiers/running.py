"""Running the checks over a claim, what they found, and what stops it.

An unchanged finding is not written twice, so that what a person judged stays judged.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huijiang import audit, present
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims import acts, effects, judging, locks, review
from huijiang.claims.access import acts_as
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import Act, Check, Claim, Movement
from huijiang.claims.models.checks import Judgement, Severity, Verdict
from huijiang.claims.models.decision import Kind
from huijiang.claims.risks.weighing import weigh
from huijiang.claims.states import Event, State, Who
from huijiang.claims.verifiers import table
from huijiang.claims.verifiers.finding import Finding, Subject, passed
from huijiang.claims.verifiers.table import IN_CODE, of_block
from huijiang.jobs import enqueue

JOB = "claims.checks"
NO_LONGER = gettext_noop("这条规则已经停用，或者不再适用于这件申报")
Found = tuple[table.Check, Finding]
JUDGES = frozenset({Who.REVIEWER, Who.SECOND_REVIEWER, Who.SUPERVISOR})


def find(claim: Claim, on: dt.date | None = None, outside: bool = True) -> list[Found]:
    """What the checks say now, nothing written; `outside` False: those that ask no other authority."""
    day = on or today()
    subject = Subject(claim, day)
    said = [(check, verify(subject)) for check, verify in IN_CODE.items()]
    told = [(check, each) for check, each in said if each is not None]
    return told + [(of_block(block), each) for block, each in weigh(claim, day, outside)]


@transaction.atomic
def keep(claim: Claim, found: list[Found], whole: bool = False) -> list[Check]:
    """Write down what is new, on a claim that is then held; gives the new rows.

    `whole`: `found` is all there is, so a hit of a block that no longer runs or no longer applies is over.
    """
    held = locks.claim(claim)
    before, made = latest(held), held.determinations.order_by("-number").first()
    if whole:
        found = found + _over(before, found)
    new = []
    for check, said in found:
        severity = said.severity or check.severity
        last = before.get(check.name)
        if last is not None and (last.verdict, last.severity, last.version, _essence(last.evidence)) == (
            said.verdict, severity, check.version, _essence(said.evidence),
        ):  # fmt: skip
            continue
        new.append(Check(
            claim=held, determination=made, verifier=check.name, version=check.version, verdict=said.verdict,
            severity=severity, score=said.score, words=said.words[:300], evidence=said.evidence,
            name=str(check.label)[:80] if check.clause else "", rule=check.rule[:8], clause=check.clause[:200],
        ))  # fmt: skip
    Check.objects.bulk_create(new)
    if new:
        audit.record(None, "claims.verified", f"claim:{held.uid}", held.region_id, new=len(new),
                     failed=sorted(each.verifier for each in new if each.verdict == Verdict.FAILED),
                     checks=[str(each.uid) for each in new])  # fmt: skip
    return new


def _essence(evidence: dict[str, Any]) -> dict[str, Any]:
    """Evidence but for the day of a register's data: the same answer of a later day is the same finding."""
    asked = [{key: value for key, value in each.items() if key != "as_of"} for each in evidence.get("registers", ())]
    return {**evidence, "registers": asked}


def _over(before: dict[str, Check], found: list[Found]) -> list[Found]:
    """Last words of blocks that say nothing any more, as passed."""
    now = {check.name for check, _said in found}
    gone = [each for name, each in before.items() if each.clause and name not in now and each.verdict != Verdict.PASSED]
    return [
        (table.Check(each.verifier, each.name, Severity(each.severity), each.version, each.rule, each.clause),
         passed(NO_LONGER))
        for each in gone
    ]  # fmt: skip


def run(claim: Claim, on: dt.date | None = None, outside: bool = True) -> list[Check]:
    """Find, then keep.  Registers are asked before the claim is held: nobody waits for them."""
    return keep(claim, find(claim, on, outside), whole=outside)


def run_and_go_on(claim: Claim, on: dt.date | None = None) -> None:
    """The job's work: verify; a claim that is still being checked then stands in review, by the system."""
    run(claim, on)
    with judging.shared():  # registers may have taken their time: facts are read anew, once
        with transaction.atomic():
            held = locks.claim(claim)
            if held.state == State.CHECKING:
                review.checked(held, None, on=on)
        run(held, on, outside=False)  # with the determination there is now


def latest(claim: Claim) -> dict[str, Check]:
    """Each verifier's last finding on a claim."""
    rows = Check.objects.filter(claim=claim).order_by("verifier", "-id").distinct("verifier")
    return {each.verifier: each for each in rows}


def stopping(claim: Claim) -> list[Check]:
    """Findings that stop the claim: failed, of severity block, and cleared by nobody."""
    return [
        each for each in latest(claim).values()
        if each.verdict == Verdict.FAILED and each.severity == Severity.BLOCK and each.judgement != Judgement.CLEARED
    ]  # fmt: skip


def may_judge(claim: Claim, viewer: Viewer) -> str:
    """Why the viewer may not judge a hit of this claim; empty when they may.  Whoever applied or gains may not."""
    if not acts_as(viewer, claim) & JUDGES:
        return _("您不能判断这件申报的核验结果。")
    return acts.why_not_near(claim, viewer.user)


@transaction.atomic
def judge(check: Check, viewer: Viewer, judgement: Judgement, because: str) -> Check:
    """A person's word on a hit, once, with the reason.  Raises MayNot, ClaimError."""
    held = locks.claim(check.claim_id)
    found = Check.objects.select_for_update().get(pk=check.pk)
    reason = may_judge(held, viewer)
    if reason:
        raise MayNot(reason)
    if found.verdict != Verdict.FAILED:
        raise ClaimError(_("只有“不符”的结果要由人判断。"))
    if found.judgement:
        raise ClaimError(_("这条结果已经判断过。"))
    if not because.strip():
        raise ClaimError(_("请写明判断的理由。"))
    found.judgement, found.judged_by = judgement, viewer.user
    found.judged_at, found.judged_because = present.now(), because.strip()[:500]
    found.save(update_fields=["judgement", "judged_by", "judged_at", "judged_because"])
    audit.record(viewer.user, "claims.judged", f"claim:{held.uid}", held.region_id, check=found.uid,
                 verifier=found.verifier, judgement=str(judgement))  # fmt: skip
    return found


# -- when they run ---------------------------------------------------------------------
@effects.on(Event.ACCEPT, Event.CORRECT)
def ask_for_checks(claim: Claim, movement: Movement | None = None, **said: object) -> None:
    """Taken in, or put right: verify in the background."""
    enqueue(JOB, region=claim.region_id, unique=str(claim.uid), claim=claim.pk)


@effects.on(Event.REVIEW)
def again(claim: Claim, movement: Movement | None = None, **said: object) -> None:
    """Before the second review, in the first one's own transaction: what this database knows."""
    run(claim, outside=False)


@effects.on("signed")
def stopped(claim: Claim, act: Act, **said: object) -> None:
    """The database refuses the approval too (`triggers.STOPPED_BY_FINDINGS`); here with words, at the signature."""
    open_ = stopping(claim) if act.kind == Kind.SECOND_REVIEW else []
    if open_:
        which = "、".join(str(each.shown) for each in open_)
        raise ClaimError(_("核验拦截未处理：%(which)s。请先核实并写明理由。") % {"which": which})
