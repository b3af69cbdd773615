from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "huijiang.entitlements"
    label = "entitlements"
    verbose_name = "待遇"
