"""A claim, how it moves, and what belongs to its making: account, batch, corrections."""

from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.audit.models import CurrentTransaction
from huijiang.claims import triggers, triggers_aliases, triggers_rounds
from huijiang.claims.states import LIVE, Event, State, Who
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation, Person
from huijiang.sealed import KeyedHash, SealedText

BENEFIT = 128


class Account(models.Model):
    """Where a person or organisation wants to be paid.  A change is a new account; the old one stays."""

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    holder = SealedText("户名", context="account.holder")
    number = SealedText("账号", context="account.number")
    number_hash = KeyedHash("number")
    number_hash_next = KeyedHash("number", coming=True)
    bank = models.CharField("开户行", max_length=120)
    cnaps = models.CharField("联行号", max_length=12, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("登记时间", db_default=Now())
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "收款账户"
        constraints = (
            models.CheckConstraint(name="account_is_somebodys", condition=Q(person__isnull=False) ^ Q(organisation__isnull=False)),
            models.CheckConstraint(name="account_cnaps", condition=Q(cnaps="") | Q(cnaps__regex=r"^\d{12}$")),
        )  # fmt: skip
        indexes = (
            models.Index(name="account_by_number", fields=("number_hash",)),
            models.Index(name="account_by_number_next", fields=("number_hash_next",)),
        )
        triggers = (
            *triggers.NEVER_DELETED,
            pgtrigger.Trigger(
                name="account_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF ROW(OLD.uid, OLD.person_id, OLD.organisation_id, OLD.bank, OLD.cnaps, OLD.made_by_id, OLD.made_at)
                        IS DISTINCT FROM
                        ROW(NEW.uid, NEW.person_id, NEW.organisation_id, NEW.bank, NEW.cnaps, NEW.made_by_id, NEW.made_at)
                        OR (OLD.number IS DISTINCT FROM NEW.number AND substring(OLD.number FROM 1 FOR 2) = substring(NEW.number FROM 1 FOR 2))
                        OR (OLD.holder IS DISTINCT FROM NEW.holder AND substring(OLD.holder FROM 1 FOR 2) = substring(NEW.holder FROM 1 FOR 2))
                        OR (OLD.ended_at IS NOT NULL AND OLD.ended_at IS DISTINCT FROM NEW.ended_at)
                    THEN RAISE EXCEPTION 'pgtrigger: account_kept: an account does not change; a new one is made';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"


class Batch(models.Model):
    """Claims that somebody made together: a firm's or school's list.  Each of them is judged by itself."""

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    benefit = models.CharField("项目", max_length=BENEFIT, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("建立时间", db_default=Now())
    sent_at = models.DateTimeField("提交时间", null=True, blank=True)
    file_name = models.CharField("文件名", max_length=200, blank=True)
    file_digest = models.CharField("文件摘要", max_length=64, blank=True)
    rows = models.IntegerField("行数", default=0)
    taken = models.IntegerField("提交笔数", default=0)
    faults = models.JSONField("有误的行", default=list, help_text="行、列、所见、应为")

    class Meta:
        verbose_name = "批量申报"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="batch_counts", condition=Q(rows__gte=0, taken__gte=0, taken__lte=F("rows"))),
        )
        triggers = triggers.NEVER_DELETED

    def __str__(self) -> str:
        return str(self.uid)


class Way(models.TextChoices):
    """How a claim came in."""

    SELF = "self", gettext_lazy("本人申报")
    FIRM = "firm", gettext_lazy("单位批量")
    SCHOOL = "school", gettext_lazy("学校或机构批量")
    COUNTER = "counter", gettext_lazy("窗口代办")
    PROACTIVE = "proactive", gettext_lazy("免申即享")


class Claim(models.Model):
    """One claim of one benefit for one event.

    `benefit` is `document#id`, `holder` the event row or group as in `entitlements.Standing`.  `answers` are declared
    facts that no register has: a list of {table, row, column, value} or {table, complete: true} (see `questions`).
    `deadline` is empty while the clock stands; `clock_days` are what the office has in all, `used_days` what it used
    before the clock last stopped.
    """

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("受理编号", max_length=24, null=True, unique=True, help_text="提交时编定")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    benefit = models.CharField("项目", max_length=BENEFIT, help_text="文件编号#项目编号")
    release_number = models.PositiveIntegerField("规则版本", null=True, help_text="空：随软件的政策文件")
    holder = models.CharField("事由", max_length=128, help_text="表:编号")
    event_day = models.DateField("事由日期", null=True)
    payee_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    payee_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    beneficiary_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    beneficiary_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    applicant = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", help_text="免申即享在本人确认前为空"
    )
    applicant_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    way = models.CharField("方式", max_length=12, choices=Way)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="claims")
    round = models.ForeignKey("claims.Round", models.PROTECT, null=True, related_name="claims")
    state = models.CharField("状态", max_length=24, choices=State, default=State.DRAFT)
    state_since = models.DateTimeField("状态起", db_default=Now())
    moves = models.PositiveIntegerField("流转次数", default=0)
    created_at = models.DateTimeField("建立时间", db_default=Now())
    submitted_at = models.DateTimeField("提交时间", null=True)
    clock_days = models.PositiveSmallIntegerField("办理时限（工作日）", null=True)
    used_days = models.PositiveSmallIntegerField("已用工作日", default=0)
    running_since = models.DateField("计时起", null=True, help_text="空：计时暂停或还没有开始")
    deadline = models.DateField("办理期限", null=True)
    assigned_to = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    assigned_at = models.DateTimeField("分派时间", null=True)
    answers = models.JSONField("申报的事实", default=list)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    notice_due = models.BooleanField("需要公示", default=True)
    sensitive = models.BooleanField("公示不列姓名", default=False)

    class Meta:
        verbose_name = "申报"
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(name="claim_state_listed", condition=Q(state__in=[str(each) for each in State])),
            models.CheckConstraint(name="claim_one_payee", condition=Q(payee_person__isnull=False) ^ Q(payee_organisation__isnull=False)),
            models.CheckConstraint(name="claim_one_beneficiary", condition=Q(beneficiary_person=None) | Q(beneficiary_organisation=None)),
            models.CheckConstraint(name="claim_submitted_in_full", condition=Q(state__in=("draft", "withdrawn")) | Q(
                number__isnull=False, submitted_at__isnull=False, applicant__isnull=False, account__isnull=False, clock_days__isnull=False)),
            models.CheckConstraint(name="claim_clock_runs_or_stands", condition=Q(running_since=None, deadline=None) | Q(
                running_since__isnull=False, deadline__isnull=False, clock_days__isnull=False)),
            models.CheckConstraint(name="claim_batch_by_a_way", condition=Q(batch=None) | Q(way__in=("firm", "school", "counter"))),
            models.UniqueConstraint(name="claim_once_for_an_event", fields=("benefit", "holder"), condition=Q(state__in=sorted(str(each) for each in LIVE))),
        )  # fmt: skip
        indexes = (
            models.Index(name="claim_queue", fields=("region", "state", "deadline")),
            models.Index(name="claim_by_deadline", fields=("deadline", "id"), condition=Q(deadline__isnull=False)),
            models.Index(name="claim_of_officer", fields=("assigned_to", "deadline"), condition=Q(assigned_to__isnull=False)),
            models.Index(name="claim_of_person", fields=("payee_person", "-id")),
            models.Index(name="claim_of_firm", fields=("payee_organisation", "-id")),
            models.Index(name="claim_of_event", fields=("benefit", "holder")),
            models.Index(name="claim_of_applicant", fields=("applicant", "-id")),
        )  # fmt: skip
        triggers = (*triggers.NEVER_DELETED, triggers.BEGINS_AS_DRAFT, triggers.MOVED_BY_MOVEMENTS)

    def __str__(self) -> str:
        return self.number or f"{self.uid}"

    @property
    def last(self) -> object | None:
        """The latest determination; None before the first."""
        return self.determinations.order_by("-number").first()


class Movement(models.Model):
    """One move of a claim.  Writing it is the move: the database then sets the claim's state, and nothing else does."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="movements")
    number = models.PositiveIntegerField("次序")
    event = models.CharField("事件", max_length=16, choices=Event)
    source = models.CharField("从", max_length=24, choices=State)
    target = models.CharField("到", max_length=24, choices=State)
    who = models.CharField("身份", max_length=16, choices=Who)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间", db_default=Now())
    reason = models.CharField("内部说明", max_length=500, blank=True)
    words = models.CharField("告知申报人", max_length=1_000, blank=True)
    condition = models.CharField("未满足的条件", max_length=200, blank=True)
    digest = models.CharField("核定摘要", max_length=64, blank=True)
    transaction = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        verbose_name = "流转"
        ordering = ("claim", "number")
        constraints = (
            models.UniqueConstraint(name="movement_in_order", fields=("claim", "number")),
            models.CheckConstraint(name="refusal_by_a_person", condition=~Q(target="refused") | Q(event="dismiss") | (
                Q(by__isnull=False) & ~Q(condition="") & ~Q(words=""))),
        )  # fmt: skip
        indexes = (
            BrinIndex(name="movement_at", fields=("at",)),
        )  # rows come in the order of time: a few pages say where
        triggers = (*triggers.ADDED_ONLY, triggers.MOVES_LISTED, triggers.STOPPED_BY_FINDINGS, triggers.MOVES_ITS_CLAIM,
                    triggers_rounds.HAS_A_PLACE, triggers_aliases.ONE_CLAIM_FOR_ALL_ALIASES)  # fmt: skip

    def __str__(self) -> str:
        return f"{self.claim_id} {self.number} {self.event}"


class Correction(models.Model):
    """Everything that an applicant must put right, told at once.  `items`: [{code, words, table, row, column}]."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="corrections")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("告知时间", db_default=Now())
    items = models.JSONField("补正事项")
    due_on = models.DateField("补正期限")
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("补正时间", null=True)

    class Meta:
        verbose_name = "补正告知"
        constraints = (
            models.CheckConstraint(name="correction_lists_items", condition=~Q(items=[])),
            models.CheckConstraint(name="correction_answered_whole", condition=Q(answered_by=None, answered_at=None) | Q(answered_at__isnull=False)),
            models.UniqueConstraint(name="correction_one_open", fields=("claim",), condition=Q(answered_at=None)),
        )  # fmt: skip
        triggers = (
            *triggers.NEVER_DELETED,
            triggers.once("corrected_once", "answered_at", "answered_by_id", words="a correction is answered once"),
        )

    def __str__(self) -> str:
        return f"{self.claim_id} {self.asked_at:%F}"


class NumberGiven(models.Model):
    """The last sequence number given out in a place on a day."""

    place = models.CharField(max_length=6)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "编号"
        constraints = (models.UniqueConstraint(name="number_given_once", fields=("place", "day")),)

    def __str__(self) -> str:
        return f"{self.place} {self.day} {self.last}"
