"""One person of a population, explained from the same conditions as the run."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from tests.tiaowen.population.comparison import in_order
from tests.tiaowen.population.random_facts import RandomFacts
from tests.tiaowen.population_run.town import DAY, DOCUMENT, GRANT, LIBRARY, PLACE, write_town
from tiaowen.cli import main
from tiaowen.evaluate.evaluation import evaluate_plan
from tiaowen.population import PopulationError, lines_as_python, run, write_facts
from tiaowen.population.person import read_person

PLAN = LIBRARY.plans[DOCUMENT]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("town"))


def test_a_person_s_own_rows_are_read_and_those_of_strangers_are_not(facts: Path) -> None:
    case = read_person(LIBRARY, [PLAN], facts, "张")
    assert ("certificate", "证0") in case.own
    assert ("training", "训0") in case.own
    assert case.facts.on == DAY
    assert "钱" not in {row.id for row in case.facts.rows("person")}


def test_each_answer_is_what_the_run_wrote_for_the_same_row(facts: Path) -> None:
    with run(LIBRARY, DOCUMENT, facts) as population:
        rows = {(rule, line.row, line.part): line for rule in population.statements
                for line in lines_as_python(population, rule)}  # fmt: skip
    compared = 0
    for person in ("张", "王", "李", "赵", "钱", "孙"):
        case = read_person(LIBRARY, [PLAN], facts, person)
        for _, answer in case.answers(LIBRARY, "330109"):
            for line in answer.lines if answer.document.id == DOCUMENT else ():
                if line.row is None:
                    continue
                row = rows[answer.rule.id, line.row.id, line.part]
                assert (line.verdict, line.paid_low, line.paid_high) == (row.verdict, row.paid_low, row.paid_high)
                checks = {each.label: each.outcome for each in line.checks if each.kind != "amount"}
                assert {label: row.checks[label] for label in checks} == checks
                compared += 1
    assert compared > 20


@pytest.mark.parametrize("rule", [name for name, each in PLAN.rules.items() if each.kind == "benefit"])
def test_random_people_get_the_line_that_the_whole_population_gives_them(rule: str, tmp_path: Path) -> None:
    everyone = RandomFacts(LIBRARY, PLAN, rule, Random(7), 8).build()
    everyone.on = DAY
    in_order(everyone)
    write_facts(everyone, tmp_path)
    whole = {(each.row.id, each.part): each for each in evaluate_plan(PLAN, everyone, [rule]).results[rule].lines
             if each.row is not None}  # fmt: skip
    for person in everyone.rows("person")[:2]:
        case = read_person(LIBRARY, [PLAN], tmp_path, person.id)
        for line in evaluate_plan(PLAN, case.facts, [rule]).results[rule].lines:
            if line.row is not None and (line.row.table, line.row.id) in case.own:
                same = whole[line.row.id, line.part]
                assert (line.verdict, line.paid_low, line.paid_high, line.fallen) == (
                    same.verdict, same.paid_low, same.paid_high, same.fallen,
                )  # fmt: skip


def test_a_rule_that_asks_for_too_many_rows_is_named_instead_of_answered(
    facts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiaowen.population.person.MOST", 0)
    case = read_person(LIBRARY, [PLAN], facts, "张")
    assert GRANT in case.beyond
    assert GRANT not in {answer.rule.key for _, answer in case.answers(LIBRARY, "330109")}


def test_a_person_who_is_not_there_is_named(facts: Path) -> None:
    with pytest.raises(PopulationError, match="周"):
        read_person(LIBRARY, [PLAN], facts, "周")


def test_the_command_shows_conditions_facts_and_working(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["explain", "--person", "李", "--folder", str(facts), "--benefit", GRANT]
    assert main([*arguments, "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    assert "1,500 元" in said
    assert "✓ 由企业直接培养" in said
    assert "技师" in said


def test_the_command_answers_in_the_public_format(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--person", "李", "--folder", str(facts), "--region", PLACE, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (grant,) = (answer for answer in found["answers"] if answer["benefit"] == GRANT)
    assert (grant["outcome"], grant["low"], grant["payee"]) == ("entitled", 150_000, "甲")


def test_a_benefit_that_is_not_there_is_named(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--person", "李", "--folder", str(facts), "--benefit", "a#b"]) == 2
    assert "a#b" in capsys.readouterr().err
