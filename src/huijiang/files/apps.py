from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class FilesConfig(AppConfig):
    name = "huijiang.files"
    label = "files"
    verbose_name = "材料"

    def ready(self) -> None:
        from huijiang.access.apps import is_agent, is_worker
        from huijiang.web.navigation import Entry, register

        register(Entry(gettext_lazy("我的材料"), "files:mine", "mine-papers", is_worker, 60))
        register(Entry(gettext_lazy("单位材料"), "files:firm", "firm-papers", is_agent, 60))
