"""Addresses of the office's desk, and of what everybody sees."""

from __future__ import annotations

from django.urls import path

from huijiang.claims import pages_desk as desk
from huijiang.claims import pages_desk_bulk as bulk
from huijiang.claims import pages_desk_case as case
from huijiang.claims import pages_desk_decide as decide
from huijiang.claims import pages_desk_notices as desk_notices
from huijiang.claims import pages_desk_office as office
from huijiang.claims import pages_desk_rules as rules
from huijiang.claims import pages_desk_team as team
from huijiang.claims import pages_notices as notices
from huijiang.claims import pages_packs as packs

DESK = [
    path("desk/", desk.desk, name="desk"),
    path("desk/next/", desk.take, name="take"),
    path("desk/bulk/", bulk.bulk, name="bulk"),
    path("desk/bulk/<uuid:uid>/", bulk.done, name="bulk_done"),
    path("desk/bulk/<uuid:uid>/cancel/", bulk.cancel_bulk, name="bulk_cancel"),
    path("desk/cases/<str:number>/", case.case, name="case"),
    path("desk/cases/<str:number>/decide/", decide.decide, name="decide"),
    path("desk/cases/<str:number>/assign/", desk.assign, name="assign"),
    path("desk/cases/<str:number>/reveal/", case.reveal, name="reveal"),
    path("desk/cases/<str:number>/checks/<uuid:uid>/", case.judge, name="judge"),
    path("desk/cases/<str:number>/dossier.pdf", case.dossier, name="dossier"),
    path("desk/stand-ins/", desk.stand_ins, name="stand_ins"),
    path("desk/stand-ins/<int:pk>/end/", desk.end_stand_in, name="end_stand_in"),
    path("desk/notices/", desk_notices.notices, name="desk_notices"),
    path("desk/notices/publish/", desk_notices.publish, name="publish"),
    path("desk/disputes/", desk_notices.dispute_queue, name="disputes"),
    path("desk/disputes/<uuid:uid>/", desk_notices.dispute, name="dispute"),
    path("desk/rules/", rules.rules, name="rules"),
    path("desk/team/", team.team, name="team"),
    path("desk/packs/", packs.ask, name="packs"),
    path("desk/packs/<uuid:uid>/", packs.pack, name="pack"),
    path("desk/packs/<uuid:uid>/cancel/", packs.cancel_pack, name="pack_cancel"),
    path("desk/packs/<uuid:uid>/<int:number>.zip", packs.part, name="pack_part"),
    path("desk/relations/", team.relations, name="relations"),
    path("desk/relations/<int:pk>/end/", team.end_relation, name="end_relation"),
    path("admin-ops/identities/", office.identities, name="identities"),
    path("admin-ops/identities/<uuid:uid>/", office.identity, name="identity"),
    path("admin-ops/terms/", office.terms, name="terms"),
    path("admin-ops/terms/new/", office.terms_new, name="terms_new"),
    path("admin-ops/terms/<int:pk>/", office.terms_edit, name="terms_edit"),
    path("admin-ops/days/", office.days, name="days"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<uuid:uid>/", notices.notice, name="notice"),
    path("notices/<uuid:uid>/<int:pk>/object/", notices.object_to, name="object_to"),
]
