"""Other systems: who they are, their tokens, what they did, what they are told.

A client is registered by the system administrator and approved by the security administrator; what it may do
never changes after that (a wider client is a new one), and a token can't be wider than its client: the
database keeps both.
"""

from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.access.two_people import by_two
from huijiang.accounts.models import User
from huijiang.api.scopes import EVENTS, GIVEN, OF_BUREAUS, OF_FIRMS, OF_PEOPLE, Scope
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation
from huijiang.sealed import SealedText


class Client(models.Model):
    """Another system, of a bureau (for a region and all within it) or of a firm (for that firm alone).

    `columns` are `table.column` of the vocabulary: what it may read or write of the registers at most.
    `user` is an account that nobody signs in with: events and sightings name it.
    """

    class Kind(models.TextChoices):
        BUREAU = "bureau", gettext_lazy("部门系统")
        FIRM = "firm", gettext_lazy("单位系统")

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("系统名称", max_length=64)
    kind = models.CharField("类型", max_length=8, choices=Kind)
    purpose = models.CharField("用途", max_length=200)
    contact = models.CharField("联系人", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    user = models.OneToOneField(User, models.PROTECT, related_name="api_client")
    scopes = ArrayField(models.CharField(max_length=32), verbose_name="权限")
    columns = ArrayField(models.CharField(max_length=100), default=list, verbose_name="列")
    per_minute = models.PositiveIntegerField("每分钟请求数")
    expires_on = models.DateField("截止")
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField("登记时间", db_default=Now())
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    approved = models.BooleanField("已批准", default=False)
    refused_because = models.CharField("不批准的理由", max_length=300, blank=True)
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "接口客户端"
        ordering = ("-registered_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="client_approved_by_another", condition=Q(decided_by=None) | ~Q(decided_by=F("registered_by"))
            ),
            models.CheckConstraint(
                name="client_decided_whole",
                condition=Q(decided_by=None, decided_at=None, approved=False, refused_because="")
                | Q(decided_by__isnull=False, decided_at__isnull=False, approved=True, refused_because="")
                | Q(decided_by__isnull=False, decided_at__isnull=False, approved=False) & ~Q(refused_because=""),
            ),
            models.CheckConstraint(
                name="client_scopes_listed",
                condition=Q(scopes__contained_by=[each.value for each in GIVEN], scopes__len__gte=1),
            ),
            models.CheckConstraint(
                name="client_of_a_firm",
                condition=Q(kind="bureau", organisation=None, scopes__contained_by=sorted(OF_BUREAUS))
                | Q(kind="firm", organisation__isnull=False, scopes__contained_by=sorted(OF_FIRMS)),
            ),
            models.CheckConstraint(name="client_rate", condition=Q(per_minute__gte=1)),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            by_two("by_two_humans", "registered_by_id", "decided_by_id"),
            pgtrigger.Trigger(
                name="bounds_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF ROW(OLD.uid, OLD.name, OLD.kind, OLD.purpose, OLD.region_id, OLD.organisation_id, OLD.user_id,
                           OLD.scopes, OLD.columns, OLD.expires_on, OLD.registered_by_id, OLD.registered_at)
                       IS DISTINCT FROM
                       ROW(NEW.uid, NEW.name, NEW.kind, NEW.purpose, NEW.region_id, NEW.organisation_id, NEW.user_id,
                           NEW.scopes, NEW.columns, NEW.expires_on, NEW.registered_by_id, NEW.registered_at)
                       OR (OLD.decided_by_id IS NOT NULL AND
                           ROW(OLD.decided_by_id, OLD.decided_at, OLD.approved, OLD.refused_because) IS DISTINCT FROM
                           ROW(NEW.decided_by_id, NEW.decided_at, NEW.approved, NEW.refused_because))
                       OR (OLD.ended_at IS NOT NULL AND OLD.ended_at IS DISTINCT FROM NEW.ended_at)
                    THEN RAISE EXCEPTION 'pgtrigger: bounds_stay: what client % may do does not change', OLD.uid;
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return self.name


class Token(models.Model):
    """A secret that opens the API: of a client, or of a person who lets an app look for them.

    Shown once; kept as a keyed digest.  `mark` are its first letters, by which people tell tokens apart.
    """

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, null=True, blank=True, related_name="tokens")
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="api_tokens")
    name = models.CharField("名称", max_length=64)
    mark = models.CharField("开头", max_length=16)
    digest = models.CharField("摘要", max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=32), verbose_name="权限")
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("发放时间", db_default=Now())
    expires_at = models.DateTimeField("到期")
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)

    class Meta:
        verbose_name = "接口令牌"
        ordering = ("-issued_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="token_is_somebodys", condition=Q(client__isnull=False) ^ Q(owner__isnull=False)
            ),
            models.CheckConstraint(name="token_ends", condition=Q(expires_at__gt=F("issued_at"))),
            models.CheckConstraint(
                name="token_of_a_person",
                condition=Q(owner=None) | Q(scopes__contained_by=sorted(OF_PEOPLE), issued_by=F("owner")),
            ),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="within_its_client",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.client_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM api_client WHERE id = NEW.client_id AND approved AND ended_at IS NULL
                          AND NEW.scopes <@ scopes AND (NEW.expires_at AT TIME ZONE 'Asia/Shanghai')::date <= expires_on)
                    THEN RAISE EXCEPTION 'pgtrigger: within_its_client: wider than its client, or not approved';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="only_used_or_revoked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF ROW(OLD.uid, OLD.client_id, OLD.owner_id, OLD.digest, OLD.scopes, OLD.issued_by_id, OLD.expires_at)
                       IS DISTINCT FROM
                       ROW(NEW.uid, NEW.client_id, NEW.owner_id, NEW.digest, NEW.scopes, NEW.issued_by_id, NEW.expires_at)
                       OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
                    THEN RAISE EXCEPTION 'pgtrigger: only_used_or_revoked: a token is not changed';
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.mark}… {self.name}"


class Entry(models.Model):
    """A client came through the door, or was turned away.  One line an hour: `count` counts the minutes in which
    it came in, and each time that it was turned away."""

    class Outcome(models.TextChoices):
        IN = "in", gettext_lazy("通过")
        UNKNOWN = "unknown", gettext_lazy("没有这个令牌")
        EXPIRED = "expired", gettext_lazy("令牌已过期")
        REVOKED = "revoked", gettext_lazy("令牌已作废")
        ENDED = "ended", gettext_lazy("客户端已停用或过期")
        BEYOND = "beyond", gettext_lazy("超出权限")
        TOO_OFTEN = "too_often", gettext_lazy("请求过多")

    client = models.ForeignKey(Client, models.PROTECT, null=True, related_name="entries")
    token = models.ForeignKey(Token, models.PROTECT, null=True, related_name="entries")
    outcome = models.CharField("结果", max_length=12, choices=Outcome)
    route = models.CharField("接口", max_length=64, blank=True)
    address = models.CharField("地址摘要", max_length=64, blank=True)
    hour = models.DateTimeField("时段")
    first_at = models.DateTimeField("首次", db_default=Now())
    last_at = models.DateTimeField("末次", db_default=Now())
    count = models.PositiveBigIntegerField("次数", default=1)

    class Meta:
        verbose_name = "接口登录记录"
        ordering = ("-last_at", "-id")
        constraints = (
            models.UniqueConstraint(
                name="entry_once_an_hour", fields=("client", "token", "outcome", "route", "address", "hour"),
                nulls_distinct=False,
            ),
        )  # fmt: skip
        indexes = (models.Index(name="entry_last_at", fields=("-last_at",)),)

    def __str__(self) -> str:
        return f"{self.token_id} {self.outcome}"


class Kept(models.Model):
    """An answer kept under a client's own key, so that asking again changes nothing: for RETENTION, see `retention`.

    `asked` is the digest of what the key came with.
    """

    client = models.ForeignKey(Client, models.PROTECT, related_name="+")
    key = models.CharField("幂等键", max_length=128)
    asked = models.CharField("请求摘要", max_length=64)
    status = models.PositiveSmallIntegerField("状态码", null=True)
    answer = models.JSONField("答复", null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "幂等记录"
        constraints = (models.UniqueConstraint(name="kept_once", fields=("client", "key")),)

    def __str__(self) -> str:
        return f"{self.client_id} {self.key}"


class Minute(models.Model):
    """How many requests of one kind came in one minute; the rows of past minutes are cleared away."""

    key = models.CharField(max_length=64)
    minute = models.BigIntegerField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "请求计数"
        constraints = (models.UniqueConstraint(name="minute_once", fields=("key", "minute")),)

    def __str__(self) -> str:
        return f"{self.key} {self.count}"


class Subscription(models.Model):
    """Where a client is told of events.  `failures`: tries in a row that were not answered with 2xx."""

    class Event(models.TextChoices):
        ENTITLEMENTS = "entitlements.changed", gettext_lazy("夜间计算有变化")
        RELEASE = "release.in_force", gettext_lazy("新的规则版本启用")
        SUBMITTED = "claim.submitted", gettext_lazy("申报提交")
        DECIDED = "claim.decided", gettext_lazy("申报批准或不予支持")
        PAID = "claim.paid", gettext_lazy("款项到账")
        RETURNED = "claim.returned", gettext_lazy("银行退回")

    class State(models.TextChoices):
        ACTIVE = "active", gettext_lazy("启用")
        PAUSED = "paused", gettext_lazy("暂停")
        DISABLED = "disabled", gettext_lazy("因多次失败已停用")

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="subscriptions")
    url = models.CharField("地址", max_length=400)
    events = ArrayField(models.CharField(max_length=32), verbose_name="事件")
    secret = SealedText("签名密钥", context="api_subscription.secret")
    state = models.CharField("状态", max_length=8, choices=State, default=State.ACTIVE)
    message = models.CharField("说明", max_length=200, blank=True)
    failures = models.PositiveIntegerField("连续失败", default=0)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField("建立时间", db_default=Now())
    ended_at = models.DateTimeField("删除时间", null=True, blank=True)
    looked_at = models.DateTimeField("看申报看到", null=True, help_text="这以前的流转都已通知")

    class Meta:
        verbose_name = "事件订阅"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="subscription_events_listed",
                condition=Q(events__contained_by=sorted(EVENTS), events__len__gte=1),
            ),
        )

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event on its way to one subscription, with what the receiver answered last.  Each event once."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("等待发送")
        SENT = "sent", gettext_lazy("已送达")
        FAILED = "failed", gettext_lazy("未送达")

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries")
    event = models.CharField("事件", max_length=32)
    subject = models.CharField("事由", max_length=64)
    payload = models.JSONField("内容")
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    made_at = models.DateTimeField("产生时间", db_default=Now())
    due_at = models.DateTimeField("下次发送", db_default=Now())
    tried_at = models.DateTimeField("最近发送", null=True, blank=True)
    status = models.PositiveSmallIntegerField("对方状态码", null=True, blank=True)
    answer = models.CharField("对方答复", max_length=300, blank=True)

    class Meta:
        verbose_name = "事件投递"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(name="webhook_delivery_once", fields=("subscription", "event", "subject")),
        )
        indexes = (models.Index(name="delivery_due", fields=("due_at",), condition=Q(state="waiting")),)

    def __str__(self) -> str:
        return f"{self.event} {self.subject} {self.state}"


__all__ = ["Client", "Delivery", "Entry", "Kept", "Minute", "Scope", "Subscription", "Token"]
