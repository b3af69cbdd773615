"""What next years' budgets must carry: allowances and instalments that are approved and have not begun.

They are in no line and no reservation of this year: a period becomes due on its day, when its conditions hold then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Sum

from huijiang.claims import determine
from huijiang.claims.models import Determination
from huijiang.claims.tasks import CONTINUING
from huijiang.funds.models import Commitment

UNDATED = 0
CHUNK = 500


@dataclass(frozen=True)
class Committed:
    """Of a year (0: no day is set): how many periods and instalments, at most how many fen, and how many of them have no
    ceiling and are in no sum."""

    year: int
    count: int
    amount: int
    open: int


def note(made: Determination) -> None:
    """Write down what a determination has still to come, by year.  Raises SealedError."""
    if made.later == 0:
        return
    found: dict[int, list[int | None]] = {}
    for each in determine.body_of(made)["coming"]:
        found.setdefault(int(each["from"][:4]) if each["from"] else UNDATED, []).append(each["high"])
    Commitment.objects.bulk_create(
        Commitment(determination=made, year=year, count=len(highs), amount=sum(high for high in highs if high is not None),
                   open=highs.count(None))
        for year, highs in sorted(found.items())
    )  # fmt: skip


def note_missing() -> int:
    """What was determined before commitments were written down; gives how many determinations."""
    missing = Determination.objects.filter(
        ~Exists(Commitment.objects.filter(determination=OuterRef("pk"))), ~Q(later=0), claim__state__in=CONTINUING
    )
    done, last = 0, 0
    while some := list(missing.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        for each in some:
            note(each)
        done, last = done + len(some), some[-1].pk
    return done


def of_years_after(paths: Iterable[str], year: int) -> list[Committed]:
    """By year, of the claims of some regions that go on: what their last determinations have still to come, and what has
    no day."""
    within = Q()
    for path in paths:
        within |= Q(determination__claim__region__path__startswith=path)
    if not within:
        return []
    newer = Determination.objects.filter(
        claim=OuterRef("determination__claim"), number__gt=OuterRef("determination__number")
    )
    found = (
        Commitment.objects.filter(within, Q(year__gt=year) | Q(year=UNDATED), ~Exists(newer),
                                  determination__claim__state__in=CONTINUING)
        .values("year").annotate(counted=Sum("count"), fen=Sum("amount"), unset=Sum("open")).order_by("year")
    )  # fmt: skip
    return [Committed(each["year"], each["counted"], int(each["fen"]), each["unset"]) for each in found]
