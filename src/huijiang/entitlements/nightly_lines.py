"""The benefits of a place over a snapshot, as one row per benefit and holder: who is owed what, or what is open.

Rules run straight into the found rows: no lines are written that nobody reads, and treatments, duties and checks,
which store nothing, don't run unless a benefit asks for them.  Kept are benefits that are owed, open, or refused by one condition alone.  What that one would bring is worked
out when somebody looks (`live`): here the amount of such a row is open.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import duckdb
import sqlglot
from sqlglot import exp

from tiaowen.check.library import Library
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule
from tiaowen.population.computing import forget
from tiaowen.population.rows import lines_of
from tiaowen.population.stackings import apply_stacking
from tiaowen.population.store import Lacks, connect, create, open_tables, read_manifest
from tiaowen.population.units import Unit, tables_of, units
from tiaowen.population.world import World

Told = Callable[[int, int, str], None]
FORCE: Final = "有效期"
CHECK: Final = "check:"
KINDS: Final = ("person", "organisation")
COLUMNS: Final = ("benefit", "holder", "person", "organisation", "state", "low", "high", "waits")

GATHER: Final = """
SELECT holder, owner,
       CASE WHEN bool_or(verdict AND paid_high IS DISTINCT FROM 0) THEN 'ready'
            WHEN bool_or(verdict IS NULL AND paid_high IS DISTINCT FROM 0) THEN 'unknown'
            WHEN bool_or(verdict IS DISTINCT FROM FALSE) THEN NULL
            ELSE 'near' END AS state,
       CAST(coalesce(sum(paid_low), 0) AS BIGINT) AS low,
       CASE WHEN bool_or(paid_high IS NULL) THEN NULL ELSE CAST(sum(paid_high) AS BIGINT) END AS high,
       first(unknown ORDER BY "begin" NULLS FIRST, part) AS unknown,
       first(unmet ORDER BY "begin" NULLS FIRST, part) AS unmet
FROM kept WHERE owner IS NOT NULL GROUP BY holder, owner
"""
SHAPE: Final = """
INSERT INTO found
SELECT $1, left(holder, 128), CASE WHEN $2 = 'person' THEN owner END, CASE WHEN $2 = 'organisation' THEN owner END, state,
       CASE WHEN state = 'near' THEN 0 ELSE low END, CASE WHEN state = 'near' THEN NULL ELSE high END,
       concat('{', CASE state WHEN 'ready' THEN '' WHEN 'unknown' THEN unknown ELSE unmet END, '}')
FROM gathered WHERE state IS NOT NULL
"""
MAKE: Final = """
CREATE TABLE found (benefit VARCHAR, holder VARCHAR, person BIGINT, organisation BIGINT, state VARCHAR,
                    low BIGINT, high BIGINT, waits VARCHAR)
"""


def gather(
    library: Library, region: str, on: dt.date, facts: Path, to: Path, memory: str, told: Told = lambda *_: None
) -> int:
    """Write what a snapshot comes to in a place as CSV (columns as COLUMNS); how many rows there are.

    `library` is placed.  `told(done, all, rules)` is called before each unit and at the end.
    """
    every = [
        unit for plan in library.in_place(region) for unit in units(plan)
        if any(plan.rules[name].kind == "benefit" for name in unit.rules)
    ]  # fmt: skip
    covers, _day = read_manifest(facts)
    with tempfile.TemporaryDirectory(prefix="scratch-", dir=to.parent) as scratch:
        duck = connect(memory, Path(scratch))
        try:
            open_tables(duck, library.vocabulary, facts, tables_of(library.vocabulary, every))
            world = World(library.vocabulary, covers, on, Lacks(duck, facts))
            duck.execute(MAKE)
            for done, unit in enumerate(every):
                told(done, len(every), "、".join(unit.rules))
                _run(duck, world, unit)
            rows = duck.table("found").count("*").fetchall()[0][0]
            duck.table("found").write_csv(str(to), header=False, na_rep="\\N", quotechar='"', encoding="utf-8")
        finally:
            duck.close()
    told(len(every), len(every), "")
    return int(rows)


def _run(duck: duckdb.DuckDBPyConnection, world: World, unit: Unit) -> None:
    """The found rows of the benefits of a unit."""
    kind = "VIEW" if len(unit.rules) == 1 else "TABLE"  # a rule that stands alone is read once
    statements = unit.statements(world)
    for name, statement in statements.items():
        create(duck, lines_of(name), statement.query, kind)
    for stacking in unit.stackings:
        apply_stacking(duck, world, stacking, unit.members(stacking))
    for name in unit.rules:
        rule = unit.plan.rules[name]
        owner = _owner(rule)
        if rule.kind != "benefit" or owner is None:
            continue
        role, whose = owner
        said = statements[name]
        _view(duck, "kept", _kept(rule, role, list(said.checks.values()), list(said.keys)))
        _view(duck, "gathered", sqlglot.parse_one(GATHER, dialect="duckdb"))
        duck.execute(SHAPE, [rule.key, whose])
    for view in ("gathered", "kept"):
        duck.execute(exp.Drop(tables=[exp.to_table(view)], kind="VIEW", exists=True).sql("duckdb"))
    forget(duck, unit, kind)


def _view(duck: duckdb.DuckDBPyConnection, name: str, query: exp.Expr) -> None:
    made = exp.Create(this=exp.to_table(name), kind="VIEW", expression=query, replace=True)
    duck.execute(made.sql("duckdb"))


def _owner(rule: Rule) -> tuple[str, str] | None:
    """Whose result it is: the payee's; where the text names none, the beneficiary's.  (column, table)"""
    for column, term in (("payee", rule.pays), ("beneficiary", rule.beneficiary)):
        if isinstance(term, t.Term):
            return (column, term.type.name) if term.type.name in KINDS else None
    return None


def _kept(rule: Rule, role: str, labels: list[str], keys: list[str]) -> exp.Select:
    """Lines that may be paid, and those that one condition alone refuses."""
    holder: exp.Expression = _col("row")
    if keys:
        told = [exp.Coalesce(this=exp.cast(_col(key), "varchar"), expressions=[_text("未知")]) for key in keys]
        holder = _call("concat_ws", _text(" · "), *told)
    joined = {f"{CHECK}{each.label}" for each in rule.joined}
    counted = [exp.Is(this=_col(each), expression=exp.false()) for each in [*labels, "amount"]]
    wrong: exp.Expression = exp.Literal.number(0)
    for each in counted:
        wrong = exp.Add(this=wrong, expression=exp.cast(each, "integer"))
    settles = [each for each in labels if each not in joined and each != f"{CHECK}{FORCE}"]
    if rule.grouping is not None:
        settles = [f"{CHECK}{each.label}" for each in rule.thresholds]
    unmet = _named(settles, exp.false())
    one = exp.and_(exp.EQ(this=wrong, expression=exp.Literal.number(1)), exp.NEQ(this=unmet, expression=_text("")))
    kept = exp.or_(exp.Not(this=exp.Paren(this=exp.NullSafeEQ(this=_col("verdict"), expression=exp.false()))), one)
    return exp.select(
        exp.alias_(_call("concat", _text(f"{rule.table}:"), holder), "holder"),
        exp.alias_(exp.TryCast(this=_col(role), to=exp.DataType.build("bigint")), "owner"),
        *(_col(each) for each in ("verdict", "paid_low", "paid_high", "begin", "part")),
        exp.alias_(_named(labels, exp.null()), "unknown"),
        exp.alias_(unmet, "unmet"),
    ).from_(exp.table_(lines_of(rule.id), quoted=True)).where(kept)  # fmt: skip


def _named(labels: list[str], outcome: exp.Expression) -> exp.Expression:
    """The labels of the checks with an outcome, as the inside of an array of PostgreSQL."""
    told = [
        exp.Case(ifs=[exp.If(this=exp.Is(this=_col(each), expression=outcome.copy()), true=_text(_element(each.removeprefix(CHECK))))])
        for each in labels
    ]  # fmt: skip
    return _call("concat_ws", _text(","), *told) if told else _text("")


def _element(label: str) -> str:
    escaped = label.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _col(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _text(value: str) -> exp.Literal:
    return exp.Literal.string(value)


def _call(name: str, *arguments: exp.Expression) -> exp.Anonymous:
    """A function as DuckDB has it: its `concat_ws` steps over NULL."""
    return exp.Anonymous(this=name, expressions=list(arguments))
