"""Targets counted over a folder of Parquet: the same tallies as `evaluate/targets.py`, as SQL."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from tiaowen.check.library import Library
from tiaowen.evaluate.facts import Coverage
from tiaowen.evaluate.targets import Measure, Tally, measured, person_of, window
from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule, Target
from tiaowen.population.expr import (
    ABSENT_TEXT,
    Sql,
    absent,
    all_of,
    any_of,
    call,
    case,
    col,
    filtered,
    how_many,
    is_null,
    lit,
    named,
    not_false,
    not_null,
    null,
    op,
    total,
    value_of,
)
from tiaowen.population.program import Program, select
from tiaowen.population.rows import tables_read, terms_in
from tiaowen.population.run_folder import plans_of
from tiaowen.population.scope import Scope, source
from tiaowen.population.store import Connection, Lacks, connect, open_tables, read_manifest
from tiaowen.population.world import ROW, World, column_name, reads
from tiaowen.vocabulary.types import DATE


@dataclass(frozen=True)
class Counted:
    """A target of a document with what was counted of it on a day."""

    plan: DocumentPlan
    measure: Measure
    on: dt.date

    @property
    def target(self) -> Target:
        return self.measure.target


def measure_targets(
    library: Library, folder: Path, *, region: str = "", drafts: bool = False, on: dt.date | None = None,
    memory: str = "1GB", threads: int | None = None,
) -> list[Counted]:  # fmt: skip
    """Count every target of the documents of a place, in their order.

    `on`: the day of the question (default: the manifest's, else today).
    Raises PopulationError (folder, file, column) and Unsupported (target, construct).
    """
    plans = plans_of(library, region, drafts)
    _, asked = read_manifest(folder)
    day = on or asked or dt.datetime.now().astimezone().date()
    with tempfile.TemporaryDirectory(prefix="tiaowen-") as scratch:
        connection = connect(memory, Path(scratch), threads)
        try:
            targets = [target for plan in plans for target in plan.targets]
            count = Targets(connection, library, folder, targets)
            return [Counted(plan, count.measure(target, day), day) for plan in plans for target in plan.targets]
        finally:
            connection.close()


class Targets:
    """Counts targets on an open connection; the tables that they read are opened once."""

    def __init__(self, connection: Connection, library: Library, folder: Path, targets: Iterable[Target]) -> None:
        self.connection, self.vocabulary = connection, library.vocabulary
        self.coverage, _ = read_manifest(folder)
        self.lacks = Lacks(connection)
        self._told: dict[tuple[str, dt.date | None], tuple[int, ...]] = {}
        counted = [_as_rule(target) for target in targets if target.mode != "reported"]
        open_tables(connection, self.vocabulary, folder, tables_read(self.vocabulary, counted, []))

    def measure(self, target: Target, on: dt.date | None) -> Measure:
        """The value of one target; `on` None: no clock.  Raises Unsupported."""
        return measured(target, on, self._tally)

    def _tally(self, target: Target, on: dt.date | None) -> Tally:
        world = World(self.vocabulary, self.coverage, on, self.lacks)
        text = _statement(world, target).sql(dialect="duckdb", copy=False)
        found = self._told.get((text, on))
        if found is None:
            row = self.connection.execute(text).fetchall()[0]
            found = self._told[text, on] = tuple(int(each) for each in row)
        low, high, top_low, top_high, summed, blank = found
        whole = target.closure is None or _whole(world, target.closure, *window(target, on))
        return Tally(low, high, whole, top_low, top_high, None if blank else summed)


def _as_rule(target: Target) -> Rule:
    """The target as a rule, so that what it reads is found in one place."""
    pays = target.path if target.path is not None else "nobody"
    return Rule(target.id, "target", target.name, target.document, target.clause, target.table, target.date,
                (*target.conditions, *target.share), target.spot, pays=pays)  # fmt: skip


def _statement(world: World, target: Target) -> exp.Query:
    """One row: at least, at most, both of the share, the sum, and sure rows that do not know their amount."""
    program = Program()
    wanted = reads(terms_in(_as_rule(target)))
    mine = wanted.setdefault(t.EVENT, {})
    person = person_of(target, world.vocabulary)
    if person:
        mine[(), person] = None
    relation, columns = source(world, program, target.table, t.EVENT, mine)
    scope = Scope(world, program, relation, (ROW,), f"{target.document}#{target.id}", columns)
    inside = _inside(scope, target)
    verdict = scope.bind(all_of([inside, *(scope.outcome(each.term) for each in target.conditions)]))
    shared = scope.bind(all_of([verdict, *(scope.outcome(each.term) for each in target.share)]))
    key, gone = _key(scope, target, person)
    amount, blank = _amount(scope, target, verdict)
    chosen = (
        _at_least(key, gone, verdict), _at_most(key, gone, verdict),
        _at_least(key, gone, shared), _at_most(key, gone, shared), amount, blank,
    )  # fmt: skip
    return program.statement(select([named(each, f"n{n}") for n, each in enumerate(chosen)], scope.flush()))


def _inside(scope: Scope, target: Target) -> Sql:
    """Whether a row's date counts; it is the event date of the conditions, where it is known."""
    on = scope.world.on
    since, until = window(target, on)
    if target.date is None:
        scope.put("date", value_of(on or target.deadline or until, DATE))
        return lit(True)
    raw = scope.value(target.date)
    day = raw.plain(target.date.type)
    known = case((op("is not", day, absent(target.date.type)), day), default=null("DATE")) if raw.absent else day
    scope.put("date", known)
    ends = [op(">=", col("date"), lit(since))] if since is not None else []
    if until is not None:
        ends.append(op("<=", col("date"), lit(until)))
    return scope.bind(case((is_null(col("date")), null("BOOLEAN")), default=all_of(ends)))


def _key(scope: Scope, target: Target, person: str) -> tuple[Sql | None, Sql]:
    """What makes two rows one person or thing (NULL: not known which), and whether it is known to be absent."""
    if person:
        who = col(column_name(t.EVENT, (), person))
        return who, op("is", who, lit(ABSENT_TEXT))
    if target.mode != "distinct" or target.path is None:
        return None, lit(False)
    pair = scope.value(target.path)
    key = scope.bind(pair.plain(target.path.type))
    return key, op("is", key, absent(target.path.type)) if pair.absent else lit(False)


def _at_least(key: Sql | None, gone: Sql, verdict: Sql) -> Sql:
    if key is None:
        return how_many(verdict)
    different = _different(key, gone, verdict)
    unknown = how_many(all_of([verdict, is_null(key)]))  # an unknown one may be any of those known
    return case((op(">", different, lit(0)), different), default=call("least", unknown, lit(1)))


def _at_most(key: Sql | None, gone: Sql, verdict: Sql) -> Sql:
    maybe = not_false(verdict)
    if key is None:
        return how_many(maybe)
    return op("+", _different(key, gone, maybe), how_many(all_of([maybe, is_null(key)])))


def _different(key: Sql, gone: Sql, which: Sql) -> Sql:
    counts = all_of([which, not_null(key), op("is not", gone, lit(True))])
    return exp.Count(this=exp.Distinct(expressions=[case((counts, key))]))


def _amount(scope: Scope, target: Target, verdict: Sql) -> tuple[Sql, Sql]:
    """The sum over sure rows, and how many of them do not know their amount (or have none)."""
    if target.mode not in ("averages", "sums") or target.path is None:
        return lit(0), lit(0)
    pair, kind = scope.value(target.path), target.path.type
    value = scope.bind(pair.plain(kind))
    missing = [is_null(value), *([op("is", value, absent(kind))] if pair.absent else [])]
    unknown = scope.bind(any_of(missing))
    counted = case((all_of([verdict, op("is", unknown, lit(False))]), value), default=null("BIGINT"))
    return total(counted), filtered(exp.Count(this=exp.Star()), all_of([verdict, unknown]))


def _whole(world: World, closure: t.Closure, low: dt.date | None, high: dt.date | None) -> bool:
    """Whether every row that the target asks for is here; the same question as `Facts.closed`."""
    columns = {column for column, _ in closure.keys}
    if any(world.lacks(closure.table, column) for column in columns):
        return False
    if world.on is not None and (high is None or high > world.on):
        high = world.on
    return any(_covers(world, each, closure, columns, low, high) for each in world.coverage)


def _covers(
    world: World, each: Coverage, closure: t.Closure, columns: set[str], low: dt.date | None, high: dt.date | None
) -> bool:
    if each.table != closure.table or not set(each.by) <= columns:
        return False
    if each.place and (not closure.place or closure.place not in world.vocabulary.regions.inside(each.place)):
        return False
    early = each.since is None or (low is not None and each.since <= low)
    return early and (each.until is None or (high is not None and high <= each.until))
