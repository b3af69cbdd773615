"""Addresses of proactive delivery."""

from __future__ import annotations

from django.urls import path

from huijiang.claims import pages_proactive, pages_reach

PROACTIVE = [
    path("my/ready/", pages_proactive.listed, name="ready"),
    path("my/ready/<uuid:uid>/", pages_proactive.confirm, name="ready_confirm"),
    path("analyse/reach/", pages_reach.figures, name="reach"),
    path("analyse/reach/list/", pages_reach.listed, name="reach_list"),
]
