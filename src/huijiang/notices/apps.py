from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class NoticesConfig(AppConfig):
    name = "huijiang.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        from huijiang.accounts.models import Role
        from huijiang.accounts.viewers import has_role
        from huijiang.web import navigation
        from huijiang.web.navigation import Entry

        navigation.register(Entry(
            gettext_lazy("消息"), "notices:inbox", "account", navigation.signed_in, 15, "bell", count=waiting,
        ))  # fmt: skip
        navigation.register(Entry(gettext_lazy("订阅"), "notices:subscribe", "public", navigation.everyone, 70))
        navigation.register(
            Entry(gettext_lazy("发送记录"), "notices:deliveries", "admin", has_role(Role.SYSTEM_ADMIN), 80)
        )


def waiting(request: HttpRequest) -> int:
    """How many messages the visitor has not read; asked once a request."""
    from huijiang.notices.inbox import unread

    known = request.__dict__.setdefault("messages_waiting", {})
    if "count" not in known:
        known["count"] = unread(request.user)  # type: ignore[arg-type]
    return int(known["count"])
