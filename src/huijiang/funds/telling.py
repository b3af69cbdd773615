"""Telling payees what the bank did: by a job, since an answer may hold a hundred thousand lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction

from huijiang.claims.models import Claim
from huijiang.claims.public_notice import name_of
from huijiang.funds.models import Answer, AnswerLine
from huijiang.notices import services as notices
from huijiang.notices.services import Notice

TEMPLATES: Final = {"paid": "claim_paid", "rejected": "claim_returned", "returned": "claim_returned"}


def tell(answer: Answer, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """One message a claim and outcome, however many periods the transfer held; how many were told now."""
    found = (
        AnswerLine.objects.filter(answer=answer, verdict=AnswerLine.Verdict.APPLIED)
        .order_by("id").values_list("payment__due__claim", "outcome")
    )  # fmt: skip
    wanted, told = list(dict.fromkeys(found)), 0
    for done, (claim, outcome) in enumerate(wanted, start=1):
        told += _one(answer, claim, TEMPLATES[outcome])
        progress(done, len(wanted))
    return told


@transaction.atomic
def _one(answer: Answer, claim: int, template: str) -> bool:
    held = Claim.objects.select_related("payee_person", "payee_organisation").get(pk=claim)
    subject = f"claim:{held.uid}"
    if Notice.objects.filter(subject=subject, template=template, made_at__gte=answer.taken_at).exists():
        return False
    payee = held.payee_person or held.payee_organisation
    notices.tell(payee, template, {"number": held.number or "", "benefit": name_of(held.benefit)}, subject)
    return True
