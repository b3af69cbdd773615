"""One's own papers, and looking at a file."""

from __future__ import annotations

from django.urls import path

from huijiang.files import pages_folder, pages_viewing

urlpatterns = [
    path("my/files/", pages_folder.mine, name="mine"),
    path("org/files/", pages_folder.firm, name="firm"),
    path("files/<uuid:uid>/", pages_viewing.look, name="file"),
    path("files/<uuid:uid>/copy/", pages_viewing.copy, name="copy"),
    path("files/<uuid:uid>/download/", pages_viewing.download, name="download"),
]
