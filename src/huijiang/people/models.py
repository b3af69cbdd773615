"""Disputed facts, exports, requests to erase, and assessments of what personal data is used for."""

from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation, Person
from huijiang.sealed import SealedText


class Correction(models.Model):
    """Somebody says that a fact of the registry is wrong; an officer of the region that manages the row answers.

    `row` is the number in `table`.  `seen`, `wanted` and `became` are values in words, sealed: an open request is not
    one more place to read people's data from.
    """

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("等待核实")
        CORRECTED = "corrected", gettext_lazy("已更正")
        REFUSED = "refused", gettext_lazy("不予更正")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    table = models.CharField("表", max_length=32)
    row = models.BigIntegerField("行")
    column = models.CharField("列", max_length=64)
    seen = SealedText("登记的内容", context="correction.seen")
    wanted = SealedText("应为", context="correction.wanted")
    became = SealedText("更正为", context="correction.became", null=True)
    words = models.CharField("理由", max_length=1_000)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField("提出时间", db_default=Now())
    due_on = models.DateField("答复期限")
    state = models.CharField("状态", max_length=12, choices=State, default=State.OPEN, db_default=State.OPEN)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)
    answer = models.CharField("答复", max_length=1_000, blank=True)

    class Meta:
        verbose_name = "更正申请"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="correction_of_somebody", condition=Q(person__isnull=False) ^ Q(organisation__isnull=False)
            ),
            models.UniqueConstraint(
                name="correction_open_once", fields=("table", "row", "column"), condition=Q(state="open")
            ),
            models.CheckConstraint(
                name="correction_answer_agrees",
                condition=Q(state="open", answered_by=None, answered_at=None, answer="")
                | Q(state__in=("corrected", "refused"), answered_by__isnull=False, answered_at__isnull=False)
                & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="correction_by_another", condition=Q(answered_by=None) | ~Q(answered_by=F("raised_by"))
            ),
        )
        indexes = (models.Index(name="correction_queue", fields=("region", "state", "due_on")),)
        triggers = (pgtrigger.Protect(name="correction_kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.table}.{self.column} {self.state}"


class Export(models.Model):
    """A copy of what is kept of a person, made on request: sealed, and gone after `expires_at`."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间", db_default=Now())
    ready_at = models.DateTimeField("生成时间", null=True)
    expires_at = models.DateTimeField("失效时间")
    content = SealedText("内容", context="export.content", null=True)
    fetched = models.PositiveIntegerField("下载次数", default=0)

    class Meta:
        verbose_name = "个人信息副本"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.uid}"


class Erasure(models.Model):
    """A person asks that data be erased; an officer decides kind by kind; a job carries out what was granted."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("等待决定")
        GRANTED = "granted", gettext_lazy("同意，等待清除")
        REFUSED = "refused", gettext_lazy("不予删除")
        DONE = "done", gettext_lazy("已清除")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    kinds = ArrayField(models.CharField(max_length=24), verbose_name="要删除的信息")
    words = models.CharField("说明", max_length=1_000, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间", db_default=Now())
    due_on = models.DateField("答复期限")
    state = models.CharField("状态", max_length=12, choices=State, default=State.OPEN, db_default=State.OPEN)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("决定时间", null=True)
    granted = ArrayField(models.CharField(max_length=24), verbose_name="同意删除的", default=list)
    answer = models.CharField("答复", max_length=1_000, blank=True)
    done_at = models.DateTimeField("清除时间", null=True)
    counts = models.JSONField("清除数量", default=dict)

    class Meta:
        verbose_name = "删除申请"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(name="erasure_open_once", fields=("person",), condition=Q(state="open")),
            models.CheckConstraint(
                name="erasure_by_another", condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="erasure_state_agrees",
                condition=Q(state="open", decided_by=None, done_at=None)
                | Q(state__in=("granted", "refused"), decided_by__isnull=False, done_at=None)
                | Q(state="done", decided_by__isnull=False, done_at__isnull=False),
            ),
        )
        triggers = (pgtrigger.Protect(name="erasure_kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.uid} {self.state}"


class Assessment(models.Model):
    """A personal-information impact assessment (个人信息保护影响评估, PIPL articles 55 and 56).

    Never changed: a new look is a new record that names the one before.  Kept at least three years.
    """

    class Risk(models.TextChoices):
        LOW = "low", gettext_lazy("低")
        MEDIUM = "medium", gettext_lazy("中")
        HIGH = "high", gettext_lazy("高")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField("处理活动", max_length=120)
    purpose = models.CharField("目的和方式", max_length=1_000)
    data = models.CharField("涉及的个人信息", max_length=1_000)
    risks = models.CharField("对个人权益的影响和风险", max_length=2_000)
    risk = models.CharField("风险等级", max_length=8, choices=Risk)
    measures = models.CharField("保护措施", max_length=2_000)
    assessed_on = models.DateField("评估日期")
    reviewer = models.CharField("评估人", max_length=64)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        verbose_name = "影响评估"
        ordering = ("-assessed_on", "-id")
        triggers = (
            pgtrigger.Protect(name="assessment_unchanged", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="assessment_three_years",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF OLD.assessed_on + interval '3 years' > CURRENT_DATE
                    THEN RAISE EXCEPTION 'pgtrigger: assessment_three_years: kept for three years';
                    END IF;
                    RETURN OLD;
                """,
            ),
        )

    def __str__(self) -> str:
        return self.title
