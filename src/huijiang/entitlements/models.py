"""What the nightly run found, kept as changes from night to night; and objections to a result."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from huijiang.accounts.models import User
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation, Person


class State(models.TextChoices):
    """The four states of a result."""

    READY = "ready", "可以申领"
    UNKNOWN = "unknown", "补信息后可判断"
    NEAR = "near", "差一个条件"
    NO = "no", "暂不符合"


STORED = (State.READY, State.UNKNOWN, State.NEAR)


class NightlyRun(models.Model):
    """One run over the snapshot of a region: which release, which day, how it ended."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    release = models.CharField("政策版本", max_length=64)
    on = models.DateField("判断日期")
    snapshot_at = models.DateTimeField("数据时点")
    started_at = models.DateTimeField("开始", db_default=Now())
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    people = models.BigIntegerField("人数", default=0)
    opened = models.BigIntegerField("新增结果", default=0)
    closed = models.BigIntegerField("消失结果", default=0)
    kept = models.BigIntegerField("不变结果", default=0)

    class Meta:
        verbose_name = "夜间计算"
        ordering = ("-id",)
        get_latest_by = "id"
        constraints = (
            models.CheckConstraint(name="nightly_run_ends_after_start", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.region_id} {self.on}"


class Standing(models.Model):
    """One result that is owed, open, or one condition away, from one run to another.

    Money in fen; `high` empty is open.  `holder` is the row (or group) of the event: `table:id`.
    A result that changes ends and a new one begins, so that what was true on any day can be read.
    """

    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    benefit = models.CharField("项目", max_length=128, help_text="文件编号#项目编号")
    holder = models.CharField("事由", max_length=128)
    state = models.CharField("状态", max_length=8, choices=State)
    low = models.BigIntegerField("至少（分）")
    high = models.BigIntegerField("至多（分）", null=True, blank=True)
    waits_for = ArrayField(models.CharField(max_length=128), default=list, verbose_name="等待的条件")
    first_run = models.ForeignKey(NightlyRun, models.PROTECT, related_name="+")
    last_run = models.ForeignKey(NightlyRun, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "夜间结果"
        constraints = (
            models.CheckConstraint(name="standing_is_somebodys", condition=Q(person__isnull=False) ^ Q(organisation__isnull=False)),
            models.CheckConstraint(name="standing_state_stored", condition=Q(state__in=STORED)),
            models.CheckConstraint(name="standing_bounds", condition=Q(low__gte=0) & (Q(high=None) | Q(high__gte=F("low")))),
            models.UniqueConstraint(name="standing_once", fields=("region", "benefit", "holder"), condition=Q(last_run=None)),
        )  # fmt: skip
        indexes = (
            models.Index(name="standing_of_person", fields=("person",), condition=Q(last_run=None)),
            models.Index(name="standing_of_firm", fields=("organisation",), condition=Q(last_run=None)),
        )

    def __str__(self) -> str:
        return f"{self.benefit} {self.holder} {self.state}"


class Objection(models.Model):
    """Somebody says that a result is wrong: which condition or amount, and why.  Answered, never deleted."""

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    benefit = models.CharField("项目", max_length=128)
    holder = models.CharField("事由", max_length=128)
    condition = models.CharField("有异议的条件", max_length=128, blank=True)
    shown = models.CharField("当时显示", max_length=400)
    words = models.TextField("您的说明", max_length=2_000)
    made_at = models.DateTimeField("提出时间", db_default=Now())
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.TextField("答复", blank=True)

    class Meta:
        verbose_name = "异议"
        ordering = ("-made_at",)
        constraints = (
            models.CheckConstraint(name="objection_answered_in_full", condition=(
                Q(answered_by=None, answered_at=None, answer="") | Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer=""))),
            models.CheckConstraint(name="objection_answered_by_another", condition=Q(answered_by=None) | ~Q(answered_by=F("user"))),
            models.UniqueConstraint(name="objection_one_open", fields=("user", "benefit", "holder", "condition"), condition=Q(answered_at=None)),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.uid} {self.benefit}"
