from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class ClaimsConfig(AppConfig):
    name = "huijiang.claims"
    label = "claims"
    verbose_name = "申报"

    def ready(self) -> None:
        self._for_the_office()

    @staticmethod
    def _for_the_office() -> None:
        from huijiang.accounts.models import Role
        from huijiang.accounts.viewers import has_role
        from huijiang.claims.pages_desk import READS
        from huijiang.web.navigation import Entry, everyone, register

        register(Entry(gettext_lazy("公示"), "claims:notices", "public", everyone, 55))
        register(Entry(gettext_lazy("审核工作台"), "claims:desk", "desk", has_role(*READS), 1))
        register(Entry(gettext_lazy("公示管理"), "claims:desk_notices", "desk", has_role(*READS), 30))
        register(Entry(gettext_lazy("办件异议"), "claims:disputes", "desk",
                       has_role(Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR), 32))  # fmt: skip
        register(Entry(gettext_lazy("分派与工作量"), "claims:team", "desk", has_role(*READS), 34))
        register(Entry(gettext_lazy("签署人证件"), "claims:identities", "admin", has_role(Role.SECURITY_ADMIN), 60))
        register(Entry(gettext_lazy("办理要求"), "claims:terms", "admin", has_role(Role.SYSTEM_ADMIN, Role.INTAKE), 62))
        register(Entry(gettext_lazy("工作日"), "claims:days", "admin", has_role(Role.SYSTEM_ADMIN, Role.INTAKE), 64))
