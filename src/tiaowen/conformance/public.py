"""Facts written in the public case format, and answers cut down to what a vector pins."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tiaowen.cases.suite import Case
from tiaowen.cases.values import show_fen
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.vocabulary.model import Column, Vocabulary
from tiaowen.vocabulary.types import NONE


def public_case(vocabulary: Vocabulary, case: Case, facts: Facts, region: str) -> dict[str, Any]:
    """The case in the public format: what docs/case-format.md describes, nothing else."""
    shown: dict[str, Any] = {"region": vocabulary.regions.path(region)}
    if facts.on is not None:
        shown["on"] = facts.on.isoformat()
    shown["tables"] = {
        table: [{"id": row.id, **_values(vocabulary, row)} for row in rows]
        for table, rows in sorted(facts.tables.items())
        if rows
    }
    shown["covers"] = _covers(vocabulary, case)
    return shown


def _covers(vocabulary: Vocabulary, case: Case) -> list[dict[str, str]]:
    """`all` unless the case says less of some table; then each table by name."""
    if all(said == "complete" for said in case.covers.values()):
        return [{"table": "all"}]
    found = []
    for table in vocabulary.tables:
        said = case.covers.get(table, "complete")
        if said == "complete":
            found.append({"table": table})
        elif said != "incomplete":
            first, _, last = (part.strip() for part in said.partition(" to "))
            ends = {"from": first, "to": last}
            found.append({"table": table, **{key: day for key, day in ends.items() if day}})
    return found


def _values(vocabulary: Vocabulary, row: Row) -> dict[str, Any]:
    columns = vocabulary.tables[row.table].columns
    return {name: _value(vocabulary, columns[name], value) for name, value in row.values.items()}


def _value(vocabulary: Vocabulary, column: Column, value: Any) -> Any:
    """A value as the format takes it back: exact, with its unit, never a float."""
    if value is NONE:
        return "none"
    if isinstance(value, Row):
        return value.id
    if isinstance(value, bool):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    kind = column.type
    if kind.kind == "month":
        return f"{value // 12}-{value % 12 + 1:02d}"
    if kind.kind == "region":
        return vocabulary.regions.path(str(value))
    if kind.kind == "quantity":
        if kind.name == "fen":
            return f"{show_fen(value)} 元"
        return f"{value} {({'months': '个月', 'days': '天'}).get(kind.name, kind.unit or kind.name)}"
    return value


def only_needed(vocabulary: Vocabulary, case: dict[str, Any]) -> dict[str, Any]:
    """The case without rows of things (people, firms) that no row of an event leads to."""
    reached: set[tuple[str, str]] = set()
    queue = [(table, row) for table, rows in case["tables"].items() if vocabulary.tables[table].event for row in rows]
    things = {
        (table, row["id"]): row
        for table, rows in case["tables"].items()
        if not vocabulary.tables[table].event
        for row in rows
    }
    if not queue:
        return case
    while queue:
        table, row = queue.pop()
        for name, value in row.items():
            column = vocabulary.tables[table].columns.get(name)
            if column is None or column.type.kind != "row":
                continue
            key = (column.type.name, str(value))
            if key in things and key not in reached:
                reached.add(key)
                queue.append((column.type.name, things[key]))
    tables = {
        table: [row for row in rows if vocabulary.tables[table].event or (table, row["id"]) in reached]
        for table, rows in case["tables"].items()
    }
    return {**case, "tables": {table: rows for table, rows in tables.items() if rows}}


KEPT = ("benefit", "kind", "holder", "outcome", "payee", "low", "high", "gives", "to")


def pinned(answer: dict[str, Any], if_met: bool = False) -> dict[str, Any]:
    """The part of a public answer that a vector expects: no words of ours, no release."""
    kept: dict[str, Any] = {key: answer[key] for key in KEPT if key in answer}
    if if_met:
        kept["if_met"] = answer["if_met"]
    kept["conditions"] = [{"label": c["label"], "outcome": c["outcome"]} for c in answer["conditions"]]
    return kept
