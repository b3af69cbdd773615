"""Addresses of results, of the look-up and of objections."""

from __future__ import annotations

from django.urls import path

from huijiang.entitlements import desk, firm, nights, worker

urlpatterns = [
    path("my/entitlements/", worker.mine, name="mine"),
    path("my/entitlements/<slug:document>/<slug:rule>/<str:holder>/", worker.one, name="one"),
    path("my/entitlements/<slug:document>/<slug:rule>/<str:holder>/object/", worker.object_to, name="object"),
    path("my/facts/", worker.facts, name="facts"),
    path("my/future/", worker.future, name="future"),
    path("my/objections/", worker.my_objections, name="my_objections"),
    path("my/objections/<uuid:uid>/", worker.objection, name="objection"),
    path("org/", firm.desk, name="firm"),
    path("org/entitlements/", firm.results, name="firm_results"),
    path("org/entitlements/<slug:document>/<slug:rule>/", firm.result, name="firm_result"),
    path("org/staff/", firm.staff, name="firm_staff"),
    path("org/staff/template.xlsx", firm.template_file, name="roster_template"),
    path("desk/people/", desk.people, name="people"),
    path("desk/people/<uuid:uid>/", desk.person, name="person"),
    path("desk/people/<uuid:uid>/unmask/", desk.unmask, name="unmask"),
    path("desk/people/<uuid:uid>/<slug:document>/<slug:rule>/<str:holder>/", desk.result, name="person_result"),
    path("desk/firms/", desk.firms, name="firms"),
    path("desk/firms/<uuid:uid>/", desk.firm, name="firm_seen"),
    path("desk/objections/", desk.objection_queue, name="objection_queue"),
    path("desk/objections/<uuid:uid>/", desk.objection, name="objection_answer"),
    path("admin-ops/nights/", nights.listed, name="nights"),
]
