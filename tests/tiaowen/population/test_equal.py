"""One meaning, two executions: the case evaluator and SQL agree row for row."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tiaowen.population.comparison import differences, together
from tests.tiaowen.population.random_facts import RandomFacts
from tests.tiaowen.population.varied_rules import varied
from tiaowen.cases.suite import FactBuilder, read_suite
from tiaowen.files import default_folder, open_library

LIBRARY = open_library()
SUITES = {path.name.removesuffix(".cases.yaml"): path for path in sorted(default_folder().rglob("*.cases.yaml"))}
SUITES = {
    name: path for name, path in SUITES.items() if name in LIBRARY.plans
}  # risk checks run on one claim at a time
RULES = [(document, rule) for document, plan in LIBRARY.plans.items() for rule in plan.rules]
BENEFITS = [(document, rule) for document, rule in RULES if LIBRARY.plans[document].rules[rule].kind == "benefit"]


def random_differences(document: str, rule: str, seed: int, size: int) -> list[str]:
    plan = LIBRARY.plans[document]
    facts = RandomFacts(LIBRARY, plan, rule, Random(seed), size).build()
    return differences(LIBRARY, plan, facts, [rule])


@pytest.mark.parametrize("document", SUITES)
def test_the_facts_of_every_case_give_the_same_lines(document: str) -> None:
    plan = LIBRARY.plans[document]
    path: Path = SUITES[document]
    suite = read_suite(path.read_text(encoding="utf-8"), path.name)
    cases = []
    for n, case in enumerate(suite.cases):
        rules = sorted({key.split(" ")[0] for key in case.expect if key.split(" ")[0] in plan.rules})
        if rules:
            cases.append((f"{n} line {case.line}", FactBuilder(LIBRARY.vocabulary).build(case), rules))
    populations = together(cases)
    assert [each for facts, rules in populations for each in differences(LIBRARY, plan, facts, rules)] == []


@pytest.mark.parametrize(("document", "rule"), RULES)
def test_every_rule_says_the_same_of_a_small_population(document: str, rule: str) -> None:
    assert random_differences(document, rule, seed=1, size=12) == []


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(at=st.sampled_from(RULES), seed=st.integers(2, 2**32), size=st.integers(1, 8))
def test_any_rule_says_the_same_of_any_facts(at: tuple[str, str], seed: int, size: int) -> None:
    assert random_differences(*at, seed, size) == []


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(at=st.sampled_from(BENEFITS), seed=st.integers(0, 2**32), size=st.integers(1, 8))
def test_other_limits_schedules_amounts_and_stackings_say_the_same(at: tuple[str, str], seed: int, size: int) -> None:
    document, rule = at
    random = Random(seed)
    plan = varied(LIBRARY.plans[document], random)
    facts = RandomFacts(LIBRARY, plan, rule, random, size).build()
    assert differences(LIBRARY, plan, facts, [rule]) == []
