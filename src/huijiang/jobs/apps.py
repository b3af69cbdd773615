from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "huijiang.jobs"
    label = "jobs"
    verbose_name = "作业"
