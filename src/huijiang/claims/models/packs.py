"""Audit packs (审计包): the dossiers of a benefit and year, asked for by one person and made by a job."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from huijiang.accounts.models import User
from huijiang.claims import triggers
from huijiang.claims.models.claim import BENEFIT
from huijiang.files.models import File


class AuditPack(models.Model):
    """Every decided claim of a benefit that was submitted in a year, as whoever asked may see them.

    `last`: the greatest claim id when it was asked for, so that a job which goes on later packs the same claims.
    """

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    benefit = models.CharField("项目", max_length=BENEFIT)
    year = models.PositiveSmallIntegerField("年份")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间", db_default=Now())
    claims = models.PositiveIntegerField("件数")
    last = models.BigIntegerField("到哪一件")
    run = models.UUIDField("作业", null=True)
    ready_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "审计包"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="pack_of_some", condition=Q(claims__gt=0)),
            models.CheckConstraint(name="pack_of_a_year", condition=Q(year__gte=2000, year__lte=2200)),
        )
        indexes = (models.Index(name="pack_of_asker", fields=("asked_by", "-id")),)
        triggers = triggers.NEVER_DELETED

    def __str__(self) -> str:
        return f"{self.benefit} {self.year}"


class AuditPackPart(models.Model):
    """One archive of a pack: some dossiers in the order of their numbers, up to `until`; the content goes after its
    days (`files.retention`), the row stays."""

    pack = models.ForeignKey(AuditPack, models.PROTECT, related_name="parts")
    number = models.PositiveSmallIntegerField("次序")
    claims = models.PositiveIntegerField("件数")
    until = models.CharField("到受理编号", max_length=24)
    size = models.BigIntegerField("字节数")
    file = models.OneToOneField(File, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "审计包分卷"
        ordering = ("pack", "number")
        constraints = (
            models.UniqueConstraint(name="pack_part_in_order", fields=("pack", "number")),
            models.CheckConstraint(name="pack_part_of_some", condition=Q(claims__gt=0, size__gt=0)),
        )
        triggers = triggers.ADDED_ONLY

    def __str__(self) -> str:
        return f"{self.pack_id} {self.number}"
