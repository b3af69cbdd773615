"""Payment batches: frozen, signed by two, sent, answered line by line; and the bank's answers."""

from __future__ import annotations

import datetime as dt
import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.audit.models import ADDED_ONLY
from huijiang.claims.models import Account as PayeeAccount
from huijiang.claims.models import Due
from huijiang.funds.models.budget import Source
from huijiang.funds.models.reservations import Reservation
from huijiang.regions.models import Region
from huijiang.sealed import SealedText


class PayingAccount(models.Model):
    """From which bank account an office pays a source's money, until it is ended; a change is a new row."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    name = models.CharField("户名", max_length=120)
    number = SealedText("账号", context="paying_account.number")
    bank = models.CharField("开户行", max_length=120)
    cnaps = models.CharField("联行号", max_length=12)
    form = models.CharField("付款文件格式", max_length=40, default="pain.001")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "付款账户"
        constraints = (
            models.UniqueConstraint(name="paying_account_one", fields=("region", "source"), condition=Q(ended_at=None)),
            models.CheckConstraint(name="paying_account_cnaps", condition=Q(cnaps__regex=r"^[0-9]{12}$")),
        )
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

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
                | Q(state__in=("frozen", "signed", "sent", "settled"), frozen_at__isnull=False, count__gt=0, total__gt=0)
                & ~Q(digest=""),
            ),
            models.CheckConstraint(name="batch_sent_whole", condition=~Q(state__in=("sent", "settled")) | Q(sent_at__isnull=False)),
            models.CheckConstraint(name="batch_dropped_with_reason", condition=~Q(state="dropped") ^ ~Q(dropped_because="")),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
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
            pgtrigger.Trigger(
                name="of_what_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("batch", "funds_batch")],
                func="""
                    SELECT * INTO batch FROM funds_batch WHERE id = NEW.batch_id FOR UPDATE;
                    IF batch.state <> 'frozen' OR batch.digest <> NEW.digest OR batch.made_by_id = NEW.user_id
                    THEN RAISE EXCEPTION 'pgtrigger: of_what_is_frozen: batch % is signed while frozen, over its digest, by another than its maker',
                                         batch.number;
                    END IF;
                    IF EXISTS (SELECT 1 FROM funds_payment p JOIN claims_due d ON d.id = p.due_id WHERE p.batch_id = NEW.batch_id
                               AND NOT EXISTS (SELECT 1 FROM claims_act a WHERE a.claim_id = d.claim_id AND a.human = NEW.human
                                               AND a.kind = NEW.kind AND a.occasion = batch.uid::text AND a.voided_at IS NULL))
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
    together they are what is due.  `reference` comes back with the bank's answer."""

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
            models.CheckConstraint(name="payment_answered_whole", condition=~Q(state__in=("paid", "rejected", "returned")) | Q(settled_on__isnull=False)),
        )  # fmt: skip
        indexes = (models.Index(name="payment_of_due", fields=("due",)), models.Index(name="payment_of_batch", fields=("batch", "state")))  # fmt: skip
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
                    IF ROW(OLD.batch_id, OLD.due_id, OLD.reservation_id, OLD.account_id, OLD.reference, OLD.amount, OLD."offset", OLD.recovery_id, OLD.attempt)
                       IS DISTINCT FROM ROW(NEW.batch_id, NEW.due_id, NEW.reservation_id, NEW.account_id, NEW.reference, NEW.amount, NEW."offset", NEW.recovery_id, NEW.attempt)
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


class Answer(models.Model):
    """A file of the bank's that was read, once: the same content again is the same row."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    digest = models.CharField("文件摘要", max_length=64, unique=True)
    taken_at = models.DateTimeField("接收时间", db_default=Now())
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    count = models.PositiveIntegerField("行数")

    class Meta:
        verbose_name = "银行回单"
        ordering = ("-id",)
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return self.name

    @property
    def taken_on(self) -> dt.date:
        """The day on which it was taken, as people here count it."""
        return localtime(self.taken_at).date()


class AnswerLine(models.Model):
    """One line of an answer, and what became of it.  A line that does not fit waits for a person."""

    class Verdict(models.TextChoices):
        APPLIED = "applied", gettext_lazy("已入账")
        REPEATED = "repeated", gettext_lazy("重复，不再入账")
        UNKNOWN = "unknown", gettext_lazy("没有这笔付款")
        DIFFERS = "differs", gettext_lazy("金额不符")
        TOO_EARLY = "too_early", gettext_lazy("批次还没有送银行")
        CONTRADICTS = "contradicts", gettext_lazy("与已有结果矛盾")

    OPEN = (Verdict.UNKNOWN, Verdict.DIFFERS, Verdict.TOO_EARLY, Verdict.CONTRADICTS)

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="lines")
    place = models.CharField("位置", max_length=80)
    reference = models.CharField("付款流水号", max_length=35)
    outcome = models.CharField("处理结果", max_length=8)
    amount = models.BigIntegerField("金额（分）")
    on = models.DateField("处理日期")
    reason = models.CharField("原因", max_length=200, blank=True)
    bank_reference = models.CharField("银行流水号", max_length=64, blank=True)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="answers")
    verdict = models.CharField("处理", max_length=12, choices=Verdict)
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    handled_at = models.DateTimeField("人工处理时间", null=True, blank=True)
    handled_words = models.CharField("人工处理说明", max_length=500, blank=True)

    class Meta:
        verbose_name = "回单明细"
        ordering = ("answer", "id")
        constraints = (
            models.CheckConstraint(
                name="answer_line_handled_whole",
                condition=Q(handled_by=None, handled_at=None, handled_words="")
                | Q(handled_by__isnull=False, handled_at__isnull=False) & ~Q(handled_words=""),
            ),
        )
        indexes = (
            models.Index(name="answer_line_reference", fields=("reference",)),
            models.Index(name="answer_line_open", fields=("verdict", "id"), condition=Q(handled_at=None)),
        )
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.reference} {self.outcome} {self.verdict}"


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
    found_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("通知时间", db_default=Now())
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = "追回"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(name="recovery_one_open", fields=("payment",), condition=Q(closed_at=None)),
            models.CheckConstraint(name="recovery_within", condition=Q(amount__gt=0, back__gte=0, back__lte=F("amount"))),
            models.CheckConstraint(name="recovery_by_two", condition=~Q(found_by=F("decided_by"))),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="of_what_was_paid",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("paid", "funds_payment"), ("asked", "numeric")],
                func="""
                    IF TG_OP = 'UPDATE' AND (ROW(OLD.uid, OLD.payment_id, OLD.amount, OLD.ground, OLD.found_by_id, OLD.decided_by_id)
                       IS DISTINCT FROM ROW(NEW.uid, NEW.payment_id, NEW.amount, NEW.ground, NEW.found_by_id, NEW.decided_by_id)
                       OR NEW.back <> OLD.back AND pg_trigger_depth() < 2 OR OLD.closed_at IS NOT NULL)
                    THEN RAISE EXCEPTION 'pgtrigger: of_what_was_paid: a recovery moves by what comes back, and not once closed';
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
                Q(dismissed_by__isnull=False, dismissed_at__isnull=False, recovery=None) & ~Q(words=""))),
        )  # fmt: skip
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.payment_id} {self.rule}"


class CameBack(models.Model):
    """A part of a recovery that came back: to the account, or kept from another payment."""

    class Way(models.TextChoices):
        BANK = "bank", gettext_lazy("退到账户")
        OFFSET = "offset", gettext_lazy("从后续补贴抵扣")

    recovery = models.ForeignKey(Recovery, models.PROTECT, related_name="parts")
    way = models.CharField("方式", max_length=8, choices=Way)
    amount = models.BigIntegerField("金额（分）")
    on = models.DateField("日期")
    key = models.CharField(
        "凭证", max_length=120, unique=True, help_text="银行流水号或抵扣的付款流水号；同一凭证只记一次"
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "追回到账"
        constraints = (models.CheckConstraint(name="came_back_something", condition=Q(amount__gt=0)),)
        triggers = (
            *ADDED_ONLY,
            pgtrigger.Trigger(
                name="into_recoveries",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE funds_recovery SET back = back + NEW.amount,
                           state = CASE WHEN back + NEW.amount = amount THEN 'recovered' ELSE 'coming_back' END,
                           closed_at = CASE WHEN back + NEW.amount = amount THEN now() END
                    WHERE id = NEW.recovery_id;
                    RETURN NULL;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.recovery_id} {self.amount}"
