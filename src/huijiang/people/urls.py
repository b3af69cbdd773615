"""The portrait, doubles, corrections, one's rights over one's data, impact assessments."""

from __future__ import annotations

from django.urls import path

from huijiang.people import (
    pages_answers,
    pages_assessments,
    pages_corrections,
    pages_duplicates,
    pages_erasures,
    pages_guardians,
    pages_portrait,
    pages_privacy,
)

urlpatterns = [
    path("my/portrait/", pages_portrait.mine, name="portrait"),
    path("my/corrections/", pages_corrections.mine, name="corrections"),
    path("my/facts/<slug:table>/<int:row>/dispute/", pages_corrections.dispute, name="dispute"),
    path("my/wards/", pages_guardians.wards, name="wards"),
    path("my/wards/switch/", pages_guardians.switch, name="ward_switch"),
    path("my/wards/stop/", pages_guardians.stop, name="ward_stop"),
    path("desk/guardians/", pages_guardians.bind, name="guardians"),
    path("desk/guardians/end/", pages_guardians.end, name="guardian_end"),
    path("my/privacy/", pages_privacy.privacy, name="privacy"),
    path("my/privacy/export/", pages_privacy.export, name="export"),
    path("my/privacy/export/<uuid:uid>/", pages_privacy.fetch, name="fetch"),
    path("my/privacy/erase/", pages_privacy.erase, name="erase"),
    path("org/facts/", pages_corrections.firm_facts, name="firm_facts"),
    path("org/facts/<slug:table>/<int:row>/dispute/", pages_corrections.firm_dispute, name="firm_dispute"),
    path("privacy/retention/", pages_privacy.retention, name="retention"),
    path("desk/people/<uuid:uid>/portrait/", pages_portrait.seen, name="portrait_seen"),
    path("desk/duplicates/", pages_duplicates.listed, name="duplicates"),
    path("desk/duplicates/<uuid:uid>/", pages_duplicates.pair, name="duplicate"),
    path("desk/merges/", pages_duplicates.merges, name="merges"),
    path("desk/merges/<uuid:uid>/undo/", pages_duplicates.undo, name="undo"),
    path("desk/corrections/", pages_answers.queue, name="correction_queue"),
    path("desk/corrections/<uuid:uid>/", pages_answers.correction, name="correction_answer"),
    path("desk/erasures/", pages_erasures.listed, name="erasures"),
    path("desk/erasures/<uuid:uid>/", pages_erasures.erasure, name="erasure"),
    path("admin-ops/assessments/", pages_assessments.listed, name="assessments"),
    path("admin-ops/assessments/new/", pages_assessments.new, name="assessment_new"),
    path("admin-ops/assessments/<uuid:uid>/", pages_assessments.one, name="assessment"),
]
