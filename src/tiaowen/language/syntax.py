"""The shapes that the expression parser produces.  Offsets count characters from 0."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """Where in the scalar a piece stands."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number:
    """`16.5 万人`: the number as printed, 万 or 亿, and the unit (empty if none)."""

    digits: Decimal
    scale: str
    unit: str
    span: Span

    @property
    def value(self) -> Decimal:
        """The number with 万 and 亿 multiplied in."""
        return self.digits * {"": 1, "万": 10_000, "亿": 100_000_000}[self.scale]


@dataclass(frozen=True, slots=True)
class DateText:
    value: dt.date
    span: Span


@dataclass(frozen=True, slots=True)
class Value:
    """A Chinese value; its meaning depends on the type of the other side."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Absent:
    """The word `none`."""

    span: Span


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """`.name` or `.name(args)` in a path; `args` is None when there are no brackets."""

    name: str
    args: tuple[Expr, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Path:
    """A dotted path or a function call, from its first name on."""

    steps: tuple[Step, ...]
    span: Span

    @property
    def text(self) -> str:
        return ".".join(s.name if s.args is None else f"{s.name}(…)" for s in self.steps)


@dataclass(frozen=True, slots=True)
class PercentOf:
    percent: Number
    of: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Arithmetic:
    op: str
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Compare:
    """op: is, is not, in, not in, >=, <=, >, <"""

    op: str
    left: Expr
    right: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    inner: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class Join:
    """`and` or `or` over two or more parts."""

    op: str
    parts: tuple[Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Quantified:
    """`some`/`no`/aggregate over a table.

    word: some, no, count, sum, highest, lowest, earliest, latest, months.
    """

    word: str
    table: str
    alias: str
    column: str
    start: Expr | None
    where: Expr | None
    span: Span


Expr = Number | DateText | Value | Absent | ListOf | Path | PercentOf | Arithmetic | Compare | Not | Join | Quantified
