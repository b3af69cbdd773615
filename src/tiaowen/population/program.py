"""A statement under construction: named steps, each a SELECT over earlier ones."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlglot import exp

from tiaowen.population.expr import Sql, name, named, says, table
from tiaowen.population.slim import ONE, slim

Chosen = TypeVar("Chosen", bound=exp.Query)


@contextmanager
def uncollected() -> Iterator[None]:
    """For making statements: every node of a tree refers to the one above it, which the collector follows for nothing."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class Program:
    """Steps that end up as the WITH of one statement."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, exp.Query]] = []
        self._made = 0

    def fresh(self, hint: str) -> str:
        self._made += 1
        return f"{hint}{self._made}"

    def add(self, query: exp.Query, hint: str = "s") -> str:
        """Add a step; gives its name."""
        step = self.fresh(f"_{hint}")
        self.steps.append((step, query))
        return step

    def extend(self, relation: str, columns: Iterable[tuple[str, Sql]], where: Sql | None = None) -> str:
        """A step that keeps everything of a relation and adds columns."""
        query = select([exp.Star(), *(named(value, as_) for as_, value in columns)], relation)
        return self.add(filter_(query, where))

    def statement(self, final: exp.Query) -> exp.Query:
        """The final query with the steps before it that it needs."""
        steps = slim(self.steps, final)
        final.set(
            "with_",
            exp.With(expressions=[exp.CTE(this=query, alias=exp.TableAlias(this=name(step))) for step, query in steps]),
        )
        return final


def select(columns: Iterable[Sql], relation: str, alias: str = "") -> exp.Select:
    query = exp.Select(expressions=list(columns))
    query.set("from_", exp.From(this=table(relation, alias)))
    return query


def filter_(query: exp.Select, where: Sql | None) -> exp.Select:
    if where is not None and not says(where, True):
        query.set("where", exp.Where(this=where))
    return query


def at_most(query: Chosen, rows: int) -> Chosen:
    """Some rows of it."""
    query.set("limit", exp.Limit(expression=exp.Literal.number(rows)))
    return query


def one(query: Chosen) -> Chosen:
    """At most one row of it."""
    return at_most(query, 1)


def join(query: exp.Select, relation: str, alias: str, on: Sql, left: bool = False) -> exp.Select:
    query.append("joins", exp.Join(this=table(relation, alias), on=on, side="LEFT" if left else None))
    return query


def beside(query: exp.Select, relation: str, alias: str, on: Sql) -> exp.Select:
    """Join a relation that has exactly one row for each of the query's: left out where no column of it is read."""
    join(query, relation, alias, on)
    query.args["joins"][-1].meta[ONE] = True
    return query


def group(query: exp.Select, by: Iterable[Sql]) -> exp.Select:
    query.set("group", exp.Group(expressions=list(by)))
    return query


def union(parts: list[exp.Query]) -> exp.Query:
    """UNION ALL BY NAME, so that no branch depends on the order of its columns."""
    found = parts[0]
    for part in parts[1:]:
        found = exp.Union(this=found, expression=part, distinct=False, by_name=True)
    return found
