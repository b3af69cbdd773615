"""Only what may be paid: the same lines as a whole run, without those that surely pay nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from tests.tiaowen.population.comparison import database, in_order
from tests.tiaowen.population.random_facts import RandomFacts
from tiaowen.files import open_library
from tiaowen.plan.amounts import ByCode, Fixed, Refused
from tiaowen.plan.rules import DocumentPlan
from tiaowen.plan.terms import Column, Open
from tiaowen.population.execution import evaluate, may_be_paid
from tiaowen.population.expr import col
from tiaowen.population.program import filter_, select
from tiaowen.population.rows import lines_of
from tiaowen.population.store import sql, write_facts

LIBRARY = open_library()
BENEFITS = [
    (document, rule.id)
    for document, plan in LIBRARY.plans.items()
    for rule in plan.rules.values()
    if rule.kind == "benefit"
]


def lines(folder: Path, plan: DocumentPlan, rule: str, owed: bool) -> list[tuple[object, ...]]:
    found = evaluate(database(), LIBRARY, plan, folder, rules=[rule], owed=owed)
    kept = [each for each in found.columns(rule) if not each.startswith("check:") and each not in ("why", "amount")]
    query = select([col(each) for each in kept], lines_of(rule))
    return sorted(database().execute(sql(filter_(query, may_be_paid()))).fetchall(), key=repr)


@pytest.mark.parametrize(("document", "rule"), BENEFITS)
def test_a_run_of_what_is_owed_has_the_lines_of_a_whole_run_that_may_be_paid(document: str, rule: str) -> None:
    # One population of 32 and not two of 16: nearly all of the time goes into saying the rule in SQL, not into rows.
    facts = RandomFacts(LIBRARY, LIBRARY.plans[document], rule, Random(f"{document} {rule}"), 32).build()
    in_order(facts)
    with TemporaryDirectory() as folder:
        write_facts(facts, Path(folder), database())
        plan = LIBRARY.plans[document]
        assert lines(Path(folder), plan, rule, owed=True) == lines(Path(folder), plan, rule, owed=False)


def test_a_sum_by_a_code_of_a_joined_row_drops_no_event_before_that_row_is_found(tmp_path: Path) -> None:
    plan = LIBRARY.plans["xiaoshan-2025-3"]
    rule = plan.rules["student-certificate-grant"]  # joined with the enrolments of the holder
    kind = LIBRARY.vocabulary.tables["enrolment"].columns["class_type"].type
    term = Column(kind, rule.joined[0].slot, (), "class_type", "enrolment", "enrolment")
    amount = ByCode(term, ((("高级工班", "技师班"), Fixed(200_000, 200_000)),), Refused(), "class_type")
    known = tuple(each for each in rule.conditions if not isinstance(each.term, Open))
    asking = replace(rule, amount=amount, conditions=known, compiled=None)
    changed = replace(plan, rules={**plan.rules, rule.id: asking})
    facts = RandomFacts(LIBRARY, changed, rule.id, Random(11), 300).build()
    in_order(facts)
    write_facts(facts, tmp_path, database())
    owed = lines(tmp_path, changed, rule.id, owed=True)
    assert owed == lines(tmp_path, changed, rule.id, owed=False)
    assert owed
