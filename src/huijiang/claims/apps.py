from __future__ import annotations

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    name = "huijiang.claims"
    label = "claims"
    verbose_name = "申报"

    def ready(self) -> None:
        from huijiang.claims.verifiers import running  # noqa: F401 - subscribes
