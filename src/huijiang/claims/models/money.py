"""What is due, what excludes what, and what is left under a limit.  Money in fen."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.claims import triggers, triggers_aliases
from huijiang.claims.models.claim import BENEFIT, Claim
from huijiang.claims.models.decision import Determination
from huijiang.registry.models import Merge, Organisation, Person


class Due(models.Model):
    """One payable thing: a benefit for an event, in a period ("" | 2026-03 | 2026) and an instalment (1…).

    What is to be paid is what is due minus what is posted (room `funds`).  Never edited: cancelled, and made anew.
    Where money is shared out pro rata, a due is cancelled for its parts: what is paid now and what is left (`part`).
    """

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="dues")
    determination = models.ForeignKey(Determination, models.PROTECT, related_name="dues")
    benefit = models.CharField("项目", max_length=BENEFIT)
    holder = models.CharField("事由", max_length=128)
    period = models.CharField("所属期", max_length=10, blank=True)
    instalment = models.PositiveSmallIntegerField("期次", default=1)
    part = models.PositiveSmallIntegerField(
        "部分", default=1, db_default=1, help_text="资金不足按比例发放时，一期分几次发"
    )
    split_from = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="parts", help_text="由哪一笔应付拆成"
    )
    label = models.CharField("名目", max_length=120, blank=True)
    amount = models.BigIntegerField("应付（分）")
    payee_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    payee_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    fund = models.CharField("资金", max_length=64, blank=True)
    due_on = models.DateField("到期日")
    made_at = models.DateTimeField("建立时间", db_default=Now())
    cancelled_at = models.DateTimeField("撤销时间", null=True)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cancelled_because = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "应付"
        ordering = ("claim", "due_on", "instalment")
        constraints = (
            models.CheckConstraint(name="due_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="due_to_one", condition=Q(payee_person__isnull=False) ^ Q(payee_organisation__isnull=False)),
            models.CheckConstraint(name="due_period", condition=Q(period__regex=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")),
            models.CheckConstraint(name="due_instalment_from_one", condition=Q(instalment__gte=1)),
            models.CheckConstraint(name="due_cancelled_with_reason", condition=Q(cancelled_at=None, cancelled_because="", cancelled_by=None) | (
                Q(cancelled_at__isnull=False) & ~Q(cancelled_because=""))),
            models.CheckConstraint(name="due_part_from_one", condition=Q(part=1) | Q(part__gt=1, split_from__isnull=False)),
            models.UniqueConstraint(name="due_once", fields=("benefit", "holder", "period", "instalment", "part"), condition=Q(cancelled_at=None)),
        )  # fmt: skip
        indexes = (models.Index(name="due_open", fields=("due_on", "id"), condition=Q(cancelled_at=None)),)
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.DUE_WHEN_APPROVED,
            triggers.PARTS_WITHIN,
            triggers_aliases.DUE_ONCE_FOR_ALL_ALIASES,
            triggers.once("cancelled_once", "cancelled_at", "cancelled_by_id", "cancelled_because", words="a due is cancelled, never edited"),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.claim_id} {self.period} {self.instalment} {self.amount}"


class Exclusive(models.Model):
    """A claim's benefit takes the place that a stacking rule gives to one benefit alone, until it is given up.

    `group` is `document#stacking`, `event` what is the same (as the stacking's `same` says).
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="exclusives")
    benefit = models.CharField("项目", max_length=BENEFIT)
    group = models.CharField("互斥组", max_length=128)
    event = models.CharField("同一事项", max_length=200)
    taken_at = models.DateTimeField("占用时间", db_default=Now())
    merge = models.ForeignKey(Merge, models.PROTECT, null=True, related_name="+", help_text="因合并带来的")
    released_at = models.DateTimeField("释放时间", null=True)

    class Meta:
        verbose_name = "互斥占用"
        constraints = (
            ExclusionConstraint(
                name="exclusive_group_and_event",
                expressions=[("group", RangeOperators.EQUAL), ("event", RangeOperators.EQUAL), ("benefit", RangeOperators.NOT_EQUAL)],
                condition=Q(released_at=None),
            ),
            models.UniqueConstraint(name="exclusive_once_a_claim", fields=("claim", "group", "event"), condition=Q(released_at=None)),
        )  # fmt: skip
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.once("released_once", "released_at", words="a place is given up once"),
        )

    def __str__(self) -> str:
        return f"{self.group} {self.event}"


class CapKind(models.TextChoices):
    MONEY = "money", gettext_lazy("金额（分）")
    COUNT = "count", gettext_lazy("次数")


class CapGroup(models.Model):
    """One limit for one group (a firm's year, a person's occupation and level), over all its claims.

    `used` is the sum of its uses, kept by the database, and never above `cap` (fen or times).
    """

    limit_key = models.CharField("上限", max_length=200, help_text="文件编号#项目编号/上限名")
    key = models.CharField("组", max_length=300)
    kind = models.CharField("种类", max_length=8, choices=CapKind)
    cap = models.BigIntegerField("上限值")
    used = models.BigIntegerField("已用", default=0)

    class Meta:
        verbose_name = "额度"
        constraints = (
            models.UniqueConstraint(name="cap_group_once", fields=("limit_key", "key")),
            models.CheckConstraint(name="cap_not_exceeded", condition=Q(used__gte=0) & Q(used__lte=F("cap"))),
        )
        triggers = (*triggers.NEVER_DELETED, triggers.CAP_TOLD_BY_USES)

    def __str__(self) -> str:
        return f"{self.limit_key} {self.key} {self.used}/{self.cap}"

    @property
    def left(self) -> int:
        return self.cap - self.used


class CapUse(models.Model):
    """What an approved claim takes of a limit, until it is given back."""

    group = models.ForeignKey(CapGroup, models.PROTECT, related_name="uses")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="cap_uses")
    part = models.CharField("所属期", max_length=24, blank=True, help_text="批准时为空；以后各期为“所属期/期次”")
    amount = models.BigIntegerField("占用")
    taken_at = models.DateTimeField("占用时间", db_default=Now())
    merge = models.ForeignKey(Merge, models.PROTECT, null=True, related_name="+", help_text="因合并带来的")
    released_at = models.DateTimeField("释放时间", null=True)

    class Meta:
        verbose_name = "额度占用"
        constraints = (
            models.CheckConstraint(name="cap_use_something", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                name="cap_use_once_a_claim", fields=("group", "claim", "part"), condition=Q(released_at=None)
            ),
        )
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.CAP_USED_BY_USES,
            triggers.once("given_back_once", "released_at", words="a use is given back once"),
        )

    def __str__(self) -> str:
        return f"{self.group_id} {self.claim_id} {self.amount}"
