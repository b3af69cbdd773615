"""Pages of the library, and of those who keep it."""

from __future__ import annotations

from django.urls import path

from huijiang.documents import pages_benefits, pages_library, pages_releases, pages_steward

urlpatterns = [
    path("policies/", pages_library.policies, name="policies"),
    path("policies/<str:document>/", pages_library.document, name="document"),
    path("policies/<str:document>/diff/", pages_library.difference, name="difference"),
    path("policies/<str:document>/<str:clause>/", pages_library.clause, name="clause"),
    path("benefits/", pages_benefits.benefits, name="benefits"),
    path("benefits/<str:document>/<str:rule>/", pages_benefits.benefit, name="benefit"),
    path("steward/releases/", pages_releases.listed, name="releases"),
    path("steward/releases/new/", pages_releases.upload, name="release_upload"),
    path("steward/releases/<uuid:uid>/", pages_releases.detail, name="release"),
    path("steward/releases/<uuid:uid>/approve/", pages_releases.approve, name="release_approve"),
    path("steward/releases/<uuid:uid>/refuse/", pages_releases.refuse, name="release_refuse"),
    path("steward/releases/<uuid:uid>/policies.zip", pages_releases.bundle, name="release_bundle"),
    path("steward/questions/", pages_steward.questions, name="questions"),
    path("steward/coverage/", pages_steward.coverage, name="coverage"),
]
