from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class ClaimsConfig(AppConfig):
    name = "huijiang.claims"
    label = "claims"
    verbose_name = "申报"

    def ready(self) -> None:
        from huijiang.claims import rounds  # noqa: F401 - subscribes
        from huijiang.web.navigation import Entry, everyone, register

        register(Entry(gettext_lazy("申报批次"), "claims:rounds", "public", everyone, order=40))
        register(Entry(gettext_lazy("申报批次"), "claims:desk_rounds", "desk", _rounds, order=30))
        register(Entry(gettext_lazy("评审"), "claims:panels", "desk", _sits, order=32))
        register(Entry(gettext_lazy("金额未定"), "claims:points", "policy", _keeps_policies, order=40))


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
