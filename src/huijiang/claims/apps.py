"""From an entitlement to a signed determination."""

from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class ClaimsConfig(AppConfig):
    name = "huijiang.claims"
    label = "claims"
    verbose_name = "申报"

    def ready(self) -> None:
        self._for_applicants()

    @staticmethod
    def _for_applicants() -> None:
        from huijiang.accounts.models import Role
        from huijiang.accounts.viewers import has_role
        from huijiang.claims import (
            letter_tasks,  # noqa: F401 - declares the job of letters
            telling,  # noqa: F401 - subscribes
            wayfinding,
        )
        from huijiang.web.navigation import Entry, register

        register(
            Entry(
                gettext_lazy("我的办件"),
                "claims:my_cases",
                "mine",
                _worker,
                order=20,
                count=wayfinding.waits_for_worker,
            )
        )
        register(
            Entry(
                gettext_lazy("单位办件"), "claims:org_cases", "firm", _agent, order=20, count=wayfinding.waits_for_firm
            )
        )
        register(Entry(gettext_lazy("批量申报"), "claims:batches", "firm", _agent, order=22))
        register(Entry(gettext_lazy("窗口受理登记"), "claims:intake_search", "desk", has_role(Role.COUNTER), order=10))
        wayfinding.register()


def _worker(request: HttpRequest) -> bool:
    from huijiang.access.viewers import worker_of

    return worker_of(request) is not None


def _agent(request: HttpRequest) -> bool:
    from huijiang.access.viewers import agent_of

    return agent_of(request) is not None
