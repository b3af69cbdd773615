"""Tokens: made, shown once, found again by their keyed digest, revoked."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.accounts.viewers import HERE, today
from huijiang.api.models import Client, Entry, Token
from huijiang.api.scopes import OF_PEOPLE

PREFIX: Final = "hj_"
SECRET: Final = 32  # bytes of chance
MARK: Final = 10  # letters of a token that stay readable
LONGEST: Final = 128
MOST_DAYS: Final = 366
USED_EVERY: Final = dt.timedelta(minutes=1)  # `last_used_at` is kept no finer
Outcome = Entry.Outcome


class NotIssued(ValueError):
    """A token that can't be issued, with the reason in the reader's language."""


@dataclass(frozen=True)
class Found:
    """What a presented token is: it, where there is such a one, and whether it opens."""

    token: Token | None
    outcome: str

    @property
    def opens(self) -> bool:
        return self.outcome == Outcome.IN


def new_secret() -> str:
    return f"{PREFIX}{secrets.token_urlsafe(SECRET)}"


@transaction.atomic
def issue(client: Client, by: User, name: str, scopes: Iterable[str], days: int) -> tuple[Token, str]:
    """A token of an approved client, and its secret, to be shown once.  Raises NotIssued."""
    held = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    if not held.approved or held.ended_at is not None or held.expires_on < today():
        raise NotIssued(_("客户端没有获批、已停用或已过期，不能发令牌。"))
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(held.scopes):
        raise NotIssued(_("令牌的权限应在客户端获批的权限之内，至少一项。"))
    if not 1 <= days <= MOST_DAYS:
        raise NotIssued(_("有效天数应为 1 到 %(most)s。") % {"most": MOST_DAYS})
    last = dt.datetime.combine(held.expires_on, dt.time(23, 59, 59), HERE)
    ends = min(timezone.now() + dt.timedelta(days=days), last)
    return _make(by, name, wanted, ends, client=held)


@transaction.atomic
def issue_own(owner: User, name: str, scopes: Iterable[str], days: int) -> tuple[Token, str]:
    """A token by which an app looks for one person.  Raises NotIssued."""
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= OF_PEOPLE or not 1 <= days <= MOST_DAYS:
        raise NotIssued(_("请选择允许的事项和有效天数。"))
    return _make(owner, name, wanted, timezone.now() + dt.timedelta(days=days), owner=owner)


def _make(by: User, name: str, scopes: list[str], ends: dt.datetime, **whose: object) -> tuple[Token, str]:
    secret = new_secret()
    made = Token.objects.create(
        name=name, mark=secret[:MARK], digest=audit.digest(secret), scopes=scopes, issued_by=by, expires_at=ends,
        **whose,
    )  # fmt: skip
    audit.record(by, "api.token_issued", f"token:{made.uid}", scopes=scopes, expires=ends.date())
    return made, secret


@transaction.atomic
def revoke(token: Token, by: User) -> None:
    """It opens nothing from this moment on; a second time changes nothing."""
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by):
        audit.record(by, "api.token_revoked", f"token:{token.uid}")


def find(secret: str) -> Found:
    """What a presented secret is.  Expired, revoked and unknown ones are told apart here, not to who presents them."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST or not secret.isascii():
        return Found(None, Outcome.UNKNOWN)
    token = (
        Token.objects.select_related("client__region", "client__user", "client__organisation", "owner")
        .filter(digest=audit.digest(secret))
        .first()
    )
    if token is None:
        return Found(None, Outcome.UNKNOWN)
    return Found(token, _state(token))


def _state(token: Token) -> str:
    if token.revoked_at is not None:
        return Outcome.REVOKED
    if token.expires_at <= timezone.now():
        return Outcome.EXPIRED
    client, owner = token.client, token.owner
    if client is not None and (not client.approved or client.ended_at is not None or client.expires_on < today()):
        return Outcome.ENDED
    if owner is not None and not owner.is_active:
        return Outcome.ENDED
    return Outcome.IN


def used(token: Token) -> bool:
    """Keep the moment of the last use, once a minute; gives whether it was kept now."""
    now = timezone.now()
    if token.last_used_at is not None and now - token.last_used_at <= USED_EVERY:
        return False
    Token.objects.filter(pk=token.pk).update(last_used_at=now)
    return True
