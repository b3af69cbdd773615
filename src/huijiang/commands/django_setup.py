"""Django, for commands that need it: loaded by them alone, so that the others start at once."""

from __future__ import annotations

import os

import django


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huijiang.settings")
    django.setup()
