"""The order of the rooms holds in code and in the database."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command

from huijiang import rooms

ORDER = {name: at for at, name in enumerate((*rooms.GROUND, *rooms.ROOMS))}


def test_foreign_keys_point_to_earlier_rooms_only() -> None:
    """Django's own tables and libraries' count as ground."""
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in ORDER:
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not field.concrete or target is None:
                continue
            label = target._meta.app_label
            if label in ORDER and ORDER[label] > ORDER[model._meta.app_label]:
                wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert wrong == []


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
