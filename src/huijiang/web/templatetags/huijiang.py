"""`{% load huijiang %}`: every component of the site."""

from __future__ import annotations

from huijiang.web.components import (
    amount,
    benefits,
    charts,
    clauses,
    conditions,
    entry,
    figures,
    icons,
    layout,
    lists,
    speech,
    tables,
    tags,
    watched,
)
from huijiang.web.components.library import register

__all__ = [
    "amount",
    "benefits",
    "charts",
    "clauses",
    "conditions",
    "entry",
    "figures",
    "icons",
    "layout",
    "lists",
    "register",
    "speech",
    "tables",
    "tags",
    "watched",
]
