from django.apps import AppConfig
from django.db.models.signals import post_migrate

from huijiang.audit import laws


class AuditConfig(AppConfig):
    name = "huijiang.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        post_migrate.connect(laws.never_set_aside, sender=self, dispatch_uid="laws.never_set_aside")
