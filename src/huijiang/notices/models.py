"""Messages, the ways that they went, what each account chose, and who wants to hear what is new."""

from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import Message, User
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation, Person
from huijiang.sealed.fields import KeyedHash, SealedText


class Notice(models.Model):
    """One message to a person, to an organisation (whoever acts for it) or to an account (staff).

    `values`: what was filled in, as JSON.  `required`: the law asks for it, nobody turns it off.
    """

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    template = models.CharField("模板", max_length=48)
    group = models.CharField("类别", max_length=16)
    values = SealedText("内容", context="notice.values")
    subject = models.CharField("归属", max_length=128)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    required = models.BooleanField("法定通知", default=False)
    made_at = models.DateTimeField("时间", db_default=Now())
    read_at = models.DateTimeField("已读时间", null=True, blank=True)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "通知"
        ordering = ("-made_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="notice_to_one",
                condition=Q(user__isnull=False, person=None, organisation=None)
                | Q(user=None, person__isnull=False, organisation=None)
                | Q(user=None, person=None, organisation__isnull=False),
            ),
            models.CheckConstraint(
                name="notice_read_by_somebody",
                condition=Q(read_at=None, read_by=None) | Q(read_at__isnull=False, read_by__isnull=False),
            ),
        )
        indexes = (
            models.Index(name="notice_of_user", fields=("user", "-made_at")),
            models.Index(name="notice_of_person", fields=("person", "-made_at")),
            models.Index(name="notice_of_organisation", fields=("organisation", "-made_at")),
            models.Index(name="notice_of_subject", fields=("subject",)),
        )
        triggers = (
            pgtrigger.Trigger(
                name="as_it_was_told",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF ROW(OLD.uid, OLD.template, OLD."group", OLD.subject, OLD.user_id, OLD.person_id, OLD.organisation_id,
                           OLD.required, OLD.made_at)
                       IS DISTINCT FROM
                       ROW(NEW.uid, NEW.template, NEW."group", NEW.subject, NEW.user_id, NEW.person_id,
                           NEW.organisation_id, NEW.required, NEW.made_at)
                       OR (OLD.read_at IS NOT NULL AND NEW.read_at IS DISTINCT FROM OLD.read_at)
                    THEN RAISE EXCEPTION 'pgtrigger: as_it_was_told: notice % does not change', OLD.uid;
                    END IF;
                    RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.template} {self.subject}"


class Delivery(models.Model):
    """One way that a notice went, or why it did not; the log that people and officers read."""

    class Why(models.TextChoices):
        NOT_WANTED = "not_wanted", gettext_lazy("本人没有选择这个渠道")
        NO_ADDRESS = "no_address", gettext_lazy("没有登记号码或邮箱")
        NOT_SET_UP = "not_set_up", gettext_lazy("平台没有接通这个渠道")
        NO_ACCOUNT = "no_account", gettext_lazy("还没有开通账户")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    channel = models.CharField("渠道", max_length=8, choices=Message.Channel)
    not_before = models.DateTimeField("不早于")
    message = models.OneToOneField(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField("结果", max_length=8, blank=True, choices=Message.State)
    why = models.CharField("没有发送的原因", max_length=12, blank=True, choices=Why)

    class Meta:
        verbose_name = "发送"
        constraints = (
            models.UniqueConstraint(name="delivery_once", fields=("notice", "user", "channel"), nulls_distinct=False),
            models.CheckConstraint(name="delivery_sent_or_why", condition=Q(message=None) | Q(why="")),
        )
        indexes = (
            models.Index(
                name="delivery_waiting", fields=("not_before",), condition=Q(message=None, why="", outcome="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.notice_id} {self.channel} {self.why or self.outcome or 'waiting'}"


class Preference(models.Model):
    """What an account chose; without a row: SMS and mail both, nothing muted, quiet from 21 to 8."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="+")
    sms = models.BooleanField("短信", default=True)
    mail = models.BooleanField("邮件", default=True)
    muted = ArrayField(models.CharField(max_length=16), default=list, verbose_name="不再接收的类别")
    language = models.CharField("语言", max_length=2, choices=[("zh", "中文"), ("en", "English")], default="zh")
    quiet_from = models.PositiveSmallIntegerField("免打扰起", default=21)
    quiet_until = models.PositiveSmallIntegerField("免打扰止", default=8)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "接收设置"
        constraints = (
            models.CheckConstraint(
                name="preference_hours", condition=Q(quiet_from__gte=0, quiet_from__lte=23, quiet_until__lte=23)
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}"


class Subscription(models.Model):
    """Somebody wants to hear what is new: topics, for regions (none named: everywhere).

    By an account, or by a mail address that was proved to be theirs; `key` stands in the links of their mails.
    """

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, models.PROTECT, null=True, related_name="+")
    mail = SealedText("邮箱", context="subscription.mail", null=True)
    mail_hash = KeyedHash("mail")
    mail_hash_next = KeyedHash("mail", coming=True)
    key = SealedText("链接密钥", context="subscription.key")
    key_hash = KeyedHash("key")
    key_hash_next = KeyedHash("key", coming=True)
    topics = ArrayField(models.CharField(max_length=16), verbose_name="主题")
    regions = models.ManyToManyField(Region, verbose_name="地区", related_name="+", blank=True)
    language = models.CharField("语言", max_length=2, choices=[("zh", "中文"), ("en", "English")], default="zh")
    asked_at = models.DateTimeField("申请时间", db_default=Now())
    verified_at = models.DateTimeField("确认时间", null=True, blank=True)

    class Meta:
        verbose_name = "订阅"
        constraints = (
            models.CheckConstraint(
                name="subscription_of_one",
                condition=Q(user=None, mail__isnull=False) | Q(user__isnull=False, mail=None),
            ),
            models.CheckConstraint(
                name="subscription_of_account_needs_no_proof", condition=Q(user=None) | Q(verified_at__isnull=False)
            ),
            models.UniqueConstraint(name="subscription_once_by_mail", fields=("mail_hash",)),
        )
        indexes = (models.Index(name="subscription_by_key", fields=("key_hash",)),)

    def __str__(self) -> str:
        return f"{self.uid}"


class Announcement(models.Model):
    """Something new that subscribers were told, once: `key` names it (`release:7`, `round:5f0c…`)."""

    key = models.CharField(max_length=128, unique=True)
    topic = models.CharField("主题", max_length=16)
    template = models.CharField("模板", max_length=48)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    values = models.JSONField(default=dict)
    address = models.CharField("页面", max_length=200)
    made_at = models.DateTimeField(db_default=Now())
    told = models.PositiveIntegerField("已通知", null=True, blank=True)

    class Meta:
        verbose_name = "新内容"

    def __str__(self) -> str:
        return self.key
