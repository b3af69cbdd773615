"""The night's second look at what was paid: the risk blocks with `after payment: looked at again` are run anew.

On the facts of tonight: registers are asked again, certificates and payments are read again.  A hit stands beside the
case (`claims.Check`) and becomes a finding, for people to judge; nothing is taken back here, and a rule finds a payment
once.  One claim is held in memory at a time.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Exists, OuterRef

from huijiang.accounts.viewers import today
from huijiang.claims.models import Claim
from huijiang.claims.models.checks import Judgement, Verdict
from huijiang.claims.risks.weighing import weigh
from huijiang.claims.verifiers import running
from huijiang.claims.verifiers.table import of_block
from huijiang.funds import recoveries
from huijiang.funds.models import Payment, Recovery

Ground = Recovery.Ground
Progress = Callable[[int, int], None]
CHUNK: Final = 500
EACH: Final = 50
"""Claims between two words about how far it is."""
GROUNDS: Final = {
    "R02": Ground.DEAD, "R03": Ground.CUSTODY, "R04": Ground.RETIRED, "R12": Ground.PAID_TWICE, "R15": Ground.SAME_CERTIFICATE,
}  # fmt: skip
"""Rule of the field's list → ground of a recovery; of others it is `other`."""


_PAID: Final = Exists(Payment.objects.filter(due__claim=OuterRef("pk"), state=Payment.State.PAID))


@dataclass
class Rechecked:
    """What a night came to: claims looked at, new findings, and by rule how many claims gave no data."""

    looked: int = 0
    found: int = 0
    without: Counter[str] = field(default_factory=Counter)


def recheck(progress: Progress = lambda done, total: None, on: dt.date | None = None) -> Rechecked:
    """Look at every claim that a payment stands for."""
    told, day = Rechecked(), on or today()
    total = Claim.objects.filter(_PAID).count()
    for claim in _paid():
        told.looked += 1
        _look(claim, day, told)
        if told.looked % EACH == 0:
            progress(told.looked, total)
    return told


def _paid() -> Iterator[Claim]:
    """Claims with a payment that stands, by number, a few hundred at a time."""
    last = 0
    while pks := list(Claim.objects.filter(_PAID, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        for pk in pks:
            yield Claim.objects.select_related("payee_person", "payee_organisation", "account").get(pk=pk)
        last = pks[-1]


def _look(claim: Claim, day: dt.date, told: Rechecked) -> None:
    before = running.latest(claim)
    said = weigh(claim, day, only=lambda block: block.rule.again)
    matter = [
        (block, each) for block, each in said
        if each.verdict == Verdict.FAILED or (block.key in before and before[block.key].verdict == Verdict.FAILED
                                              and each.verdict == Verdict.PASSED)
    ]  # fmt: skip
    told.without.update(block.rule.listed or block.key for block, each in said if each.verdict == Verdict.NO_DATA)
    if not matter:
        return
    running.keep(claim, [(of_block(block), each) for block, each in matter])
    after = running.latest(claim)
    for block, each in matter:
        check = after[block.key]
        if each.verdict != Verdict.FAILED or check.judgement == Judgement.CLEARED:
            continue
        rule = block.rule.listed or block.rule.id[:40]
        paid = Payment.objects.filter(due__claim=claim, state=Payment.State.PAID).exclude(findings__rule=rule)
        for payment in paid.select_related("batch").order_by("pk"):
            evidence = {"check": str(check.uid), "clause": block.clause, "version": block.version, **each.evidence}
            recoveries.find(payment, rule, GROUNDS.get(rule, Ground.OTHER), evidence)
            told.found += 1
