"""The moves of claims as deeds of the audit trail: `claims.accept`, and `claims.pay_in_bulk` for a set-wise step."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from huijiang.accounts.deeds import DEEDS
from huijiang.claims.states import Event

for _event in Event:
    DEEDS[f"claims.{_event}"] = format_lazy(gettext_lazy("办件：{event}"), event=_event.label)
    DEEDS[f"claims.{_event}_in_bulk"] = format_lazy(gettext_lazy("成批办件：{event}"), event=_event.label)
