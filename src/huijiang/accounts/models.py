"""People who sign in, and in which role for which region."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from huijiang.regions.models import Region


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
    no superuser, and no role that gives itself another."""

    uid = models.UUIDField("外部编号", default=uuid.uuid4, unique=True, editable=False)
    login = models.CharField("登录名", max_length=64, unique=True)
    name = models.CharField("姓名", max_length=64)
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须改密码", default=False)
    password_changed_at = models.DateTimeField("密码更新时间", null=True, blank=True)
    created_at = models.DateTimeField("开通时间", db_default=Now())

    objects = UserManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("name",)

    class Meta:
        verbose_name = "账户"

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """The roles of staff and of outside bodies.  Workers and agents of firms need none: their bindings and
    agencies say whom they act for."""

    COUNTER = "counter", "窗口受理"
    INTAKE = "intake", "受理"
    REVIEWER = "reviewer", "审核"
    SECOND_REVIEWER = "second_reviewer", "复核"
    FINANCE = "finance", "财务拨付"
    SUPERVISOR = "supervisor", "监督检查"
    LIAISON = "liaison", "部门联络"
    HOTLINE = "hotline", "12333 咨询"
    REGISTRAR = "registrar", "数据归集"
    LEADER = "leader", "领导"
    ANALYST = "analyst", "统计分析"
    STEWARD = "steward", "政策管理"
    STEWARD_APPROVER = "steward_approver", "政策复核"
    FINANCE_BUREAU = "finance_bureau", "财政（只读）"
    AUDITOR = "auditor", "审计纪检（只读）"
    ASSESSOR = "assessor", "第三方评估"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


class Grant(models.Model):
    """A role for a region (and all within it) between two days; ended, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField("角色", max_length=24, choices=Role)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    starts_on = models.DateField("生效")
    ends_on = models.DateField("截止", null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "授权"
        constraints = (
            models.CheckConstraint(
                name="grant_dates_agree", condition=Q(ends_on=None) | Q(starts_on__lte=F("ends_on"))
            ),
            models.CheckConstraint(name="grant_by_another", condition=Q(granted_by=None) | ~Q(granted_by=F("user"))),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.region_id}"
