"""How long former versions of rows are kept: declared per table in `laws.py`, carried out here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from huijiang.registry.laws import LAWS
from huijiang.registry.models import MODELS, Coverage, IdentityDocument

IDENTITY_YEARS = 10
COVERAGE_YEARS = 10
DAYS = 366


@transaction.atomic
def expire(now: dt.datetime | None = None) -> dict[str, int]:
    """Delete former versions older than their table keeps them; gives how many by table."""
    today = now or timezone.now()
    kept: dict[Any, int] = {model: LAWS[table].history_kept for table, model in MODELS.items()}
    kept |= {IdentityDocument: IDENTITY_YEARS, Coverage: COVERAGE_YEARS}
    done: dict[str, int] = {}
    for model, years in kept.items():
        before = today - dt.timedelta(days=years * DAYS)
        gone, _ = model.pgh_event_model.objects.filter(pgh_created_at__lt=before).delete()
        if gone:
            done[str(model._meta.model_name)] = gone
    return done
