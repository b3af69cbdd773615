"""The case evaluator and SQL side by side: every line, every check, every fen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from tiaowen.check.library import Library
from tiaowen.evaluate.evaluation import DocumentResult, evaluate_plan
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.evaluate.lines import Line
from tiaowen.evaluate.stacking import roles
from tiaowen.plan.rules import DocumentPlan, Rule
from tiaowen.population.execution import (
    Population,
    PopulationLine,
    evaluate,
    lines_as_python,
)
from tiaowen.population.store import Connection, write_facts


def differences(library: Library, plan: DocumentPlan, facts: Facts, rules: list[str] | None = None) -> list[str]:
    """What SQL says otherwise than the case evaluator: empty when both agree row for row."""
    in_order(facts)
    cases = evaluate_plan(plan, facts, rules)
    with TemporaryDirectory() as folder:
        write_facts(facts, Path(folder), database())
        population = evaluate(database(), library, plan, Path(folder), rules=rules)
        return [each for rule in cases.results for each in _rule(cases, population, rule)]


@cache
def database() -> Connection:
    """One database for all comparisons of a process: each replaces what it needs."""
    return duckdb.connect(config={"threads": 1})


def together(cases: Iterable[tuple[str, Facts, list[str]]]) -> list[tuple[Facts, list[str]]]:
    """Cases (name, facts, rules) that may share one population, put into one: fewer and larger comparisons.

    Only cases of the same rules, day, coverage and unknown columns share one, so that
    whatever was sure to be all there in a case still is.  Row ids get the name of their case.
    """
    found: dict[tuple[Any, ...], tuple[Facts, list[str]]] = {}
    for name, facts, rules in cases:
        unknown = frozenset(
            (table, column.name)
            for table, rows in facts.tables.items()
            for column in facts.vocabulary.tables[table].columns.values()
            if any(row.values.get(column.name) is None for row in rows)
        )
        key = (tuple(rules), facts.on, tuple(facts.coverage), unknown)
        shared, _ = found.setdefault(key, (Facts(facts.vocabulary, {}, facts.coverage, facts.on), rules))
        for table, rows in facts.tables.items():
            for row in rows:
                row.id = f"{name}/{row.id}"
            shared.tables.setdefault(table, []).extend(rows)
    return list(found.values())


def in_order(facts: Facts) -> None:
    """A population has no order but that of its ids."""
    for rows in facts.tables.values():
        rows.sort(key=lambda row: row.id)


def _rule(cases: DocumentResult, population: Population, name: str) -> list[str]:
    rule = cases.plan.rules[name]
    mine = {_case_key(rule, line): line for line in cases.results[name].lines}
    theirs = {_line_key(rule, line): line for line in lines_as_python(population, name)}
    found = [f"{name} {key}: only a case has this line" for key in mine if key not in theirs]
    found += [f"{name} {key}: only SQL has this line" for key in theirs if key not in mine]
    for key, line in mine.items():
        if key in theirs:
            told = _told(cases, line)
            seen = _seen(theirs[key])
            found += [
                f"{name} {key} {what}: case {told[what]!r}, SQL {seen.get(what)!r}"
                for what in told if told[what] != seen.get(what, "nothing")
            ]  # fmt: skip
    return found


def _case_key(rule: Rule, line: Line) -> tuple[Any, ...]:
    if rule.grouping is not None:
        return tuple(_plain(each) for each in line.key)
    return (line.row.id if line.row is not None else None, line.part)


def _line_key(rule: Rule, line: PopulationLine) -> tuple[Any, ...]:
    return line.key if rule.grouping is not None else (line.row, line.part)


def _plain(value: Any) -> Any:
    return value.id if isinstance(value, Row) else value


def _told(cases: DocumentResult, line: Line) -> dict[str, Any]:
    who = roles(cases.runner.compiler, line) if line.rule.kind == "benefit" else {}
    told: dict[str, Any] = {f"check {check.label}": check.outcome for check in line.checks if check.kind != "amount"}
    amounts = [check for check in line.checks if check.kind == "amount"]
    if line.rule.kind == "benefit":
        told["amount"] = amounts[0].outcome if amounts else True
        told["why"] = amounts[0].label if amounts else ""
    else:
        told.update({f"check {check.label}": check.outcome for check in amounts})
    told |= {
        "date": line.date if isinstance(line.date, dt.date) else None,
        "verdict": line.verdict, "low": line.low, "high": line.high, "paid_low": line.paid_low,
        "paid_high": line.paid_high, "begin": line.begin, "words": line.words, "fallen": line.fallen, "doubted": line.doubted,
    }  # fmt: skip
    told |= {role: _plain(value) for role, value in who.items()}
    return told


def _seen(line: PopulationLine) -> dict[str, Any]:
    seen: dict[str, Any] = {f"check {label}": outcome for label, outcome in line.checks.items()}
    for name in (
        "amount",
        "why",
        "date",
        "verdict",
        "low",
        "high",
        "paid_low",
        "paid_high",
        "begin",
        "words",
        "fallen",
        "doubted",
    ):
        seen[name] = getattr(line, name)
    for role in ("payee", "beneficiary", "applicant"):
        seen[role] = getattr(line, role)
    return seen
