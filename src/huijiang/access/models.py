"""Who acts for whom, what people agreed to, and who saw them."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation, Person


class Binding(models.Model):
    """This account is this person, as a counter or a sign-in service found.  Ended, never deleted."""

    class Way(models.TextChoices):
        COUNTER = "counter", gettext_lazy("窗口核验")
        SIGN_IN = "sign_in", gettext_lazy("统一认证")

    user = models.ForeignKey(User, models.PROTECT, related_name="bindings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="bindings")
    way = models.CharField("核验方式", max_length=16, choices=Way)
    bound_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    bound_at = models.DateTimeField("核验时间", db_default=Now())
    ended_at = models.DateTimeField("解除时间", null=True, blank=True)

    class Meta:
        verbose_name = "本人绑定"
        constraints = (
            models.UniqueConstraint(name="binding_one_person", fields=("user",), condition=Q(ended_at=None)),
            models.UniqueConstraint(name="binding_one_account", fields=("person",), condition=Q(ended_at=None)),
            models.CheckConstraint(name="binding_by_another", condition=Q(bound_by=None) | ~Q(bound_by=F("user"))),
        )

    def __str__(self) -> str:
        return f"{self.user_id} → {self.person_id}"


class Guardianship(models.Model):
    """This account acts for a child, as a counter found from a paper.  It ends by itself on the 18th birthday."""

    class Proof(models.TextChoices):
        BIRTH = "birth", gettext_lazy("出生医学证明")
        HOUSEHOLD = "household", gettext_lazy("户口簿")
        COURT = "court", gettext_lazy("法院或民政部门的监护文书")

    user = models.ForeignKey(User, models.PROTECT, related_name="wards")
    child = models.ForeignKey(Person, models.PROTECT, related_name="guardianships")
    proof = models.CharField("证明", max_length=12, choices=Proof)
    bound_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    bound_at = models.DateTimeField("登记时间", db_default=Now())
    ends_on = models.DateField("年满 18 岁之日", help_text="从这一天起不再有效")
    ended_at = models.DateTimeField("提前结束", null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    end_words = models.CharField("结束的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "监护关系"
        constraints = (
            models.CheckConstraint(
                name="guardian_ended_by_somebody",
                condition=Q(ended_at=None, ended_by=None, end_words="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_words=""),
            ),
            models.UniqueConstraint(name="guardian_once", fields=("user", "child"), condition=Q(ended_at=None)),
            models.CheckConstraint(name="guardian_bound_by_another", condition=~Q(bound_by=F("user"))),
        )
        triggers = (pgtrigger.Protect(name="guardianship_kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.user_id} ⊃ {self.child_id}"


class Activation(models.Model):
    """A code handed out at a counter, once a person's document was checked: with it they set up their sign-in,
    or a new password where they have one."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="activations")
    digest = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField("发放时间", db_default=Now())
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = "激活码"

    def __str__(self) -> str:
        return f"{self.person_id} {self.used_at or self.expires_at}"


class Agency(models.Model):
    """This account acts for this organisation between two days.  An owner appoints others; the first owner is
    appointed at a counter."""

    class Power(models.TextChoices):
        OWNER = "owner", gettext_lazy("负责人")
        AGENT = "agent", gettext_lazy("经办人")

    user = models.ForeignKey(User, models.PROTECT, related_name="agencies")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="agencies")
    power = models.CharField("权限", max_length=8, choices=Power)
    starts_on = models.DateField("生效")
    ends_on = models.DateField("截止", null=True, blank=True)
    appointed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField("提前结束", null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "单位经办授权"
        constraints = (
            models.CheckConstraint(
                name="agency_dates_agree", condition=Q(ends_on=None) | Q(starts_on__lte=F("ends_on"))
            ),
            models.CheckConstraint(name="agency_by_another", condition=~Q(appointed_by=F("user"))),
            ExclusionConstraint(
                name="agency_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (
                        Func(F("starts_on"), F("ends_on"), Value("[]"), function="DATERANGE",
                             output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(ended_at=None),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user_id} → {self.organisation_id} ({self.power})"


class Consent(models.Model):
    """A person lets an organisation see what it needs for a purpose, until a day or until taken back."""

    class Purpose(models.TextChoices):
        ENTITLEMENTS = "entitlements", gettext_lazy("查看本人可享政策")
        CLAIMS = "claims", gettext_lazy("代为申报")

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    purpose = models.CharField("用途", max_length=16, choices=Purpose)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField("同意时间", db_default=Now())
    until = models.DateField("有效至")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = "授权同意"
        constraints = (
            models.UniqueConstraint(
                name="consent_once", fields=("person", "organisation", "purpose"), condition=Q(withdrawn_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} → {self.organisation_id}: {self.purpose}"


class Sighting(models.Model):
    """Somebody looked at a person or an organisation: who, as what, why, and at which columns.

    The person may read it; of an organisation, its agents may.
    """

    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="sightings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="sightings")
    viewer = models.ForeignKey(User, models.PROTECT, related_name="+")
    capacity = models.CharField("身份", max_length=24)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField("用途", max_length=64)
    columns = ArrayField(models.CharField(max_length=64), verbose_name="看到的内容")
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "查看记录"
        constraints = (
            models.CheckConstraint(
                name="sighting_of_one", condition=Q(person__isnull=False) ^ Q(organisation__isnull=False)
            ),
        )
        indexes = (
            models.Index(name="sighting_of_person", fields=("person", "-at")),
            models.Index(
                name="sighting_of_firm", fields=("organisation", "-at"), condition=Q(organisation__isnull=False)
            ),
        )
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.viewer_id} saw {self.person_id or self.organisation_id}"
