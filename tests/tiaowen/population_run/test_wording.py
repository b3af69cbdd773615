"""The wording of a unit: all that its statements are made from, in every process the same."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tiaowen.population_run.town import DAY, GRANT, LIBRARY, PLACE, same_results, town, write_town
from tiaowen.evaluate.facts import Coverage
from tiaowen.files import default_folder
from tiaowen.population import write_facts
from tiaowen.population.ledger import read_ledger
from tiaowen.population.run_folder import plans_of, run_folder
from tiaowen.population.units import Unit, units
from tiaowen.population.wording import Wordings
from tiaowen.population.world import World

PLANS = plans_of(LIBRARY, PLACE)
UNITS = [unit for plan in PLANS for unit in units(plan)]
(UNIT,) = (unit for unit in UNITS if GRANT in unit.keys)
MADE_ONCE = {"compiled", "_inside"}  # what is worked out from the rest, and so no part of a wording
SAY = """
from pathlib import Path
from tests.tiaowen.population_run.test_wording import UNITS, world
from tiaowen.population.wording import Wordings
print(*(Wordings(world()).of(unit) for unit in UNITS))
"""


def world(**other: object) -> World:
    return dataclasses.replace(World(LIBRARY.vocabulary, (), DAY, lambda table, column: False), **other)  # type: ignore[arg-type]


def wording(unit: Unit = UNIT, **other: object) -> str:
    return Wordings(world(**other)).of(unit)


def test_another_process_says_the_same_in_the_same_words() -> None:
    paths = os.pathsep.join(each for each in sys.path if each)
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "7"}
    said = subprocess.run([sys.executable, "-c", SAY], env=environment, cwd=default_folder().parent,
                          check=True, capture_output=True, text=True).stdout.split()  # fmt: skip
    assert said == [wording(unit) for unit in UNITS]
    assert len(set(said)) == len(UNITS)


@pytest.mark.parametrize("other", [
    {"on": dt.date(2025, 5, 1)},
    {"coverage": (Coverage("payment", (), "", None, None),)},
    {"vocabulary": dataclasses.replace(LIBRARY.vocabulary, parameters={})},
], ids=["day", "coverage", "figures"])  # fmt: skip
def test_another_world_is_said_in_other_words(other: dict[str, object]) -> None:
    assert wording(**other) != wording()


def test_another_amount_is_said_in_other_words_by_its_unit_alone() -> None:
    rule = UNIT.plan.rules[GRANT.partition("#")[2]]
    plan = dataclasses.replace(UNIT.plan, rules={**UNIT.plan.rules, rule.id: dataclasses.replace(rule, amount=None)})
    there = {wording(unit) for unit in UNITS}
    said = [wording(unit) for unit in units(plan)]
    assert len(said) - len(there.intersection(said)) == 1


def test_nothing_of_a_rule_or_the_vocabulary_is_left_out_of_its_words() -> None:
    left_out = {each.name for thing in (*UNITS, LIBRARY.vocabulary) for each in _hidden(thing, set())}
    assert left_out <= MADE_ONCE
    rules = [unit.plan.rules[name] for unit in UNITS for name in unit.rules]
    assert not any(" at 0x" in repr(each) for each in (*rules, LIBRARY.vocabulary))


def _hidden(thing: object, seen: set[int]) -> list[dataclasses.Field[object]]:
    """Fields below a thing that its words do not show."""
    if id(thing) in seen or isinstance(thing, str | int | type(None)):
        return []
    seen.add(id(thing))
    if dataclasses.is_dataclass(thing):
        parts = dataclasses.fields(thing)
        below = [getattr(thing, each.name) for each in parts if each.name not in MADE_ONCE]
        return [*(each for each in parts if not each.repr), *(one for each in below for one in _hidden(each, seen))]
    if isinstance(thing, dict):
        return [one for each in (*thing.keys(), *thing.values()) for one in _hidden(each, seen)]
    if isinstance(thing, tuple | list | set | frozenset):
        return [one for each in thing for one in _hidden(each, seen)]
    return []


def test_a_world_that_knows_more_of_the_rows_has_no_words_yet() -> None:
    @dataclasses.dataclass(frozen=True)
    class Wider(World):
        counts: object = None

    with pytest.raises(TypeError, match="counts"):
        Wordings(Wider(LIBRARY.vocabulary, (), DAY, lambda table, column: False, counts=len))  # type: ignore[call-arg]


def test_a_column_that_begins_to_lack_values_is_noticed_before_any_statement_is_made(tmp_path: Path) -> None:
    run_folder(LIBRARY, write_town(tmp_path / "facts"), tmp_path / "earlier", region=PLACE)
    changed = town()
    del changed.tables["certificate"][0].values["holder"]
    write_facts(changed, tmp_path / "changed")
    run_folder(LIBRARY, tmp_path / "changed", tmp_path / "since", region=PLACE, since=tmp_path / "earlier")
    run_folder(LIBRARY, tmp_path / "changed", tmp_path / "whole", region=PLACE)
    since, whole, earlier = (read_ledger(tmp_path / each) for each in ("since", "whole", "earlier"))
    assert {key: each.definition for key, each in since.rules.items()} == {
        key: each.definition for key, each in whole.rules.items()
    }
    assert since.rules[GRANT].definition != earlier.rules[GRANT].definition
    assert since.wordings == whole.wordings
    assert same_results(tmp_path / "since", tmp_path / "whole") == []
