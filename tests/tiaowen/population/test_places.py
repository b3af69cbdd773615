"""Populations of a place: its local rules hold; what reaches over several documents is left to the cases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.tiaowen.check.test_fixes import AWARD, GRANT, RENT, library
from tests.tiaowen.evaluate.test_stacking_across_documents import CASE
from tests.tiaowen.evaluate.test_stacking_across_documents import library as city_and_district
from tests.tiaowen.population.comparison import differences
from tiaowen.cases.format import read_case
from tiaowen.evaluate.facts import Facts
from tiaowen.population import PopulationError, lines_as_python, run, write_facts

CITY = "city-2024-1"
FIXED = library(RENT.format(amount="300 元/人·月"), AWARD.format(senior=900, technician=1800), GRANT)
HIRES = {
    "region": "甲市",
    "tables": {
        "organisation": [{"id": place, "place": place, "kind": "企业"} for place in ("东区", "西区")],
        "person": [{"id": "小林", "skilled": True}, {"id": "小王", "skilled": False}],
        "hire": [
            {"id": f"{employer}{worker}{day}", "worker": worker, "employer": employer, "started_on": day}
            for employer in ("东区", "西区")
            for worker in ("小林", "小王")
            for day in ("2025-01-31", "2025-02-01")
        ],
        "certificate": [
            {"id": f"证{place}", "holder": "小林", "issuer": place, "level": "技师", "issued_on": "2025-03-01"}
            for place in ("东区", "西区")
        ],
    },
    "covers": [{"table": "hire"}, {"table": "certificate"}],
}


def hires() -> Facts:
    facts, _ = read_case(FIXED.vocabulary, HIRES)
    return facts


def rents(folder: Path, region: str) -> dict[tuple[str | None, dt.date | None], tuple[int, int | None]]:
    write_facts(hires(), folder)
    with run(FIXED, CITY, folder, rules=["rent"], region=region) as population:
        lines = lines_as_python(population, "rent")
    return {(line.row, line.begin): (line.paid_low, line.paid_high) for line in lines}


@pytest.mark.parametrize("region", ["东区", "甲省/甲市/东区", "甲市"])
def test_a_local_rule_holds_in_its_place_and_its_time(tmp_path: Path, region: str) -> None:
    found = rents(tmp_path, region)
    first = dt.date(2025, 2, 1)
    assert found["东区小林2025-02-01", first] == (30_000, 30_000)
    assert found["西区小林2025-02-01", first] == (0, 150_000)
    assert found["东区小林2025-01-31", dt.date(2025, 1, 31)] == (0, 150_000)


def test_without_a_place_the_interval_of_the_text_stays(tmp_path: Path) -> None:
    assert set(rents(tmp_path, "").values()) == {(0, 150_000)}


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PopulationError, match="region 北区"):
        rents(tmp_path, "北区")


def test_the_local_rules_of_a_place_say_the_same_in_both_executions() -> None:
    code = FIXED.vocabulary.regions.resolve("东区")
    assert code is not None
    placed = FIXED.placed(code)
    assert differences(placed, placed.plans[CITY], hires()) == []


@pytest.mark.parametrize("document", ["city", "district"])
def test_a_stacking_over_two_documents_takes_nothing_away_within_one(document: str) -> None:
    both = city_and_district("city#bonus").require()
    facts, _ = read_case(both.vocabulary, CASE)
    assert differences(both, both.plans[document], facts) == []


def test_a_stacking_over_two_documents_leaves_a_population_of_one_as_it_was(tmp_path: Path) -> None:
    both = city_and_district("city#bonus").require()
    facts, _ = read_case(both.vocabulary, CASE)
    write_facts(facts, tmp_path)
    with run(both, "district", tmp_path) as population:
        assert [line.paid_low for line in lines_as_python(population, "bonus")] == [100_000]
