"""What the lines of a rule come to: holders by outcome, money in fen.  Outcomes are those of `evaluate.answers`."""

from __future__ import annotations

from typing import Any

from tiaowen.plan.rules import Rule
from tiaowen.population.rows import FORCE
from tiaowen.population.store import Connection

# of each line: how many, surely, at most, whether it has no highest sum
LINE = "1 AS lines, paid_low AS low, paid_high AS high, (paid_high IS NULL)::BIGINT AS unbounded"
HOLDER = (
    "count(*) AS lines, sum(paid_low) AS low, sum(paid_high) AS high, count(*) FILTER (paid_high IS NULL) AS unbounded"
)
SUMS = "sum(lines), coalesce(sum(low), 0), coalesce(sum(high), 0), sum(unbounded)"


def figures(connection: Connection, source: str, columns: list[str], rule: Rule) -> dict[str, Any]:
    """Lines, holders, holders by outcome, and for a benefit `low`, `high` and lines without a highest sum.

    `source` and `columns`: what to select them from, and the columns that it has.
    `high` is null when some line has none; `high_known` adds up those that do.
    """
    return figures_by(connection, source, columns, rule, "0").get(0, no_figures(rule))


def figures_by(
    connection: Connection, source: str, columns: list[str], rule: Rule, by: str
) -> dict[int, dict[str, Any]]:
    """The same for each value of a number that lines have."""
    keys = [name for name in columns if name.startswith("key:")]
    if rule.grouping is None and (rule.kind != "benefit" or not (rule.schedule or rule.instalments)):
        chosen, grouped = f"{_outcome(rule, columns, '')} AS outcome, {LINE}", ""  # a row has one line
    else:
        holder = ", ".join(f'"{key}"' for key in keys) if rule.grouping is not None and keys else '"row"'
        chosen, grouped = f"{_outcome(rule, columns)} AS outcome, {HOLDER}", f"GROUP BY state, {holder}"
    told = f"SELECT {by} AS state, {chosen} FROM {source} {grouped}"  # noqa: S608 names of our own
    query = f"SELECT state, outcome, count(*), {SUMS} FROM ({told}) GROUP BY state, outcome"  # noqa: S608
    every = connection.execute(query).fetchall()
    found: dict[int, list[tuple[Any, ...]]] = {}
    for state, *each in every:
        found.setdefault(int(state), []).append(tuple(each))
    return {state: _figures(rule, mine) for state, mine in found.items()}


def no_figures(rule: Rule) -> dict[str, Any]:
    """The figures of no line."""
    return _figures(rule, [])


def _figures(rule: Rule, every: list[tuple[Any, ...]]) -> dict[str, Any]:
    outcomes = {str(outcome): int(holders) for outcome, holders, *_ in every}
    counted, low, high, unbounded = (sum(int(each[at]) for each in every) for at in range(2, 6))
    found: dict[str, Any] = {
        "name": rule.name,
        "kind": rule.kind,
        "lines": counted,
        "holders": sum(outcomes.values()),
        "outcomes": dict(sorted(outcomes.items())),
    }
    if rule.kind == "benefit":
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


def _outcome(rule: Rule, columns: list[str], any_of: str = "bool_or") -> str:
    """An aggregate over the lines of one holder; of a single line without the aggregate."""
    force = f'{any_of}("check:{FORCE}" IS FALSE)' if f"check:{FORCE}" in columns else "FALSE"
    if rule.kind == "benefit":
        return (
            f"CASE WHEN {any_of}(verdict IS TRUE AND paid_high IS DISTINCT FROM 0) THEN 'entitled' "
            f"WHEN {any_of}(verdict IS NULL AND paid_high IS DISTINCT FROM 0) THEN 'unknown' "
            f"WHEN {any_of}(verdict IS NOT FALSE) THEN 'excluded' "
            f"WHEN {force} THEN 'not in force' ELSE 'refused' END"
        )
    if rule.kind == "duty":
        must = ['"check:{}"'.format(condition.label.replace('"', '""')) for condition in rule.must]
        broken = " OR ".join(f"{any_of}({each} IS FALSE)" for each in must) or "FALSE"
        doubtful = " OR ".join(f"{any_of}({each} IS NULL)" for each in must) or "FALSE"
        return (
            f"CASE WHEN {any_of}(verdict IS FALSE) THEN 'not applicable' "
            f"WHEN {broken} THEN 'not met' "
            f"WHEN {any_of}(verdict IS NULL) OR {doubtful} THEN 'unknown' ELSE 'met' END"
        )
    yes, no = ("found", "'not found'") if rule.kind == "risk" else ("entitled", "'refused'")
    if rule.kind != "risk":
        no = f"CASE WHEN {force} THEN 'not in force' ELSE 'refused' END"
    return (
        f"CASE WHEN {any_of}(verdict IS TRUE) THEN '{yes}' WHEN {any_of}(verdict IS NULL) THEN 'unknown' ELSE {no} END"
    )
