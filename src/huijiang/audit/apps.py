from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "huijiang.audit"
    label = "audit"
    verbose_name = "审计"
