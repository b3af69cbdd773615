"""Runs of jobs: what was asked, how far it is, how it ended."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class State(models.TextChoices):
    WAITING = "waiting", "等待"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


ENDED = (State.DONE, State.FAILED, State.CANCELLED)


class Run(models.Model):
    """One run of a job.  `arguments` hold ids and codes, no personal values."""

    uid = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("作业", max_length=64)
    state = models.CharField("状态", max_length=12, choices=State, default=State.WAITING)
    arguments = models.JSONField(default=dict)
    actor = models.CharField("发起人", max_length=64, blank=True, help_text="账户的外部编号；系统作业为空")
    region = models.CharField("地区", max_length=32, blank=True)
    unique = models.CharField(max_length=128, blank=True, help_text="同名的作业同时只有一个")
    asked_at = models.DateTimeField("提交", db_default=Now())
    started_at = models.DateTimeField("开始", null=True)
    ended_at = models.DateTimeField("结束", null=True)
    done = models.BigIntegerField("已处理", default=0)
    total = models.BigIntegerField("总数", null=True)
    note = models.CharField("进度", max_length=256, blank=True)
    error = models.TextField("错误", blank=True)
    result = models.JSONField(default=dict)
    cancel_asked = models.BooleanField("要求取消", default=False)
    attempts = models.SmallIntegerField("次数", default=0)

    class Meta:
        verbose_name = "作业"
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(
                name="one_run_at_a_time",
                fields=("kind", "unique"),
                condition=~Q(unique="") & Q(state__in=(State.WAITING, State.RUNNING)),
            ),
            models.CheckConstraint(name="ended_runs_have_an_end", condition=Q(ended_at=None) | Q(state__in=ENDED)),
        )
        indexes = (models.Index(name="run_by_state", fields=("state", "-asked_at")),)

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def percent(self) -> int | None:
        """How far, 0…100; None while the size is unknown."""
        return min(100, 100 * self.done // self.total) if self.total else None
