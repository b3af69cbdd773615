"""Double entry: accounts, entries that are only ever added, postings that sum to zero."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.audit.models import ADDED_ONLY, CurrentTransaction
from huijiang.funds.models.budget import Source
from huijiang.regions.models import Region


class Account(models.Model):
    """One pot of money, or one claim on it, of a source in a region and year.

    `balance`: the sum of its postings, kept by the database as they are added.  A pot of money (`bank`) and what
    others owe (`receivable`) never fall below zero.
    """

    class Kind(models.TextChoices):
        BANK = "bank", gettext_lazy("资金账户")
        ALLOTMENT = "allotment", gettext_lazy("拨入资金")
        EXPENSE = "expense", gettext_lazy("补贴支出")
        IN_TRANSIT = "in_transit", gettext_lazy("在途支付")
        RETURNED = "returned", gettext_lazy("退票待处理")
        RECEIVABLE = "receivable", gettext_lazy("应收追回款")

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, models.PROTECT, related_name="accounts")
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("科目", max_length=16, choices=Kind)
    balance = models.BigIntegerField("余额（分）", default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = "资金科目"
        constraints = (
            models.UniqueConstraint(name="account_once", fields=("region", "source", "year", "kind")),
            models.CheckConstraint(
                name="account_not_overdrawn",
                condition=~Q(kind__in=("bank", "receivable")) | Q(balance__gte=0),
            ),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="balance_by_postings",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'INSERT' AND NEW.balance <> 0 OR TG_OP = 'UPDATE' AND (
                        ROW(NEW.region_id, NEW.source_id, NEW.year, NEW.kind)
                            IS DISTINCT FROM ROW(OLD.region_id, OLD.source_id, OLD.year, OLD.kind)
                        OR NEW.balance <> OLD.balance AND pg_trigger_depth() < 2)
                    THEN RAISE EXCEPTION 'pgtrigger: balance_by_postings: an account changes by postings alone';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.region_id} {self.source_id} {self.year} {self.kind}"


class Entry(models.Model):
    """One event of money, with the postings that came with it.  `key`: the same key twice is one entry;
    `digest`: of what came under the key, so that another content under it is refused."""

    class Kind(models.TextChoices):
        ALLOTMENT = "allotment", gettext_lazy("资金拨入")
        SENT = "sent", gettext_lazy("送银行支付")
        PAID = "paid", gettext_lazy("银行已付")
        REJECTED = "rejected", gettext_lazy("银行拒付")
        RETURNED = "returned", gettext_lazy("付后退票")
        SENT_AGAIN = "sent_again", gettext_lazy("退票重付")
        REFUNDED = "refunded", gettext_lazy("退票转回预算")
        OVERPAID = "overpaid", gettext_lazy("认定多付")
        RECOVERED = "recovered", gettext_lazy("追回到账")
        OFFSET = "offset", gettext_lazy("抵扣追回")
        WRITTEN_BACK = "written_back", gettext_lazy("撤销追回")
        REVERSAL = "reversal", gettext_lazy("冲正")
        CARRY_OVER = "carry_over", gettext_lazy("年终结转")
        OPENING = "opening", gettext_lazy("期初余额")

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("事项", max_length=16, choices=Kind)
    on = models.DateField("记账日期")
    at = models.DateTimeField("登记时间", db_default=Now())
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    key = models.CharField("幂等键", max_length=160, unique=True)
    digest = models.CharField("内容摘要", max_length=64)
    subject = models.CharField("对象", max_length=128, blank=True)
    note = models.CharField("摘要", max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    class Meta:
        verbose_name = "记账凭证"
        ordering = ("-id",)
        indexes = (models.Index(name="entry_of_day", fields=("on", "id")),
                   models.Index(name="entry_of_subject", fields=("subject",)))  # fmt: skip
        constraints = (
            models.CheckConstraint(name="entry_reverses_an_entry", condition=Q(kind="reversal") ^ Q(reverses=None)),
        )
        triggers = (
            *ADDED_ONLY,
            pgtrigger.Trigger(
                name="reversed_by_two",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__reverses__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT FROM funds_reversal WHERE made_id = NEW.id AND entry_id = NEW.reverses_id)
                    THEN RAISE EXCEPTION 'pgtrigger: reversed_by_two: entry % is undone by two: one asks, another decides', NEW.reverses_id;
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Trigger(
                name="balanced",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("total", "numeric"), ("lines", "bigint")],
                func="""
                    SELECT coalesce(sum(amount), 0), count(*) INTO total, lines
                    FROM funds_posting WHERE entry_id = NEW.id;
                    IF total <> 0 OR lines < 2
                    THEN RAISE EXCEPTION 'pgtrigger: balanced: entry % has % postings that sum to % fen, not to 0',
                                         NEW.key, lines, total;
                    END IF;
                    RETURN NULL;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Posting(models.Model):
    """A line of an entry: so many fen onto (+) or off (-) an account."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, models.PROTECT, related_name="postings")
    amount = models.BigIntegerField("金额（分）")
    payment = models.ForeignKey("funds.Payment", models.PROTECT, null=True, blank=True, related_name="postings")

    class Meta:
        verbose_name = "分录"
        constraints = (models.CheckConstraint(name="posting_moves_money", condition=~Q(amount=0)),)
        triggers = (
            *ADDED_ONLY,
            # One statement per account and insert: a batch of 100,000 lines touches each account's row once.
            pgtrigger.Trigger(
                name="into_balances",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="added"),
                func="""
                    IF EXISTS (SELECT FROM added JOIN funds_entry AS e ON e.id = added.entry_id
                               WHERE e.transaction <> pg_current_xact_id()::text::bigint)
                    THEN RAISE EXCEPTION 'pgtrigger: into_balances: postings come with their entry, not later';
                    END IF;
                    UPDATE funds_account AS a SET balance = a.balance + s.amount
                    FROM (SELECT account_id, sum(amount)::bigint AS amount FROM added GROUP BY account_id) AS s
                    WHERE a.id = s.account_id;
                    RETURN NULL;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry_id} {self.account_id} {self.amount}"
