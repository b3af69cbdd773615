"""A relation under construction in which terms can be worked out, column by column.

Each bound value becomes a column of a later step, so that a term that is used
three times is computed once and statements stay small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from tiaowen.check.demands import standard_form
from tiaowen.plan import terms as t
from tiaowen.population.expr import (
    ABSENT_TEXT,
    Sql,
    absent,
    all_of,
    case,
    col,
    is_null,
    lit,
    named,
    null,
    op,
    paren,
    says,
    sql_type,
)
from tiaowen.population.program import Program, filter_, join, select, union
from tiaowen.population.world import EVENTS, World, column_name, facts_of
from tiaowen.vocabulary.types import Type


@dataclass(frozen=True)
class Pair:
    """A value: plain, or known within bounds (`high` given; NULL at an end is open).

    `absent`: whether it may be `none`.
    """

    low: Sql
    high: Sql | None = None
    absent: bool = False

    @property
    def top(self) -> Sql:
        return self.low if self.high is None else self.high

    def plain(self, kind: Type) -> Sql:
        """The value where it is exact, else NULL."""
        if self.high is None:
            return self.low
        return case((op("is", self.low, self.high), self.low), default=null(sql_type(kind)))

    def unknown(self) -> Sql:
        """Whether nothing at all is known."""
        if self.high is None:
            return is_null(self.low)
        return all_of([is_null(self.low), is_null(self.high)])


class Scope:
    """One relation with unique `keys`, the columns it read, and the terms worked out so far."""

    def __init__(
        self, world: World, program: Program, relation: str, keys: tuple[str, ...], rule: str,
        columns: dict[str, bool] | None = None,
    ) -> None:  # fmt: skip
        self.world = world
        self.program = program
        self.relation = relation
        self.keys = keys
        self.rule = rule
        self.columns: dict[str, bool] = dict(columns or {})
        self.known: dict[t.Term, Pair] = {}
        self.event_date = "date"
        self.period = "date"
        self._pending: dict[str, tuple[int, Sql]] = {}
        self.fixed: dict[str, Sql] = {}

    # -- columns ------------------------------------------------------------------
    def bind(self, value: Sql, hint: str = "v") -> Sql:
        """Give a value a column of its own; what is decided beforehand needs none."""
        if isinstance(value, exp.Column | exp.Boolean):
            return value
        made = self.program.fresh(f"{hint}_")
        self.put(made, value)
        return col(made)

    def put(self, column: str, value: Sql) -> None:
        """Add a named column."""
        depth = 0
        for each in value.find_all(exp.Column):
            if each.name in self._pending:
                depth = max(depth, self._pending[each.name][0] + 1)
        self._pending[column] = (depth, value)

    def fix(self, column: str, value: Sql) -> None:
        """Add a named column; a constant, or another column, is only remembered, to be had by `take`."""
        if isinstance(value, exp.Column) or is_constant(value):
            self.fixed[column] = value
        else:
            self.fixed.pop(column, None)
            self.put(column, value)

    def take(self, column: str) -> Sql:
        """A named column, or what stands for it."""
        found = self.fixed.get(column)
        return col(column) if found is None else found.copy()

    def together(self, values: Iterable[Sql]) -> list[Sql]:
        """Columns of one step: windows over columns of one step share one sort."""
        made = [self.bind(value) for value in values]
        pending = [each.name for each in made if isinstance(each, exp.Column) and each.name in self._pending]
        depth = max((self._pending[each][0] for each in pending), default=0)
        for each in pending:
            self._pending[each] = (depth, self._pending[each][1])
        return made

    def flush(self) -> str:
        """Write what is pending as steps; gives the relation that has every column."""
        for depth in sorted({depth for depth, _ in self._pending.values()}):
            layer = [(as_, value) for as_, (at, value) in self._pending.items() if at == depth]
            self.relation = self.program.extend(self.relation, layer)
        self._pending = {}
        return self.relation

    def narrowed(self, relation: str, keys: tuple[str, ...] | None = None) -> Scope:
        """The same columns over another relation that keeps them all."""
        scope = Scope(self.world, self.program, relation, keys or self.keys, self.rule, self.columns)
        scope.known = dict(self.known)
        scope.fixed = dict(self.fixed)
        scope.event_date, scope.period = self.event_date, self.period
        return scope

    def at_period(self, column: str) -> Scope:
        """Itself, with another column as the day of the period; what hung on the old day is forgotten."""
        self.period = column
        self.known = {
            term: pair for term, pair in self.known.items()
            if not any(isinstance(each, t.Moment) and each.slot == t.PERIOD for each in t.walk(term))
        }  # fmt: skip
        return self

    # -- terms ----------------------------------------------------------------------
    def value(self, term: t.Term) -> Pair:
        """A term as SQL over this relation; worked out once."""
        plain = standard_form(term)
        found = self.known.get(plain)
        if found is None:
            from tiaowen.population.terms import lower

            found = lower(self, term)
            low = self._keep(found.low)
            high = None if found.high is None else self._keep(found.high)
            found = self.known[plain] = Pair(low, high, found.absent)
        return found

    def _keep(self, value: Sql) -> Sql:
        return value if is_constant(value) else self.bind(value)

    def outcome(self, term: t.Term) -> Sql:
        """A condition: true, false or NULL."""
        return self.value(term).low

    def spelled(self, value: Sql, columns: Mapping[str, Sql]) -> Sql:
        """A value in terms of some columns alone: what is pending is written out."""

        def told(node: exp.Expression) -> exp.Expression:
            if not isinstance(node, exp.Column):
                return node
            pending = self._pending.get(node.name)
            return columns[node.name].copy() if pending is None else paren(self.spelled(pending[1], columns))

        return value.transform(told)

    def settle(self, term: t.Term) -> None:
        """Every row that is left meets a condition: others were dropped."""
        self.known[standard_form(term)] = Pair(lit(True))

    def meets(self, term: t.Term) -> bool:
        """Whether every row is known to meet a condition."""
        found = self.known.get(standard_form(term))
        return found is not None and says(found.low, True)

    def join_back(self, relation: str, columns: Iterable[str]) -> None:
        """Add columns of a relation that has at most one row per key (NULL where none)."""
        mine = self.flush()
        query = select(
            [exp.Column(this=exp.Star(), table=exp.to_identifier("e")),
             *(named(col(each, "a"), each) for each in columns)], mine, "e",
        )  # fmt: skip
        on = all_of(op("is", col(key, "e"), col(key, "a")) for key in self.keys)
        self.relation = self.program.add(join(query, relation, "a", on, left=True))


def is_constant(value: Sql) -> bool:
    """Whether a value is the same for every row, as it is written."""
    bare = value.this if isinstance(value, exp.Cast) else value
    bare = bare.this if isinstance(bare, exp.Neg) else bare
    return isinstance(bare, exp.Literal | exp.Boolean | exp.Null) or (
        isinstance(bare, exp.Array) and not bare.expressions
    )


# -- reading rows --------------------------------------------------------------------
def source(
    world: World, program: Program, table: str, slot: int,
    wanted: Iterable[tuple[tuple[str, ...], str]], keep: Sql | None = None,
) -> tuple[str, dict[str, bool]]:  # fmt: skip
    """A step that reads a table with one left join per reference, and its columns (may be absent?)."""
    wanted = list(wanted)
    prefixes = sorted({hops[:n] for hops, _ in wanted for n in range(1, len(hops) + 1)}, key=lambda h: (len(h), h))
    columns: dict[str, bool] = {f"{slot}.id": False}
    mine = EVENTS if slot == t.EVENT else f"{EVENTS}{slot}"
    chosen: list[Sql] = [named(col("id", mine), f"{slot}.id")]
    sure = {hops for hops in prefixes if not world.hops_lack(table, hops)}  # every row has one: no outer join

    def alias(hops: tuple[str, ...]) -> str:
        return ".".join((mine, *hops))

    def read(hops: tuple[str, ...], column: str) -> Sql:
        here = world.target(table, hops)
        value = col(column, alias(hops))
        if hops in sure or not world.hops_absent(table, hops):
            return value
        missing = [op("is", read(hops[:n], hops[n]), lit(ABSENT_TEXT)) for n in range(len(hops))
                   if world.hops_absent(table, hops[: n + 1])]  # fmt: skip
        return case(*((each, absent(world.type_of(here, column))) for each in missing), default=value)

    for hops, column in wanted:
        kind = world.type_of(world.target(table, hops), column)
        columns[column_name(slot, hops, column)] = kind.or_none or (
            world.hops_absent(table, hops) and kind.kind != "bool"
        )
        chosen.append(named(read(hops, column), column_name(slot, hops, column)))
    query = select(chosen, facts_of(table), mine)
    for hops in prefixes:
        target = world.target(table, hops)
        relation = facts_of(target)
        if hops in sure and world.hops_absent(table, hops):
            relation = _or_none(world, program, target)
        on = op("is", col(hops[-1], alias(hops[:-1])), col("id", alias(hops)))
        join(query, relation, alias(hops), on, left=hops not in sure)
    return program.add(filter_(query, keep), "read"), columns


def _or_none(world: World, program: Program, table: str) -> str:
    """A table with the row that references known to be absent lead to."""
    kinds = {c.name: c.type for c in world.vocabulary.tables[table].columns.values() if c.derived is None}
    rows = select([col("id"), *(col(each) for each in kinds)], facts_of(table))
    none = [named(lit(ABSENT_TEXT), "id"), *(named(absent(kind), each) for each, kind in kinds.items())]
    return program.add(union([rows, exp.Select(expressions=none)]), "or_none")
