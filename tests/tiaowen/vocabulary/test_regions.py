"""Places are compared through the tree, never by text."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.tiaowen.check.fixtures import library_of
from tiaowen.vocabulary.regions import Region, Regions

REGIONS = library_of().vocabulary.regions
EAST, WEST, OLD, CITY, PROVINCE = "990101", "990102", "990103", "990100", "990000"


@pytest.mark.parametrize("name", ["990101", "东区", "甲省/甲市/东区"])
def test_a_place_is_known_by_code_path_or_unique_name(name: str) -> None:
    assert REGIONS.resolve(name) == EAST


@pytest.mark.parametrize("name", ["", "北区", "甲省/东区", "甲市/东区", "甲省/乙市/东区", "/"])
def test_anything_else_is_no_place(name: str) -> None:
    assert REGIONS.resolve(name) is None


def test_a_place_holds_itself_what_lies_below_it_and_what_it_took_over() -> None:
    assert REGIONS.inside(EAST) == {EAST, OLD}
    assert REGIONS.inside(CITY) == {CITY, EAST, WEST, OLD}
    assert EAST not in REGIONS.inside(WEST)


def test_a_place_knows_what_lies_above_it() -> None:
    assert REGIONS.above(EAST) == (CITY, PROVINCE)
    assert REGIONS.chain(EAST) == (EAST, CITY, PROVINCE)
    assert (REGIONS.city(EAST), REGIONS.province(EAST), REGIONS.city(PROVINCE)) == (CITY, PROVINCE, None)
    assert REGIONS.province("no such code") is None


def test_of_two_places_with_one_name_the_one_that_still_is_counts() -> None:
    regions = Regions()
    regions.add(Region("1", "新区", "", until=dt.date(2020, 1, 1)))
    regions.add(Region("2", "新区", ""))
    assert regions.resolve("新区") == "2"
    regions.add(Region("3", "新区", ""))
    assert regions.resolve("新区") is None


def test_a_circle_in_the_tree_ends() -> None:
    regions = Regions()
    regions.add(Region("1", "甲", "2", successor="3"))
    regions.add(Region("2", "乙", "1"))
    regions.add(Region("3", "丙", "3", successor="1"))
    assert regions.inside("1") == {"1", "2", "3"}
    assert set(regions.above("1")) == {"1", "2"}
    assert regions.path("1").count("/") < 20


def test_adding_a_place_is_seen_by_those_asked_before() -> None:
    regions = Regions()
    regions.add(Region("1", "甲", ""))
    assert regions.inside("1") == {"1"}
    regions.add(Region("11", "乙", "1"))
    assert regions.inside("1") == {"1", "11"}
