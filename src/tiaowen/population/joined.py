"""Joined rows: per event row the best one explains (any true, else unknown, else false)."""

from __future__ import annotations

from sqlglot import exp

from tiaowen.plan import terms as t
from tiaowen.plan.rules import Condition, Rule
from tiaowen.population.closed import closed
from tiaowen.population.expr import (
    Sql,
    all_of,
    call,
    case,
    col,
    is_null,
    is_true,
    lit,
    named,
    no,
    not_false,
    not_null,
    null,
    op,
    over,
)
from tiaowen.population.lookups import candidates
from tiaowen.population.program import filter_, group, select
from tiaowen.population.scope import Scope
from tiaowen.population.world import Reads, column_name


def join_rows(scope: Scope, rule: Rule, wanted: Reads) -> dict[str, Sql]:
    """Put the best joined rows beside the event rows; label → outcome of every joined check."""
    conditions = [c for c in rule.conditions if c.joined]
    level = scope
    order: list[Sql] = []
    linked: list[Sql] = []
    whole = closed(scope, rule.joined[0].closure)
    later: list[tuple[str, str]] = []
    for n, join in enumerate(rule.joined):
        if n:
            level.put(f"closed{n}", closed(level, join.closure))
            known = call("bool_and", col(f"closed{n}"))
            made = scope.program.fresh("whole_")
            query = select([*(col(k) for k in scope.keys), named(known, made)], level.flush())
            later.append((scope.program.add(group(query, [col(k) for k in scope.keys])), made))
        level = candidates(level, join.closure, join.slot, [join.link], wanted.get(join.slot))
        order += _rank(level, join.slot, join.closure)
        outcome = level.bind(level.outcome(join.link))
        linked.append(outcome)
        relation = level.flush()
        step = scope.program.add(filter_(select([exp.Star()], relation), not_false(outcome)))
        level = level.narrowed(step)
    outcomes = {c.label: level.bind(level.outcome(c.term)) for c in conditions}
    verdict = level.bind(all_of([*linked, *outcomes.values()]))
    score = level.bind(case((verdict, lit(2)), (is_null(verdict), lit(1)), default=lit(0)))
    worst_first = exp.Ordered(this=score, desc=True, nulls_first=False)
    level.put("best", over(exp.RowNumber(), [col(k) for k in scope.keys], [worst_first, *order]))
    relation = level.flush()
    best = scope.program.add(filter_(select([exp.Star()], relation), op("is", col("best"), lit(1))))
    slots = [name for name in level.columns if name not in scope.columns]
    told = [each.name for each in (*linked, *outcomes.values()) if isinstance(each, exp.Column)]
    scope.join_back(best, [*slots, score.name, *told])
    scope.columns.update({name: level.columns[name] for name in slots})
    for relation, made in later:
        scope.join_back(relation, [made])
        whole = all_of([whole, not_false(col(made))])
    return _outcomes(rule, conditions, not_null(score), scope.bind(whole), linked, outcomes)


def _rank(level: Scope, slot: int, closure: t.Closure) -> list[Sql]:
    """Candidates in order: rows of the key that was asked for, then rows that do not know theirs, by id."""
    found: list[Sql] = []
    if closure.keys:
        column, term = closure.keys[0]
        stray = all_of([is_null(col(column_name(slot, (), column))), not_null(level.value(term).low)])
        found.append(level.bind(case((stray, lit(1)), default=lit(0))))
    return [*found, col(f"{slot}.id")]


def _outcomes(
    rule: Rule, conditions: list[Condition], found: Sql, whole: Sql, linked: list[Sql],
    outcomes: dict[str, Sql],
) -> dict[str, Sql]:  # fmt: skip
    """Where rows may be missing, another may satisfy what the best one does not: never false."""

    def told(outcome: Sql, none: Sql) -> Sql:
        return case((no(found), none), (whole, outcome), (is_true(outcome), lit(True)), default=null("BOOLEAN"))

    nowhere = case((whole, lit(False)), default=null("BOOLEAN"))
    checks = {join.label: told(linked[n], nowhere if n == 0 else null("BOOLEAN")) for n, join in enumerate(rule.joined)}
    checks.update({c.label: told(outcomes[c.label], null("BOOLEAN")) for c in conditions})
    return checks
