"""Other systems: registered by one administrator, approved by another, ended by either.  Each writes an event."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.humans import same
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.api.models import Client
from huijiang.api.scopes import GIVEN, OF_BUREAUS, OF_FIRMS, Scope
from huijiang.regions.models import Region
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import stored_columns, vocabulary

MOST_DAYS: Final = 366 * 3


class NotRegistered(ValueError):
    """A registration that can't be taken, with the reason in the reader's language."""


@dataclass(frozen=True)
class Wanted:
    """What a registration says."""

    name: str
    kind: str
    purpose: str
    contact: str
    region: Region
    organisation: Any
    scopes: tuple[str, ...]
    columns: tuple[str, ...]
    per_minute: int
    expires_on: dt.date


def columns_of(lines: Iterable[str]) -> tuple[str, ...]:
    """`table.column` each, `table.*` for all of a table's own columns.  Raises NotRegistered for what is not there."""
    found: set[str] = set()
    for line in lines:
        said = line.strip()
        if not said:
            continue
        table, _dot, column = said.partition(".")
        if table not in MODELS:
            raise NotRegistered(_("“%(said)s”：词汇表里没有这张表。") % {"said": said[:60]})
        own = {each.name for each in stored_columns(vocabulary().tables[table])}
        if column == "*":
            found |= {f"{table}.{name}" for name in own}
        elif column in own or (table, column) == ("person", "id_number"):
            found.add(said)
        else:
            raise NotRegistered(_("“%(said)s”：这张表没有这一列。") % {"said": said[:60]})
    return tuple(sorted(found))


@transaction.atomic
def register(by: User, wanted: Wanted) -> Client:
    """A client that waits for its approval.  Raises NotRegistered."""
    scopes = tuple(dict.fromkeys(wanted.scopes))
    if not scopes or not set(scopes) <= {each.value for each in GIVEN}:
        raise NotRegistered(_("请选择至少一项权限。"))
    registers = {Scope.REGISTRY_READ.value, Scope.REGISTRY_WRITE.value} & set(scopes)
    if registers and not wanted.columns:
        raise NotRegistered(_("读写登记数据须写明列。"))
    if wanted.kind == Client.Kind.FIRM:
        if wanted.organisation is None:
            raise NotRegistered(_("单位系统须写明统一社会信用代码。"))
        if not set(scopes) <= OF_FIRMS:
            raise NotRegistered(_("单位系统不能写登记数据。"))
    elif not set(scopes) <= OF_BUREAUS:
        raise NotRegistered(_("部门系统不能提交申报：个人的由本人或窗口提交。"))
    if not today() < wanted.expires_on <= today() + dt.timedelta(days=MOST_DAYS):
        raise NotRegistered(_("截止日期应在明天到三年之内。"))
    # Nobody signs in with it: no password, and not active.
    user = User.objects.create_user(
        f"api-{secrets.token_hex(8)}", None, name=wanted.name, managed_by=wanted.region, is_active=False
    )
    made = Client.objects.create(
        name=wanted.name, kind=wanted.kind, purpose=wanted.purpose, contact=wanted.contact, region=wanted.region,
        organisation=wanted.organisation if wanted.kind == Client.Kind.FIRM else None, user=user, scopes=list(scopes),
        columns=list(wanted.columns) if registers or Scope.ENTITLEMENTS_READ in scopes else [],
        per_minute=wanted.per_minute, expires_on=wanted.expires_on, registered_by=by,
    )  # fmt: skip
    audit.record(by, "api.client_registered", f"client:{made.uid}", wanted.region.code, scopes=scopes,
                 columns=len(made.columns))  # fmt: skip
    return made


@transaction.atomic
def approve(client: Client, by: User) -> None:
    """Let it in.  Raises PermissionDenied for whoever registered it, NotRegistered when it was decided already."""
    held = _waiting(client, by)
    Client.objects.filter(pk=held.pk).update(approved=True, decided_by=by, decided_at=timezone.now())
    audit.record(by, "api.client_approved", f"client:{held.uid}", held.region_id)


@transaction.atomic
def refuse(client: Client, by: User, because: str) -> None:
    held = _waiting(client, by)
    if not because.strip():
        raise NotRegistered(_("请写明不批准的理由。"))
    Client.objects.filter(pk=held.pk).update(decided_by=by, decided_at=timezone.now(), refused_because=because.strip())
    audit.record(by, "api.client_refused", f"client:{held.uid}", held.region_id)


def _waiting(client: Client, by: User) -> Client:
    held = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    if same(by, held.registered_by):
        raise PermissionDenied(_("登记的人不能审批，请由安全管理员办理。"))
    if held.decided_by_id is not None:
        raise NotRegistered(_("已经有了结论。"))
    return held


@transaction.atomic
def end(client: Client, by: User) -> None:
    """Its tokens open nothing from this moment on; a second time changes nothing."""
    if Client.objects.filter(pk=client.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by):
        audit.record(by, "api.client_ended", f"client:{client.uid}", client.region_id)
