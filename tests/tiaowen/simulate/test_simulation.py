"""What if, over the made-up town: totals worked out by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.tiaowen.population_run.town import GRANT, LIBRARY, PLACE, write_town
from tiaowen.population.run_folder import run_folder
from tiaowen.simulate import Simulation, read_scenario, simulate
from tiaowen.simulate.cells import Moved
from tiaowen.simulate.takeup import half_up

RAISED = """\
name: 高级工两千
take up: {on: 2026-06-01, because: 上年申领情况, xiaoshan-2025-3#employer-grant: 33}
xiaoshan-2025-3:
  employer-grant: {amount: {by: certificate.level, 高级工: 2000 元/人, 技师: 1000 元/人, 高级技师: 2000 元/人, otherwise: not paid}}
"""
NEW = """\
name: 新设奖励
xiaoshan-2025-3:
  employer-grant: removed
  firm-bonus:
    kind: benefit
    name: 培养奖
    for: certificate
    pays: certificate.trainer
    where:
      区内单位: certificate.trainer.place in here
    threshold: {满三人次: at least 3 人次 per certificate.trainer}
    amount: 3000 元/人次
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    folder = tmp_path_factory.mktemp("what-if")
    facts = write_town(folder / "facts")
    scenarios = [read_scenario(text, name) for text, name in ((RAISED, "raised.yaml"), (NEW, "new.yaml"))]
    return simulate(LIBRARY, facts, scenarios, folder / "results", region=PLACE)


def test_only_what_the_patch_touches_is_run_again(found: Simulation) -> None:
    assert set(found.sides[1].computed) == {GRANT, "xiaoshan-2025-3#trainer-grant"}  # they share a stacking


def test_totals_are_those_counted_by_hand(found: Simulation) -> None:
    assert found.base.benefits[GRANT].money.low == 550_000
    # 甲: 2,000 + 2,000 + 1,000; 乙: 2,000
    assert found.sides[1].benefits[GRANT].money.low == 700_000
    assert GRANT not in found.sides[2].benefits
    # 甲 taught three, 3,000 each; 乙 one, which is under the threshold
    assert found.sides[2].benefits["xiaoshan-2025-3#firm-bonus"].money.low == 900_000


def test_months_places_and_payees_add_up(found: Simulation) -> None:
    assert {month: part.low for month, part in found.sides[1].months.items() if part.low} == {
        "2025-04": 200_000, "2025-05": 300_000, "2026-01": 200_000,
    }  # fmt: skip
    assert {place: part.low for place, part in found.sides[1].places.items() if part.low} == {"330109": 700_000}
    assert found.base.payees == {"organisation": 2}
    assert found.sides[2].payees == {"organisation": 1}


def test_winners_and_losers_are_told_by_group(found: Simulation) -> None:
    assert found.sides[1].moved["all"] == [Moved("", 1, 150_000, 0, 0)]
    assert found.sides[1].moved["level"] == [Moved("技师", 0, 0, 1, 50_000), Moved("高级工", 1, 200_000, 0, 0)]
    assert found.sides[2].moved["all"] == [Moved("", 1, 550_000, 1, 200_000)]
    assert found.sides[2].moved["place"] == [Moved("330109", 1, 550_000, 1, 200_000)]
    assert found.sides[2].moved["size"] == [Moved("1–49", 1, 550_000, 1, 200_000)]


def test_a_threshold_makes_a_cliff_and_taking_it_out_removes_one(found: Simulation) -> None:
    assert [each.spot.block for each in found.sides[2].cliffs_made] == ["firm-bonus"]
    assert found.sides[1].cliffs_made == found.sides[1].cliffs_removed == []


def test_take_up_is_applied_in_whole_fen(found: Simulation) -> None:
    assert found.sides[1].benefits[GRANT].expected == 231_000
    assert [half_up(fen, 50) for fen in (0, 1, 2, 3)] == [0, 1, 1, 2]


def test_what_was_cut_beside_earlier_results_is_used_again_and_says_the_same(tmp_path: Path, found: Simulation) -> None:
    facts = write_town(tmp_path / "facts")
    run_folder(LIBRARY, facts, tmp_path / "evaluated", region=PLACE)
    cuts: list[dict[str, int]] = []
    for name in ("first", "second"):
        scenarios = [read_scenario(RAISED, "raised.yaml")]
        again = simulate(LIBRARY, facts, scenarios, tmp_path / name, region=PLACE, since=tmp_path / "evaluated")
        assert again.sides[1].moved == found.sides[1].moved
        assert again.sides[1].months == found.sides[1].months
        assert again.base.computed == []
        cuts.append({path.name: path.stat().st_mtime_ns for path in (tmp_path / "evaluated").rglob("*.cut")})
    assert cuts[0]
    assert cuts[0] == cuts[1]


def test_cuts_of_results_that_are_no_longer_there_are_thrown_away(tmp_path: Path) -> None:
    facts = write_town(tmp_path / "facts")
    scenarios = [read_scenario(RAISED, "raised.yaml")]
    run_folder(LIBRARY, facts, tmp_path / "evaluated", region=PLACE)
    simulate(LIBRARY, facts, scenarios, tmp_path / "one", region=PLACE, since=tmp_path / "evaluated")
    before = {path.name for path in (tmp_path / "evaluated").rglob("*.cut")}
    run_folder(LIBRARY, facts, tmp_path / "evaluated", region=PLACE, on=dt.date(2025, 5, 1))
    simulate(LIBRARY, facts, scenarios, tmp_path / "two", region=PLACE, since=tmp_path / "evaluated",
             on=dt.date(2025, 5, 1))  # fmt: skip
    after = {path.name for path in (tmp_path / "evaluated").rglob("*.cut")}
    assert len(after) == len(before)
    assert not before <= after
