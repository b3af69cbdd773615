"""What the benefits of a document come to, without keeping a line that nothing else needs.

A benefit that stands alone is summed while it is worked out; one that a stacking acts upon, or that another
rule asks, keeps what these read, and is summed when they are through.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from tiaowen.check.library import Library
from tiaowen.plan.rules import DocumentPlan
from tiaowen.plan.together import closure
from tiaowen.population.execution import may_be_paid
from tiaowen.population.expr import Sql, col, how_many, is_null, lit, named, table, total
from tiaowen.population.lines import acting, lines_statement, members
from tiaowen.population.program import filter_, uncollected
from tiaowen.population.rows import lines_of, tables_read
from tiaowen.population.shared import share_reading
from tiaowen.population.stackings import apply_stacking, read_of_lines
from tiaowen.population.store import Connection, Lacks, connect, create, open_tables, read_manifest, sql
from tiaowen.population.world import World

SUMMED = ("verdict", "paid_low", "paid_high")
ASKED = ("row", "eligible")  # of lines, by other rules


@dataclass(frozen=True)
class Total:
    """Lines that may be paid; what is surely due and at most due, in fen (`high` None: some line has no highest sum)."""

    lines: int
    low: int
    high: int | None


def totals(
    library: Library, document_id: str, folder: Path, *, rules: Iterable[str] | None = None,
    on: dt.date | None = None, memory: str = "1GB", threads: int | None = None, checked: bool = False,
) -> dict[str, Total]:  # fmt: skip
    """Benefit → what its lines come to; the same sums as of the lines of `run`.

    `rules`: only these (default: every benefit of the document).  `checked`: ids and references of the folder
    are known to be sound, as after an earlier run, and are not looked at.
    Raises PopulationError (folder, file, column) and Unsupported (rule, construct).
    """
    plan = library.plans[document_id]
    wanted = set(plan.rules) if rules is None else closure(plan, rules)
    with tempfile.TemporaryDirectory(prefix="tiaowen-") as scratch:
        connection = connect(memory, Path(scratch), threads)
        try:
            with uncollected():
                return _totals(connection, library, plan, folder, wanted, on, checked)
        finally:
            connection.close()


def _totals(
    connection: Connection, library: Library, plan: DocumentPlan, folder: Path, wanted: set[str],
    on: dt.date | None, checked: bool,
) -> dict[str, Total]:  # fmt: skip
    covers, asked = read_manifest(folder)
    asked_for = {each for name in wanted for each in plan.rules[name].asks}
    benefits = [name for name in plan.order if name in wanted and plan.rules[name].kind == "benefit"]
    ordered = [name for name in plan.order if name in benefits or name in asked_for]
    stackings = acting(plan, benefits)
    read = tables_read(library.vocabulary, [plan.rules[each] for each in ordered], stackings, referred=not checked)
    open_tables(connection, library.vocabulary, folder, read, checked=read if checked else ())
    lacks = Lacks(connection, folder, read)
    world = World(library.vocabulary, covers, on if on is not None else asked, lacks, lacks.vague)
    kept = {each for stacking in stackings for each in members(stacking, benefits)} | asked_for

    def columns(rule: str) -> tuple[str, ...]:
        return (*SUMMED, *(read_of_lines(stackings) if rule in kept else ()), *(ASKED if rule in asked_for else ()))

    statements = {
        each: lines_statement(world, plan.rules[each], stackings, benefits, each not in asked_for, columns(each))
        for each in ordered
    }
    share_reading(connection, statements.values())
    found = {}
    for each, statement in statements.items():
        if each in kept:
            create(connection, lines_of(each), statement.query)
        else:
            found[each] = _added_up(connection, exp.Subquery(this=statement.query), lit(True))
    for stacking in stackings:
        apply_stacking(connection, world, stacking, members(stacking, benefits))
    return {
        each: found[each] if each in found else _added_up(connection, table(lines_of(each)), may_be_paid())
        for each in benefits
    }


def _added_up(connection: Connection, lines: Sql, where: Sql) -> Total:
    sums = [how_many(), total(col("paid_low")), total(col("paid_high")), how_many(is_null(col("paid_high")))]
    query = exp.Select(expressions=[named(value, f"n{n}") for n, value in enumerate(sums)])
    query.set("from_", exp.From(this=lines))
    ((many, low, high, unbounded),) = connection.execute(sql(filter_(query, where))).fetchall()
    return Total(int(many), int(low), None if unbounded else int(high))


__all__ = ["Total", "totals"]
