from __future__ import annotations

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    name = "huijiang.claims"
    label = "claims"
    verbose_name = "申报"
