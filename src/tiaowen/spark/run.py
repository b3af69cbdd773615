"""All documents of a place on Spark: the statements of `population.run_folder`, run elsewhere."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import duckdb

from tiaowen.check.library import Library
from tiaowen.plan.rules import Rule
from tiaowen.population.computing import shown
from tiaowen.population.errors import PopulationError
from tiaowen.population.expr import col
from tiaowen.population.ledger import file_of
from tiaowen.population.program import select
from tiaowen.population.rows import lines_of
from tiaowen.population.run_folder import plans_of
from tiaowen.population.stackings import apply_stacking
from tiaowen.population.store import Connection, Lacks, create, open_tables, read_manifest, schemas_of, sql
from tiaowen.population.units import Unit, tables_of, units
from tiaowen.population.world import World
from tiaowen.spark.session import NoForm, Session
from tiaowen.spark.steps import parsed, steps_of

Told = Callable[[int, int, str], None]


class NotOnSpark(PopulationError):
    """A rule with a form that Spark has no counterpart for: names the rule, its clause and the form."""

    def __init__(self, rule: Rule, form: str) -> None:
        super().__init__(
            f"{rule.key}（{rule.clause}）：{form} 没有对应的 Spark 写法，没有一条规则被略过；请用 tiaowen evaluate 在 DuckDB 上运行"
            f" (no Spark form for this; no rule is left out silently: run it on DuckDB with tiaowen evaluate)"
        )
        self.rule = rule.key
        self.clause = rule.clause
        self.form = form


@dataclass
class SparkRun:
    """What was run: `document#rule` of each, in order, and what populations do not carry at all."""

    computed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    statements: int = 0
    kept: int = 0


def run_spark(
    library: Library, folder: Path, out: Path, spark: Any, *, region: str = "", drafts: bool = False,
    on: dt.date | None = None, told: Told | None = None,
) -> SparkRun:  # fmt: skip
    """Run all documents of a place over `folder` and write `<out>/<document>/<rule>.parquet`.

    `spark`: a session from `start`; `folder` and `out` must be reachable by every executor.
    `on`: the day of the question (default: the manifest's).  Every rule is translated before the
    first one runs; what adds benefits up is translated as it comes.  Raises PopulationError (folder, file, column) and NotOnSpark (rule, clause, form).
    """
    covers, asked = read_manifest(folder)
    day = on or asked
    if day is None:
        raise PopulationError(f"{folder.name}: 没有说是哪一天 no day of the question: name one, such as on=2026-06-30")
    plans = plans_of(library, region, drafts)
    every = [unit for plan in plans for unit in units(plan)]
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=out) as scratch:
        session = Session(spark, Path(scratch))
        connection = cast(Connection, session)
        tables = tables_of(library.vocabulary, every)
        with duckdb.connect() as reader:  # footers alone, which Spark has no statement for
            present = schemas_of(reader, folder, tables)
        open_tables(connection, library.vocabulary, folder, tables, present=present)
        world = World(library.vocabulary, covers, day, Lacks(connection))
        for unit in every:
            translate(unit, world, session.columns)
        found = SparkRun(left_out=[f"{plan.id}#{s.id}" for plan in plans for s in plan.stackings.values() if s.across])
        for done, unit in enumerate(every):
            if told is not None:
                told(done, len(every), "、".join(unit.rules))
            _compute(session, unit, world, out)
            found.computed += unit.keys
        if told is not None:
            told(len(every), len(every), "")
        found.statements, found.kept = session.statements, session.kept
    return found


def translate(unit: Unit, world: World, columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """The Spark statements of each rule of a unit.  Raises NotOnSpark."""
    there = dict(columns)
    found: dict[str, list[str]] = {}
    for name, statement in unit.statements(world).items():
        with told_with_clause(unit.plan.rules[name]):
            steps = steps_of(parsed(statement.query.sql(dialect="duckdb")), there.__getitem__)
        found[name] = [step.text for step in steps]
        there[lines_of(name)] = [each.alias_or_name for each in statement.query.expressions]
    return found


def _compute(session: Session, unit: Unit, world: World, out: Path) -> None:
    connection = cast(Connection, session)
    alone = len(unit.rules) == 1
    for name, statement in unit.statements(world).items():
        with told_with_clause(unit.plan.rules[name]):
            create(connection, lines_of(name), statement.query, "VIEW" if alone else "TABLE")
    for stacking in unit.stackings:
        with told_with_clause(unit.plan.rules[unit.members(stacking)[0]]):
            apply_stacking(connection, world, stacking, unit.members(stacking))
    for name, key in zip(unit.rules, unit.keys, strict=True):
        chosen = [col(each) for each in shown(session.columns[lines_of(name)])]
        frame = session.query(parsed(sql(select(chosen, lines_of(name)))))
        frame.write.mode("overwrite").parquet(str(file_of(out, key)))


@contextmanager
def told_with_clause(rule: Rule) -> Iterator[None]:
    """A form without a counterpart is told with the rule and its clause."""
    try:
        yield
    except NoForm as error:
        raise NotOnSpark(rule, error.form) from error


__all__ = ["NotOnSpark", "SparkRun", "run_spark", "told_with_clause", "translate"]
