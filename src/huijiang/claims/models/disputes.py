"""Objections to a decision or a notice.  They stop payment until somebody else has answered."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.claims import triggers
from huijiang.claims.models.claim import Claim
from huijiang.claims.states import State
from huijiang.sealed import SealedText


class Ground(models.TextChoices):
    """What an objection is about."""

    CONDITION = "condition", gettext_lazy("某个条件")
    AMOUNT = "amount", gettext_lazy("金额")
    REFUSAL = "refusal", gettext_lazy("不予支持的决定")
    PERSON = "person", gettext_lazy("不该由其享受")
    OTHER = "other", gettext_lazy("其他情况")


class Dispute(models.Model):
    """An objection.  `by` is the account, or None for a visitor of a notice, who leaves a name and a contact (sealed)."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="disputes")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    name = SealedText("异议人", context="dispute.name", null=True, blank=True)
    contact = SealedText("联系方式", context="dispute.contact", null=True, blank=True)
    ground = models.CharField("异议内容", max_length=12, choices=Ground)
    condition = models.CharField("有异议的条件", max_length=200, blank=True)
    words = models.TextField("说明", max_length=2_000)
    against = models.CharField("异议时的状态", max_length=24, choices=State)
    made_at = models.DateTimeField("提出时间", db_default=Now())
    answer_by = models.DateField("答复期限")
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)
    upheld = models.BooleanField("异议成立", null=True)
    answer = models.TextField("答复", max_length=2_000, blank=True)

    class Meta:
        verbose_name = "申报异议"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="dispute_says_something", condition=~Q(words="")),
            models.CheckConstraint(name="dispute_by_somebody", condition=Q(by__isnull=False) | Q(name__isnull=False, contact__isnull=False)),
            models.CheckConstraint(name="dispute_answered_whole", condition=Q(answered_by=None, answered_at=None, upheld=None, answer="") | (
                Q(answered_by__isnull=False, answered_at__isnull=False, upheld__isnull=False) & ~Q(answer=""))),
            models.CheckConstraint(name="dispute_answered_by_another", condition=Q(answered_by=None) | Q(by=None) | ~Q(answered_by=F("by"))),
            models.UniqueConstraint(name="dispute_one_open", fields=("claim", "by"), condition=Q(answered_at=None)),
        )  # fmt: skip
        indexes = (models.Index(name="dispute_open", fields=("answer_by",), condition=Q(answered_at=None)),)
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.once("answered_once", "answered_at", "answered_by_id", "upheld", "answer",
                          words="an objection is answered once", sealed=("name", "contact")),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.uid}"
