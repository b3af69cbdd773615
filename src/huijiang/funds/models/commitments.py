"""What is approved for years to come: periods and instalments that have not begun, by year."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huijiang.audit.models import ADDED_ONLY
from huijiang.claims.models import Determination


class Commitment(models.Model):
    """Of one determination: what is still to come in a year, beside what had begun when it was made.

    `amount`: fen, at most: a period is paid when its conditions hold then.  `open`: those without a ceiling, which are
    in no sum.  Year 0: no day is set for them."""

    determination = models.ForeignKey(Determination, models.PROTECT, related_name="commitments")
    year = models.PositiveSmallIntegerField("年度")
    count = models.PositiveIntegerField("笔数")
    amount = models.BigIntegerField("至多（分）")
    open = models.PositiveIntegerField("数额未定的笔数", default=0)

    class Meta:
        verbose_name = "以后年度的承诺"
        ordering = ("determination", "year")
        constraints = (
            models.UniqueConstraint(name="commitment_once", fields=("determination", "year")),
            models.CheckConstraint(name="commitment_of_something", condition=Q(count__gt=0, amount__gte=0, open__lte=models.F("count"))),
        )  # fmt: skip
        triggers = ADDED_ONLY

    def __str__(self) -> str:
        return f"{self.determination_id} {self.year} {self.amount}"
