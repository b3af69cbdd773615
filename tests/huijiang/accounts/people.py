"""A few accounts for the tests of accounts: hand-made, each with what its test needs."""

from __future__ import annotations

import datetime as dt

from django.test import Client
from django.utils import timezone

from huijiang.accounts import second_factor
from huijiang.accounts.models import Grant, Role, SecondFactor, User
from huijiang.regions.models import Region

PASSWORD = "a quiet mountain 7"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FIRST_DAY = dt.date(2026, 1, 1)


def region(code: str = "339901", parent: str = "339900") -> Region:
    """A district of a made-up city."""
    above, _ = Region.objects.get_or_create(code=parent, defaults={"name": f"市{parent}", "path": f"{parent}/"})
    made, _ = Region.objects.get_or_create(
        code=code, defaults={"name": f"区{code}", "path": f"{parent}/{code}/", "parent": above}
    )
    return made


def account(login: str, *roles: Role, name: str = "", where: Region | None = None, factor: bool = True) -> User:
    """An account with a password, the roles for a region, and (for staff) the second factor of SECRET."""
    place = where or region()
    user = User.objects.create_user(login, PASSWORD, name=name or login, managed_by=place)
    user.password_changed_at = timezone.now()
    user.save()
    for role in roles:
        Grant.objects.create(user=user, role=role, region=place, starts_on=FIRST_DAY)
    if roles and factor:
        SecondFactor.objects.create(user=user, secret=SECRET)
    return user


def code(steps: int = 0) -> str:
    """What the app shows now, or so many periods from now."""
    return second_factor.code_of(SECRET, second_factor.step_of(timezone.now()) + steps)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
