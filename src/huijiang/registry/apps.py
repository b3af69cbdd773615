from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy


class RegistryConfig(AppConfig):
    name = "huijiang.registry"
    label = "registry"
    verbose_name = "登记库"

    def ready(self) -> None:
        from huijiang.web import navigation

        navigation.register(
            navigation.Entry(gettext_lazy("数据导入"), "registry:imports", "register", _may_import, order=40)
        )


def _may_import(request: HttpRequest) -> bool:
    """Whether somebody is registrar of any region today."""
    from huijiang.accounts.models import Role
    from huijiang.accounts.viewers import has_role

    return has_role(Role.REGISTRAR)(request)
