from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "huijiang.regions"
    label = "regions"
    verbose_name = "地区"
