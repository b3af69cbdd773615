"""What was paid before the platform took over: read from the office's workbooks, never paid again."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from huijiang.access.two_people import by_two
from huijiang.accounts.models import User
from huijiang.audit.models import ADDED_ONLY
from huijiang.funds.models.budget import Source
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation, Person


class PastFile(models.Model):
    """A workbook of past payments that was taken over: whole, once, by one person and confirmed by another."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件摘要", max_length=64, unique=True)
    rows = models.PositiveIntegerField("行数")
    total = models.BigIntegerField("合计（分）")
    said_total = models.BigIntegerField("单位账面合计（分）")
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField("接管时间", db_default=Now())
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)

    class Meta:
        verbose_name = "历史发放文件"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="past_file_confirmed_by_another",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("taken_by")),
            ),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            by_two("by_two_humans", "taken_by_id", "confirmed_by_id"),
        )

    def __str__(self) -> str:
        return self.name


class PastPayment(models.Model):
    """One payment of the office before the take-over.  `holder` as in `claims.Due`; empty: the event was not found,
    and somebody has to say which it is (`past_events.place`).  A due of the same benefit, event, period and instalment is never paid."""

    file = models.ForeignKey(PastFile, models.PROTECT, related_name="payments")
    place = models.CharField("位置", max_length=40)
    benefit = models.CharField("项目", max_length=128)
    holder = models.CharField("事由", max_length=128, blank=True)
    period = models.CharField("所属期", max_length=10, blank=True)
    instalment = models.PositiveSmallIntegerField("期次", default=1)
    amount = models.BigIntegerField("金额（分）")
    paid_on = models.DateField("发放日期")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    voucher = models.CharField("原凭证号", max_length=64, blank=True)
    placed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁认定的事由"
    )
    placed_at = models.DateTimeField("认定事由", null=True, blank=True)

    class Meta:
        verbose_name = "历史发放"
        ordering = ("file", "id")
        constraints = (
            models.UniqueConstraint(
                name="past_payment_once", fields=("benefit", "holder", "period", "instalment"), condition=~Q(holder="")
            ),
            models.CheckConstraint(name="past_payment_of_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="past_payment_placed_whole", condition=Q(placed_by=None, placed_at=None)
                                   | Q(placed_by__isnull=False, placed_at__isnull=False) & ~Q(holder="")),
            models.CheckConstraint(name="past_payment_to_one", condition=Q(person__isnull=False) ^ Q(organisation__isnull=False)),
        )  # fmt: skip
        indexes = (
            models.Index(name="past_payment_of_person", fields=("person",)),
            models.Index(name="past_payment_of_firm", fields=("organisation",)),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            ADDED_ONLY[1],
            pgtrigger.Trigger(
                name="placed_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.holder <> '' OR NEW.holder = '' OR NEW.placed_by_id IS NULL OR to_jsonb(OLD) - '{holder,placed_by_id,placed_at}'::text[]
                       IS DISTINCT FROM to_jsonb(NEW) - '{holder,placed_by_id,placed_at}'::text[]
                    THEN RAISE EXCEPTION 'pgtrigger: placed_once: a past payment is told its event once, by a person, and nothing else of it changes';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.benefit} {self.period} {self.amount}"
