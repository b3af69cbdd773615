"""Letters as they were issued, what became of them, and how they were served."""

from __future__ import annotations

import uuid
from typing import Final

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.files.models import File
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation, Person
from huijiang.sealed.fields import KeyedHash, SealedText

NEVER_EMPTIED: Final = pgtrigger.Trigger(
    name="never_emptied",
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    level=pgtrigger.Statement,
    func="RAISE EXCEPTION 'pgtrigger: never_emptied: % keeps what it was told', TG_TABLE_NAME;",
)


class Kind(models.TextChoices):
    ACCEPTANCE = "acceptance", gettext_lazy("受理通知书")
    NON_ACCEPTANCE = "non_acceptance", gettext_lazy("不予受理告知书")
    CORRECTION = "correction", gettext_lazy("补正告知书")
    GRANT = "grant", gettext_lazy("准予决定书")
    REFUSAL = "refusal", gettext_lazy("不予决定书")
    PUBLIC_NOTICE = "public_notice", gettext_lazy("公示")
    SERVICE_RECEIPT = "service_receipt", gettext_lazy("送达回证")
    RECOVERY = "recovery", gettext_lazy("追缴通知书")
    RECOVERY_PLAN = "recovery_plan", gettext_lazy("分期退还通知书")
    RECOVERY_OFFSET = "recovery_offset", gettext_lazy("抵扣告知书")
    RECOVERY_CLOSED = "recovery_closed", gettext_lazy("追缴办结告知书")
    SHARE = "share", gettext_lazy("按比例发放告知书")
    PAYMENT_PROOF = "payment_proof", gettext_lazy("发放证明")


class Office(models.Model):
    """Who issues letters for a region: its name, the sign of its document numbers, where it is reached."""

    region = models.OneToOneField(Region, models.PROTECT, primary_key=True, related_name="+")
    name = models.CharField("机关名称", max_length=64)
    sign = models.CharField("文号代字", max_length=16)
    address = models.CharField("地址", max_length=120, blank=True)
    phone = models.CharField("电话", max_length=32, blank=True)
    review_body = models.CharField("复议机关", max_length=64, blank=True)
    court = models.CharField("管辖法院", max_length=64, blank=True)

    class Meta:
        verbose_name = "出文机关"

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The last number of a kind, an office and a year; numbers have no gaps: a letter that fails gives its back."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "文号"
        constraints = (models.UniqueConstraint(name="counter_once", fields=("region", "kind", "year")),)

    def __str__(self) -> str:
        return f"{self.region_id} {self.kind} {self.year}: {self.last}"


class Letter(models.Model):
    """A letter as it went out.  Only what is sealed moves, when keys do; what it says never.

    `values`: what was filled in, as JSON.  `office`: the office as it was on that day, as JSON.
    `digest`: SM3 of the PDF, hexadecimal.  `named` is False where a name may not be shown to whoever verifies.
    """

    uid = models.UUIDField("编号", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("文书", max_length=20, choices=Kind)
    version = models.PositiveSmallIntegerField("模板版本")
    language = models.CharField("语言", max_length=8, choices=[("zh", "中文"), ("en", "中文与英文译本")], default="zh")
    number = models.CharField("文号", max_length=64, unique=True)
    on = models.DateField("日期")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    office = models.JSONField("出文机关")
    subject = models.CharField("归属", max_length=128)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    values = SealedText("内容", context="letter.values")
    amount = models.BigIntegerField("金额（分）", null=True)
    named = models.BooleanField("核验时显示姓名", default=True)
    code = SealedText("核验码", context="letter.code")
    code_hash = KeyedHash("code")
    code_hash_next = KeyedHash("code", coming=True)
    digest = models.CharField("PDF 摘要", max_length=64)
    file = models.OneToOneField(File, models.PROTECT, related_name="letter")
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField("出具时间", db_default=Now())

    class Meta:
        verbose_name = "文书"
        ordering = ("-issued_at", "-id")
        constraints = (
            models.CheckConstraint(name="letter_amount", condition=Q(amount=None) | Q(amount__gte=0)),
            models.CheckConstraint(
                name="letter_to_somebody",
                condition=Q(kind=Kind.PUBLIC_NOTICE) | Q(person__isnull=False) | Q(organisation__isnull=False),
            ),
        )
        indexes = (
            models.Index(name="letter_of_subject", fields=("subject",)),
            models.Index(name="letter_of_person", fields=("person", "-issued_at")),
            models.Index(name="letter_of_organisation", fields=("organisation", "-issued_at")),
            models.Index(name="letter_of_region", fields=("region", "-issued_at")),
            models.Index(name="letter_by_code", fields=("code_hash",)),
            models.Index(name="letter_by_next_code", fields=("code_hash_next",)),
        )
        triggers = (
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="as_it_went_out",
                operation=pgtrigger.UpdateOf(
                    "uid", "kind", "version", "language", "number", "on", "region_id", "office", "subject", "person_id",
                    "organisation_id", "amount", "named", "digest", "file_id", "issued_by_id", "issued_at",
                ),
            ),
            NEVER_EMPTIED,
        )  # fmt: skip

    def __str__(self) -> str:
        return self.number


class Withdrawal(models.Model):
    """A letter that holds no longer: since when, why, and which one took its place."""

    class Reason(models.TextChoices):
        CORRECTED = "corrected", gettext_lazy("更正后重新出具")
        REVOKED = "revoked", gettext_lazy("决定已撤销")
        RECONSIDERED = "reconsidered", gettext_lazy("复议或诉讼后变更")
        RECOVERED = "recovered", gettext_lazy("款项已追缴")
        ENDED = "ended", gettext_lazy("公示期满")

    letter = models.OneToOneField(Letter, models.PROTECT, primary_key=True, related_name="withdrawal")
    reason = models.CharField("原因", max_length=16, choices=Reason)
    replaced_by = models.ForeignKey(Letter, models.PROTECT, null=True, blank=True, related_name="replaces")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "失效"
        constraints = (
            models.CheckConstraint(
                name="withdrawal_not_by_itself", condition=Q(replaced_by=None) | ~Q(replaced_by=models.F("letter"))
            ),
        )
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete), NEVER_EMPTIED)

    def __str__(self) -> str:
        return f"{self.letter_id} {self.reason}"


class Service(models.Model):
    """One act of serving a letter (送达).  In the platform: the addressee opened it, signed in as themselves."""

    class Way(models.TextChoices):
        IN_APP = "in_app", gettext_lazy("平台内阅读")
        COUNTER = "counter", gettext_lazy("窗口当面送达")
        POST = "post", gettext_lazy("邮寄送达")
        ELECTRONIC = "electronic", gettext_lazy("短信或邮件送达")
        LEFT = "left", gettext_lazy("留置送达")
        PUBLIC = "public", gettext_lazy("公告送达")

    class Receiver(models.TextChoices):
        SELF = "self", gettext_lazy("本人")
        FAMILY = "family", gettext_lazy("同住成年家属")
        AGENT = "agent", gettext_lazy("代理人或经办人")
        UNIT = "unit", gettext_lazy("所在单位")
        NOBODY = "nobody", gettext_lazy("无人签收")

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="services")
    way = models.CharField("方式", max_length=12, choices=Way)
    receiver = models.CharField("签收人", max_length=8, choices=Receiver)
    on = models.DateField("送达日期")
    tracking = models.CharField("邮寄单号", max_length=40, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="送达人")
    at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        verbose_name = "送达"
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(name="service_read_once", fields=("letter",), condition=Q(way="in_app")),
            models.CheckConstraint(name="service_by_post_tracked", condition=~Q(way="post") | ~Q(tracking="")),
        )
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete), NEVER_EMPTIED)

    def __str__(self) -> str:
        return f"{self.letter_id} {self.way} {self.on}"
