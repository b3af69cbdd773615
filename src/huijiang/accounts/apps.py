from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class AccountsConfig(AppConfig):
    name = "huijiang.accounts"
    label = "accounts"
    verbose_name = "账户"

    def ready(self) -> None:
        from huijiang.accounts.models import Role
        from huijiang.accounts.viewers import has_role
        from huijiang.web import navigation
        from huijiang.web.navigation import Entry

        system, security, auditor = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN
        for label, url_name, roles, order in (
            (gettext_lazy("系统状态"), "accounts:state", (system,), 5),
            (gettext_lazy("账户"), "accounts:users", (system, security), 10),
            (gettext_lazy("授权"), "accounts:grants", (security,), 20),
            (gettext_lazy("作业"), "accounts:jobs", (system,), 30),
            (gettext_lazy("地区"), "accounts:regions", (system,), 40),
            (gettext_lazy("审计事件"), "accounts:events", (auditor,), 50),
            (gettext_lazy("登录日志"), "accounts:sign_in_log", (auditor,), 60),
        ):
            navigation.register(Entry(label, url_name, "admin", has_role(*roles), order))
        navigation.register(Entry(gettext_lazy("登录"), "accounts:sign_in", "account", anonymous, 10, "sign-in"))
        navigation.register(
            Entry(gettext_lazy("我的账户"), "accounts:account", "account", navigation.signed_in, 20, "person")
        )
        navigation.register(
            Entry(
                gettext_lazy("退出"), "accounts:sign_out", "account", navigation.signed_in, 30, "sign-out", posts=True
            )
        )


def anonymous(request: HttpRequest) -> bool:
    return not request.user.is_authenticated
