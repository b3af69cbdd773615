"""What an office sets: its days, and how benefits are handled."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from huijiang.accounts.models import User
from huijiang.claims import triggers
from huijiang.claims.models.claim import BENEFIT
from huijiang.regions.models import Region

DAYS = Func(F("starts_on"), F("ends_on"), Value("[]"), function="DATERANGE", output_field=DateRangeField())
LEGAL_DAYS = 20
CORRECTION_DAYS = 5
NOTICE_DAYS = 5
OBJECTION_DAYS = 5


class DayOverride(models.Model):
    """A day that is worked, or not, whatever the calendar says; of one region or (without) everywhere."""

    day = models.DateField("日期")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    works = models.BooleanField("上班")
    words = models.CharField("说明", max_length=120)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "工作日调整"
        ordering = ("day",)
        constraints = (
            models.UniqueConstraint(name="day_override_once", fields=("day", "region"), nulls_distinct=False),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.works}"


class ServiceTerms(models.Model):
    """How a benefit is handled in a place: days and notice policy.  Without a benefit: of all in the place.

    Days are working days, those of the notice calendar days.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    benefit = models.CharField("项目", max_length=BENEFIT, blank=True)
    legal_days = models.PositiveSmallIntegerField("办理时限", default=LEGAL_DAYS)
    correction_days = models.PositiveSmallIntegerField("补正期限", default=CORRECTION_DAYS)
    objection_days = models.PositiveSmallIntegerField("异议答复期限", default=OBJECTION_DAYS)
    notice_due = models.BooleanField("需要公示", default=True)
    notice_days = models.PositiveSmallIntegerField("公示天数", default=NOTICE_DAYS)
    sensitive = models.BooleanField("公示不列姓名", default=False)
    contact = models.CharField("异议受理", max_length=200, blank=True)
    appeal = models.CharField("救济途径", max_length=500, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "办理要求"
        constraints = (
            models.UniqueConstraint(name="service_terms_once", fields=("region", "benefit")),
            models.CheckConstraint(name="service_terms_days", condition=Q(
                legal_days__gt=0, correction_days__gt=0, objection_days__gt=0, notice_days__gt=0)),
        )  # fmt: skip
        triggers = (pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete), triggers.NEVER_EMPTIED)

    def __str__(self) -> str:
        return f"{self.region_id} {self.benefit}"


class StandIn(models.Model):
    """代办: for some days one officer does another's work.  They sign as themselves, by roles of their own: what passes
    to them is the work that lies there, no power."""

    absent = models.ForeignKey(User, models.PROTECT, related_name="+")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+")
    starts_on = models.DateField("起")
    ends_on = models.DateField("止")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField("提前结束", null=True)

    class Meta:
        verbose_name = "代办"
        ordering = ("-starts_on", "-id")
        constraints = (
            models.CheckConstraint(name="stand_in_dates_agree", condition=Q(starts_on__lte=F("ends_on"))),
            models.CheckConstraint(name="stand_in_is_another", condition=~Q(absent=F("deputy"))),
            ExclusionConstraint(
                name="stand_in_one_at_a_time",
                expressions=[("absent", RangeOperators.EQUAL), (DAYS, RangeOperators.OVERLAPS)],
                condition=Q(ended_at=None),
            ),
        )
        indexes = (models.Index(name="stand_in_of_deputy", fields=("deputy",), condition=Q(ended_at=None)),)
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.once("stood_in_once", "ended_at", words="a stand-in ends early once and otherwise stays"),
        )

    def __str__(self) -> str:
        return f"{self.absent_id} → {self.deputy_id}"
