"""Running the rules of a document over a folder of Parquet."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tiaowen.check.library import Library
from tiaowen.plan.rules import DocumentPlan
from tiaowen.plan.together import closure
from tiaowen.population.errors import PopulationError
from tiaowen.population.expr import ABSENT_TEXT, Sql, all_of, any_of, col, is_null, lit, named, not_false, op
from tiaowen.population.lines import Statement, acting, lines_statement, members
from tiaowen.population.program import filter_, select
from tiaowen.population.rows import lines_of, tables_read
from tiaowen.population.shared import share_reading
from tiaowen.population.stackings import apply_stacking
from tiaowen.population.store import (
    Connection,
    Lacks,
    connect,
    create,
    open_tables,
    read_manifest,
    sql,
)
from tiaowen.population.world import World
from tiaowen.vocabulary.types import NONE

INTERNAL = ("line date", "first row", "index", "doubted")


@dataclass
class PopulationLine:
    """One line as Python values: what the case evaluator calls a Line."""

    row: str | None
    key: tuple[Any, ...]
    date: dt.date | None
    checks: dict[str, bool | None]
    amount: bool | None
    why: str
    verdict: bool | None
    low: int
    high: int | None
    paid_low: int
    paid_high: int | None
    payee: Any
    beneficiary: Any
    applicant: Any
    part: str
    begin: dt.date | None
    end: dt.date | None
    words: str
    fallen: list[tuple[str, str]]
    doubted: bool
    index: int


@dataclass
class Population:
    """The lines of the rules that ran, as relations of one connection (or Parquet files)."""

    connection: Connection
    plan: DocumentPlan
    statements: dict[str, Statement] = field(default_factory=dict)
    owed: bool = False

    def columns(self, rule: str) -> list[str]:
        """Columns of a rule's lines, without those that only order them."""
        found = self.connection.table(f'"{lines_of(rule)}"').columns
        apart = ("stack:", "cap:", "check:") if self.owed else ("stack:", "cap:")
        return [each for each in found if each not in INTERNAL and not each.startswith(apart)]

    def write(self, folder: Path) -> None:
        """One Parquet file of lines per rule."""
        folder.mkdir(parents=True, exist_ok=True)
        for rule in self.statements:
            query = select([col(each) for each in self.columns(rule)], lines_of(rule))
            if self.owed:
                filter_(query, may_be_paid())
            self.connection.sql(sql(query)).write_parquet(str(folder / f"{rule}.parquet"))


def evaluate(
    connection: Connection, library: Library, plan: DocumentPlan, folder: Path, *, on: dt.date | None = None,
    rules: Iterable[str] | None = None, owed: bool = False,
) -> Population:  # fmt: skip
    """Run rules of a plan on an open connection; lines stay there as `lines <rule>`.

    `owed`: benefits alone, and of each only the lines that may be paid, without their conditions
    (a rule that another asks keeps all of its lines until they are written).
    """
    covers, asked = read_manifest(folder)
    wanted = set(plan.rules) if rules is None else closure(plan, rules)
    ordered = [name for name in plan.order if name in wanted]
    asked_for = {each for name in ordered for each in plan.rules[name].asks}
    if owed:
        ordered = [name for name in ordered if plan.rules[name].kind == "benefit" or name in asked_for]
    benefits = [name for name in ordered if plan.rules[name].kind == "benefit"]
    stackings = acting(plan, benefits)
    read = tables_read(library.vocabulary, [plan.rules[name] for name in ordered], stackings)
    open_tables(connection, library.vocabulary, folder, read)
    lacks = Lacks(connection, folder, read)
    day = on if on is not None else asked
    # looked up where it saves work: the statements of a whole run hang on the vocabulary and on what is lacking alone
    world = World(library.vocabulary, covers, day, lacks, lacks.vague if owed else None)
    found = Population(connection, plan, owed=owed)
    for name in ordered:
        alone = owed and name not in asked_for
        found.statements[name] = lines_statement(world, plan.rules[name], stackings, benefits, alone)
    share_reading(connection, found.statements.values())
    for name, statement in found.statements.items():
        create(connection, lines_of(name), statement.query)
    for stacking in stackings:
        apply_stacking(connection, world, stacking, members(stacking, benefits))
    return found


def may_be_paid() -> Sql:
    """Whether a line may be paid: not surely refused, and something left of it."""
    left = any_of([is_null(col("paid_high")), op("is not", col("paid_high"), lit(0))])
    return all_of([not_false(col("verdict")), left])


@contextmanager
def run(
    library: Library, document_id: str, folder: Path, *, on: dt.date | None = None, memory: str = "1GB",
    rules: Iterable[str] | None = None, out: Path | None = None, plan: DocumentPlan | None = None,
    threads: int | None = None, region: str = "", owed: bool = False,
) -> Iterator[Population]:  # fmt: skip
    """Run a document (or some rules of it) over a folder of Parquet in bounded memory.

    `on`: the day of the question (default: the manifest's).  `region`: the place whose
    local rules hold (code, path or name; default: the document as it stands; a `plan` is
    taken as it is).  `owed`: only lines that may be paid, without conditions.  `out`: a folder that gets one Parquet file of lines per rule.
    Stackings over several documents do not run.  Inside the `with`, the lines are relations
    of the connection.  Raises PopulationError (folder, file, column) and Unsupported (rule, construct).
    """
    with tempfile.TemporaryDirectory(prefix="tiaowen-") as scratch:
        connection = connect(memory, Path(scratch), threads)
        try:
            chosen = plan if plan is not None else _placed(library, region).plans[document_id]
            found = evaluate(connection, library, chosen, folder, on=on, rules=rules, owed=owed)
            if out is not None:
                found.write(out)
            yield found
        finally:
            connection.close()


def _placed(library: Library, region: str) -> Library:
    if not region:
        return library
    code = library.vocabulary.regions.resolve(region)
    if code is None:
        raise PopulationError(
            f"region {region}: 没有这个地区 no such place；应为代码、路径或唯一的名称 a code, path or name"
        )
    return library.placed(code)


def lines_as_python(population: Population, rule: str) -> list[PopulationLine]:
    """The lines of one rule as Python values, in order of row and period."""
    statement = population.statements[rule]
    plain = ["row", "date", "amount", "why", "verdict", "low", "high", "paid_low", "paid_high", "payee",
             "beneficiary", "applicant", "part", "begin", "end", "words", "fallen", "doubted", "index"]  # fmt: skip
    labels = list(statement.checks)
    chosen = [*(col(each) for each in plain), *(col(each) for each in statement.keys),
              *(named(col(statement.checks[label]), f"c{n}") for n, label in enumerate(labels))]  # fmt: skip
    query = select(chosen, lines_of(rule)).order_by(col("first row"), col("index"), copy=False)
    found = []
    for values in population.connection.execute(sql(query)).fetchall():
        named_values = dict(zip(plain, values[: len(plain)], strict=True))
        keys = values[len(plain) : len(plain) + len(statement.keys)]
        checks = dict(zip(labels, values[len(plain) + len(statement.keys) :], strict=True))
        for role in ("payee", "beneficiary", "applicant"):
            named_values[role] = _python(named_values[role])
        named_values["fallen"] = [tuple(each.split("|", 1)) for each in named_values["fallen"]]
        found.append(PopulationLine(key=tuple(_python(each) for each in keys), checks=checks, **named_values))
    return found


def _python(value: Any) -> Any:
    return NONE if value == ABSENT_TEXT else value
