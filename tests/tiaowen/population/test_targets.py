"""Targets: the case evaluator and SQL count the same, over any facts and over those of every case."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tiaowen.population.comparison import database
from tests.tiaowen.population.random_facts import RandomFacts
from tiaowen.cases.suite import FactBuilder, read_suite
from tiaowen.evaluate.bound import Bound
from tiaowen.evaluate.facts import Coverage, Facts, Row
from tiaowen.evaluate.targets import Measure, measure
from tiaowen.files import default_folder, open_library
from tiaowen.plan.rules import DocumentPlan, Target
from tiaowen.population.store import write_facts
from tiaowen.population.targets import Targets, _as_rule

LIBRARY = open_library()
SUITES = {path.name.removesuffix(".cases.yaml"): path for path in sorted(default_folder().rglob("*.cases.yaml"))}
SUITES = {name: path for name, path in SUITES.items() if name in LIBRARY.plans}
TARGETS = [(plan.id, n) for plan in LIBRARY.plans.values() for n, _ in enumerate(plan.targets)]
NATURES = ("stock", "annual", "cumulative", "yearly average", "growth")


def counted(facts: Facts, targets: list[Target]) -> list[Measure]:
    """What SQL says."""
    with TemporaryDirectory() as folder:
        write_facts(facts, Path(folder), database())
        count = Targets(database(), LIBRARY, Path(folder), targets)
        return [count.measure(target, facts.on) for target in targets]


def told(found: Measure) -> tuple[object, ...]:
    return found.value, found.numerator, found.denominator


def differences(plan: DocumentPlan, facts: Facts, targets: list[Target]) -> list[str]:
    return [
        f"{target.id} {target.row}: case {told(mine)}, SQL {told(theirs)}"
        for target, theirs in zip(targets, counted(facts, targets), strict=True)
        if told(mine := measure(plan, target, facts)) != told(theirs)
    ]


def random_facts(plan: DocumentPlan, target: Target, seed: int, size: int) -> Facts:
    """Facts that a target may meet: drawn for the rule that reads what it reads."""
    rule = _as_rule(target)
    alone = replace(plan, rules={rule.id: rule}, order=(rule.id,), stackings={})
    return RandomFacts(LIBRARY, alone, rule.id, Random(seed), size).build()


@pytest.mark.parametrize("document", SUITES)
def test_the_facts_of_every_target_case_are_counted_the_same(document: str) -> None:
    plan = LIBRARY.plans[document]
    suite = read_suite(SUITES[document].read_text(encoding="utf-8"), SUITES[document].name)
    found = []
    for case in suite.cases:
        wanted = {key.split(" ")[0] for key in case.expect}
        targets = [target for target in plan.targets if target.id in wanted]
        if targets:
            facts = FactBuilder(LIBRARY.vocabulary).build(case)
            found += [f"line {case.line} {each}" for each in differences(plan, facts, targets)]
    assert found == []


@pytest.mark.parametrize(("document", "at"), TARGETS)
def test_every_target_counts_the_same_in_a_small_population(document: str, at: int) -> None:
    plan = LIBRARY.plans[document]
    target = plan.targets[at]
    if target.mode == "reported":
        assert counted(Facts(LIBRARY.vocabulary), [target])[0].value is None
    else:
        assert differences(plan, random_facts(plan, target, 1, 14), [target]) == []


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(at=st.sampled_from(TARGETS), seed=st.integers(2, 2**32), size=st.integers(1, 9), nature=st.sampled_from(NATURES))
def test_any_target_of_any_nature_counts_the_same_over_any_facts(
    at: tuple[str, int], seed: int, size: int, nature: str
) -> None:
    plan = LIBRARY.plans[at[0]]
    target = plan.targets[at[1]]
    if target.mode == "reported":
        return
    facts = random_facts(plan, target, seed, size)
    last = target.deadline or dt.date(2025, 12, 31)
    turned = replace(target, nature=nature, deadline=last, base=dt.date(2022, 12, 31))
    assert differences(plan, facts, [target, turned]) == []


# -- by hand ---------------------------------------------------------------------------
XIAOSHAN = LIBRARY.plans["xiaoshan-2025-3"]
STOCK = next(target for target in XIAOSHAN.targets if target.id == "high-skilled-stock")
TRAINED = next(
    target for plan in LIBRARY.plans.values() for target in plan.targets
    if target.table == "training" and target.mode == "rows" and not target.share and target.nature == "cumulative"
)  # fmt: skip


def people(facts: Facts, levels: list[str | None], works_in: str = "330109") -> None:
    """One person for each level, with one certificate of that level."""
    for n, level in enumerate(levels):
        person = Row("person", f"p{n}", {"works_in": works_in})
        facts.tables.setdefault("person", []).append(person)
        values: dict[str, object] = {"holder": person, "issued_on": dt.date(2020, 1, 1), "kind": "职业技能等级证书"}
        if level is not None:
            values["level"] = level
        facts.tables.setdefault("certificate", []).append(Row("certificate", f"c{n}", values))


def test_two_high_skilled_people_and_one_of_unknown_level_are_two_to_three() -> None:
    facts = Facts(LIBRARY.vocabulary, {}, [Coverage("person"), Coverage("certificate")], dt.date(2026, 6, 30))
    people(facts, ["高级工", "技师", "中级工", None])
    assert told(counted(facts, [STOCK])[0])[0] == Bound(2, 3)
    assert differences(XIAOSHAN, facts, [STOCK]) == []


def test_people_of_a_register_that_may_lack_some_are_at_least_so_many() -> None:
    facts = Facts(LIBRARY.vocabulary, {}, [Coverage("certificate")], dt.date(2026, 6, 30))
    people(facts, ["高级工", "技师"])
    assert counted(facts, [STOCK])[0].value == Bound(2, None)


def test_people_who_work_elsewhere_do_not_count() -> None:
    facts = Facts(LIBRARY.vocabulary, {}, [Coverage("person"), Coverage("certificate")], dt.date(2026, 6, 30))
    people(facts, ["高级工", "技师"], works_in="330108")
    assert counted(facts, [STOCK])[0].value == 0


def test_rows_of_unknown_persons_may_all_be_one_person() -> None:
    target = replace(TRAINED, mode="persons", conditions=(), closure=None, nature="stock", years=None,
                     deadline=dt.date(2025, 12, 31))  # fmt: skip
    date = target.date
    assert date is not None
    column = LIBRARY.vocabulary.tables["training"].event
    someone = Row("person", "p1", {})
    facts = Facts(LIBRARY.vocabulary, {"person": [someone]}, [], dt.date(2025, 6, 30))
    day = {column: dt.date(2025, 3, 1)}
    person = LIBRARY.vocabulary.tables["training"].person
    facts.tables["training"] = [Row("training", "t1", {**day, person: someone}), Row("training", "t2", dict(day)),
                                Row("training", "t3", dict(day))]  # fmt: skip
    assert counted(facts, [target])[0].value == Bound(1, 3)
    assert measure(XIAOSHAN, target, facts).value == Bound(1, 3)
