from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "huijiang.registry"
    label = "registry"
    verbose_name = "名册"
