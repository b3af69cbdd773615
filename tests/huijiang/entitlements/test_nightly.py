"""The night: what is stored is what the live page says, and only changes are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from huijiang.entitlements import live, nightly
from huijiang.entitlements.models import STORED, NightlyRun, Standing, State
from huijiang.regions import tree
from huijiang.regions.models import Region
from huijiang.registry.load import load
from huijiang.registry.models import MODELS
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed import keys
from huijiang.synth import make_county
from tests.huijiang.entitlements.town import CHIEF, TRAINER, Town, town

ON = dt.date(2026, 11, 22)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def small(settings: Any, tmp_path: Path) -> Town:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return town()


def night() -> NightlyRun:
    """A whole night; the run of the town's own district.  (余姚 manages one person and has a run of its own.)"""
    return next(each for each in nightly.run(ON) if each.region_id == "330109")


def now(**chosen: Any) -> set[tuple[str, str, str, int, int | None]]:
    found = Standing.objects.filter(last_run=None, **chosen)
    return set(found.values_list("benefit", "holder", "state", "low", "high"))


def test_one_night_stores_what_is_owed_to_whom(small: Town) -> None:
    one = night()
    assert (CHIEF, small.holder, "ready", 3_600_000, 3_600_000) in now(person=small.worker)
    assert (TRAINER, f"certificate:{small.certificate.pk}", "ready", 100_000, 100_000) in now(
        organisation=small.trainer
    )
    assert (one.closed, one.kept, one.people) == (0, 0, 2)
    assert one.opened == Standing.objects.count()


def test_the_same_night_twice_changes_nothing(small: Town) -> None:
    nightly.run(ON)
    before = list(Standing.objects.order_by("pk").values())
    again = night()
    assert list(Standing.objects.order_by("pk").values()) == before
    assert (again.opened, again.closed, again.kept) == (0, 0, len(before))


def test_what_changed_ends_and_begins_and_the_rest_stays(small: Town) -> None:
    first = night()
    MODELS["recognition"].objects.filter(pk=small.honour.pk).update(granted_by=None)
    second = night()
    assert (second.opened, second.closed, second.kept) == (1, 1, first.opened - 1)
    was = Standing.objects.get(benefit=CHIEF, last_run=second)
    assert (was.state, was.first_run) == (State.READY, first)
    assert Standing.objects.get(benefit=CHIEF, last_run=None).waits_for == ["萧山区选树"]


def test_a_file_that_breaks_off_leaves_the_night_before(small: Town, tmp_path: Path) -> None:
    nightly.run(ON)
    before = list(Standing.objects.order_by("pk").values())
    broken = tmp_path / "broken.csv"
    broken.write_text(f"{CHIEF},recognition:1,{small.worker.pk},\\N,ready,1,1,{{}}\n{CHIEF},recogn", encoding="utf-8")
    with pytest.raises(Exception, match="night_found"):
        nightly.store(small.xiaoshan, "r", ON, dt.datetime.now(dt.UTC), broken)
    assert list(Standing.objects.order_by("pk").values()) == before
    assert not NightlyRun.objects.filter(release="r").exists()


def test_the_folder_of_the_night_is_gone_afterwards(small: Town, tmp_path: Path) -> None:
    left = tmp_path / "nightly" / "0-killed"
    left.mkdir(parents=True)
    nightly.run(ON)
    assert list((tmp_path / "nightly").iterdir()) == []


def test_each_stored_result_of_a_county_is_the_live_one(settings: Any, tmp_path: Path) -> None:
    """Owed and open ones agree to the fen.  A stored "one condition away" is wider: whether the one condition
    would really bring something, and how much, is worked out when somebody looks."""
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    tree.sync(vocabulary().regions)
    made = make_county(vocabulary(), tmp_path / "county", 500, 5, "萧山区")
    load(Path(made.folder), Region.objects.get(code="330109"))
    nightly.run(ON)
    people = sorted(Standing.objects.filter(person__isnull=False).values_list("person", flat=True).distinct())
    assert people
    for pk in people:
        result = live.of_person(pk, "330109", ON)
        told = {
            (each.key, each.holder): (each.state.value, each.low, each.high)
            for each in result.entitlements if each.kind == "benefit" and each.to_me and each.state in STORED
        }  # fmt: skip
        stored = {(each[0], each[1]): each[2:] for each in now(person=pk)}
        sure = {key: value for key, value in stored.items() if value[0] != "near"}
        assert sure == {key: value for key, value in told.items() if value[0] != "near"}, pk
        assert {key for key, value in told.items() if value[0] == "near"} <= set(stored), pk
