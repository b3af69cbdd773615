"""Addresses of rounds, panels and amounts that are no point yet."""

from __future__ import annotations

from django.urls import path

from huijiang.claims import pages_panels, pages_points, pages_rounds, pages_rounds_desk

ROUNDS = [
    path("rounds/", pages_rounds.listed, name="rounds"),
    path("rounds/<uuid:uid>/", pages_rounds.detail, name="round"),
    path("desk/rounds/", pages_rounds_desk.listed, name="desk_rounds"),
    path("desk/rounds/new/", pages_rounds_desk.new, name="round_new"),
    path("desk/rounds/<uuid:uid>/", pages_rounds_desk.detail, name="desk_round"),
    path("desk/rounds/<uuid:uid>/publish/", pages_rounds_desk.publish, name="round_publish"),
    path("desk/rounds/<uuid:uid>/settle/", pages_rounds_desk.settle, name="round_settle"),
    path("desk/rounds/<uuid:uid>/late/", pages_rounds_desk.late, name="round_late"),
    path("desk/rounds/<uuid:uid>/decline/", pages_rounds_desk.decline, name="round_decline"),
    path("desk/rounds/<uuid:uid>/panel/", pages_rounds_desk.panel, name="round_panel"),
    path("desk/rounds/<uuid:uid>/members/", pages_rounds_desk.members, name="round_members"),
    path("desk/claims/<uuid:uid>/audited-cost/", pages_rounds_desk.audited_cost, name="audited_cost"),
    path("panel/", pages_panels.mine, name="panels"),
    path("panel/<uuid:uid>/", pages_panels.panel, name="panel"),
    path("panel/<uuid:uid>/minutes/", pages_panels.minutes, name="minutes"),
    path("panel/<uuid:uid>/<uuid:claim>/", pages_panels.score, name="score"),
    path("steward/points/", pages_points.points, name="points"),
]
