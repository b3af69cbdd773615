"""One unit over whole tables: its lines as files, their figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlglot import exp

from tiaowen.population.doubt import Watched, watch
from tiaowen.population.expr import call, col, table
from tiaowen.population.figures import figures
from tiaowen.population.lines import Statement
from tiaowen.population.program import select
from tiaowen.population.results import Placed
from tiaowen.population.rows import lines_of
from tiaowen.population.stackings import apply_stacking
from tiaowen.population.store import Connection, create, sql, write
from tiaowen.population.units import Unit
from tiaowen.population.world import World

INTERNAL = ("line date", "first row", "index", "doubted")


@dataclass
class Made:
    """The lines of a rule, not yet in their place."""

    placed: Placed
    figures: dict[str, Any]
    watched: Watched = field(default_factory=dict)


def compute(
    connection: Connection, world: World, unit: Unit, statements: dict[str, Statement], scratch: Path
) -> dict[str, Made]:
    """Run a unit; `document#rule` → what it made."""
    alone = len(unit.rules) == 1
    kind = "VIEW" if alone else "TABLE"  # a rule that stands alone need not be kept in between
    for name, statement in statements.items():
        create(connection, lines_of(name), statement.query, kind)
    watched: Watched = {}
    for stacking in unit.stackings:
        watched |= watch(connection, stacking, unit.members(stacking))
        apply_stacking(connection, world, stacking, unit.members(stacking))
    found = {}
    for name, key in zip(unit.rules, unit.keys, strict=True):
        part = scratch / f"{name}.parquet"
        columns = shown(connection.table(table(lines_of(name)).sql("duckdb")).columns)
        write(connection, select([col(each) for each in columns], lines_of(name)), part)
        source = sql(exp.Table(this=call("read_parquet", exp.Literal.string(str(part)))))
        found[key] = Made(Placed(part), figures(connection, source, columns, unit.plan.rules[name]), watched)
    forget(connection, unit, kind)
    return found


def shown(columns: Iterable[str]) -> list[str]:
    """Columns of lines, without those that only order and tie them."""
    return [each for each in columns if each not in INTERNAL and not each.startswith(("stack:", "cap:"))]


def forget(connection: Connection, unit: Unit, kind: str) -> None:
    """Drop what a unit left on the connection."""
    for name in unit.rules:
        drop(connection, lines_of(name), kind)
    for stacking in unit.stackings:
        drop(connection, f"spans {stacking.id}", "TABLE")
        drop(connection, f"capped {stacking.id}", "TABLE")


def drop(connection: Connection, relation: str, kind: str = "TABLE") -> None:
    connection.execute(sql(exp.Drop(tables=[table(relation)], kind=kind, exists=True)))
