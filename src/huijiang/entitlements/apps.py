from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class EntitlementsConfig(AppConfig):
    name = "huijiang.entitlements"
    label = "entitlements"
    verbose_name = "待遇"

    def ready(self) -> None:
        from huijiang.web import home
        from huijiang.web.navigation import Entry, register

        register(Entry(gettext_lazy("我能享受的政策"), "entitlements:mine", "mine", _worker, order=10))
        register(Entry(gettext_lazy("将来可享"), "entitlements:future", "mine", _worker, order=40))
        register(Entry(gettext_lazy("我的档案"), "entitlements:facts", "mine-papers", _worker, order=30))
        register(Entry(gettext_lazy("单位工作台"), "entitlements:firm", "firm", _agent, order=10))
        register(Entry(gettext_lazy("单位可享政策"), "entitlements:firm_results", "firm", _agent, order=20))
        register(Entry(gettext_lazy("职工名册"), "entitlements:firm_staff", "firm", _agent, order=30))
        register(Entry(gettext_lazy("查找个人"), "entitlements:people", "register", _officer, order=10))
        register(Entry(gettext_lazy("查找单位"), "entitlements:firms", "register", _officer, order=15))
        register(Entry(gettext_lazy("资格异议"), "entitlements:objection_queue", "desk", _answers, order=33))
        register(Entry(gettext_lazy("夜间计算"), "entitlements:nights", "admin", _nights, order=60))
        home.register_door(home.Door(
            gettext_lazy("我能享受的政策"), gettext_lazy("按登记的信息现算：能领什么、还差什么、为什么。"),
            "entitlements:mine", "check-circle", 5, _worker,
        ))  # fmt: skip


def _worker(request: HttpRequest) -> bool:
    from huijiang.access.viewers import worker_of

    return worker_of(request) is not None


def _agent(request: HttpRequest) -> bool:
    from huijiang.access.viewers import agent_of

    return agent_of(request) is not None


def _officer(request: HttpRequest) -> bool:
    from huijiang.access.law import FACTS
    from huijiang.accounts.viewers import has_role

    return has_role(*FACTS)(request)


def _answers(request: HttpRequest) -> bool:
    from huijiang.accounts.models import Role
    from huijiang.accounts.viewers import has_role

    return has_role(Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR)(request)


def _nights(request: HttpRequest) -> bool:
    from huijiang.accounts.models import Role
    from huijiang.accounts.viewers import has_role

    return has_role(Role.SYSTEM_ADMIN, Role.ANALYST)(request)
