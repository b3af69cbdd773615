"""Decisions on a selection: what was selected, and what became of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.claims import triggers
from huijiang.claims.models.claim import Claim


class BulkDecision(models.Model):
    """One act of the desk (`deciding.DEEDS`) on a selection, by one officer.

    `uid` is given out with the totals, before anything is done: a form that is sent twice finds what it made.
    `run`: the job's, empty where the selection was small enough to be done at once.
    """

    uid = models.UUIDField("编号", unique=True, editable=False)
    deed = models.CharField("决定", max_length=16)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("时间", db_default=Now())
    language = models.CharField("语言", max_length=12)
    run = models.UUIDField("作业", null=True)

    class Meta:
        verbose_name = "批量办理"
        ordering = ("-id",)
        indexes = (models.Index(name="bulk_of_officer", fields=("made_by", "-id")),)
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.once("asked_once", "run", words="a selection is decided as it was made"),
        )

    def __str__(self) -> str:
        return f"{self.deed} {self.uid}"


class BulkItem(models.Model):
    """One claim of a selection.  Its outcome stands in the transaction of the act, so that a job which goes on after
    its worker died does no claim twice."""

    class Outcome(models.TextChoices):
        DONE = "done", gettext_lazy("已办")
        NOT_DONE = "not_done", gettext_lazy("没有办成")

    bulk = models.ForeignKey(BulkDecision, models.PROTECT, related_name="items")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+")
    at = models.PositiveSmallIntegerField("次序")
    outcome = models.CharField("结果", max_length=8, choices=Outcome, blank=True)
    amount = models.BigIntegerField("核定金额（分）", null=True)
    why = models.CharField("原因", max_length=300, blank=True)
    ended_at = models.DateTimeField("办理时间", null=True)

    class Meta:
        verbose_name = "批量办理的一件"
        ordering = ("bulk", "at")
        constraints = (
            models.UniqueConstraint(name="bulk_item_in_order", fields=("bulk", "at")),
            models.UniqueConstraint(name="bulk_item_once", fields=("bulk", "claim")),
            models.CheckConstraint(name="bulk_item_ended_whole", condition=Q(outcome="", why="", ended_at=None)
                                   | Q(outcome="done", why="", ended_at__isnull=False)
                                   | Q(outcome="not_done", ended_at__isnull=False) & ~Q(why="")),
        )  # fmt: skip
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.once(
                "ended_once", "outcome", "amount", "why", "ended_at", words="each of a selection has one end"
            ),
        )

    def __str__(self) -> str:
        return f"{self.bulk_id} {self.claim_id} {self.outcome}"
