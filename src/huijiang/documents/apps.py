from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "huijiang.documents"
    label = "documents"
    verbose_name = "文件"
