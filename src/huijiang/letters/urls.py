"""Verification for everybody; one's own letters; service at the desk; the offices."""

from __future__ import annotations

from django.urls import path

from huijiang.letters import pages_desk, pages_mine, pages_offices, pages_verify

urlpatterns = [
    path("verify/", pages_verify.verify, name="verify"),
    path("verify/<str:code>/", pages_verify.verified, name="verified"),
    path("my/letters/", pages_mine.mine, name="mine"),
    path("org/letters/", pages_mine.firm, name="firm"),
    path("letters/<uuid:uid>/", pages_mine.letter, name="letter"),
    path("letters/<uuid:uid>/pdf/", pages_mine.pdf, name="pdf"),
    path("desk/letters/", pages_desk.desk, name="desk"),
    path("desk/letters/<uuid:uid>/served/", pages_desk.served, name="served"),
    path("admin-ops/offices/", pages_offices.offices, name="offices"),
    path("admin-ops/offices/<str:code>/", pages_offices.office, name="office"),
]
