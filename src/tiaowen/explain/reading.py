"""The facts that a condition read, and what is missing when it is unknown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tiaowen.evaluate.aggregates import covered, source
from tiaowen.evaluate.bound import Bound
from tiaowen.evaluate.expressions import Compiler
from tiaowen.evaluate.facts import Row
from tiaowen.explain.show import show_value
from tiaowen.plan import terms as t
from tiaowen.vocabulary.types import NONE

ENOUGH = 20  # unknown columns named for one condition


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as read: which row and column, its Chinese name, value and source."""

    table: str
    row: str
    column: str
    label: str
    value: str
    source: str
    known: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """What would settle an unknown: a column of a row, or the rest of a table."""

    table: str
    row: str
    column: str
    label: str
    source: str


@dataclass
class Reader:
    """Reads terms again in an environment, this time telling what it sees."""

    compiler: Compiler

    def facts(self, term: t.Term, env: list[Any]) -> list[Fact]:
        """Every fact that a term reads, outermost derived facts as one."""
        found: list[Fact] = []
        for leaf in leaves(term):
            fact = self._fact(leaf, env)
            if fact is not None and fact not in found:
                found.append(fact)
        return found

    def _fact(self, term: t.Term, env: list[Any]) -> Fact | None:
        vocabulary = self.compiler.vocabulary
        value = self.compiler.fn(term)(env)
        known = value is not None and not isinstance(value, Bound)
        shown = show_value(vocabulary, term.type, value)
        if isinstance(term, t.Stated):
            stated = term.stated
            assert isinstance(stated, t.Column)
            derived = next(
                (c for c in vocabulary.tables[stated.table].columns.values()
                 if c.derived is not None and c.derived.stated_by == stated.column), None
            )  # fmt: skip
            label = derived.label if derived else ""
            row = self._row(stated, env)
            source = derived.source if derived and derived.source else "推算"
            return Fact(stated.table, _id(row), stated.column, self._path(stated, label), shown,
                        source, known)  # fmt: skip
        if isinstance(term, t.Column):
            column = vocabulary.tables[term.table].columns[term.column]
            row = self._row(term, env)
            return Fact(term.table, _id(row), term.column, self._path(term, column.label), shown,
                        column.source, known)  # fmt: skip
        if isinstance(term, t.RowOf):
            if not term.hops:
                return None
            label = self._hop_label(term.root, term.hops)
            return Fact(term.type.name, "", term.hops[-1], label, shown, "", known)
        if isinstance(term, t.Exists | t.Aggregate | t.MonthsInRow):
            table = vocabulary.tables[term.table]
            if isinstance(term, t.Exists):
                shown = {True: "有", False: "没有", None: "未知"}[value]
            return Fact(term.table, "", "", f"{table.label}记录", shown, table.source, known)
        if isinstance(term, t.Covers):
            table = vocabulary.tables[term.table]
            row = self.compiler.fn(t.RowOf(term.type, term.slot, term.hops, term.table))(env)
            if isinstance(row, Row):
                ends = [show_value(vocabulary, table.columns[c].type, row.values.get(c))
                        for c in (term.first, term.last)]  # fmt: skip
                shown = f"{ends[0]} 至 {'今' if ends[1] == '无' else ends[1]}"
            return Fact(term.table, _id(row), term.last, f"{table.label}起止", shown, table.source,
                        known)  # fmt: skip
        return None

    def _row(self, term: t.Column, env: list[Any]) -> Any:
        row = env[term.slot]
        for hop in term.hops:
            if not isinstance(row, Row):
                return row
            row = row.values.get(hop)
        return row

    def _path(self, term: t.Column, label: str) -> str:
        if not term.hops:
            return label
        return f"{self._hop_label(term.root, term.hops)}的{label}"

    def _hop_label(self, root: str, hops: tuple[str, ...]) -> str:
        """The Chinese name of the last hop of a path."""
        vocabulary = self.compiler.vocabulary
        table = vocabulary.tables[root]
        label = ""
        for hop in hops:
            column = table.columns[hop]
            label = column.label
            table = vocabulary.tables[column.type.name]
        return label

    # -- what is missing ------------------------------------------------------------
    def missing(self, term: t.Term, env: list[Any]) -> list[Missing]:
        """The columns, or the rest of tables, that would settle an unknown term."""
        found: list[Missing] = []
        for each in self._missing(term, env):
            if each not in found:
                found.append(each)
        return found

    def _missing(self, term: t.Term, env: list[Any]) -> Iterator[Missing]:
        value = self.compiler.fn(term)(env)
        if value is not None and not isinstance(value, Bound):
            return
        vocabulary = self.compiler.vocabulary
        if isinstance(term, t.Open):
            who = term.by or "另行规定"
            yield Missing("", "", "", f"待{who}明确" if not term.by else f"由{who}判断", who)
        elif isinstance(term, t.Column):
            yield from self._column(term, env)
        elif isinstance(term, t.RowOf):
            yield from self._hops(term.root, env[term.slot], term.hops)
        elif isinstance(term, t.Stated):
            yield from self._missing(term.stated, env)
            yield from self._missing(term.otherwise, env)
        elif isinstance(term, t.Exists | t.Aggregate | t.MonthsInRow):
            if not covered(self.compiler, term.closure)(env):
                table = vocabulary.tables[term.table]
                yield Missing(term.table, "", "", f"{table.label}是否已列全", table.source)
            yield from self._among(term, env)
        elif isinstance(term, t.Covers):
            table = vocabulary.tables[term.table]
            row = self.compiler.fn(t.RowOf(term.type, term.slot, term.hops, term.table))(env)
            if isinstance(row, Row):
                for name in (term.first, term.last):
                    if row.values.get(name) is None:
                        column = table.columns[name]
                        yield Missing(table.id, row.id, name, column.label, column.source)
        elif isinstance(term, t.InDirectory):
            yield from self._missing(term.inner, env)
            directory = vocabulary.directories[term.directory]
            if not directory.complete or not directory.rows:
                yield Missing("", "", "", f"{directory.label}的全文", directory.source)
        elif isinstance(term, t.ParameterAt):
            parameter = vocabulary.parameters[term.parameter]
            for inner in t.children(term):
                yield from self._missing(inner, env)
            yield Missing("", "", "", f"{parameter.label}", parameter.source)
        else:
            for inner in t.children(term):
                yield from self._missing(inner, env)

    def _among(self, term: t.Exists | t.Aggregate | t.MonthsInRow, env: list[Any]) -> list[Missing]:
        """What is not known of the rows that are there."""
        found: list[Missing] = []
        before = env[term.slot]
        for row in source(self.compiler, term.closure)(env):
            env[term.slot] = row
            if term.where is not None:
                found += [each for each in self._missing(term.where, env) if each not in found]
            if len(found) >= ENOUGH:
                break
        env[term.slot] = before
        return found

    def _column(self, term: t.Column, env: list[Any]) -> Iterator[Missing]:
        row = env[term.slot]
        if not isinstance(row, Row):
            return
        before = list(self._hops(term.root, row, term.hops))
        if before:
            yield from before
            return
        owner = self._row(term, env)
        if isinstance(owner, Row) and owner.values.get(term.column) is None:
            column = self.compiler.vocabulary.tables[term.table].columns[term.column]
            yield Missing(term.table, owner.id, term.column, column.label, column.source)

    def _hops(self, root: str, row: Any, hops: tuple[str, ...]) -> Iterator[Missing]:
        vocabulary = self.compiler.vocabulary
        table = vocabulary.tables[root]
        for hop in hops:
            if not isinstance(row, Row):
                return
            column = table.columns[hop]
            if row.values.get(hop) is None:
                yield Missing(table.id, row.id, hop, column.label, column.source)
                return
            row = row.values[hop]
            table = vocabulary.tables[column.type.name]


def leaves(term: t.Term) -> Iterator[t.Term]:
    """The facts that a term reads; tables looked through count as one."""
    if isinstance(term, t.Column | t.Stated | t.Exists | t.Aggregate | t.MonthsInRow | t.Covers):
        yield term
        return
    if isinstance(term, t.RowOf):
        yield term
        return
    for inner in t.children(term):
        yield from leaves(inner)


def _id(row: Any) -> str:
    return row.id if isinstance(row, Row) else ""


__all__ = ["NONE", "Fact", "Missing", "Reader", "dt", "leaves"]
