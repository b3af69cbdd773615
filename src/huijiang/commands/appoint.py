"""`huijiang appoint ROLE LOGIN`: make somebody system, security or audit administrator.

On the machine itself, by whoever runs the installation: no page gives these roles, so that no administrator
makes another.
"""

from __future__ import annotations

import argparse
import sys

from huijiang.commands.django_setup import set_up

ROLES = {"system": "system_admin", "security": "security_admin", "audit": "audit_admin"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("appoint", help="任命管理员 make somebody an administrator")
    parser.add_argument("role", choices=tuple(ROLES))
    parser.add_argument("login", help="登录名；没有的账户当场开通 an account that is not there is opened")
    parser.add_argument("--name", default="", help="姓名，开通账户时用 for a new account")
    parser.add_argument("--region", required=True, help="地区代码 code of the region: 330109")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from huijiang.commands.serve import with_database

    set_up()
    from django.db import transaction

    from huijiang.accounts.administration import NotGiven

    try:
        with with_database(), transaction.atomic():
            handed = appoint(arguments.role, arguments.login, arguments.name, arguments.region)
    except NotGiven as error:
        print(f"huijiang appoint: {error}", file=sys.stderr)
        return 1
    print(f"{arguments.login}: {arguments.role}")
    if handed:
        print(f"一次性密码，登录后须更换 one-time password, to be changed at the first sign-in: {handed}")
    return 0


def appoint(role: str, login: str, name: str, code: str) -> str:
    """Give the role; returns the first password of an account that was opened here, else nothing.

    Raises NotGiven (no such region, another administrator's role is held, held already).
    """
    from django.utils import timezone

    from huijiang.accounts import administration
    from huijiang.accounts.models import Role, User
    from huijiang.regions.models import Region

    region = Region.objects.filter(code=code).first()
    if region is None:
        raise administration.NotGiven(f"--region {code}: 没有这个地区 no such region; 应为 expected a code like 330109")
    handed = ""
    user = User.objects.filter(login=login).first()
    if user is None:
        user, handed = administration.open_account(None, login, name or login, "", region)
    administration.appoint(user, Role(ROLES[role]), region, timezone.localdate())
    return handed
