"""Sign-ins for the demo: one account per role, with a password and a second factor that everybody may know.

They are made only where `settings.DEMO` is set, and shown on its sign-in page alone.
"""

from __future__ import annotations

from base64 import b32encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from huijiang.accounts import second_factor
from huijiang.accounts.models import Grant, Role, SecondFactor, User
from huijiang.regions.models import Region
from huijiang.web.components.tables import Cell, Column, Table

PASSWORD: Final = "huijiang-demo-2026"
PREFIX: Final = "demo-"
IN_OFFICE: Final = timedelta(days=400)
"""For how long the demo's officers have their roles: they worked through its year."""


class NotADemo(RuntimeError):
    """Known passwords are made in a demo only."""


@dataclass(frozen=True)
class Shown:
    """A demo account with the code that its app would show just now; no code where none is asked for."""

    login: str
    name: str
    role: str
    secret: str = ""
    code: str = ""
    password: str = PASSWORD


def secret_of(login: str) -> str:
    """The same secret each time, so that an app set up once goes on working."""
    return b32encode(sha256(f"huijiang demo {login}".encode()).digest()[: second_factor.SECRET_BYTES]).decode()


def account(login: str, name: str, region: Region) -> User:
    """A demo account, made once.  Raises NotADemo elsewhere."""
    if not settings.DEMO:
        raise NotADemo("HUIJIANG_DEMO 没有设为 1，不建演示账户 is not 1: no demo accounts are made")
    found = User.objects.filter(login=login).first()
    if found is not None:
        return found
    made = User.objects.create_user(login, PASSWORD, name=name, managed_by=region)
    User.objects.filter(pk=made.pk).update(password_changed_at=timezone.now())
    return made


@transaction.atomic
def make(region: Region) -> list[User]:
    """One account per role, for a region.  A second call changes nothing."""
    made = []
    for role in Role:
        user = account(f"{PREFIX}{role.value.replace('_', '-')}", f"演示{role.label}", region)
        if not Grant.objects.filter(user=user, role=role, region=region, ended_at=None).exists():
            Grant.objects.create(user=user, role=role, region=region, starts_on=timezone.localdate() - IN_OFFICE)
        if not SecondFactor.objects.filter(user=user).exists():
            SecondFactor.objects.create(user=user, secret=secret_of(user.login))
        made.append(user)
    return made


def shown() -> list[Shown]:
    """The demo's accounts, those with a role first."""
    found = []
    step = second_factor.step_of(timezone.now())
    for user in User.objects.filter(login__startswith=PREFIX, is_active=True).order_by("id"):
        roles = "、".join(grant.get_role_display() for grant in user.grants.filter(ended_at=None))
        secret = secret_of(user.login) if second_factor.has_one(user) else ""
        code = second_factor.code_of(secret, step) if secret else ""
        found.append(Shown(user.login, user.name, roles, secret, code))
    return found


def table() -> Table:
    """The sign-ins, as the demo's own sign-in page shows them."""
    rows = [
        [Cell(each.login, note=each.name), Cell(each.code or "—", note=f"密钥 {each.secret}" if each.secret else "")]
        for each in shown()
    ]
    return Table("演示账户", [Column("登录名"), Column("此刻的动态码")], rows)
