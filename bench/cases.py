"""One person's explained answer: the sample is weighted by events, so busy people count more."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from pathlib import Path
from typing import Any

from bench.measure import Times, each
from tiaowen.cases.format import read_case
from tiaowen.check.library import Library
from tiaowen.evaluate.answers import answer_case
from tiaowen.files import open_library
from tiaowen.workbook import read_roster, write_sample

TITLE = "One case, explained"
ON = dt.date(2026, 11, 22)
PEOPLE = 400


def sample(library: Library, people: int = PEOPLE) -> list[dict[str, Any]]:
    """Cases of single people of the sample firm, drawn once per event they have."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.xlsx"
        write_sample(path, library.vocabulary, staff=500)
        case = read_roster(path, on=ON, vocabulary=library.vocabulary).case
    persons = {row["id"] for row in case["tables"]["person"]}
    events = [
        value
        for table, rows in case["tables"].items()
        if table != "person"
        for row in rows
        for value in row.values()
        if value in persons
    ]
    chosen = random.Random(20261122).choices(events, k=people)
    return [_about(library, case, person) for person in chosen]


def _about(library: Library, case: dict[str, Any], person: str) -> dict[str, Any]:
    """The case cut down to one person, with every organisation."""
    tables: dict[str, list[dict[str, Any]]] = {}
    for table, rows in case["tables"].items():
        if table in ("organisation", "contest", "contest_item"):
            tables[table] = rows
        else:
            tables[table] = [r for r in rows if r["id"] == person or person in r.values()]
    have = {(table, row["id"]) for table, rows in tables.items() for row in rows}
    columns = {name: table.columns for name, table in library.vocabulary.tables.items()}
    for table, rows in tables.items():
        tables[table] = [
            {
                key: value
                for key, value in row.items()
                if key == "id"
                or value == "none"
                or columns[table][key].type.kind != "row"
                or (columns[table][key].type.name, value) in have
            }
            for row in rows
        ]
    return {**case, "tables": tables}


def run() -> tuple[Times, Times, int, float]:
    """Times for a whole place explained, and without words; rules; answers per case."""
    library = open_library().require()
    cases = [read_case(library.vocabulary, case) for case in sample(library)]
    counts: list[int] = []

    def whole(facts: Any, region: str) -> None:
        answers = answer_case(library, facts, region)
        counts.append(len([answers.as_json(answer) for answer in answers]))

    def bare(facts: Any, region: str) -> None:
        answers = answer_case(library, facts, region)
        for plan in answers.plans():
            answers.of(plan, readings=False)

    explained = each([lambda f=f, r=r: whole(f, r) for f, r in cases], warm_up=40)
    plain = each([lambda f=f, r=r: bare(f, r) for f, r in cases], warm_up=40)
    rules = sum(
        rule.kind in ("benefit", "treatment", "duty")
        for plan in library.in_place(cases[0][1])
        for rule in plan.rules.values()
    )
    return explained, plain, rules, sum(counts) / len(counts)


def rows() -> list[tuple[str, str, str]]:
    """One person's explained answer over a whole place."""
    explained, plain, rules, answers = run()
    return [
        (f"explained case, whole place, p95 ({PEOPLE} cases, {rules} rules, "
         f"{answers:.0f} answers each, all readings)", f"{explained.percentile(0.95):.1f} ms", "≤ 10 ms"),
        ("the same, median", f"{explained.median:.1f} ms", ""),
        ("explained case, per rule, p95", f"{explained.percentile(0.95) / rules:.3f} ms", "≤ 0.2 ms"),
        ("case without words and readings, whole place, p95", f"{plain.percentile(0.95):.1f} ms", ""),
    ]  # fmt: skip
