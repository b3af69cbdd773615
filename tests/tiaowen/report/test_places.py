"""Moving a firm moves its county and what lies in it, and nothing else."""

from __future__ import annotations

from tests.tiaowen.report.conftest import Sample
from tiaowen.report.places import compared_places, county_of, relocate

XIAOSHAN, SHANGYU, HANGZHOU = "330109", "330604", "330100"


def places_in(facts: object, table: str, column: str) -> list[object]:
    return [row.values.get(column) for row in facts.tables.get(table, [])]  # type: ignore[attr-defined]


def test_the_home_county_is_replaced_everywhere(sample: Sample) -> None:
    moved = relocate(sample.facts, XIAOSHAN, SHANGYU)
    for name, table in sample.library.vocabulary.tables.items():
        for column, each in table.columns.items():
            if each.type.kind == "region":
                assert XIAOSHAN not in places_in(moved, name, column), f"{name}.{column}"


def test_places_elsewhere_stay_where_they_were(sample: Sample) -> None:
    moved = relocate(sample.facts, XIAOSHAN, SHANGYU)
    before, after = places_in(sample.facts, "person", "hukou"), places_in(moved, "person", "hukou")
    assert [x for x in before if x != XIAOSHAN] == [
        y for x, y in zip(before, after, strict=True) if x != XIAOSHAN
    ]  # fmt: skip
    assert HANGZHOU in places_in(moved, "organisation", "place")


def test_the_facts_that_were_given_are_not_touched(sample: Sample) -> None:
    before = places_in(sample.facts, "organisation", "place")
    relocate(sample.facts, XIAOSHAN, SHANGYU)
    assert places_in(sample.facts, "organisation", "place") == before
    assert before[0] == XIAOSHAN


def test_references_lead_to_the_moved_rows(sample: Sample) -> None:
    moved = relocate(sample.facts, XIAOSHAN, SHANGYU)
    firm = moved.tables["organisation"][0]
    assert all(row.values["employer"] is firm for row in moved.tables["hire"])


def test_moving_home_changes_nothing(sample: Sample) -> None:
    same = relocate(sample.facts, XIAOSHAN, XIAOSHAN)
    for name, rows in sample.facts.tables.items():
        assert [row.id for row in rows] == [row.id for row in same.tables[name]]
    assert places_in(same, "person", "works_in") == places_in(sample.facts, "person", "works_in")


def test_a_city_is_looked_at_from_its_first_district(sample: Sample) -> None:
    assert ("330502", "330500") in compared_places(sample.library, XIAOSHAN)


def test_a_functional_zone_belongs_to_its_county(sample: Sample) -> None:
    regions = sample.library.vocabulary.regions
    assert county_of(regions, "local-330604-01") == SHANGYU
    assert county_of(regions, XIAOSHAN) == XIAOSHAN
