"""The pages of proactive delivery for the gate: one claim made ready, one fact missing, a figure and its list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from huijiang.accounts.models import User
from huijiang.claims import proactive
from huijiang.claims.models import Claim
from huijiang.entitlements.models import NightlyRun, Standing
from huijiang.sealed import keys
from tests.huijiang.entitlements.town import CHIEF, TRAINER, Town, town
from tests.huijiang.gate.pages import Page

ON = dt.date(2026, 11, 23)


@dataclass
class World:
    town: Town
    ready: Claim


def world() -> World:
    """As a night leaves it: her allowance owed, the body's grant owed, another benefit waiting for one fact."""
    keys.ensure(settings.KEY_FILE)
    here = town()
    now = dt.datetime.now(dt.UTC)
    night = NightlyRun.objects.create(
        region=here.xiaoshan, release="0" * 64, on=ON, snapshot_at=now, started_at=now, ended_at=now
    )
    told: dict[str, Any] = {"region": here.xiaoshan, "first_run": night}
    Standing.objects.create(
        person=here.worker, benefit=CHIEF, holder=here.holder, state="ready", low=3_600_000, high=3_600_000, **told
    )
    Standing.objects.create(
        organisation=here.trainer, benefit=TRAINER, holder=f"certificate:{here.certificate.pk}", state="ready",
        low=100_000, high=100_000, **told,
    )  # fmt: skip
    Standing.objects.create(
        person=here.worker, benefit="xiaoshan-2025-3#studio-start", holder=here.holder, state="unknown", low=0, high=None,
        waits_for=["授予地区"], **told,
    )  # fmt: skip
    proactive.prepare(here.xiaoshan)
    return World(here, Claim.objects.get(benefit=CHIEF))


def worker(made: World) -> User:
    found: User = made.town.worker_user
    return found


def analyst(made: World) -> User:
    return made.town.analyst_user


def reviewer(made: World) -> User:
    return made.town.reviewer_user


PAGES = [
    Page("claims:ready", world, worker),
    Page("claims:ready_confirm", world, worker, lambda made: {"uid": made.ready.uid}),
    Page("claims:reach", world, analyst),
    Page("claims:reach_list", world, reviewer, query=f"?benefit={CHIEF.replace('#', '%23')}&region=330109"),
]
NOT_PAGES: dict[str, str] = {}
