"""What a steward hands in to become a release, until its checks are over."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from huijiang.accounts.models import User
from huijiang.documents.desk_records import DraftVersion
from huijiang.documents.models import Release


class Submission(models.Model):
    """A bundle, a saved version of a working copy, or an earlier release, handed in: a job checks it and makes the
    release, or keeps what is wrong.  `content` is the bundle until then."""

    class Kind(models.TextChoices):
        BUNDLE = "bundle", "压缩包"
        DRAFT = "draft", "工作稿"
        AGAIN = "again", "退回到以前的一版"

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("种类", max_length=8, choices=Kind)
    note = models.CharField("说明", max_length=200, blank=True)
    language = models.CharField("报错用的语言", max_length=2, default="zh")
    content = models.BinaryField("压缩包", null=True)
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    version = models.ForeignKey(DraftVersion, models.PROTECT, null=True, related_name="submissions")
    earlier = models.ForeignKey(Release, models.PROTECT, null=True, related_name="+", verbose_name="退回到")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提交人")
    asked_at = models.DateTimeField("提交时间", db_default=Now())
    run = models.UUIDField("作业", null=True)
    ended_at = models.DateTimeField("查完", null=True)
    release = models.ForeignKey(Release, models.PROTECT, null=True, related_name="submissions", verbose_name="成为版本")
    problems = models.JSONField("没有通过的", default=list)
    found = models.PositiveIntegerField("没有通过的有几处", default=0)

    class Meta:
        verbose_name = "送检的版本"
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                name="submission_of_one_thing",
                condition=Q(kind="bundle", version=None, earlier=None) & ~Q(digest="")
                | Q(kind="draft", version__isnull=False, earlier=None, content=None)
                | Q(kind="again", version=None, earlier__isnull=False, content=None),
            ),
            models.CheckConstraint(
                name="submission_ends_one_way",
                condition=Q(ended_at=None, release=None, found=0)
                | Q(ended_at__isnull=False, release__isnull=False, found=0, content=None)
                | Q(ended_at__isnull=False, release=None, found__gt=0, content=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"
