"""Telling people what happens to their claims, and asking for the letters that the law wants.

The message stands in the transaction of what it tells of.  The letter is set by a job that is asked for in the same
transaction: nothing is decided without its letter being on its way, and no decision waits for a PDF.  After a
set-wise step (a batch that was paid) the same messages are told by a job (`in_bulk`), each once.

| what happened | message | letter |
|---|---|---|
| submitted | claim_submitted | |
| accepted, not accepted | claim_accepted, claim_declined | acceptance, non_acceptance |
| corrections asked for | claim_correction | correction |
| on public notice | claim_on_notice | |
| approved (after the notice, where one is due) | claim_approved | grant |
| refused | claim_refused | refusal |
| paid, sent back by the bank | claim_paid, claim_returned | |
| an objection answered | claim_dispute_answered | |
| lapsed | claim_lapsed | |
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from huijiang.claims import effects
from huijiang.claims.letter_tasks import JOB
from huijiang.claims.models import Claim, Correction, Dispute, Movement, NoticeEntry
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import Event, State
from huijiang.jobs import enqueue
from huijiang.notices import services as notices


def _tell(claim: Claim, template: str, **more: str) -> None:
    """Tell whoever is paid; for a claim at their request by an organisation, that organisation too, once a claim."""
    told = {"number": claim.number or "", "benefit": name_of(claim.benefit), **more}
    payee = claim.payee_person or claim.payee_organisation
    for each in dict.fromkeys((payee, claim.applicant_organisation if claim.batch_id is None else None)):
        if each is not None:
            notices.tell(each, template, told, f"claim:{claim.uid}")


def _letter(claim: Claim, kind: str, movement: Movement | None = None) -> None:
    enqueue(JOB, claim=str(claim.uid), kind=kind, movement=movement.number if movement is not None else 0)


def day(value: dt.date | None) -> str:
    return value.isoformat() if value is not None else "—"


@effects.on("submit")
def submitted(claim: Claim, movement: Movement | None, **said: Any) -> None:
    if claim.batch_id is not None and claim.payee_organisation_id is not None:
        return  # the organisation sent three hundred at once and reads their numbers on the batch's page
    _tell(claim, "claim_submitted", due=day(claim.deadline))


@effects.on("accept")
def accepted(claim: Claim, movement: Movement | None, **said: Any) -> None:
    _tell(claim, "claim_accepted", due=day(claim.deadline))
    _letter(claim, "acceptance", movement)


@effects.on("decline")
def declined(claim: Claim, movement: Movement | None, **said: Any) -> None:
    _tell(claim, "claim_declined", words=movement.words if movement is not None else "")
    _letter(claim, "non_acceptance", movement)


@effects.on("correction_asked")
def correction_asked(claim: Claim, correction: Correction, **said: Any) -> None:
    words = "；".join(each["words"] for each in correction.items)
    _tell(claim, "claim_correction", until=day(correction.due_on), items=words)
    _letter(claim, "correction")


@effects.on("notice_published")
def on_notice(claim: Claim, entry: NoticeEntry, **said: Any) -> None:
    _tell(claim, "claim_on_notice", starts=day(entry.notice.starts_on), ends=day(entry.notice.ends_on))


@effects.on("approve", "notice_ended")
def approved(claim: Claim, movement: Movement | None, **said: Any) -> None:
    if movement is not None and movement.target == State.APPROVED:
        _tell(claim, "claim_approved")
        _letter(claim, "grant", movement)


@effects.on("refuse")
def refused(claim: Claim, movement: Movement | None, **said: Any) -> None:
    _tell(claim, "claim_refused", condition=movement.condition if movement is not None else "")
    _letter(claim, "refusal", movement)


@effects.on("uphold", "recalculate")
def taken_back(claim: Claim, movement: Movement | None, **said: Any) -> None:
    """A decision that was sent out holds no longer."""
    if movement is not None and movement.event in (Event.UPHOLD, Event.RECALCULATE):
        _letter(claim, "withdrawal", movement)


@effects.on("pay", later=True)
def paid(claim: Claim, movement: Movement | None, **said: Any) -> None:
    _tell(claim, "claim_paid")


@effects.on("return", later=True)
def returned(claim: Claim, movement: Movement | None, **said: Any) -> None:
    _tell(claim, "claim_returned")


@effects.on("lapse")
def lapsed(claim: Claim, movement: Movement | None, **said: Any) -> None:
    _tell(claim, "claim_lapsed")


@effects.on("dispute_answered")
def dispute_answered(claim: Claim, dispute: Dispute, **said: Any) -> None:
    if dispute.by is not None:
        notices.tell(dispute.by, "claim_dispute_answered", {
            "number": claim.number or "", "benefit": name_of(claim.benefit), "answer": dispute.answer}, f"claim:{claim.uid}")  # fmt: skip
