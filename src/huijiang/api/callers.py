"""Who calls, as a viewer of the access law: a bureau's system as staff of its region, a firm's as its agent, an
app as the person who let it in.  Nothing here widens what that viewer may see; a client's columns narrow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from huijiang.access.viewers import as_worker
from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import Capacity, Viewer, today
from huijiang.api.models import Client, Token
from huijiang.api.problems import Problem
from huijiang.api.scopes import Scope
from huijiang.registry.linked import family

OFFICE: Final = Role.REGISTRAR
"""As which of the roles of FACTS a bureau's system stands before the access law."""


@dataclass(frozen=True)
class Caller:
    """A token that opens, and the viewer behind it."""

    token: Token
    viewer: Viewer

    @property
    def client(self) -> Client | None:
        return self.token.client

    @property
    def user(self) -> User:
        """The account that events and sightings name."""
        return self.viewer.user

    def has(self, scope: str) -> bool:
        return scope in self.token.scopes

    def need(self, *scopes: Scope) -> None:
        """Raises Problem where the token lacks a scope."""
        lacking = [each.value for each in scopes if each not in self.token.scopes]
        if lacking:
            raise Problem(
                "beyond-scope", _("令牌没有这项权限：%(scope)s。") % {"scope": " ".join(lacking)},
                _("请系统管理员发一个有此权限的令牌；客户端本身没有的，须重新登记。"), where="Authorization",
                seen=" ".join(self.token.scopes), expected=" ".join(lacking),
            )  # fmt: skip


def caller_of(token: Token) -> Caller | None:
    """Who stands behind a token; None where a person's binding ended meanwhile."""
    day = today()
    client = token.client
    if client is None:
        owner = as_worker(token.owner, day)  # type: ignore[arg-type]  # of a client or of a person: a law of the table
        return None if owner is None else Caller(token, owner)
    return Caller(token, viewer_of(client))


def viewer_of(client: Client) -> Viewer:
    """A client as the access law sees it."""
    bounds = frozenset(client.columns)
    if client.kind == Client.Kind.FIRM:
        firm, *aliases = family("organisation", client.organisation_id or 0)
        return Viewer(client.user, Capacity.AGENT, today(), organisation=firm, only=bounds, aliases=tuple(aliases))
    return Viewer(client.user, Capacity.STAFF, today(), grants=((OFFICE, client.region.path),), only=bounds)
