from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class PeopleConfig(AppConfig):
    name = "huijiang.people"
    label = "people"
    verbose_name = "个人与单位信息"

    def ready(self) -> None:
        from huijiang.access import looks
        from huijiang.access.apps import is_agent, is_worker
        from huijiang.accounts.models import Role
        from huijiang.accounts.viewers import has_role
        from huijiang.claims.public_notice import name_of
        from huijiang.entitlements import explanation, portrait
        from huijiang.notices import services as notices
        from huijiang.people.addresses import address_of_correction, address_of_dispute, address_of_erasure
        from huijiang.people.disputed import notes
        from huijiang.web.navigation import Entry, register

        registrar = has_role(Role.REGISTRAR)
        register(Entry(gettext_lazy("我的画像"), "people:portrait", "mine-papers", is_worker, 35))
        register(Entry(gettext_lazy("我的更正"), "people:corrections", "mine-papers", is_worker, 70))
        register(Entry(gettext_lazy("我的信息"), "people:privacy", "mine-rights", is_worker, 85))
        register(Entry(gettext_lazy("单位信息更正"), "people:firm_facts", "firm-papers", is_agent, 70))
        register(Entry(gettext_lazy("疑似重复"), "people:duplicates", "register", registrar, 42))
        register(Entry(gettext_lazy("更正答复"), "people:correction_queue", "register", registrar, 44))
        register(Entry(gettext_lazy("删除申请"), "people:erasures", "register", registrar, 46))
        register(Entry(gettext_lazy("影响评估"), "people:assessments", "admin", has_role(Role.SECURITY_ADMIN), 90))
        register(Entry(gettext_lazy("我监护的孩子"), "people:wards", "mine-papers", _guardian, 95))
        register(Entry(gettext_lazy("登记监护人"), "people:guardians", "counter", has_role(Role.COUNTER), 85))
        explanation.register_notes(notes)
        looks.register_name("result", name_of)
        portrait.register_dispute(address_of_dispute)
        notices.register_target("correction", address_of_correction)
        notices.register_target("erasure", address_of_erasure)


def _guardian(request: HttpRequest) -> bool:
    """Whether the visitor was registered as somebody's guardian."""
    from huijiang.access.models import Guardianship

    return request.user.is_authenticated and Guardianship.objects.filter(user=request.user, ended_at=None).exists()
