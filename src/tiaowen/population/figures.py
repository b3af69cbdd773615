"""What the lines of a rule come to: holders by outcome, money in fen.  Outcomes are those of `evaluate.answers`."""

from __future__ import annotations

from typing import Any

import duckdb

from tiaowen.plan.rules import Rule
from tiaowen.population.rows import FORCE


def figures(lines: duckdb.DuckDBPyRelation, rule: Rule) -> dict[str, Any]:
    """Lines, holders, holders by outcome, and for a benefit `low`, `high` and lines without a highest sum.

    `high` is null when some line has none; `high_known` adds up those that do.
    """
    counted = lines.aggregate("count(*)").fetchall()[0][0]
    keys = [name for name in lines.columns if name.startswith("key:")]
    holder = ", ".join(f'"{key}"' for key in keys) if rule.grouping is not None and keys else "row"
    told = lines.aggregate(f"{holder}, {_outcome(rule, lines.columns)} AS outcome", holder)
    outcomes = {str(each): int(n) for each, n in told.aggregate("outcome, count(*)", "outcome").fetchall()}
    found: dict[str, Any] = {
        "name": rule.name,
        "kind": rule.kind,
        "lines": int(counted),
        "holders": sum(outcomes.values()),
        "outcomes": dict(sorted(outcomes.items())),
    }
    if rule.kind == "benefit":
        sums = lines.aggregate("coalesce(sum(paid_low), 0), coalesce(sum(paid_high), 0), "
                               "count(*) FILTER (paid_high IS NULL)").fetchall()[0]  # fmt: skip
        low, high, unbounded = (int(each) for each in sums)
        found |= {"low": low, "high": None if unbounded else high, "high_known": high, "open": unbounded}
    return found


def adjusted(whole: dict[str, Any], gone: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Figures after lines have gone and others have come; both parts hold all lines of their holders."""

    def moved(name: str) -> int:
        return int(whole[name]) - int(gone[name]) + int(new[name])

    outcomes = {
        each: whole["outcomes"].get(each, 0) - gone["outcomes"].get(each, 0) + new["outcomes"].get(each, 0)
        for each in sorted({*whole["outcomes"], *new["outcomes"]})
    }
    found = {
        **whole,
        "lines": moved("lines"),
        "holders": moved("holders"),
        "outcomes": {each: many for each, many in outcomes.items() if many},
    }
    if "open" in whole:
        known, unbounded = moved("high_known"), moved("open")
        found |= {"low": moved("low"), "high": None if unbounded else known, "high_known": known, "open": unbounded}
    return found


def _outcome(rule: Rule, columns: list[str]) -> str:
    """An aggregate over the lines of one holder."""
    force = f'bool_or("check:{FORCE}" IS FALSE)' if f"check:{FORCE}" in columns else "FALSE"
    if rule.kind == "benefit":
        return (
            "CASE WHEN bool_or(verdict IS TRUE AND paid_high IS DISTINCT FROM 0) THEN 'entitled' "
            "WHEN bool_or(verdict IS NULL AND paid_high IS DISTINCT FROM 0) THEN 'unknown' "
            "WHEN bool_or(verdict IS NOT FALSE) THEN 'excluded' "
            f"WHEN {force} THEN 'not in force' ELSE 'refused' END"
        )
    if rule.kind == "duty":
        must = ['"check:{}"'.format(condition.label.replace('"', '""')) for condition in rule.must]
        broken = " OR ".join(f"bool_or({each} IS FALSE)" for each in must) or "FALSE"
        doubtful = " OR ".join(f"bool_or({each} IS NULL)" for each in must) or "FALSE"
        return (
            "CASE WHEN bool_or(verdict IS FALSE) THEN 'not applicable' "
            f"WHEN {broken} THEN 'not met' "
            f"WHEN bool_or(verdict IS NULL) OR {doubtful} THEN 'unknown' ELSE 'met' END"
        )
    yes, no = ("found", "'not found'") if rule.kind == "risk" else ("entitled", "'refused'")
    if rule.kind != "risk":
        no = f"CASE WHEN {force} THEN 'not in force' ELSE 'refused' END"
    return f"CASE WHEN bool_or(verdict IS TRUE) THEN '{yes}' WHEN bool_or(verdict IS NULL) THEN 'unknown' ELSE {no} END"
