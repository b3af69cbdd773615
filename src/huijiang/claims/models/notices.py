"""Public notices: who would be paid what, for everybody to object, until a day."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from huijiang.accounts.models import User
from huijiang.claims import triggers
from huijiang.claims.models.claim import BENEFIT, Claim
from huijiang.regions.models import Region


class PublicNotice(models.Model):
    """A list that stands from a day to a day (both included), then is taken down and shows nothing any more."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    benefit = models.CharField("项目", max_length=BENEFIT)
    title = models.CharField("标题", max_length=200)
    starts_on = models.DateField("公示起")
    ends_on = models.DateField("公示止")
    contact = models.CharField("异议受理", max_length=200, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    taken_down_at = models.DateTimeField("撤下时间", null=True)

    class Meta:
        verbose_name = "公示"
        ordering = ("-starts_on", "-id")
        constraints = (
            models.CheckConstraint(name="notice_dates_agree", condition=Q(starts_on__lte=F("ends_on"))),
            models.CheckConstraint(name="notice_stands_its_time", condition=Q(taken_down_at=None) | Q(taken_down_at__date__gt=F("ends_on"))),
        )  # fmt: skip
        indexes = (models.Index(name="notice_standing", fields=("ends_on",), condition=Q(taken_down_at=None)),)
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.once("taken_down_once", "taken_down_at", words="a notice is taken down once and otherwise stays"),
        )

    def __str__(self) -> str:
        return self.title


class NoticeEntry(models.Model):
    """One claim on a notice.  `shown` is the masked name, or the reference number for minors and sensitive benefits."""

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="entries")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="notice_entries")
    digest = models.CharField("核定摘要", max_length=64)
    shown = models.CharField("公示名称", max_length=120)
    what = models.CharField("公示事由", max_length=200)
    amount = models.BigIntegerField("金额（分）")

    class Meta:
        verbose_name = "公示条目"
        ordering = ("notice", "id")
        constraints = (
            models.UniqueConstraint(name="notice_entry_once", fields=("notice", "claim")),
            models.CheckConstraint(name="notice_entry_amount", condition=Q(amount__gt=0)),
        )
        triggers = (
            *triggers.ADDED_ONLY,
            pgtrigger.Trigger(
                name="while_it_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT 1 FROM claims_publicnotice WHERE id = NEW.notice_id
                        AND (made_at < now() OR taken_down_at IS NOT NULL))
                    THEN RAISE EXCEPTION 'pgtrigger: while_it_stands: an entry comes with its notice, not later';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.notice_id} {self.shown}"
