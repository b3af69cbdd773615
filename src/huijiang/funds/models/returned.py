"""Sums that came back and are not paid again: given back to the budget that paid them, by two people."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from huijiang.access.two_people import by_two
from huijiang.accounts.models import User
from huijiang.funds.models.ledger import Account, Entry
from huijiang.funds.models.payments import Payment


class Refund(models.Model):
    """Somebody asks that returned sums go back to the budget of the year that paid them; another decides, and one entry
    moves them.  Nobody loses what is due to them by it: paid later, it is an expense of then."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="refunds", help_text="退票待处理的科目")
    because = models.CharField("理由", max_length=500)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("提出时间", db_default=Now())
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    entry = models.OneToOneField(
        Entry, models.PROTECT, null=True, blank=True, related_name="refund", help_text="同意后的凭证"
    )
    dropped_because = models.CharField("不同意的理由", max_length=500, blank=True, db_default="")

    class Meta:
        verbose_name = "退票转回"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="refund_says_why", condition=~Q(because="")),
            models.CheckConstraint(
                name="refund_decided_whole",
                condition=Q(decided_by=None, decided_at=None, entry=None, dropped_because="")
                | Q(decided_by__isnull=False, decided_at__isnull=False)
                & (Q(entry__isnull=False, dropped_because="") | Q(entry=None) & ~Q(dropped_because="")),
            ),
            models.CheckConstraint(
                name="refund_by_two", condition=Q(entry=None) | ~Q(decided_by=models.F("asked_by"))
            ),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'INSERT' AND (NEW.decided_by_id IS NOT NULL
                       OR NOT EXISTS (SELECT FROM funds_account WHERE id = NEW.account_id AND kind = 'returned'))
                    THEN RAISE EXCEPTION 'pgtrigger: decided_once: what came back is asked for before it is given back';
                    END IF;
                    IF TG_OP = 'UPDATE' AND (OLD.decided_by_id IS NOT NULL
                       OR ROW(OLD.uid, OLD.account_id, OLD.because, OLD.asked_by_id) IS DISTINCT FROM ROW(NEW.uid, NEW.account_id, NEW.because, NEW.asked_by_id))
                    THEN RAISE EXCEPTION 'pgtrigger: decided_once: refund % does not change', OLD.uid;
                    END IF;
                    RETURN NEW;
                """,
            ),
            by_two("given_back_by_two_humans", "asked_by_id", "decided_by_id", "NEW.entry_id IS NOT NULL"),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.uid}"


class RefundLine(models.Model):
    """One returned payment whose sum is given back, or asked to be."""

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="lines")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField("金额（分）")

    class Meta:
        verbose_name = "退票转回明细"
        ordering = ("refund", "id")
        constraints = (
            models.UniqueConstraint(name="refund_line_once", fields=("refund", "payment")),
            models.CheckConstraint(name="refund_line_of_something", condition=Q(amount__gt=0)),
        )
        triggers = (
            pgtrigger.Protect(name="added_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="of_what_came_back",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT FROM funds_payment AS p JOIN funds_batch AS b ON b.id = p.batch_id
                                   JOIN funds_refund AS r ON r.id = NEW.refund_id AND r.decided_by_id IS NULL
                                   JOIN funds_account AS a ON a.id = r.account_id
                                   WHERE p.id = NEW.payment_id AND p.state = 'returned' AND p.amount >= NEW.amount
                                     AND (a.region_id, a.source_id, a.year) = (b.region_id, b.source_id, b.year))
                    THEN RAISE EXCEPTION 'pgtrigger: of_what_came_back: payment % did not come back into the account of refund %',
                                         NEW.payment_id, NEW.refund_id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.refund_id} {self.payment_id}"
