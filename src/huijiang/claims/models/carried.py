"""What a merge carries over: a claim of the record that went counts for the record that was kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from huijiang.claims import triggers
from huijiang.claims.models.claim import Claim
from huijiang.registry.models import Merge


class Carried(models.Model):
    """Claim `claim`, made under an alias for its own event, also stands for the event `holder` of the kept record.

    Nothing more can be claimed or be due for that event than what the claim leaves; until the merge is undone.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="carried")
    merge = models.ForeignKey(Merge, models.PROTECT, related_name="+")
    holder = models.CharField("事由", max_length=128, help_text="表:编号")
    made_at = models.DateTimeField("合并时间", db_default=Now())
    ended_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "并入的申报"
        constraints = (
            models.UniqueConstraint(name="carried_once", fields=("claim", "holder"), condition=Q(ended_at=None)),
        )
        indexes = (models.Index(name="carried_to_event", fields=("holder",), condition=Q(ended_at=None)),)
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.once("carried_until_undone", "ended_at", words="a carried claim ends once, with its merge"),
        )

    def __str__(self) -> str:
        return f"{self.claim_id} → {self.holder}"
