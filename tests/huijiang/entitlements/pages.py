"""The room's pages for the gate."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from huijiang.access.viewers import as_worker
from huijiang.entitlements import live, objections
from huijiang.entitlements.models import NightlyRun, Objection, Standing
from huijiang.sealed import keys
from tests.huijiang.entitlements.town import CHIEF, TRAINER, Town, town
from tests.huijiang.gate.pages import Page

DOCUMENT, _, RULE = CHIEF.partition("#")


def a_town() -> Town:
    """The town, with one objection and one night."""
    keys.ensure(settings.KEY_FILE)
    made = town()
    viewer = as_worker(made.worker_user)
    assert viewer is not None
    of = live.of_person(made.worker.pk, "330109", viewer.on).find(CHIEF, made.holder)
    assert of is not None
    objections.raise_objection(viewer, made.worker, of, "萧山区选树", "是区里发的文")
    run = NightlyRun.objects.create(region=made.xiaoshan, release="r", on=viewer.on, snapshot_at="2026-11-22T00:00Z",
                                    ended_at="2100-01-01T00:00Z")  # fmt: skip
    Standing.objects.create(organisation=made.trainer, region=made.xiaoshan, benefit=TRAINER, state="ready", low=100_000,
                            high=100_000, holder=f"certificate:{made.certificate.pk}", first_run=run)  # fmt: skip
    return made


def one(world: Town) -> dict[str, Any]:
    return {"document": DOCUMENT, "rule": RULE, "holder": world.holder}


def objection(world: Town) -> dict[str, Any]:
    return {"uid": Objection.objects.get().uid}


def worker(name: str, **more: Any) -> Page:
    return Page(f"entitlements:{name}", a_town, lambda world: world.worker_user, **more)


def agent(name: str, **more: Any) -> Page:
    return Page(f"entitlements:{name}", a_town, lambda world: world.agent_user, **more)


def counter(name: str, **more: Any) -> Page:
    return Page(f"entitlements:{name}", a_town, lambda world: world.counter_user, **more)


PAGES = [
    worker("mine"), worker("one", arguments=one), worker("object", arguments=one), worker("facts"), worker("future"),
    worker("my_objections"), worker("objection", arguments=objection),
    agent("firm"), agent("firm_results"), agent("firm_staff"),
    agent("firm_result", arguments=lambda world: {"document": "xiaoshan-2025-3", "rule": "trainer-grant"}),
    counter("people"), counter("person", arguments=lambda world: {"uid": world.worker.uid}), counter("firms"),
    counter("firm_seen", arguments=lambda world: {"uid": world.trainer.uid}),
    Page("entitlements:objection_queue", a_town, lambda world: world.reviewer_user),
    Page("entitlements:objection_answer", a_town, lambda world: world.reviewer_user, objection),
    Page("entitlements:nights", a_town, lambda world: world.analyst_user),
]  # fmt: skip
NOT_PAGES = {
    "entitlements:roster_template": "a workbook to download",
    "entitlements:unmask": "answers a form; walked in test_walk.py",
    "entitlements:person_result": "opens after a purpose was given; walked in test_walk.py",
}
