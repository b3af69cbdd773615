from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class ApiConfig(AppConfig):
    name = "huijiang.api"
    label = "api"
    verbose_name = "接口"

    def ready(self) -> None:
        from huijiang.access.viewers import worker_of
        from huijiang.accounts.models import Role
        from huijiang.accounts.viewers import has_role
        from huijiang.web.navigation import Entry, register

        system, security, auditor = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN
        register(Entry(gettext_lazy("接口客户端"), "api:clients", "admin", has_role(system, security), 70))
        register(Entry(gettext_lazy("接口登录日志"), "api:entries", "admin", has_role(auditor), 80))
        register(
            Entry(
                gettext_lazy("应用授权"),
                "api:my_tokens",
                "mine-rights",
                lambda request: worker_of(request) is not None,
                90,
            )
        )
