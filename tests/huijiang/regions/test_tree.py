"""The tree of places: synced with the vocabulary, looked up at a date."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from huijiang.regions import tree
from huijiang.regions.models import Region
from huijiang.registry.vocabulary import vocabulary

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _places() -> None:
    tree.sync(vocabulary().regions)


def test_a_second_sync_changes_nothing_and_a_renamed_place_is_put_right() -> None:
    count = Region.objects.count()
    assert count == len(vocabulary().regions.by_code)
    assert tree.sync(vocabulary().regions) == tree.Synced(0, 0, count)
    Region.objects.filter(code="330109").update(name="萧山市")
    assert tree.sync(vocabulary().regions) == tree.Synced(0, 1, count - 1)
    assert Region.objects.get(code="330109").name == "萧山区"


def test_a_place_is_found_by_code_by_path_and_by_its_short_name() -> None:
    for said in ("330109", "浙江省/杭州市/萧山区", "萧山区", " 萧山区 "):
        found = tree.find(said)
        assert found is not None
        assert found.path == "330000/330100/330109/"
    assert tree.find("萧山") is None
    assert tree.find("杭州市/浙江省/萧山区") is None
    assert tree.find("") is None


def test_a_place_that_was_merged_is_found_only_while_it_existed() -> None:
    assert tree.find("下城区", dt.date(2021, 4, 8)) == Region.objects.get(code="330103")
    assert tree.find("下城区", dt.date(2021, 4, 9)) is None
    assert tree.find("临平区", dt.date(2021, 4, 8)) is None
    assert tree.find("临平区", dt.date(2021, 4, 9)) == Region.objects.get(code="330113")


def test_the_successor_takes_over_on_the_day_after_the_last() -> None:
    old = Region.objects.get(code="330103")
    assert tree.today_of(old, dt.date(2021, 4, 8)) == old
    assert tree.today_of(old, dt.date(2021, 4, 9)).code == "330105"
    split = Region.objects.get(code="330104")  # 江干 went to two places: nobody knows to which a fact belongs
    assert tree.today_of(split, dt.date(2026, 1, 1)) == split


def test_what_lies_within_agrees_with_the_engine() -> None:
    for code in ("330105", "330100", "330109", "330000"):
        assert tree.codes_within(Region.objects.get(code=code)) == vocabulary().regions.inside(code)


def test_functional_zones_are_places_of_their_own() -> None:
    assert [each.name for each in tree.functional_zones(Region.objects.get(code="330500"))] == ["长合区"]
    assert [each.name for each in tree.functional_zones(Region.objects.get(code="330109"))] == []


def test_documents_apply_from_the_nearest_place_upwards() -> None:
    assert tree.documents_of(Region.objects.get(code="local-330500-01")) == ["local-330500-01", "330500", "330000"]


def test_the_database_refuses_a_place_that_ends_before_it_begins() -> None:
    with pytest.raises(IntegrityError, match="region_dates_agree"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE regions_region SET valid_from = '2022-01-01' WHERE code = '330103'")
