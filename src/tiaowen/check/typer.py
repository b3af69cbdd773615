"""Giving names and types to expressions: syntax in, plan terms out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from tiaowen.check.closures import closure_of
from tiaowen.language import syntax as s
from tiaowen.language.expressions import ExpressionError, parse_expression
from tiaowen.plan import terms as t
from tiaowen.problems import Problem, Spot, nearest, problem
from tiaowen.vocabulary.model import Column, Table, Vocabulary
from tiaowen.vocabulary.types import (
    AGE,
    BOOL,
    DATE,
    INT,
    MONEY,
    MONTH,
    MONTHS,
    ORDERED_KINDS,
    REGION,
    YEAR,
    Type,
)
from tiaowen.vocabulary.units import UnitError

MAX_EXPANSION = 24
MAX_EXPANSIONS = 500  # derived facts in one block, all levels together: doubling must not blow up


class TypeProblem(Exception):
    """An expression that has no type; carries the problem."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


@dataclass
class Typer:
    """Types the expressions of one block.

    `names` binds variables to rows, `here` is the document's region code.  Slots
    are handed out in order, so that each row variable of a block has its own.
    """

    vocabulary: Vocabulary
    here: str
    names: dict[str, t.Term] = field(default_factory=dict)
    in_schedule: bool = False
    next_slot: int = t.EVENT
    depth: int = 0
    mentions: list[str] = field(default_factory=list)
    expanded: list[str] = field(default_factory=list)

    def bind(self, name: str, table: str) -> int:
        """Give a table's row a name and a slot."""
        slot = self.next_slot
        self.next_slot += 1
        self.names[name] = t.RowOf(Type("row", table), slot, (), table)
        return slot

    # -- entry points -----------------------------------------------------------
    def condition(self, text: str, spot: Spot) -> t.Term:
        """A three-valued condition.  Raises TypeProblem or ExpressionError."""
        expr = parse_expression(text, spot)
        spot = replace(spot, text=text)
        term = self.term(expr, spot)
        if term.type.kind != "bool":
            self.fail("not-a-condition", spot, expr.span, found=term.type.words)
        return term

    def fail(self, code: str, spot: Spot, span: s.Span, **values: Any) -> None:
        at = replace(spot).at(span.start, span.end - span.start)
        raise TypeProblem(problem(code, at, **values))

    def term(self, expr: s.Expr, spot: Spot, expected: Type | None = None) -> t.Term:
        """The typed term of an expression; `expected` gives Chinese values their list."""
        match expr:
            case s.Join(op, parts):
                typed = tuple(self._bool(part, spot) for part in parts)
                return t.Both(BOOL, op, typed)
            case s.Not(inner):
                return t.Negation(BOOL, self._bool(inner, spot))
            case s.Compare():
                return self._compare(expr, spot)
            case s.Number():
                return self._number(expr, spot, expected)
            case s.DateText(value):
                return t.Const(DATE, value)
            case s.Value():
                return self._value(expr, spot, expected)
            case s.Absent():
                self.fail("none-alone", spot, expr.span)
            case s.ListOf():
                self.fail("list-alone", spot, expr.span)
            case s.PercentOf():
                return self._percent(expr, spot)
            case s.Arithmetic():
                return self._arithmetic(expr, spot)
            case s.Quantified():
                return self._quantified(expr, spot)
            case s.Path():
                return self._path(expr, spot)
        raise AssertionError(expr)

    def _bool(self, expr: s.Expr, spot: Spot) -> t.Term:
        term = self.term(expr, spot)
        if term.type.kind != "bool":
            self.fail("not-a-condition", spot, expr.span, found=term.type.words)
        return term

    # -- literals ---------------------------------------------------------------
    def _number(self, expr: s.Number, spot: Spot, expected: Type | None) -> t.Term:
        try:
            figure = self.vocabulary.units.figure(expr)
        except UnitError as error:
            self.fail(error.code, spot, expr.span, **error.values)
            raise AssertionError from error
        if figure.per:
            if expected is not None and expected.unit != figure.unit:
                self.fail("unit-differs", spot, expr.span, found=expr.unit, expected=expected.unit)
            return t.Const(Type("quantity", figure.dimension, unit=figure.unit), figure.value)
        if not figure.dimension:
            kind = YEAR if expected is not None and expected.kind == "year" else INT
            if expected is not None and expected.kind == "quantity":
                self.fail("unit-missing", spot, expr.span, expected=expected.unit)
            return t.Const(kind, figure.value)
        return t.Const(Type("quantity", figure.dimension, unit=figure.unit), figure.value)

    def _value(self, expr: s.Value, spot: Spot, expected: Type | None) -> t.Term:
        if expected is None:
            self.fail("value-alone", spot, expr.span, found=expr.text)
            raise AssertionError
        if expected.kind == "region":
            code = self.vocabulary.regions.resolve(expr.text)
            if code is None:
                self.fail("unknown-region", spot, expr.span, name=expr.text)
            return t.Const(REGION, code)
        if expected.kind == "code":
            codes = self.vocabulary.codes[expected.name]
            if expr.text not in codes.codes and not codes.open:
                self.fail(
                    "unknown-code",
                    spot,
                    expr.span,
                    found=expr.text,
                    list=f"{codes.id}（{codes.label}）",
                    known="、".join(codes.codes),
                    hint=codes.also.get(expr.text) or nearest(expr.text, codes.codes),
                )
            return t.Const(expected.present(), expr.text)
        if expected.kind == "text":
            return t.Const(expected.present(), expr.text)
        self.fail("value-type", spot, expr.span, found=expr.text, expected=expected.words)
        raise AssertionError

    # -- comparisons ------------------------------------------------------------
    def _compare(self, expr: s.Compare, spot: Spot) -> t.Term:
        if expr.op in ("in", "not in"):
            return self._membership(expr, spot)
        if isinstance(expr.right, s.Absent):
            inner = self.term(expr.left, spot)
            if not inner.type.or_none:
                self.fail("never-none", spot, expr.span, found=inner.type.words)
            if expr.op not in ("is", "is not"):
                self.fail("none-order", spot, expr.right.span)
            return t.IsAbsent(BOOL, inner, expr.op == "is not")
        if isinstance(expr.left, s.Value):
            right = self.term(expr.right, spot)
            left = self.term(expr.left, spot, right.type)
        else:
            left = self.term(expr.left, spot)
            right = self.term(expr.right, spot, left.type)
        left, right = self._same_kind(left, right, expr, spot)
        codes: tuple[str, ...] = ()
        if expr.op not in ("is", "is not"):
            codes = self._ladder(left.type, expr, spot)
        return t.Comparison(BOOL, expr.op, left, right, codes)

    def _same_kind(self, left: t.Term, right: t.Term, expr: s.Compare, spot: Spot) -> tuple[t.Term, t.Term]:
        a, b = left.type, right.type
        if {a.kind, b.kind} == {"year", "int"}:
            return left, right
        alike = a.kind == b.kind and (a.kind not in ("quantity", "code", "row") or a.name == b.name)
        if not alike:
            self.fail("types-differ", spot, expr.span, left=a.words, right=b.words)
        if a.kind == "quantity" and ("/" in a.unit or "/" in b.unit) and a.unit != b.unit:
            self.fail("unit-differs", spot, expr.right.span, found=b.unit, expected=a.unit)
        return left, right

    def _ladder(self, kind: Type, expr: s.Compare, spot: Spot) -> tuple[str, ...]:
        if kind.kind in ORDERED_KINDS:
            return ()
        if kind.kind == "code" and self.vocabulary.codes[kind.name].ordered:
            return tuple(self.vocabulary.codes[kind.name].codes)
        self.fail("not-ordered", spot, expr.span, found=kind.words)
        raise AssertionError

    def _membership(self, expr: s.Compare, spot: Spot) -> t.Term:
        negated = expr.op == "not in"
        left = self.term(expr.left, spot)
        right = expr.right
        if isinstance(right, s.Path) and right.steps[0].name == "directory":
            return self._directory(left, right, negated, spot)
        if isinstance(right, s.ListOf):
            values = []
            for item in right.items:
                const = self.term(item, spot, left.type)
                if not isinstance(const, t.Const):
                    self.fail("list-constant", spot, item.span)
                    raise AssertionError
                if const.type.kind != left.type.kind or const.type.name != left.type.name:
                    self.fail(
                        "types-differ", spot, item.span,
                        left=left.type.words, right=const.type.words,
                    )  # fmt: skip
                if const.value in values:
                    self.fail("listed-twice", spot, item.span, found=const.value)
                values.append(const.value)
            return t.InValues(BOOL, left, tuple(values), negated)
        if left.type.kind != "region":
            self.fail("in-what", spot, expr.span, found=left.type.words)
        region = self.term(right, spot, REGION)
        if region.type.kind != "region":
            self.fail("in-what", spot, right.span, found=region.type.words)
        return t.InRegion(BOOL, left, region, negated)

    def _directory(self, left: t.Term, right: s.Path, negated: bool, spot: Spot) -> t.Term:
        args = right.steps[0].args or ()
        name = args[0].text if len(args) == 1 and isinstance(args[0], s.Value) else ""
        if name not in self.vocabulary.directories:
            self.fail(
                "unknown-directory", spot, right.span, name=name or "—",
                hint=nearest(name, self.vocabulary.directories),
            )  # fmt: skip
        self.mentions.append(name)
        return t.InDirectory(BOOL, left, name, negated)

    # -- arithmetic -------------------------------------------------------------
    def _percent(self, expr: s.PercentOf, spot: Spot) -> t.Term:
        inner = self.term(expr.of, spot)
        if inner.type.kind != "quantity":
            self.fail("percent-of", spot, expr.of.span, found=inner.type.words)
        scaled = expr.percent.value / Decimal(100)
        numerator, denominator = scaled.as_integer_ratio()
        return t.Percent(inner.type, numerator, denominator, inner)

    def _arithmetic(self, expr: s.Arithmetic, spot: Spot) -> t.Term:
        left = self.term(expr.left, spot)
        right = self.term(expr.right, spot)
        if left.type.kind == "date" and right.type.name in ("months", "days"):
            if expr.op == "*":
                self.fail("arithmetic", spot, expr.span, left=left.type.words, right="*")
            return t.Later(left.type, left, right, 1 if expr.op == "+" else -1)
        if expr.op == "*":
            pair = {left.type.kind, right.type.kind}
            if pair == {"int"} or pair == {"int", "quantity"}:
                kind = left.type if left.type.kind == "quantity" else right.type
                return t.Sum(kind, "*", left, right)
        elif left.type.kind == right.type.kind and left.type.name == right.type.name:
            if left.type.kind in ("quantity", "int", "year"):
                return t.Sum(left.type, expr.op, left, right)
        elif left.type.kind == "year" and right.type.kind == "int":
            return t.Sum(left.type, expr.op, left, right)
        self.fail("arithmetic", spot, expr.span, left=left.type.words, right=right.type.words)
        raise AssertionError

    # -- tables -----------------------------------------------------------------
    def _quantified(self, expr: s.Quantified, spot: Spot) -> t.Term:
        table = self.vocabulary.tables.get(expr.table)
        if table is None:
            self.fail(
                "unknown-table", spot, expr.span, name=expr.table,
                hint=nearest(expr.table, self.vocabulary.tables),
            )  # fmt: skip
            raise AssertionError
        begin = self.term(expr.start, spot) if expr.start is not None else None
        before = self.names.get(expr.alias)
        slot = self.bind(expr.alias, expr.table)
        where = self._bool(expr.where, spot) if expr.where is not None else None
        value: t.Term | None = None
        if expr.column:
            value = self._follow(self.names[expr.alias], s.Step(expr.column, None, expr.span), spot)
        if before is None:
            del self.names[expr.alias]
        else:
            self.names[expr.alias] = before
        closure = closure_of(table, slot, where)
        if expr.word in ("some", "no"):
            found: t.Term = t.Exists(BOOL, expr.table, slot, where or t.all_of(()), closure)
            return t.Negation(BOOL, found) if expr.word == "no" else found
        if expr.word == "months":
            if table.spell is None or begin is None or begin.type.kind != "date":
                self.fail("months-in-row", spot, expr.span, table=expr.table)
                raise AssertionError
            first, last = table.spell
            return t.MonthsInRow(MONTHS, expr.table, slot, begin, where, first, last, closure)
        return self._aggregate(expr, table, slot, value, where, closure, spot)

    def _aggregate(
        self, expr: s.Quantified, table: Table, slot: int, value: t.Term | None,
        where: t.Term | None, closure: t.Closure, spot: Spot,
    ) -> t.Term:  # fmt: skip
        if value is None:
            unit = self.vocabulary.units.known.get(table.noun)
            kind = Type("quantity", unit.dimension if unit else table.noun, unit=table.noun)
            return t.Aggregate(kind, "count", expr.table, slot, None, where, closure)
        codes: tuple[str, ...] = ()
        kind = value.type
        wanted = {"sum": ("quantity", "int"), "earliest": ("date",), "latest": ("date",)}
        allowed = wanted.get(expr.word, ("quantity", "int", "date", "code", "year"))
        if kind.kind not in allowed:
            self.fail("aggregate-type", spot, expr.span, word=expr.word, found=kind.words)
        if kind.kind == "code":
            if not self.vocabulary.codes[kind.name].ordered:
                self.fail("not-ordered", spot, expr.span, found=kind.words)
            codes = tuple(self.vocabulary.codes[kind.name].codes)
        if expr.word != "sum":
            kind = kind.absent_too()
        return t.Aggregate(kind, expr.word, expr.table, slot, value, where, closure, codes)

    # -- paths ------------------------------------------------------------------
    def _path(self, expr: s.Path, spot: Spot) -> t.Term:
        first = expr.steps[0]
        at = self._start(first, expr, spot)
        for step in expr.steps[1:]:
            at = self._follow(at, step, spot)
        return at

    def _start(self, step: s.Step, expr: s.Path, spot: Spot) -> t.Term:
        name = step.name
        if step.args is not None:
            return self._call(step, spot)
        if name in self.names:
            return self.names[name]
        if name == "here":
            return t.Const(REGION, self.here)
        moment = t.Moment(DATE, t.PERIOD if self.in_schedule else t.EVENT_DATE)
        if name == "year":
            return t.Call(YEAR, "year", (moment,))
        if name == "month":
            return t.Call(MONTH, "month", (moment,))
        if name == "event_date":
            return t.Moment(DATE, t.EVENT_DATE)
        if name == "today":
            self.fail("no-today", spot, step.span)
        known = [*self.names, "here", "year", "month", "event_date"]
        self.fail(
            "unknown-name", spot, step.span, name=name, hint=nearest(name, known),
            known="、".join(known),
        )  # fmt: skip
        raise AssertionError

    def _follow(self, at: t.Term, step: s.Step, spot: Spot) -> t.Term:
        if not isinstance(at, t.RowOf):
            self.fail("no-columns", spot, step.span, name=step.name, found=at.type.words)
            raise AssertionError
        table = self.vocabulary.tables[at.type.name]
        if step.name == "covers" and table.spell is not None and step.args is not None:
            return self._covers(at, table, step, spot)
        column = table.columns.get(step.name)
        if column is None:
            hint = nearest(step.name, table.columns)
            label = table.columns[hint].label if hint else ""
            self.fail(
                "unknown-column", spot, step.span, table=table.id, name=step.name,
                hint=f"{hint}（{label}）" if hint else "",
            )  # fmt: skip
            raise AssertionError
        if column.derived is not None:
            return self._derived(at, column, step, spot)
        if step.args is not None:
            self.fail("no-arguments", spot, step.span, name=step.name)
        return self._plain(at, column)

    def _plain(self, at: t.RowOf, column: Column) -> t.Term:
        or_none = column.type.or_none or at.type.or_none
        kind = replace(column.type, or_none=or_none)
        if column.type.kind == "row":
            return t.RowOf(kind, at.slot, (*at.hops, column.name), at.root)
        return t.Column(kind, at.slot, at.hops, column.name, column.table, at.root)

    def _covers(self, at: t.RowOf, table: Table, step: s.Step, spot: Spot) -> t.Term:
        args = step.args or ()
        when = self.term(args[0], spot) if len(args) == 1 else None
        if when is None or when.type.kind not in ("date", "month"):
            self.fail("covers-what", spot, step.span)
            raise AssertionError
        first, last = table.spell or ("", "")
        return t.Covers(BOOL, at.slot, at.hops, table.id, first, last, when)

    def _derived(self, at: t.RowOf, column: Column, step: s.Step, spot: Spot) -> t.Term:
        derived = column.derived
        assert derived is not None
        args = step.args or ()
        if len(args) != len(derived.takes):
            self.fail(
                "argument-count", spot, step.span, name=step.name, found=len(args),
                expected="、".join(f"{n}: {k.words}" for n, k in derived.takes) or "0",
            )  # fmt: skip
        bound: dict[str, t.Term] = {column.table: at}
        for (name, kind), arg in zip(derived.takes, args, strict=True):
            term = self.term(arg, spot, kind)
            if term.type.kind != kind.kind:
                self.fail("types-differ", spot, arg.span, left=kind.words, right=term.type.words)
            bound[name] = term
        name = f"{column.table}.{column.name}"
        self.expanded.append(name)
        if self.depth > MAX_EXPANSION or len(self.expanded) > MAX_EXPANSIONS:
            self.fail("derived-circle", spot, step.span, name=name)
        try:
            body = self._body(column, bound)
        except RecursionError:
            self.fail("derived-circle", spot, step.span, name=name)
            raise
        kind = replace(column.type, or_none=column.type.or_none or at.type.or_none)
        if not derived.stated_by:
            return replace(body, type=kind) if body.type.kind == kind.kind else body
        stated = self.vocabulary.tables[column.table].columns[derived.stated_by]
        return t.Stated(kind, self._plain(at, stated), body)

    def _body(self, column: Column, bound: dict[str, t.Term]) -> t.Term:
        """The defining expression, with the row and the arguments in place of its names."""
        assert column.derived is not None
        inner = Typer(self.vocabulary, self.here, bound, False, self.next_slot, self.depth + 1)
        spot = column.derived.spot
        inner.mentions, inner.expanded = self.mentions, self.expanded
        term = inner.term(parse_expression(column.derived.means, spot), spot, column.type)
        self.next_slot = inner.next_slot
        if term.type.kind != column.type.kind:
            self.fail(
                "derived-type", spot, s.Span(0, max(1, len(spot.text))), name=f"{column.table}.{column.name}",
                found=term.type.words, expected=column.type.words,
            )  # fmt: skip
        return term

    # -- functions --------------------------------------------------------------
    def _call(self, step: s.Step, spot: Spot) -> t.Term:
        from tiaowen.check.functions import call

        return call(self, step, spot)


def check_derived(vocabulary: Vocabulary) -> list[Problem]:
    """Type every derived fact once, so that a wrong one is reported where it is defined."""
    found: list[Problem] = []
    for table in vocabulary.tables.values():
        for column in table.columns.values():
            if column.derived is None:
                continue
            typer = Typer(vocabulary, "", {})
            slot = typer.next_slot
            typer.next_slot += 1
            row = t.RowOf(Type("row", table.id), slot, (), table.id)
            bound: dict[str, t.Term] = {table.id: row}
            for name, kind in column.derived.takes:
                bound[name] = t.Const(kind, None)
            try:
                typer._body(column, bound)
            except (TypeProblem, ExpressionError) as error:
                found.append(error.problem)
            except RecursionError:
                found.append(problem("derived-circle", column.spot, name=f"{table.id}.{column.name}"))
    return found


__all__ = ["AGE", "MONEY", "TypeProblem", "Typer", "check_derived"]
