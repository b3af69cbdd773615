"""What the administrators do to accounts: open, close, reset, unlock, give and end roles.  Each writes an event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.accounts import lockout, second_factor
from huijiang.accounts.models import ADMINISTRATORS, Grant, Role, User
from huijiang.accounts.sign_in import set_password
from huijiang.regions.models import Region

FIRST_PASSWORD = 16  # letters of a password that is handed out


class NotGiven(ValueError):
    """A role that can't be given, with the reason in the reader's language."""


def open_account(by: User | None, login: str, name: str, email: str, region: Region) -> tuple[User, str]:
    """A new account with a password to hand over, which its owner changes at the first sign-in."""
    handed = second_factor.in_fours(second_factor.random_code(FIRST_PASSWORD))
    user = User.objects.create_user(login, handed, name=name, email=email, managed_by=region, must_change_password=True)
    audit.record(by, "accounts.open", f"user:{user.uid}", region.code)
    return user, handed


def close_account(by: User, user: User) -> None:
    """Nobody signs in with it any more; what it did stays."""
    _another(by, user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.end_sessions()
    audit.record(by, "accounts.close", f"user:{user.uid}", user.managed_by_id or "")


def reopen_account(by: User, user: User) -> None:
    _another(by, user)
    User.objects.filter(pk=user.pk).update(is_active=True)
    audit.record(by, "accounts.reopen", f"user:{user.uid}", user.managed_by_id or "")


def reset_password(by: User, user: User) -> str:
    """A password to hand over in person; every session ends."""
    _another(by, user)
    handed = second_factor.in_fours(second_factor.random_code(FIRST_PASSWORD))
    set_password(user, handed, by, must_change=True)
    return handed


def reset_factor(by: User, user: User) -> None:
    _another(by, user)
    second_factor.remove(user, by)


def unlock(by: User, user: User) -> None:
    _another(by, user)
    lockout.unlock(user, by)


def _another(by: User, user: User) -> None:
    if by.pk == user.pk:
        raise PermissionDenied(_("不能对自己的账户这样做，请由另一位管理员办理。"))


def givable() -> list[Role]:
    """Roles that a page gives: all but those of the administrators."""
    return [role for role in Role if role not in ADMINISTRATORS]


def give(by: User, user: User, role: Role, region: Region, starts_on: dt.date, ends_on: dt.date | None) -> Grant:
    """Give a role.  Raises NotGiven (to oneself, an administrator's role, dates, held already)."""
    if role in ADMINISTRATORS:
        raise NotGiven(_("系统、安全、审计三类管理员只能在服务器上任命。"))
    return _give(by, user, role, region, starts_on, ends_on)


def appoint(user: User, role: Role, region: Region, on: dt.date) -> Grant:
    """Make somebody administrator: on the machine itself, never from a page.  Raises NotGiven."""
    if role not in ADMINISTRATORS:
        raise NotGiven(f"{role}: 不是管理员角色 not an administrator's role")
    return _give(None, user, role, region, on, None)


def _give(
    by: User | None, user: User, role: Role, region: Region, starts_on: dt.date, ends_on: dt.date | None
) -> Grant:
    if by is not None and by.pk == user.pk:
        raise NotGiven(_("不能给自己授权。"))
    if ends_on is not None and ends_on < starts_on:
        raise NotGiven(_("截止日期早于生效日期。"))
    try:
        with transaction.atomic():
            made = Grant.objects.create(
                user=user, role=role, region=region, starts_on=starts_on, ends_on=ends_on, granted_by=by
            )
    except IntegrityError as error:
        if "grant_one_administrator" in str(error):
            raise NotGiven(_("系统、安全、审计三类管理员不能由同一人兼任。")) from error
        if "grant_once_at_a_time" in str(error):
            raise NotGiven(_("这段时间里已经有同样的授权。")) from error
        raise
    user.end_sessions()  # the next sign-in asks for the second factor
    audit.record(by, "accounts.grant", f"user:{user.uid}", region.code, role=str(role), starts=starts_on, ends=ends_on)
    return made


def end_grant(by: User, grant: Grant) -> None:
    """A role ends at once; one that has not begun never begins."""
    _another(by, grant.user)
    if grant.role in ADMINISTRATORS:
        raise PermissionDenied(_("系统、安全、审计三类管理员只能在服务器上任命。"))
    if not Grant.objects.filter(pk=grant.pk, ended_at=None).update(ended_at=timezone.now()):
        return
    grant.user.end_sessions()
    audit.record(by, "accounts.grant_end", f"user:{grant.user.uid}", grant.region_id, role=grant.role)


def current(today: dt.date) -> Q:
    """Grants that hold on a day."""
    return Q(ended_at=None, starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))


def within(paths: Iterable[str], column: str) -> Q:
    """Rows of places within one of the paths."""
    found = Q(pk__in=())
    for path in paths:
        found |= Q(**{f"{column}__path__startswith": path})
    return found
