"""Claims: from an entitlement to a signed determination."""

from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class ClaimsConfig(AppConfig):
    name = "huijiang.claims"
    label = "claims"
    verbose_name = "申报"

    def ready(self) -> None:
        self._for_the_office()
        self._for_applicants()
        self._for_rounds()

    @staticmethod
    def _for_rounds() -> None:
        from huijiang.claims import rounds  # noqa: F401 - subscribes
        from huijiang.web.navigation import Entry, everyone, register

        register(Entry(gettext_lazy("申报批次"), "claims:rounds", "public", everyone, order=40))
        register(Entry(gettext_lazy("批次管理"), "claims:desk_rounds", "desk", _rounds, order=30))
        register(Entry(gettext_lazy("评审"), "claims:panels", "desk", _sits, order=32))
        register(Entry(gettext_lazy("金额未定"), "claims:points", "policy", _keeps_policies, order=40))

    @staticmethod
    def _for_the_office() -> None:
        from huijiang.accounts.models import Role
        from huijiang.accounts.viewers import has_role
        from huijiang.claims import bulk, deeds, in_bulk, packs  # noqa: F401 - declare jobs, and words for the auditor
        from huijiang.claims.merging import carry, give_back, under_way
        from huijiang.claims.pages_desk import READS
        from huijiang.claims.pages_desk_rules import SEES
        from huijiang.claims.verifiers import running  # noqa: F401 - subscribes
        from huijiang.notices.services import register_target
        from huijiang.registry.merging import register_effect, register_guard
        from huijiang.web.navigation import Entry, everyone, register

        register(Entry(gettext_lazy("已替您备好"), "claims:ready", "mine", _worker, order=25))
        register(Entry(gettext_lazy("应享未享"), "claims:reach", "lead", _counts, order=40))
        register_target("ready", _ready)
        register_guard(under_way)
        register_effect(carry, give_back)
        register(Entry(gettext_lazy("公示"), "claims:notices", "public", everyone, 55))
        register(Entry(gettext_lazy("审核工作台"), "claims:desk", "desk", has_role(*READS), 1))
        register(Entry(gettext_lazy("公示管理"), "claims:desk_notices", "desk", has_role(*READS), 30))
        register(Entry(gettext_lazy("办件异议"), "claims:disputes", "desk",
                       has_role(Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR), 32))  # fmt: skip
        register(Entry(gettext_lazy("分派与工作量"), "claims:team", "desk", has_role(*READS), 34))
        register(Entry(gettext_lazy("核验规则"), "claims:rules", "desk", has_role(*SEES), 36))
        register(Entry(gettext_lazy("签署人证件"), "claims:identities", "admin", has_role(Role.SECURITY_ADMIN), 60))
        register(Entry(gettext_lazy("办理要求"), "claims:terms", "admin", has_role(Role.SYSTEM_ADMIN, Role.INTAKE), 62))
        register(Entry(gettext_lazy("工作日"), "claims:days", "admin", has_role(Role.SYSTEM_ADMIN, Role.INTAKE), 64))

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
        register(
            Entry(gettext_lazy("窗口受理登记"), "claims:intake_search", "counter", has_role(Role.COUNTER), order=10)
        )
        wayfinding.register()


def _worker(request: HttpRequest) -> bool:
    from huijiang.access.viewers import worker_of

    return worker_of(request) is not None


def _counts(request: HttpRequest) -> bool:
    from huijiang.accounts.viewers import has_role
    from huijiang.claims.pages_reach import COUNTS

    return has_role(*COUNTS)(request)


def _ready(viewer: object, uid: str) -> str:
    from django.urls import reverse

    return reverse("claims:ready")


def _agent(request: HttpRequest) -> bool:
    from huijiang.access.viewers import agent_of

    return agent_of(request) is not None


def _rounds(request: HttpRequest) -> bool:
    from huijiang.accounts.viewers import has_role
    from huijiang.claims.rounds import SEES

    return has_role(*SEES)(request)


def _sits(request: HttpRequest) -> bool:
    """Whether somebody sits on a panel."""
    from huijiang.accounts.viewers import staff_of
    from huijiang.claims.panels import panel_of

    viewer = staff_of(request)
    return viewer is not None and panel_of(viewer).exists()


def _keeps_policies(request: HttpRequest) -> bool:
    from huijiang.accounts.models import Role
    from huijiang.accounts.viewers import has_role

    return has_role(Role.STEWARD, Role.STEWARD_APPROVER)(request)
