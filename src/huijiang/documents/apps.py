"""Policy releases and the library that people read."""

from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class DocumentsConfig(AppConfig):
    name = "huijiang.documents"
    label = "documents"
    verbose_name = "文件"

    def ready(self) -> None:
        from huijiang.documents.rules_section import told as rules_told
        from huijiang.web import home, rules_page
        from huijiang.web.navigation import Entry, everyone, register

        register(Entry(gettext_lazy("政策文库"), "documents:policies", "public", everyone, order=10))
        register(Entry(gettext_lazy("补贴目录"), "documents:benefits", "public", everyone, order=20))
        register(Entry(gettext_lazy("规则版本"), "documents:releases", "policy", _keeps_policies, order=10))
        register(Entry(gettext_lazy("工作稿"), "documents:drafts", "policy", _keeps_policies, order=5))
        register(Entry(gettext_lazy("疑义"), "documents:questions", "policy", _keeps_policies, order=20))
        register(Entry(gettext_lazy("覆盖"), "documents:coverage", "policy", _keeps_policies, order=30))
        register(Entry(gettext_lazy("审看评价"), "documents:moderation", "desk", _supervises, order=90))
        rules_page.register("documents/_rules_section.html", rules_told)
        home.register_search(home.Search("documents:policies", "q", ("技师", "新型学徒", "竞赛")))
        home.register_door(
            home.Door(gettext_lazy("查政策"), gettext_lazy("按事项、地区和发文机关找，看每一条怎样执行。"),
                      "documents:policies", "document", 20)
        )  # fmt: skip
        home.register_door(
            home.Door(gettext_lazy("补贴目录"), gettext_lazy("有哪些补贴和待遇，给谁，多少，要什么条件。"),
                      "documents:benefits", "yuan", 30)
        )  # fmt: skip
        home.register_door(
            home.Door(gettext_lazy("快速测一测"), gettext_lazy("不用登录，答几个问题，看可能有哪些；什么都不存。"),
                      "documents:check", "question-circle", 40)
        )  # fmt: skip
        home.register_door(
            home.Door(gettext_lazy("各地比较"), gettext_lazy("同一件事，各地给谁、给多少。"),
                      "documents:compare", "progress", 50)
        )  # fmt: skip


def _keeps_policies(request: HttpRequest) -> bool:
    """Whether somebody makes or approves releases today."""
    from huijiang.accounts.models import Role
    from huijiang.accounts.viewers import has_role

    return has_role(Role.STEWARD, Role.STEWARD_APPROVER)(request)


def _supervises(request: HttpRequest) -> bool:
    """Whether somebody decides which words of ratings are shown."""
    from huijiang.accounts.models import Role
    from huijiang.accounts.viewers import has_role

    return has_role(Role.SUPERVISOR)(request)
