"""Pages of the registry: imports, what is complete, what needs a look."""

from __future__ import annotations

from django.urls import path

from huijiang.registry import pages_checks, pages_imports

urlpatterns = [
    path("registry/imports/", pages_imports.listed, name="imports"),
    path("registry/imports/new/", pages_imports.upload, name="upload"),
    path("registry/imports/template/<slug:table>.<slug:kind>", pages_imports.template_file, name="template"),
    path("registry/imports/<uuid:uid>/", pages_imports.detail, name="import"),
    path("registry/imports/<uuid:uid>/confirm/", pages_imports.confirm, name="confirm"),
    path("registry/imports/<uuid:uid>/cancel/", pages_imports.cancel, name="cancel"),
    path("registry/imports/<uuid:uid>/errors.xlsx", pages_imports.errors, name="errors"),
    path("registry/completeness/", pages_checks.completeness, name="completeness"),
    path("registry/quality/", pages_checks.quality, name="quality"),
    path("registry/quality/<slug:check>/", pages_checks.quality_list, name="quality_list"),
]
