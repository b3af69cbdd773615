"""People who sign in, and in which role for which region."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy, pgettext_lazy

from huijiang.regions.models import Region
from huijiang.sealed.fields import KeyedHash, SealedText

_DAYS = Func(F("starts_on"), F("ends_on"), Value("[]"), function="DATERANGE", output_field=DateRangeField())


class UserManager(BaseUserManager["User"]):
    """Makes accounts; a password may be missing where sign-in is by another system."""

    def create_user(self, login: str, password: str | None = None, **values: object) -> User:
        user = self.model(login=login, **values)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user


class User(AbstractBaseUser):
    """One person's account.  What it may do comes from its grants, bindings and agencies alone: there is
    no superuser, and no role that gives itself another.

    `identity` is what stays the same in the number of the person's document (as `registry.identity.ReadDocument.matched`,
    under the same context, so that the hashes of both tables compare): staff with two accounts are one natural person.
    """

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    login = models.CharField("登录名", max_length=64, unique=True)
    name = models.CharField("姓名", max_length=64)
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须改密码", default=False)
    password_changed_at = models.DateTimeField("密码更新时间", null=True, blank=True)
    created_at = models.DateTimeField("开通时间", db_default=Now())
    managed_by = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    phone = SealedText("手机", context="user.phone", null=True, blank=True)
    identity = SealedText("证件号码", context="identity.matched", null=True, blank=True)
    identity_hash = KeyedHash("identity")
    identity_hash_next = KeyedHash("identity", coming=True)
    sessions_ended = models.PositiveIntegerField("会话代次", default=0)

    objects = UserManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]  # noqa: RUF012 (Django wants a list)

    class Meta:
        verbose_name = "账户"

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """A session holds while this stays: a new password or `end_sessions` ends them all."""
        return self._session_hash(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return (self._session_hash(each) for each in settings.SECRET_KEY_FALLBACKS)

    def _session_hash(self, key: str | bytes) -> str:
        said = f"{self.password}|{self.sessions_ended}"
        return salted_hmac("huijiang.accounts.session", said, secret=key, algorithm="sha256").hexdigest()

    def end_sessions(self) -> None:
        """Every session of the account ends with its next request."""
        User.objects.filter(pk=self.pk).update(sessions_ended=F("sessions_ended") + 1)
        self.refresh_from_db(fields=["sessions_ended"])


class Role(models.TextChoices):
    """The roles of staff and of outside bodies.  Workers and agents of firms need none: their bindings and
    agencies say whom they act for."""

    COUNTER = "counter", gettext_lazy("窗口受理")
    INTAKE = "intake", gettext_lazy("受理")
    REVIEWER = "reviewer", gettext_lazy("审核")
    SECOND_REVIEWER = "second_reviewer", pgettext_lazy("role", "复核")
    FINANCE = "finance", gettext_lazy("财务拨付")
    SUPERVISOR = "supervisor", gettext_lazy("监督检查")
    LIAISON = "liaison", gettext_lazy("部门联络")
    HOTLINE = "hotline", gettext_lazy("12333 咨询")
    REGISTRAR = "registrar", gettext_lazy("数据归集")
    LEADER = "leader", gettext_lazy("领导")
    ANALYST = "analyst", gettext_lazy("统计分析")
    STEWARD = "steward", gettext_lazy("政策管理")
    STEWARD_APPROVER = "steward_approver", gettext_lazy("政策复核")
    FINANCE_BUREAU = "finance_bureau", gettext_lazy("财政（只读）")
    AUDITOR = "auditor", gettext_lazy("审计纪检（只读）")
    ASSESSOR = "assessor", gettext_lazy("第三方评估")
    SYSTEM_ADMIN = "system_admin", gettext_lazy("系统管理员")
    SECURITY_ADMIN = "security_admin", gettext_lazy("安全管理员")
    AUDIT_ADMIN = "audit_admin", gettext_lazy("审计管理员")


ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
"""Three roles of three people: nobody holds two at once, and no page gives them (`huijiang appoint`)."""


class Grant(models.Model):
    """A role for a region (and all within it) between two days, unless ended before; never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=24, choices=Role)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    starts_on = models.DateField("生效")
    ends_on = models.DateField("截止", null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField("提前结束", null=True, blank=True)

    class Meta:
        verbose_name = "授权"
        constraints = (
            models.CheckConstraint(
                name="grant_dates_agree", condition=Q(ends_on=None) | Q(starts_on__lte=F("ends_on"))
            ),
            models.CheckConstraint(name="grant_by_another", condition=Q(granted_by=None) | ~Q(granted_by=F("user"))),
            ExclusionConstraint(
                name="grant_one_administrator",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (_DAYS, RangeOperators.OVERLAPS),
                    ("role", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(role__in=ADMINISTRATORS, ended_at=None),
            ),
            ExclusionConstraint(
                name="grant_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("region", RangeOperators.EQUAL),
                    (_DAYS, RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at=None),
            ),
        )
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.region_id}"


from huijiang.accounts.records import Message, PhoneChange, RecoveryCode, SecondFactor, SignIn, UsedTicket  # noqa: E402

__all__ = [
    "ADMINISTRATORS",
    "Grant",
    "Message",
    "PhoneChange",
    "RecoveryCode",
    "Role",
    "SecondFactor",
    "SignIn",
    "UsedTicket",
    "User",
    "UserManager",
]
