"""The pages of accounts for the gate: signing in, one's own account, the three administrators."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from huijiang import audit, jobs
from huijiang.accounts.models import PhoneChange, Role, SignIn, User
from huijiang.accounts.tasks import VERIFY
from huijiang.jobs.models import Run, State
from huijiang.sealed import keys
from tests.huijiang.accounts.people import account, region
from tests.huijiang.gate.pages import Page

LATER = dt.timedelta(days=400)


def office() -> dict[str, Any]:
    """An account of each kind, with something to show on every page; found again where it is there."""
    keys.ensure(settings.KEY_FILE)
    found = User.objects.filter(login="gate-system").first()
    if found is None:
        place = region("339701", "339700")
        found = account("gate-system", Role.SYSTEM_ADMIN, name="系统员", where=place)
        account("gate-security", Role.SECURITY_ADMIN, name="安全员", where=place)
        account("gate-audit", Role.AUDIT_ADMIN, name="审计员", where=place)
        officer = account("gate-officer", Role.REVIEWER, Role.COUNTER, name="李晓雯", where=place)
        for outcome in ("in", "wrong", "locked"):
            SignIn.objects.create(
                user=officer, way="code", outcome=outcome, device="Chrome · Windows", address="a1b2c3d4"
            )
        with transaction.atomic():
            audit.record(officer, "access.activation", "person:0", place.pk, count=3)
        Run.objects.create(kind="accounts.resend", state=State.FAILED, error="网关不通", ended_at=timezone.now())
        Run.objects.create(kind=VERIFY, state=State.DONE, done=3, total=3, ended_at=timezone.now(),
                           result={"faults": [[2, "封存时 9 个事件，现有 8 个 events then 9, now 8"]], "count": 1})  # fmt: skip
        jobs.enqueue("accounts.expire")
        PhoneChange.objects.create(user=officer, phone="13900000000", digest="x", expires_at=timezone.now() + LATER)
    users = {each.login.removeprefix("gate-"): each for each in User.objects.filter(login__startswith="gate-")}
    return {
        **users, "run": Run.objects.filter(kind="accounts.resend").first(), "change": PhoneChange.objects.first(),
        "grant": users["officer"].grants.first(),
    }  # fmt: skip


def of(name: str) -> Any:
    return lambda world: world[name]


def the_officer(world: dict[str, Any]) -> dict[str, Any]:
    return {"uid": world["officer"].uid}


def page(name: str, visitor: str, arguments: Any = None, query: str = "") -> Page:
    return Page(f"accounts:{name}", office, of(visitor), arguments or (lambda world: {}), query)


PAGES = [
    Page("accounts:sign_in", office),
    *(page(each, "officer") for each in ("account", "sign_ins", "password", "recovery_codes", "phone")),
    page("phone_code", "officer", lambda world: {"uid": world["change"].pk}),
    page("users", "security"),
    page("users", "system", query="?q=nobody"),
    page("user", "security", the_officer),
    page("new_user", "system"),
    page("close_user", "system", the_officer),
    page("reopen_user", "system", the_officer),
    *(page(each, "security", the_officer) for each in ("unlock_user", "reset_password", "reset_factor")),
    page("grants", "security"),
    page("new_grant", "security"),
    page("end_grant", "security", lambda world: {"pk": world["grant"].pk}),
    page("jobs", "system"),
    page("job", "system", lambda world: {"uid": world["run"].pk}),
    page("events", "audit"),
    page("sign_in_log", "audit"),
    page("verification", "audit"),
    page("regions", "system"),
    page("state", "system"),
]
NOT_PAGES = {
    "accounts:code": "a step between, walked by the browser tests of signing in",
    "accounts:enrol": "a step between, walked by the browser tests of signing in",
    "accounts:new_password": "a step between, walked by the browser tests of signing in",
    "accounts:sign_out": "takes a form and goes to the home page",
    "accounts:cancel_job": "takes a form and goes back",
    "accounts:run_again": "takes a form and goes back",
    "accounts:export_events": "a file",
    "accounts:verify_events": "takes a form and goes to the page of what it finds",
}
