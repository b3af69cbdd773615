from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class LettersConfig(AppConfig):
    name = "huijiang.letters"
    label = "letters"
    verbose_name = "文书"

    def ready(self) -> None:
        from huijiang.access.apps import is_agent, is_worker
        from huijiang.accounts.models import Role
        from huijiang.accounts.viewers import has_role
        from huijiang.files.opening import FILES
        from huijiang.web.navigation import Entry, everyone, register

        register(Entry(gettext_lazy("文书核验"), "letters:verify", "public", everyone, 60))
        register(Entry(gettext_lazy("我的文书"), "letters:mine", "mine-papers", is_worker, 50))
        register(Entry(gettext_lazy("单位文书"), "letters:firm", "firm-papers", is_agent, 50))
        register(Entry(gettext_lazy("文书送达"), "letters:desk", "desk", has_role(*FILES), 60))
        register(Entry(gettext_lazy("出文机关"), "letters:offices", "admin", has_role(Role.SYSTEM_ADMIN), 70))
