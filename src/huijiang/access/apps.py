from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "huijiang.access"
    label = "access"
    verbose_name = "权限"
