"""Pages of the library, and of those who keep it."""

from __future__ import annotations

from django.urls import path

from huijiang.documents import (
    pages_benefits,
    pages_check,
    pages_draft_edit,
    pages_drafts,
    pages_guide,
    pages_library,
    pages_ratings,
    pages_releases,
    pages_steward,
    pages_trials,
)

urlpatterns = [
    path("policies/", pages_library.policies, name="policies"),
    path("policies/<str:document>/", pages_library.document, name="document"),
    path("policies/<str:document>/diff/", pages_library.difference, name="difference"),
    path("policies/<str:document>/original.txt", pages_library.printed, name="printed"),
    path("policies/<str:document>/<str:clause>/", pages_library.clause, name="clause"),
    path("benefits/", pages_benefits.benefits, name="benefits"),
    path("benefits/<str:document>/<str:rule>/", pages_benefits.benefit, name="benefit"),
    path("benefits/<str:document>/<str:rule>/guide/", pages_guide.guide, name="guide"),
    path("compare/", pages_guide.places, name="compare"),
    path("check/", pages_check.check, name="check"),
    path("rate/", pages_ratings.rate, name="rate"),
    path("ratings/", pages_ratings.listed, name="ratings"),
    path("desk/ratings/", pages_ratings.moderation, name="moderation"),
    path("desk/ratings/<uuid:uid>/", pages_ratings.moderate, name="moderate"),
    path("steward/releases/", pages_releases.listed, name="releases"),
    path("steward/releases/new/", pages_releases.upload, name="release_upload"),
    path("steward/releases/checks/<uuid:uid>/", pages_releases.checked, name="release_check"),
    path("steward/releases/<uuid:uid>/", pages_releases.detail, name="release"),
    path("steward/releases/<uuid:uid>/approve/", pages_releases.approve, name="release_approve"),
    path("steward/releases/<uuid:uid>/refuse/", pages_releases.refuse, name="release_refuse"),
    path("steward/releases/<uuid:uid>/policies.zip", pages_releases.bundle, name="release_bundle"),
    path("steward/releases/<uuid:uid>/again/", pages_releases.again, name="release_again"),
    path("steward/releases/<uuid:uid>/effect/", pages_trials.of_release, name="release_effect"),
    path("steward/drafts/", pages_drafts.listed, name="drafts"),
    path("steward/drafts/new/", pages_drafts.begin, name="draft_new"),
    path("steward/drafts/<uuid:uid>/", pages_drafts.desk, name="draft"),
    path("steward/drafts/<uuid:uid>/blocks/<int:at>/", pages_draft_edit.block, name="draft_block"),
    path("steward/drafts/<uuid:uid>/clauses/<int:clause>/", pages_draft_edit.clause, name="draft_clause"),
    path("steward/drafts/<uuid:uid>/files/<str:part>/", pages_draft_edit.file, name="draft_file"),
    path("steward/drafts/<uuid:uid>/original/", pages_draft_edit.original, name="draft_original"),
    path("steward/drafts/<uuid:uid>/local-rules/", pages_draft_edit.local_rules, name="draft_local_rules"),
    path("steward/drafts/<uuid:uid>/versions/", pages_draft_edit.versions, name="draft_versions"),
    path("steward/drafts/<uuid:uid>/versions/<int:number>/restore/", pages_draft_edit.restore, name="draft_restore"),
    path("steward/drafts/<uuid:uid>/trials/<str:kind>/", pages_trials.of_draft, name="draft_trial"),
    path("steward/drafts/<uuid:uid>/submit/", pages_drafts.submit, name="draft_submit"),
    path("steward/drafts/<uuid:uid>/put-away/", pages_drafts.put_away, name="draft_put_away"),
    path("steward/questions/", pages_steward.questions, name="questions"),
    path("steward/coverage/", pages_steward.coverage, name="coverage"),
]
