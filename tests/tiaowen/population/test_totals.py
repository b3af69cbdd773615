"""Totals without lines: what the lines of a whole run add up to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from sqlglot import exp

from tests.tiaowen.population.comparison import database, in_order
from tests.tiaowen.population.random_facts import RandomFacts
from tiaowen.check.library import load_library
from tiaowen.evaluate.evaluation import evaluate_plan
from tiaowen.files import open_library, read_folder
from tiaowen.plan import terms as t
from tiaowen.population import Total, shared, totals
from tiaowen.population.bound import for_database, held
from tiaowen.population.store import Connection, create, write_facts

LIBRARY = open_library(thorough=False)
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("document", [each for each, plan in LIBRARY.plans.items() if plan.rules])
def test_totals_are_what_the_lines_of_each_case_add_up_to(document: str) -> None:
    plan = LIBRARY.plans[document]
    benefits = [rule.id for rule in plan.rules.values() if rule.kind == "benefit"]
    asking = [each for each in benefits if plan.rules[each].asks]
    for rule in dict.fromkeys([*asking[:2], *benefits[:: max(1, len(benefits) // 5)]]):
        facts = RandomFacts(LIBRARY, plan, rule, Random(3), 24).build()
        in_order(facts)
        lines = {name: result.lines for name, result in evaluate_plan(plan, facts, [rule]).results.items()}
        with TemporaryDirectory() as folder:
            write_facts(facts, Path(folder), database())
            found = totals(LIBRARY, document, Path(folder), rules=[rule], threads=1)
        for name, total in found.items():
            owed = [each for each in lines[name] if each.verdict is not False and each.paid_high != 0]
            highs = [each.paid_high for each in owed]
            high = None if None in highs else sum(each for each in highs if each is not None)
            assert total == Total(len(owed), sum(each.paid_low for each in owed), high), name


@pytest.mark.parametrize(("document", "rule"), [
    ("xiaoshan-2025-3", "trainer-grant"), ("xiaoshan-2025-3", "artisan-grant"), ("huzhou-2023-55", "rent-subsidy"),
    ("shangyu-2022-3", "short-stay-board"),
])  # fmt: skip
def test_what_is_read_once_for_several_rules_adds_up_to_the_same(
    document: str, rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = LIBRARY.plans[document]
    table = plan.rules[rule].table
    beside = [each.id for each in plan.rules.values() if each.kind == "benefit" and each.table == table]
    facts = RandomFacts(LIBRARY, plan, rule, Random(5), 60).build()
    for row in facts.tables[table]:  # rows in force are told by their day, which each of them has
        for each in beside:
            day = plan.rules[each].date
            if isinstance(day, t.Column) and not isinstance(row.values.get(day.column), dt.date):
                row.values[day.column] = plan.effective
    in_order(facts)
    write_facts(facts, tmp_path, database())
    alone = totals(LIBRARY, document, tmp_path, rules=beside, threads=1)
    taken: list[str] = []
    monkeypatch.setattr(shared, "LARGE", 1)
    monkeypatch.setattr(shared, "FEW", 1)  # however many are in force
    monkeypatch.setattr(shared, "create", lambda *told: (taken.append(told[1]), create(*told))[1])
    assert totals(LIBRARY, document, tmp_path, rules=beside, threads=1) == alone
    assert taken == [f"events {table} 0"]
    assert any(total.lines for total in alone.values())


@pytest.mark.parametrize("others", [[], ["self-certification-award"]])
def test_rules_that_ask_the_same_of_a_row_share_the_rows_that_meet_it_and_no_more(
    others: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = LIBRARY.plans["xiaoshan-2025-3"]
    facts = RandomFacts(LIBRARY, plan, "trainer-grant", Random(7), 60).build()
    for row in facts.tables["certificate"]:
        if not isinstance(row.values.get("issued_on"), dt.date):
            row.values["issued_on"] = dt.date(2026, 1, 1)
    in_order(facts)
    write_facts(facts, tmp_path, database())
    meeting = [
        row for row in facts.tables["certificate"]
        if dt.date(2025, 3, 1) <= row.values["issued_on"] <= dt.date(2028, 2, 29)  # 意见 2025-03-01 起三年
        and row.values.get("trained_directly") is not False
        and row.values.get("level") in ("高级工", "技师", "高级技师", None)  # 不知道的等级可能是这三级之一
    ]  # fmt: skip
    rules = ["trainer-grant", "employer-grant", *others]
    alone = totals(LIBRARY, "xiaoshan-2025-3", tmp_path, rules=rules, threads=1)
    taken: list[tuple[str, int]] = []

    def counted(connection: Connection, relation: str, query: exp.Query) -> None:
        create(connection, relation, query)
        taken.append((relation, connection.table(f'"{relation}"').shape[0]))

    monkeypatch.setattr(shared, "LARGE", 1)
    monkeypatch.setattr(shared, "FEW", 1)
    monkeypatch.setattr(shared, "create", counted)
    assert totals(LIBRARY, "xiaoshan-2025-3", tmp_path, rules=rules, threads=1) == alone
    assert taken == [("events certificate 0", len(meeting))]
    assert 0 < len(meeting) < len(facts.tables["certificate"])


def test_one_document_is_opened_alone_with_the_whole_vocabulary() -> None:
    alone = open_library(thorough=False, documents=["xiaoshan-2025-3"])
    assert alone.errors == []
    assert list(alone.plans) == ["xiaoshan-2025-3"]
    assert list(alone.plans["xiaoshan-2025-3"].rules) == list(LIBRARY.plans["xiaoshan-2025-3"].rules)
    assert alone.vocabulary.tables == LIBRARY.vocabulary.tables


def test_the_ten_clauses_over_flattened_facts_are_a_sound_document() -> None:
    flat = load_library(read_folder(ROOT / "bench" / "flat"))
    ten = [rule.id for rule in flat.plans["ten"].rules.values()]
    assert flat.errors == []
    assert set(ten) <= set(LIBRARY.plans["xiaoshan-2025-3"].rules)
    assert len(ten) == 10


def test_a_bound_on_memory_leaves_the_database_what_the_process_does_not_hold() -> None:
    mine = held()
    assert 10**7 < mine < 10**11
    left = int(for_database("100GB").removesuffix("MB")) * 10**6
    assert abs(90 * 10**9 - mine - left) < 10**8  # a tenth for what DuckDB does not count
    left = int(for_database("1200MB").removesuffix("MB")) * 10**6
    assert abs(max(1200 * 10**6 - 160 * 10**6 - mine, 400 * 10**6) - left) < 10**8  # of a small bound not so little
    assert for_database("30MB") == "10MB"  # never less than a third
    assert for_database("80%") == "80%"  # for DuckDB to read
