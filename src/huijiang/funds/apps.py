"""Budgets, the ledger, payments and the bank."""

from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class FundsConfig(AppConfig):
    name = "huijiang.funds"
    label = "funds"
    verbose_name = "资金"

    def ready(self) -> None:
        from huijiang.funds import effects  # noqa: F401 - subscribes
        from huijiang.web.navigation import Entry, register

        register(Entry(gettext_lazy("预算额度"), "funds:lines", "money", _reads, order=50, daily=_pays,
                       also=("funds:search", "funds:past_files")))  # fmt: skip
        register(Entry(gettext_lazy("拨付批次"), "funds:batches", "money", _reads, order=52, daily=_pays,
                       also=("funds:returned",)))  # fmt: skip
        register(Entry(gettext_lazy("银行回单"), "funds:answers", "money", _reads, order=54, daily=_pays))
        register(Entry(gettext_lazy("追回"), "funds:recoveries", "money", _reads, order=56, daily=_pays))
        register(Entry(gettext_lazy("资金账"), "funds:journal", "money", _reads, order=58, daily=_pays))
        register(Entry(gettext_lazy("到账记录"), "funds:my_payments", "mine", _worker, order=45))
        register(Entry(gettext_lazy("单位到账"), "funds:org_payments", "firm", _agent, order=45))


def _reads(request: HttpRequest) -> bool:
    from huijiang.accounts.viewers import has_role
    from huijiang.funds.access import READS

    return has_role(*READS)(request)


def _pays(request: HttpRequest) -> bool:
    from huijiang.accounts.models import Role
    from huijiang.accounts.viewers import has_role

    return has_role(Role.FINANCE)(request)


def _worker(request: HttpRequest) -> bool:
    from huijiang.access.viewers import worker_of

    return worker_of(request) is not None


def _agent(request: HttpRequest) -> bool:
    from huijiang.access.viewers import agent_of

    return agent_of(request) is not None
