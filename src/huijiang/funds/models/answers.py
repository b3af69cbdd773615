"""The bank's answers: files that were read, once, and what became of each line."""

from __future__ import annotations

import datetime as dt
import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.funds.models.payments import Payment
from huijiang.regions.models import Region


class Answer(models.Model):
    """A file of the bank's that was read, once: the same content again is the same row."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件摘要", max_length=64, unique=True)
    taken_at = models.DateTimeField("接收时间", db_default=Now())
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    count = models.PositiveIntegerField("行数")

    class Meta:
        verbose_name = "银行回单"
        ordering = ("-id",)
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return self.name

    @property
    def taken_on(self) -> dt.date:
        """The day on which it was taken, as people here count it."""
        return localtime(self.taken_at).date()


class AnswerLine(models.Model):
    """One line of an answer, and what became of it.  A line that does not fit waits for a person."""

    class Verdict(models.TextChoices):
        APPLIED = "applied", gettext_lazy("已入账")
        REPEATED = "repeated", gettext_lazy("重复，不再入账")
        UNKNOWN = "unknown", gettext_lazy("没有这笔付款")
        DIFFERS = "differs", gettext_lazy("金额不符")
        TOO_EARLY = "too_early", gettext_lazy("批次还没有送银行")
        CONTRADICTS = "contradicts", gettext_lazy("与已有结果矛盾")

    OPEN = (Verdict.UNKNOWN, Verdict.DIFFERS, Verdict.TOO_EARLY, Verdict.CONTRADICTS)

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="lines")
    place = models.CharField("位置", max_length=80)
    reference = models.CharField("付款流水号", max_length=35)
    outcome = models.CharField("处理结果", max_length=8)
    amount = models.BigIntegerField("金额（分）")
    on = models.DateField("处理日期")
    reason = models.CharField("原因", max_length=200, blank=True)
    bank_reference = models.CharField("银行流水号", max_length=64, blank=True)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="answers")
    verdict = models.CharField("处理", max_length=12, choices=Verdict)
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    handled_at = models.DateTimeField("人工处理时间", null=True, blank=True)
    handled_words = models.CharField("人工处理说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "回单明细"
        ordering = ("answer", "id")
        constraints = (
            models.CheckConstraint(
                name="answer_line_handled_whole",
                condition=Q(handled_by=None, handled_at=None, handled_words="")
                | Q(handled_by__isnull=False, handled_at__isnull=False) & ~Q(handled_words=""),
            ),
        )
        indexes = (
            models.Index(name="answer_line_reference", fields=("reference",)),
            models.Index(name="answer_line_open", fields=("verdict", "id"), condition=Q(handled_at=None)),
        )
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.reference} {self.outcome} {self.verdict}"
