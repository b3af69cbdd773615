"""Events that are only ever added, and the seals that chain them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now


class CurrentTransaction(Func):
    """The number of the transaction that runs (PostgreSQL's xid8, which never wraps)."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


ADDED_ONLY = (
    pgtrigger.Protect(name="added_only", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="never_emptied",
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'pgtrigger: never_emptied: % keeps what it was told', TG_TABLE_NAME;",
    ),
)


class Event(models.Model):
    """What somebody did.  No personal values: `subject` names a row by its kind and external id, `details` hold
    codes, counts and salted digests."""

    at = models.DateTimeField("时间", db_default=Now())
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    actor = models.CharField("操作人", max_length=64, blank=True, help_text="账户的外部编号；系统作业为空")
    action = models.CharField("动作", max_length=64)
    subject = models.CharField("对象", max_length=128, blank=True)
    region = models.CharField("地区", max_length=32, blank=True)
    request = models.CharField("请求", max_length=36, blank=True)
    details = models.JSONField("详情", default=dict)

    class Meta:
        verbose_name = "审计事件"
        indexes = (
            models.Index(name="event_in_order", fields=("transaction", "id")),
            models.Index(name="event_of_subject", fields=("subject", "id")),
            models.Index(name="event_of_actor", fields=("actor", "id")),
        )
        triggers = ADDED_ONLY

    def __str__(self) -> str:
        return f"{self.id} {self.action} {self.subject}"


class Seal(models.Model):
    """All events of finished transactions `since` ≤ number < `until`, digested after the seal before.

    `era` grows when the database was restored into a server whose transactions are numbered lower;
    an era's events are those from `first_id` on, up to the next era's.
    """

    number = models.BigIntegerField(primary_key=True)
    era = models.IntegerField()
    first_id = models.BigIntegerField(help_text="本纪元的第一个事件")
    since = models.BigIntegerField()
    until = models.BigIntegerField()
    last_id = models.BigIntegerField(help_text="至此封存过的最大事件编号")
    count = models.IntegerField("事件数")
    head = models.CharField("链首", max_length=64)
    at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = "封存"
        constraints = (models.CheckConstraint(name="seal_spans_time", condition=Q(since__lte=F("until"))),)
        triggers = ADDED_ONLY

    def __str__(self) -> str:
        return f"{self.number} {self.head[:12]}"
