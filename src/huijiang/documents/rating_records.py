"""Ratings of the service (好差评): one to five, with words that are shown only after somebody has read them.

Who rated is not kept.  Of somebody signed in, a keyed digest over account and subject stays, so that one
person counts once; it can't be turned back into the account.
"""

from __future__ import annotations

import uuid

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from huijiang.accounts.models import User


class Rating(models.Model):
    """One rating of a page or a case; `subject` names it: `benefit:xiaoshan-2025-3#trainer-grant`, `case:…`."""

    class State(models.TextChoices):
        WAITING = "waiting", "待审看"
        SHOWN = "shown", "已公开"
        HIDDEN = "hidden", "不公开"

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    subject = models.CharField("评什么", max_length=200)
    score = models.PositiveSmallIntegerField("几分", validators=[MinValueValidator(1), MaxValueValidator(5)])
    words = models.CharField("意见", max_length=500, blank=True)
    once = models.CharField(max_length=64, null=True, unique=True, editable=False)
    rated_at = models.DateTimeField("时间", db_default=Now())
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    moderated_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="谁审看的")
    hidden_because = models.CharField("不公开的理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "评价"
        ordering = ("-rated_at",)
        constraints = (
            models.CheckConstraint(name="rating_one_to_five", condition=Q(score__range=(1, 5))),
            models.CheckConstraint(
                name="rating_moderated_by_somebody",
                condition=Q(state="waiting", moderated_by=None, hidden_because="")
                | Q(state="shown", moderated_by__isnull=False, hidden_because="")
                | Q(state="hidden", moderated_by__isnull=False) & ~Q(hidden_because=""),
            ),
        )
        indexes = (models.Index(name="rating_by_subject", fields=("subject", "-rated_at")),)
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="said_as_it_was", operation=pgtrigger.UpdateOf("subject", "score", "words", "once", "rated_at")),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.subject} {self.score}"
