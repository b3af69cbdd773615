"""Payment batches: frozen, signed by two, sent, answered line by line; and the bank's answers."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.access.two_people import by_two, signed_by_others
from huijiang.accounts.models import User
from huijiang.audit.models import ADDED_ONLY
from huijiang.claims.models import Account as PayeeAccount
from huijiang.claims.models import Due
from huijiang.funds.models.budget import Source
from huijiang.funds.models.reservations import Reservation
from huijiang.regions.models import Region
from huijiang.sealed import SealedText


class PayingAccount(models.Model):
    """From which bank account an office pays a source's money: proposed by one, approved by another, until it is ended;
    a change is a new row.  Only an approved one pays."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    name = models.CharField("户名", max_length=120)
    number = SealedText("账号", context="paying_account.number")
    bank = models.CharField("开户行", max_length=120)
    cnaps = models.CharField("联行号", max_length=12)
    form = models.CharField("付款文件格式", max_length=40, default="pain.001")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField("批准时间", null=True, blank=True)
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "付款账户"
        constraints = (
            models.UniqueConstraint(
                name="paying_account_one", fields=("region", "source"), condition=Q(ended_at=None, approved_at__isnull=False)
            ),
            models.UniqueConstraint(
                name="paying_account_one_waits", fields=("region", "source"), condition=Q(ended_at=None, approved_at=None)
            ),
            models.CheckConstraint(name="paying_account_cnaps", condition=Q(cnaps__regex=r"^[0-9]{12}$")),
            models.CheckConstraint(
                name="paying_account_by_two",
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("made_by")),
            ),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            by_two("by_two_humans", "made_by_id", "approved_by_id"),
            pgtrigger.Trigger(
                name="stands_as_proposed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                # Not the number: it is sealed anew when the keys are changed.
                func="""
                    IF ROW(OLD.region_id, OLD.source_id, OLD.name, OLD.bank, OLD.cnaps, OLD.form, OLD.made_by_id)
                       IS DISTINCT FROM ROW(NEW.region_id, NEW.source_id, NEW.name, NEW.bank, NEW.cnaps, NEW.form, NEW.made_by_id)
                       OR OLD.approved_at IS NOT NULL AND ROW(OLD.approved_by_id, OLD.approved_at)
                          IS DISTINCT FROM ROW(NEW.approved_by_id, NEW.approved_at)
                       OR OLD.ended_at IS NOT NULL AND (NEW.ended_at IS DISTINCT FROM OLD.ended_at OR NEW.approved_at IS DISTINCT FROM OLD.approved_at)
                    THEN RAISE EXCEPTION 'pgtrigger: stands_as_proposed: paying account % is approved and ended, never changed', OLD.id;
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.region_id} {self.source_id}"


class Batch(models.Model):
    """Payments that go to the bank together.  Once frozen its content never changes; two people of finance sign the
    digest of it; then it may be sent, as often as somebody presses, to the same effect."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("组批中")
        FROZEN = "frozen", gettext_lazy("已锁定，待签署")
        SIGNED = "signed", gettext_lazy("已签署，待送银行")
        SENT = "sent", gettext_lazy("已送银行")
        SETTLED = "settled", gettext_lazy("已对账")
        DROPPED = "dropped", gettext_lazy("已作废")

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("批次号", max_length=24, unique=True)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, models.PROTECT, related_name="batches")
    year = models.PositiveSmallIntegerField("年度")
    paying = models.ForeignKey(PayingAccount, models.PROTECT, related_name="batches")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    pay_on = models.DateField("付款日期")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("建立时间", db_default=Now())
    frozen_at = models.DateTimeField("锁定时间", null=True, blank=True)
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    count = models.PositiveIntegerField("笔数", default=0)
    total = models.BigIntegerField("合计（分）", default=0)
    sent_at = models.DateTimeField("送银行时间", null=True, blank=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField("对账完成", null=True, blank=True)
    dropped_because = models.CharField("作废原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "拨付批次"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="batch_frozen_whole",
                condition=Q(state="open", frozen_at=None, digest="", count=0, total=0)
                | Q(state="dropped")
                | Q(state__in=("frozen", "signed", "sent", "settled"), frozen_at__isnull=False, count__gt=0, total__gte=0)
                & ~Q(digest=""),
            ),
            models.CheckConstraint(name="batch_sent_whole", condition=~Q(state__in=("sent", "settled")) | Q(sent_at__isnull=False)),
            models.CheckConstraint(name="batch_dropped_with_reason", condition=~Q(state="dropped") ^ ~Q(dropped_because="")),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="paid_from_an_approved_account",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT FROM funds_payingaccount WHERE id = NEW.paying_id AND approved_at IS NOT NULL AND ended_at IS NULL
                                   AND (region_id, source_id) = (NEW.region_id, NEW.source_id))
                    THEN RAISE EXCEPTION 'pgtrigger: paid_from_an_approved_account: account % was not approved by another for this source and place', NEW.paying_id;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="goes_forward",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("lines", "bigint"), ("money", "numeric")],
                func="""
                    IF ROW(OLD.uid, OLD.number, OLD.region_id, OLD.source_id, OLD.year, OLD.paying_id, OLD.made_by_id)
                       IS DISTINCT FROM ROW(NEW.uid, NEW.number, NEW.region_id, NEW.source_id, NEW.year, NEW.paying_id, NEW.made_by_id)
                       OR OLD.frozen_at IS NOT NULL AND ROW(OLD.frozen_at, OLD.digest, OLD.count, OLD.total, OLD.pay_on)
                          IS DISTINCT FROM ROW(NEW.frozen_at, NEW.digest, NEW.count, NEW.total, NEW.pay_on)
                       OR OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('open', 'frozen'), ('open', 'dropped'),
                          ('frozen', 'signed'), ('frozen', 'dropped'), ('signed', 'sent'), ('signed', 'dropped'), ('sent', 'settled'))
                    THEN RAISE EXCEPTION 'pgtrigger: goes_forward: batch % does not change so (% to %)', OLD.number, OLD.state, NEW.state;
                    END IF;
                    IF NEW.state = 'frozen' AND OLD.state = 'open' THEN
                        SELECT count(*), coalesce(sum(amount), 0) INTO lines, money FROM funds_payment WHERE batch_id = NEW.id;
                        IF lines <> NEW.count OR money <> NEW.total
                        THEN RAISE EXCEPTION 'pgtrigger: goes_forward: batch % says % payments of % fen, its lines are % of %',
                                             NEW.number, NEW.count, NEW.total, lines, money;
                        END IF;
                        IF EXISTS (SELECT FROM funds_payment AS p JOIN claims_due AS d ON d.id = p.due_id WHERE p.batch_id = NEW.id
                            AND NOT EXISTS (SELECT FROM funds_payment AS q JOIN claims_due AS e ON e.id = q.due_id
                                WHERE q.reference = p.transfer AND q.batch_id = NEW.id AND q.account_id = p.account_id AND e.claim_id = d.claim_id))
                        THEN RAISE EXCEPTION 'pgtrigger: goes_forward: batch %: the lines of a transfer are of one claim, to one account', NEW.number;
                        END IF;
                    END IF;
                    IF NEW.state IN ('signed', 'sent') AND (SELECT count(DISTINCT human) FROM funds_batchsignature
                       WHERE batch_id = NEW.id AND digest = NEW.digest) < 2
                    THEN RAISE EXCEPTION 'pgtrigger: goes_forward: batch % is not signed by two', NEW.number;
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return self.number


class BatchSignature(models.Model):
    """Somebody's signature over the digest of a frozen batch; one a person, and each counts on every claim in it."""

    class Kind(models.TextChoices):
        FINANCE = "finance", gettext_lazy("财务签署")
        RELEASE = "release", gettext_lazy("拨付放行")

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="signatures")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    human = models.CharField("自然人", max_length=64)
    kind = models.CharField("事项", max_length=8, choices=Kind)
    digest = models.CharField("内容摘要", max_length=64)
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "批次签署"
        constraints = (
            models.UniqueConstraint(name="batch_signature_one_a_person", fields=("batch", "human")),
            models.UniqueConstraint(name="batch_signature_one_a_kind", fields=("batch", "kind")),
        )
        triggers = (
            *ADDED_ONLY,
            signed_by_others("signed_by_three_humans", "funds_batchsignature", "batch_id", "funds_batch"),
            pgtrigger.Trigger(
                name="of_what_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("batch", "funds_batch")],
                # The claims less those signed, each looked through once: the acts are this transaction's, so that
                # the planner knows nothing of them, and a search for each claim's act went through all of them.
                func="""
                    SELECT * INTO batch FROM funds_batch WHERE id = NEW.batch_id FOR UPDATE;
                    IF batch.state <> 'frozen' OR batch.digest <> NEW.digest OR batch.made_by_id = NEW.user_id
                    THEN RAISE EXCEPTION 'pgtrigger: of_what_is_frozen: batch % is signed while frozen, over its digest, by another than its maker',
                                         batch.number;
                    END IF;
                    IF EXISTS (SELECT d.claim_id FROM funds_payment p JOIN claims_due d ON d.id = p.due_id WHERE p.batch_id = NEW.batch_id
                               EXCEPT SELECT a.claim_id FROM claims_act a WHERE a.human = NEW.human AND a.kind = NEW.kind
                                   AND a.occasion = batch.uid::text AND a.voided_at IS NULL)
                    THEN RAISE EXCEPTION 'pgtrigger: of_what_is_frozen: a batch signature counts on every claim in it';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.batch_id} {self.kind}"


class Payment(models.Model):
    """One due in one batch: paid once.  `amount` goes to the bank, `offset` is kept for an overpayment (`Recovery`);
    together they are what is due.

    Several periods of one claim in a batch go to the bank as one transfer: `transfer` is the reference of its first
    line, comes back with the bank's answer, and its lines are sent, paid and sent back together."""

    class State(models.TextChoices):
        PREPARED = "prepared", gettext_lazy("待送银行")
        SENT = "sent", gettext_lazy("已送银行")
        PAID = "paid", gettext_lazy("已付")
        REJECTED = "rejected", gettext_lazy("银行拒付")
        RETURNED = "returned", gettext_lazy("付后退回")
        DROPPED = "dropped", gettext_lazy("随批作废")

    LIVE = (State.PREPARED, State.SENT, State.PAID)

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="payments")
    due = models.ForeignKey(Due, models.PROTECT, related_name="payments")
    reservation = models.ForeignKey(Reservation, models.PROTECT, related_name="payments")
    account = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="+")
    reference = models.CharField("付款流水号", max_length=35, unique=True)
    transfer = models.CharField("汇款流水号", max_length=35)
    amount = models.BigIntegerField("付款金额（分）")
    offset = models.BigIntegerField("抵扣金额（分）", default=0)
    recovery = models.ForeignKey(
        "funds.Recovery", models.PROTECT, null=True, blank=True, related_name="kept_from", help_text="抵扣的追回"
    )
    attempt = models.PositiveSmallIntegerField("第几次付款", default=1)
    state = models.CharField("状态", max_length=8, choices=State, default=State.PREPARED)
    settled_on = models.DateField("银行处理日期", null=True, blank=True)
    bank_reference = models.CharField("银行流水号", max_length=64, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "付款"
        ordering = ("batch", "id")
        constraints = (
            models.UniqueConstraint(
                name="payment_once", fields=("due",), condition=Q(state__in=("prepared", "sent", "paid"))
            ),
            models.UniqueConstraint(name="payment_attempt_once", fields=("due", "attempt")),
            models.CheckConstraint(name="payment_offsets_a_recovery", condition=Q(offset=0, recovery=None) | Q(offset__gt=0, recovery__isnull=False)),
            models.CheckConstraint(name="payment_of_something", condition=Q(amount__gte=0, offset__gte=0) & (Q(amount__gt=0) | Q(offset__gt=0))),
            models.CheckConstraint(name="payment_in_a_transfer", condition=~Q(transfer="")),
            models.CheckConstraint(name="payment_answered_whole", condition=~Q(state__in=("paid", "rejected", "returned")) | Q(settled_on__isnull=False)),
        )  # fmt: skip
        indexes = (models.Index(name="payment_of_due", fields=("due",)), models.Index(name="payment_of_batch", fields=("batch", "state")),
                   models.Index(name="payment_of_transfer", fields=("transfer",)))  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="of_what_is_due",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[
                    ("due", "claims_due"),
                    ("standing", "text"),
                    ("held", "funds_reservation"),
                    ("batch", "text"),
                    ("kept", "numeric"),
                ],
                func="""
                    SELECT coalesce(sum("offset"), 0) INTO kept FROM funds_payment
                    WHERE due_id = NEW.due_id AND state IN ('rejected', 'returned');
                    SELECT state INTO batch FROM funds_batch WHERE id = NEW.batch_id;
                    SELECT * INTO due FROM claims_due WHERE id = NEW.due_id;
                    SELECT state INTO standing FROM claims_claim WHERE id = due.claim_id;
                    SELECT * INTO held FROM funds_reservation WHERE id = NEW.reservation_id;
                    IF batch <> 'open' OR NEW.state <> 'prepared'
                    THEN RAISE EXCEPTION 'pgtrigger: of_what_is_due: payments come into an open batch, not one that is %', batch;
                    END IF;
                    IF due.cancelled_at IS NOT NULL OR standing <> 'payable' OR held.due_id <> NEW.due_id OR held.state <> 'held'
                       OR NEW.amount + NEW."offset" + kept <> due.amount
                    THEN RAISE EXCEPTION 'pgtrigger: of_what_is_due: due % is paid when payable, reserved and in full (claim %, reservation %, % + % of % fen)',
                                         due.uid, standing, held.state, NEW.amount, NEW."offset", due.amount;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="goes_forward",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("batch", "text")],
                func="""
                    IF ROW(OLD.batch_id, OLD.due_id, OLD.reservation_id, OLD.account_id, OLD.reference, OLD.transfer, OLD.amount, OLD."offset", OLD.recovery_id, OLD.attempt)
                       IS DISTINCT FROM ROW(NEW.batch_id, NEW.due_id, NEW.reservation_id, NEW.account_id, NEW.reference, NEW.transfer, NEW.amount, NEW."offset", NEW.recovery_id, NEW.attempt)
                       OR OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('prepared', 'sent'), ('prepared', 'dropped'),
                          ('sent', 'paid'), ('sent', 'rejected'), ('sent', 'returned'), ('paid', 'returned'))
                    THEN RAISE EXCEPTION 'pgtrigger: goes_forward: payment % does not go from % to %', OLD.reference, OLD.state, NEW.state;
                    END IF;
                    IF OLD.state = 'prepared' AND NEW.state = 'sent' THEN
                        SELECT state INTO batch FROM funds_batch WHERE id = NEW.batch_id;
                        IF batch NOT IN ('signed', 'sent')
                        THEN RAISE EXCEPTION 'pgtrigger: goes_forward: payment % is sent with a signed batch alone', OLD.reference;
                        END IF;
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="together",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(old="then_", new="now_"),
                func="""
                    IF EXISTS (SELECT FROM now_ AS n JOIN funds_payment AS p ON p.transfer = n.transfer
                               WHERE n.amount > 0 AND p.amount > 0 AND p.state <> n.state)
                    THEN RAISE EXCEPTION 'pgtrigger: together: the lines of a transfer go and come back together';
                    END IF;
                    RETURN NULL;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.amount} {self.state}"


class BankFile(models.Model):
    """A file that a batch was exported as.  Made again it has the same bytes (`digest`)."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="files")
    form = models.CharField("格式", max_length=40)
    part = models.PositiveSmallIntegerField("第几个文件")
    name = models.CharField("文件名", max_length=120)
    digest = models.CharField("文件摘要", max_length=64)
    size = models.PositiveBigIntegerField("字节")
    count = models.PositiveIntegerField("笔数")
    total = models.BigIntegerField("合计（分）")
    made_at = models.DateTimeField("生成时间", db_default=Now())
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "付款文件"
        ordering = ("batch", "form", "part")
        constraints = (models.UniqueConstraint(name="bank_file_once", fields=("batch", "form", "part")),)
        triggers = ADDED_ONLY

    def __str__(self) -> str:
        return self.name
