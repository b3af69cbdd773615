"""Money to be taken back: what was found, what is owed, what came back."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.access.two_people import by_two
from huijiang.accounts.models import User
from huijiang.audit.models import ADDED_ONLY
from huijiang.funds.models.payments import Payment


class Recovery(models.Model):
    """Money that was paid and was not due: noticed, come back in instalments or by offset, closed.

    recovered ≤ overpaid ≤ paid; the database keeps it.
    """

    class State(models.TextChoices):
        NOTICED = "noticed", gettext_lazy("已发追缴通知")
        COMING_BACK = "coming_back", gettext_lazy("追回中")
        RECOVERED = "recovered", gettext_lazy("已追回")
        TRANSFERRED = "transferred", gettext_lazy("已移送")
        WITHDRAWN = "withdrawn", gettext_lazy("已撤销")

    class Ground(models.TextChoices):
        DEAD = "dead", gettext_lazy("领取时已去世")
        CUSTODY = "custody", gettext_lazy("羁押服刑期间不应享受")
        RETIRED = "retired", gettext_lazy("已领取养老待遇")
        PAID_TWICE = "paid_twice", gettext_lazy("同职业同等级重复领取")
        SAME_CERTIFICATE = "same_certificate", gettext_lazy("同一证书重复使用")
        WRONG_FACTS = "wrong_facts", gettext_lazy("事实有误")
        OTHER = "other", gettext_lazy("其他")

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="recoveries")
    ground = models.CharField("事由", max_length=16, choices=Ground)
    words = models.CharField("说明", max_length=500)
    amount = models.BigIntegerField("应追回（分）")
    back = models.BigIntegerField("已追回（分）", default=0, db_default=0, editable=False)
    state = models.CharField("状态", max_length=12, choices=State, default=State.NOTICED)
    due_on = models.DateField("退还期限")
    by_offset = models.BooleanField("从后续补贴抵扣", default=False)
    instalments = models.PositiveSmallIntegerField("分期", default=1)
    plans = models.PositiveSmallIntegerField("退还方式定过几次", default=0, db_default=0)
    planned_at = models.DateTimeField("改退还方式", null=True, blank=True)
    plan_words = models.CharField("改退还方式的理由", max_length=500, blank=True, db_default="")
    found_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("通知时间", db_default=Now())
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    unsaid_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁提出撤销")
    unsaid_at = models.DateTimeField("提出撤销", null=True, blank=True)
    unsaid_words = models.CharField("撤销的理由", max_length=500, blank=True, db_default="")
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    hand_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁提出移送")
    hand_at = models.DateTimeField("提出移送", null=True, blank=True)
    hand_words = models.CharField("移送的去向和理由", max_length=500, blank=True, db_default="")
    transferred_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "追回"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(name="recovery_one_open", fields=("payment",), condition=Q(closed_at=None)),
            models.CheckConstraint(name="recovery_within", condition=Q(amount__gt=0, back__gte=0, back__lte=F("amount"))),
            models.CheckConstraint(name="recovery_by_two", condition=~Q(found_by=F("decided_by"))),
            models.CheckConstraint(name="recovery_unsaid_whole", condition=Q(unsaid_by=None, unsaid_at=None, unsaid_words="") | (
                Q(unsaid_by__isnull=False, unsaid_at__isnull=False) & ~Q(unsaid_words=""))),
            models.CheckConstraint(name="recovery_hand_whole", condition=Q(hand_by=None, hand_at=None, hand_words="") | (
                Q(hand_by__isnull=False, hand_at__isnull=False) & ~Q(hand_words=""))),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            by_two("by_two_humans", "found_by_id", "decided_by_id"),
            by_two("withdrawn_by_two_humans", "unsaid_by_id", "withdrawn_by_id"),
            by_two("handed_over_by_two_humans", "hand_by_id", "transferred_by_id"),
            pgtrigger.Trigger(
                name="of_what_was_paid",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("paid", "funds_payment"), ("asked", "numeric")],
                func="""
                    IF TG_OP = 'UPDATE' AND (ROW(OLD.uid, OLD.payment_id, OLD.amount, OLD.ground, OLD.found_by_id, OLD.decided_by_id)
                       IS DISTINCT FROM ROW(NEW.uid, NEW.payment_id, NEW.amount, NEW.ground, NEW.found_by_id, NEW.decided_by_id)
                       OR NEW.back <> OLD.back AND pg_trigger_depth() < 2
                       OR OLD.closed_at IS NOT NULL AND NOT (pg_trigger_depth() >= 2 AND OLD.state = 'recovered' AND NEW.back < OLD.back))
                    THEN RAISE EXCEPTION 'pgtrigger: of_what_was_paid: a recovery moves by what comes back, and not once closed';
                    END IF;
                    IF NEW.state = 'withdrawn' AND (TG_OP = 'INSERT' OR NEW.withdrawn_by_id IS NULL OR NEW.unsaid_by_id IS NULL
                                                    OR NEW.withdrawn_by_id = NEW.unsaid_by_id)
                    THEN RAISE EXCEPTION 'pgtrigger: of_what_was_paid: what is owed is given up by two: one asks, another decides';
                    END IF;
                    IF NEW.state = 'transferred' AND (TG_OP = 'INSERT' OR NEW.transferred_by_id IS NULL OR OLD.hand_by_id IS NULL
                       OR ROW(OLD.hand_by_id, OLD.hand_words) IS DISTINCT FROM ROW(NEW.hand_by_id, NEW.hand_words)
                       OR NEW.transferred_by_id = NEW.hand_by_id)
                    THEN RAISE EXCEPTION 'pgtrigger: of_what_was_paid: what is owed is handed over by two: one asks, another decides';
                    END IF;
                    IF TG_OP = 'INSERT' THEN
                        SELECT * INTO paid FROM funds_payment WHERE id = NEW.payment_id FOR UPDATE;
                        SELECT coalesce(sum(CASE state WHEN 'withdrawn' THEN back ELSE amount END), 0) INTO asked
                        FROM funds_recovery WHERE payment_id = NEW.payment_id;
                        IF paid.state <> 'paid' OR asked + NEW.amount > paid.amount + paid."offset" OR NEW.back <> 0
                        THEN RAISE EXCEPTION 'pgtrigger: of_what_was_paid: payment % (%) of % fen: % asked back already, % more is too much',
                                             paid.reference, paid.state, paid.amount, asked, NEW.amount;
                        END IF;
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.uid} {self.amount}"


class Finding(models.Model):
    """A paid due that no longer stands up: found by the nightly re-check or by a person, and what was decided."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="findings")
    rule = models.CharField("规则", max_length=40)
    ground = models.CharField("事由", max_length=16, choices=Recovery.Ground)
    evidence = models.JSONField("依据", default=dict)
    found_at = models.DateTimeField("发现时间", db_default=Now())
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField("提出追回", null=True, blank=True)
    amount = models.BigIntegerField("拟追回（分）", null=True, blank=True)
    words = models.CharField("说明", max_length=500, blank=True)
    spared_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="谁提出不追回"
    )
    spared_at = models.DateTimeField("提出不追回", null=True, blank=True)
    spared_words = models.CharField("不追回的理由", max_length=500, blank=True, db_default="")
    dismissed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    dismissed_at = models.DateTimeField("排除时间", null=True, blank=True)
    recovery = models.OneToOneField(Recovery, models.PROTECT, null=True, blank=True, related_name="finding")

    class Meta:
        verbose_name = "复查发现"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(name="finding_once", fields=("payment", "rule")),
            models.CheckConstraint(name="finding_proposed_whole", condition=Q(proposed_by=None, proposed_at=None, amount=None) | (
                Q(proposed_by__isnull=False, proposed_at__isnull=False, amount__gt=0) & ~Q(words=""))),
            models.CheckConstraint(name="finding_dismissed_whole", condition=Q(dismissed_by=None, dismissed_at=None) | (
                Q(dismissed_by__isnull=False, dismissed_at__isnull=False, recovery=None) & ~(Q(words="") & Q(spared_words="")))),
            models.CheckConstraint(name="finding_spared_whole", condition=Q(spared_by=None, spared_at=None, spared_words="") | (
                Q(spared_by__isnull=False, spared_at__isnull=False) & ~Q(spared_words=""))),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            by_two("by_two_humans", "spared_by_id", "dismissed_by_id"),
            pgtrigger.Trigger(
                name="dismissed_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                # Findings that one person dismissed before this law stand as they are.
                func="""
                    IF TG_OP = 'UPDATE' AND (OLD.dismissed_at IS NOT NULL OR OLD.recovery_id IS NOT NULL)
                    THEN RAISE EXCEPTION 'pgtrigger: dismissed_by_two: finding % is decided', OLD.uid;
                    END IF;
                    IF NEW.dismissed_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.spared_by_id IS NULL
                       OR ROW(OLD.spared_by_id, OLD.spared_words) IS DISTINCT FROM ROW(NEW.spared_by_id, NEW.spared_words)
                       OR NEW.dismissed_by_id = NEW.spared_by_id)
                    THEN RAISE EXCEPTION 'pgtrigger: dismissed_by_two: what was found is let go by two: one asks, another decides';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.payment_id} {self.rule}"


class CameBack(models.Model):
    """A part of a recovery that came back: to the account, or kept from another payment; below zero where one that was
    written down wrongly is undone."""

    class Way(models.TextChoices):
        BANK = "bank", gettext_lazy("退到账户")
        OFFSET = "offset", gettext_lazy("从后续补贴抵扣")
        UNDONE = "undone", gettext_lazy("冲正")

    recovery = models.ForeignKey(Recovery, models.PROTECT, related_name="parts")
    way = models.CharField("方式", max_length=8, choices=Way)
    amount = models.BigIntegerField("金额（分）")
    on = models.DateField("日期")
    key = models.CharField(
        "凭证", max_length=120, unique=True, help_text="银行流水号或抵扣的付款流水号；同一凭证只记一次"
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone")

    class Meta:
        verbose_name = "追回到账"
        constraints = (
            models.CheckConstraint(name="came_back_something", condition=(
                ~Q(way="undone") & Q(amount__gt=0, undoes=None) | Q(way="undone", amount__lt=0, undoes__isnull=False))),
        )  # fmt: skip
        triggers = (
            *ADDED_ONLY,
            pgtrigger.Trigger(
                name="into_recoveries",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.undoes_id IS NOT NULL AND NOT EXISTS (SELECT FROM funds_cameback
                        WHERE id = NEW.undoes_id AND recovery_id = NEW.recovery_id AND way = 'bank' AND amount = -NEW.amount)
                    THEN RAISE EXCEPTION 'pgtrigger: into_recoveries: what is undone is a part of this recovery, whole';
                    END IF;
                    UPDATE funds_recovery SET back = back + NEW.amount,
                           state = CASE back + NEW.amount WHEN amount THEN 'recovered' WHEN 0 THEN 'noticed' ELSE 'coming_back' END,
                           closed_at = CASE WHEN back + NEW.amount = amount THEN now() END
                    WHERE id = NEW.recovery_id;
                    RETURN NULL;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.recovery_id} {self.amount}"
