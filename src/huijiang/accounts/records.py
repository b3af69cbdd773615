"""What signing in leaves behind: second factors, one-time codes, the log, messages.  Codes are kept as digests."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.sealed.fields import SealedText


class SecondFactor(models.Model):
    """An app that shows codes (RFC 6238).  `last_step`: the newest code that was taken; none is taken twice."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="second_factor")
    secret = SealedText("密钥", context="second_factor.secret")
    last_step = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField("启用时间", db_default=Now())

    class Meta:
        verbose_name = "第二因素"

    def __str__(self) -> str:
        return f"{self.user_id}"


class RecoveryCode(models.Model):
    """A code that stands in once for the app, when the phone is lost."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = "恢复码"

    def __str__(self) -> str:
        return f"{self.user_id} {self.used_at or ''}"


class PhoneChange(models.Model):
    """A new phone number that waits for the code sent to it."""

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="phone_changes")
    phone = SealedText("手机", context="phone_change.phone")
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "手机变更"

    def __str__(self) -> str:
        return str(self.uid)


class UsedTicket(models.Model):
    """A ticket of an outside sign-in service that was presented here; none is taken twice."""

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "已用票据"

    def __str__(self) -> str:
        return self.digest[:8]


class SignIn(models.Model):
    """One try to sign in, or a sign-out.  No addresses and no wrong names: digests, by which equal ones are seen."""

    class Way(models.TextChoices):
        PASSWORD = "password", gettext_lazy("密码")
        CODE = "code", gettext_lazy("动态码")
        RECOVERY = "recovery", gettext_lazy("恢复码")
        OIDC = "oidc", gettext_lazy("统一认证")
        TICKET = "ticket", gettext_lazy("省级认证")
        ACTIVATION = "activation", gettext_lazy("激活码")

    class Outcome(models.TextChoices):
        IN = "in", gettext_lazy("登录成功")
        WRONG = "wrong", gettext_lazy("没有通过")
        LOCKED = "locked", gettext_lazy("已锁定")
        OUT = "out", gettext_lazy("退出")
        IDLE = "idle", gettext_lazy("久未操作，已退出")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="sign_ins")
    login = models.CharField("登录名摘要", max_length=64, blank=True)
    at = models.DateTimeField("时间", db_default=Now())
    way = models.CharField("方式", max_length=12, choices=Way)
    outcome = models.CharField("结果", max_length=8, choices=Outcome)
    address = models.CharField("地址摘要", max_length=64, blank=True)
    device = models.CharField("设备", max_length=64, blank=True)
    device_mark = models.CharField("设备摘要", max_length=64, blank=True)

    class Meta:
        verbose_name = "登录记录"
        ordering = ("-at", "-id")
        indexes = (
            models.Index(name="sign_in_of_user", fields=("user", "-at")),
            models.Index(name="sign_in_at", fields=("-at",)),
        )
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Update),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.way} {self.outcome}"


class Message(models.Model):
    """A mail or SMS on its way.  Its words are erased once it is sent: they may hold a code."""

    class Channel(models.TextChoices):
        MAIL = "mail", gettext_lazy("邮件")
        SMS = "sms", gettext_lazy("短信")

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("等待发送")
        SENT = "sent", gettext_lazy("已发送")
        FAILED = "failed", gettext_lazy("发送失败")

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    channel = models.CharField("渠道", max_length=8, choices=Channel)
    about = models.CharField("事项", max_length=32)
    to = SealedText("收件人", context="message.to")
    subject = models.CharField("标题", max_length=120, blank=True)
    body = SealedText("内容", context="message.body", null=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    error = models.CharField("错误", max_length=300, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "消息"
        indexes = (models.Index(name="message_by_state", fields=("state", "tried_at")),)

    def __str__(self) -> str:
        return f"{self.channel} {self.about} {self.state}"
