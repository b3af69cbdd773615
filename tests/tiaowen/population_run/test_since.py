"""What changed since an earlier run, row by row: equal to a whole run in every line, column and figure."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tiaowen.population.varied_rules import varied
from tests.tiaowen.population_run.changing_facts import ChangingFacts, run_unit
from tests.tiaowen.population_run.town import LIBRARY, same_results, town
from tiaowen.plan.rules import DocumentPlan
from tiaowen.population import write_facts
from tiaowen.population.kept import KEPT
from tiaowen.population.results import file_of, layers_of
from tiaowen.population.units import units

RULES = [(document, rule) for document, plan in LIBRARY.plans.items() for rule in plan.rules]
PLAN = LIBRARY.plans["xiaoshan-2025-3"]
BENEFITS = [(document, rule) for document, rule in RULES if LIBRARY.plans[document].rules[rule].kind == "benefit"]


def disagreements(plan: DocumentPlan, rule: str, seed: int, size: int) -> tuple[list[str], int]:
    """What a run since an earlier one, and one since that, say otherwise than whole runs; rules updated by rows."""
    (unit,) = (each for each in units(plan) if rule in each.rules)
    facts = ChangingFacts(plan, rule, Random(seed), size)
    found: list[str] = []
    updated = 0
    with TemporaryDirectory() as folder:
        here = Path(folder)
        run_unit(unit, facts.write(here), here / "0")
        for number in (1, 2):
            facts.change(facts.random.randint(1, 4))
            written = facts.write(here)
            run = run_unit(unit, written, here / str(number), here / str(number - 1))
            run_unit(unit, written, here / f"whole{number}")
            updated += len(run.updated)
            found += same_results(here / str(number), here / f"whole{number}")
    return found, updated


@pytest.fixture(autouse=True)
def _in_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are written anew; here they are layered like large ones."""
    monkeypatch.setattr("tiaowen.population.partial.SMALL", -1)
    monkeypatch.setattr("tiaowen.population.partial.LAYERED", 1)


@pytest.mark.parametrize(("document", "rule"), RULES)
def test_every_rule_is_brought_up_to_date_to_what_a_whole_run_says(document: str, rule: str) -> None:
    assert disagreements(LIBRARY.plans[document], rule, seed=1, size=12)[0] == []


@pytest.mark.parametrize("rule", ["trainer-grant", "digital-grant", "self-certification-award", "settle-in-city"])
def test_a_run_may_bring_its_own_folder_up_to_date(rule: str, tmp_path: Path) -> None:
    (unit,) = (each for each in units(PLAN) if rule in each.rules)
    facts = ChangingFacts(PLAN, rule, Random(3), 10)
    run_unit(unit, facts.write(tmp_path), tmp_path / "out")
    for number in (1, 2):
        facts.change(3)
        written = facts.write(tmp_path)
        run_unit(unit, written, tmp_path / "out", tmp_path / "out")
        run_unit(unit, written, tmp_path / f"whole{number}")
        assert same_results(tmp_path / "out", tmp_path / f"whole{number}") == []


@pytest.mark.parametrize(
    ("issued_on", "reaches"),
    [
        (dt.date(2025, 4, 1), False),  # as before 1 June 2026, the day of the question
        (dt.date(2026, 6, 1), False),  # that day still counts
        (dt.date(2026, 6, 2), True),  # 张 has no certificate yet, so no level that would let him settle
    ],
)
def test_a_row_in_which_nothing_has_moved_that_is_asked_of_it_reaches_nobody(
    issued_on: dt.date, reaches: bool, tmp_path: Path
) -> None:
    (unit,) = (each for each in units(PLAN) if "settle-in-city" in each.rules)
    facts = town()
    write_facts(facts, tmp_path / "facts")
    run_unit(unit, tmp_path / "facts", tmp_path / "earlier")
    facts.tables["certificate"][0].values["issued_on"] = issued_on
    write_facts(facts, tmp_path / "changed")
    run = run_unit(unit, tmp_path / "changed", tmp_path / "out", tmp_path / "earlier")
    run_unit(unit, tmp_path / "changed", tmp_path / "whole")
    assert run.updated == unit.keys
    assert same_results(tmp_path / "out", tmp_path / "whole") == []
    (key,) = unit.keys
    assert layers_of(tmp_path / "out", key).is_dir() is reaches
    assert reaches or file_of(tmp_path / "earlier", key).samefile(file_of(tmp_path / "out", key))


def test_without_the_facts_that_the_earlier_run_kept_everything_that_changed_runs_whole(tmp_path: Path) -> None:
    (unit,) = (each for each in units(PLAN) if "settle-in-city" in each.rules)
    facts = ChangingFacts(PLAN, "settle-in-city", Random(3), 10)
    run_unit(unit, facts.write(tmp_path), tmp_path / "earlier")
    shutil.rmtree(tmp_path / "earlier" / KEPT)
    facts.change(3)
    run = run_unit(unit, facts.write(tmp_path), tmp_path / "out", tmp_path / "earlier")
    assert (run.updated, run.computed) == ([], unit.keys)


def test_a_row_that_does_not_know_its_key_may_go_with_rows_of_people_nobody_reached() -> None:
    # a service whose person is unknown is held by another office: any membership there is may be that person's
    assert disagreements(PLAN, "service-subsidy", seed=123814172, size=4) == ([], 1)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(at=st.sampled_from(RULES), seed=st.integers(2, 2**32), size=st.integers(2, 12))
def test_any_change_brings_any_rule_to_what_a_whole_run_says(at: tuple[str, str], seed: int, size: int) -> None:
    assert disagreements(LIBRARY.plans[at[0]], at[1], seed, size)[0] == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(at=st.sampled_from(BENEFITS), seed=st.integers(0, 2**32), size=st.integers(2, 12))
def test_so_it_is_with_other_limits_groups_and_stackings(at: tuple[str, str], seed: int, size: int) -> None:
    plan = varied(LIBRARY.plans[at[0]], Random(seed))
    assert disagreements(plan, at[1], seed, size)[0] == []
