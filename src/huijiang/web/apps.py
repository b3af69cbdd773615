from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "huijiang.web"
    label = "web"
    verbose_name = "页面"
