"""The one library that all parts register with; templates load it as `huijiang`."""

from __future__ import annotations

from django.template import Library

register = Library()
