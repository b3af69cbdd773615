from __future__ import annotations

from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "huijiang.funds"
    label = "funds"
    verbose_name = "资金"
