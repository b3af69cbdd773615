from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "huijiang.accounts"
    label = "accounts"
    verbose_name = "账户"
