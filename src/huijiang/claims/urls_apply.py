"""Addresses of those who apply."""

from __future__ import annotations

from types import SimpleNamespace

from django.urls import URLPattern, path

from huijiang.claims import pages_apply, pages_apply_new, pages_batch, pages_intake, pages_my


def _making(at: str, name: str, of: SimpleNamespace) -> list[URLPattern]:
    """The pages of a claim that is being made, of one desk."""
    return [
        path(f"{at}<uuid:uid>/", of.tasks, name=name),
        path(f"{at}<uuid:uid>/questions/<slug:key>/", of.question, name=f"{name}_question"),
        path(f"{at}<uuid:uid>/papers/<slug:key>/", of.paper, name=f"{name}_paper"),
        path(f"{at}<uuid:uid>/account/", of.account, name=f"{name}_account"),
        path(f"{at}<uuid:uid>/check/", of.check, name=f"{name}_check"),
        path(f"{at}<uuid:uid>/done/", of.done, name=f"{name}_done"),
    ]


APPLY = [
    # making a claim
    path("apply/new/<slug:document>/<slug:rule>/<str:holder>/", pages_apply_new.mine, name="apply_new"),
    *_making("apply/", "apply", pages_apply.mine),
    path("org/apply/new/<slug:document>/<slug:rule>/<str:holder>/", pages_apply_new.firm, name="org_apply_new"),
    *_making("org/apply/", "org_apply", pages_apply.firm),
    # the counter
    path("desk/intake/", pages_intake.search, name="intake_search"),
    path("desk/intake/people/<uuid:uid>/", pages_intake.person, name="intake_person"),
    path(
        "desk/intake/people/<uuid:uid>/<slug:document>/<slug:rule>/<str:holder>/",
        pages_apply_new.for_person,
        name="intake_new_person",
    ),
    path("desk/intake/firms/<uuid:uid>/", pages_intake.firm, name="intake_firm"),
    path(
        "desk/intake/firms/<uuid:uid>/<slug:document>/<slug:rule>/<str:holder>/",
        pages_apply_new.for_firm,
        name="intake_new_firm",
    ),
    *_making("desk/intake/", "intake", pages_apply.counter),
    # one's claims
    path("my/cases/", pages_my.mine.listed, name="my_cases"),
    path("my/cases/<str:number>/", pages_my.mine.case, name="my_case"),
    path("my/cases/<uuid:uid>/withdraw/", pages_my.mine.withdraw, name="my_withdraw"),
    path("my/cases/<uuid:uid>/object/", pages_my.mine.object, name="my_object"),
    path("org/cases/", pages_my.firm.listed, name="org_cases"),
    path("org/cases/<str:number>/", pages_my.firm.case, name="org_case"),
    path("org/cases/<uuid:uid>/withdraw/", pages_my.firm.withdraw, name="org_withdraw"),
    path("org/cases/<uuid:uid>/object/", pages_my.firm.object, name="org_object"),
    # many at once
    path("org/apply/batch/", pages_batch.benefits, name="batches"),
    path("org/apply/batch/<uuid:uid>/", pages_batch.batch, name="batch"),
    path("org/apply/batch/<uuid:uid>/send/", pages_batch.send, name="batch_send"),
    # after the two above: a batch's number and “send” would do for the name of a document and of a rule
    path("org/apply/batch/<slug:document>/<slug:rule>/", pages_batch.upload, name="batch_upload"),
    path("org/apply/batch/<slug:document>/<slug:rule>/template.xlsx", pages_batch.template, name="batch_template"),
]
