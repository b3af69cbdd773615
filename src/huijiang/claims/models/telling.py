"""What people are still to be told after a set-wise step."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from huijiang.audit.models import CurrentTransaction
from huijiang.claims import triggers
from huijiang.claims.states import Event


class Telling(models.Model):
    """The movements of one event that one transaction wrote, up to id `last`; `told`: the last one that was told.

    It stands in the transaction of the movements, which carry the same `transaction`; ids alone would not do, because
    others write theirs in between.
    """

    event = models.CharField("事件", max_length=16, choices=Event)
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    claims = models.PositiveIntegerField("件数")
    told = models.BigIntegerField("已告知到")
    last = models.BigIntegerField("告知到")
    made_at = models.DateTimeField("时间", db_default=Now())
    ended_at = models.DateTimeField("告知完毕", null=True)

    class Meta:
        verbose_name = "待告知"
        constraints = (
            models.CheckConstraint(name="telling_goes_on_to_its_end", condition=Q(told__lte=F("last"))),
            models.CheckConstraint(name="telling_of_some", condition=Q(claims__gt=0)),
        )
        indexes = (models.Index(name="telling_open", fields=("id",), condition=Q(ended_at=None)),)
        triggers = (*triggers.NEVER_DELETED, triggers.TOLD_FORWARD)

    def __str__(self) -> str:
        return f"{self.event} {self.claims}"
