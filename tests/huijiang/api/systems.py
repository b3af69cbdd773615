"""The small town of the entitlements, with a bureau's system, a firm's system and the administrators who let them in."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client as Browser

from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import today
from huijiang.api import clients, tokens
from huijiang.api.models import Client
from huijiang.api.scopes import OF_BUREAUS, OF_FIRMS
from huijiang.regions.models import Region
from tests.huijiang.entitlements.town import Town, account, town

ALL = tuple(sorted(each.value for each in OF_BUREAUS))
FIRM = tuple(sorted(each.value for each in OF_FIRMS))
COLUMNS = (
    "certificate.*", "organisation.*", "recognition.*", "person.name", "person.id_number", "person.birth_date",
    "person.employer", "person.works_in", "contest.*", "contest_item.*",
)  # fmt: skip
KEYS = itertools.count(1)


@dataclass
class Systems:
    """`bureau`, `firm`: secrets of two tokens; the bureau is 萧山, the firm the training body of the town."""

    town: Town
    system: User
    security: User
    auditor: User
    bureau_client: Client
    firm_client: Client
    bureau: str
    firm: str


def approved(
    system: User, security: User, region: Region, scopes: tuple[str, ...] = ALL, columns: tuple[str, ...] = COLUMNS,
    name: str = "区就业系统", organisation: Any = None, per_minute: int = 100_000,
) -> Client:  # fmt: skip
    kind = Client.Kind.FIRM if organisation else Client.Kind.BUREAU
    made = clients.register(system, clients.Wanted(
        name, kind, "数据交换", "赵工 0571-00000000", region, organisation, scopes, clients.columns_of(columns),
        per_minute, today() + dt.timedelta(days=365),
    ))  # fmt: skip
    clients.approve(made, security)
    made.refresh_from_db()
    return made


def systems() -> Systems:
    small = town()
    system = account("api-system", "系统员", Role.SYSTEM_ADMIN, small.xiaoshan)
    security = account("api-security", "安全员", Role.SECURITY_ADMIN, small.xiaoshan)
    auditor = account("api-audit", "审计员", Role.AUDIT_ADMIN, small.xiaoshan)
    bureau = approved(system, security, small.xiaoshan)
    firm = approved(system, security, small.xiaoshan, FIRM, name="乙校教务", organisation=small.trainer)
    _token, bureau_secret = tokens.issue(bureau, system, "正式", ALL, 30)
    _token, firm_secret = tokens.issue(firm, system, "正式", FIRM, 30)
    return Systems(small, system, security, auditor, bureau, firm, bureau_secret, firm_secret)


def ask(
    method: str, path: str, secret: str = "", body: Any = None, key: str | None = None, language: str = "zh",
    browser: Browser | None = None, **headers: str,
) -> HttpResponse:  # fmt: skip
    """One request as a program sends it."""
    told = {"Accept-Language": language, **{name.replace("_", "-"): value for name, value in headers.items()}}
    if secret:
        told["Authorization"] = f"Bearer {secret}"
    if method == "POST" and key is None:
        key = f"key-{next(KEYS)}"
    if key:
        told["Idempotency-Key"] = key
    content = json.dumps(body).encode() if not isinstance(body, bytes) and body is not None else body or b""
    kind = "application/json" if body is not None else ""
    found: HttpResponse = (browser or Browser()).generic(method, f"/api/v1/{path}", content, kind, headers=told)
    return found
