from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class AccessConfig(AppConfig):
    name = "huijiang.access"
    label = "access"
    verbose_name = "权限"

    def ready(self) -> None:
        from huijiang.accounts.models import Role
        from huijiang.accounts.viewers import has_role
        from huijiang.web.navigation import Entry, register

        register(Entry(gettext_lazy("授权同意"), "access:consents", "mine-rights", is_worker, 80))
        register(Entry(gettext_lazy("谁看过我"), "access:seen_by", "mine-rights", is_worker, 90))
        register(Entry(gettext_lazy("经办授权"), "access:members", "firm-papers", is_agent, 90))
        register(Entry(gettext_lazy("谁看过本单位"), "access:firm_seen_by", "firm-papers", is_agent, 95))
        register(Entry(gettext_lazy("开通账户"), "access:activation", "counter", has_role(Role.COUNTER), 80))
        register(Entry(gettext_lazy("单位首次授权"), "access:first_owner", "counter", has_role(Role.COUNTER), 90))


def is_worker(request: HttpRequest) -> bool:
    """Whether the visitor is a person whom we know."""
    from huijiang.access.viewers import worker_of

    return worker_of(request) is not None


def is_agent(request: HttpRequest) -> bool:
    """Whether the visitor acts for an organisation."""
    from huijiang.access.viewers import agent_of

    return agent_of(request) is not None
