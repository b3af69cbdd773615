"""SQL expressions of the population run: thin builders over sqlglot, values of three kinds.

Unknown is NULL.  Known to be absent (`none`) is one value per SQL type, chosen here
and nowhere else: `∅` in text, code, region and reference columns, 9999-12-31 in
dates, -9·10^18 in whole numbers (never stored, it only arises behind an absent
reference).  Money is BIGINT fen; nothing is ever a float.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sqlglot import exp

from tiaowen.vocabulary.types import NONE, Type

ABSENT_TEXT = "∅"
ABSENT_DATE = dt.date.max
ABSENT_INT = -9_000_000_000_000_000_000

Sql = exp.Expression


def sql_type(kind: Type) -> str:
    """The DuckDB type of a column: month is months since year 0, quantities are base units."""
    return {
        "bool": "BOOLEAN",
        "date": "DATE",
        "month": "BIGINT",
        "year": "BIGINT",
        "int": "BIGINT",
        "quantity": "BIGINT",
    }.get(kind.kind, "VARCHAR")


def absent(kind: Type) -> Sql:
    """The value of `none`; an absent row's yes/no columns are no."""
    return lit({"BOOLEAN": False, "DATE": ABSENT_DATE, "BIGINT": ABSENT_INT}.get(sql_type(kind), ABSENT_TEXT))


def lit(value: object) -> Sql:
    """A literal.  Whole numbers are BIGINT, so that arithmetic on literals can't overflow 32 bits."""
    if value is None:
        return exp.null()
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, int):
        number: Sql = exp.Literal.number(abs(value))
        return cast(exp.Neg(this=number) if value < 0 else number, "BIGINT")
    if isinstance(value, dt.date):
        return cast(exp.Literal.string(value.isoformat()), "DATE")
    return exp.Literal.string(str(value))


def value_of(value: object, kind: Type) -> Sql:
    """A value of the plan as a typed literal."""
    if value is NONE:
        return absent(kind)
    return null(sql_type(kind)) if value is None else lit(value)


def cast(inner: Sql, to: str) -> Sql:
    built = _built(to)
    fresh = built.copy() if built.args.get("nested") else exp.DataType(this=built.this, nested=False)
    return exp.Cast(this=inner, to=fresh)


@cache
def _built(to: str) -> exp.DataType:
    return exp.DataType.build(to, dialect="duckdb")


def null(to: str) -> Sql:
    return cast(exp.null(), to)


def name(text: str) -> exp.Identifier:
    return exp.to_identifier(text, quoted=True)


def col(column: str, table: str = "") -> Sql:
    return exp.Column(this=name(column), table=name(table) if table else None)


def named(inner: Sql, as_: str) -> Sql:
    return exp.Alias(this=inner, alias=name(as_))


def table(relation: str, alias: str = "") -> exp.Table:
    return exp.Table(this=name(relation), alias=exp.TableAlias(this=name(alias)) if alias else None)


def paren(inner: Sql) -> Sql:
    return inner if isinstance(inner, exp.Column | exp.Cast | exp.Literal | exp.Paren) else exp.Paren(this=inner)


def says(inner: Sql, value: bool) -> bool:
    """Whether an expression is that constant: what is decided beforehand never reaches a row."""
    return isinstance(inner, exp.Boolean) and inner.this is value


def all_of(parts: Iterable[Sql]) -> Sql:
    """Kleene `and`: SQL has the same three values."""
    return _chain(exp.And, list(parts), True)


def any_of(parts: Iterable[Sql]) -> Sql:
    return _chain(exp.Or, list(parts), False)


def _chain(node: type[exp.And] | type[exp.Or], parts: list[Sql], empty: bool) -> Sql:
    if any(says(part, not empty) for part in parts):
        return lit(not empty)
    parts = [part for part in parts if not says(part, empty)]
    if not parts:
        return lit(empty)
    found = paren(parts[0])
    for part in parts[1:]:
        found = node(this=found, expression=paren(part))
    return exp.Paren(this=found) if len(parts) > 1 else parts[0]


def no(inner: Sql) -> Sql:
    if isinstance(inner, exp.Boolean):
        return lit(not inner.this)
    return exp.Not(this=paren(inner))


def is_null(inner: Sql) -> Sql:
    bare = inner.this if isinstance(inner, exp.Cast) else inner
    if isinstance(bare, exp.Literal | exp.Boolean | exp.Null):
        return lit(isinstance(bare, exp.Null))
    return exp.Paren(this=exp.Is(this=paren(inner), expression=exp.null()))


def not_null(inner: Sql) -> Sql:
    return no(is_null(inner))


def is_true(inner: Sql) -> Sql:
    return _or_else(inner, False)


def not_false(inner: Sql) -> Sql:
    return _or_else(inner, True)


def _or_else(inner: Sql, otherwise: bool) -> Sql:
    if isinstance(inner, exp.Boolean):
        return inner
    unknown = isinstance(inner.this if isinstance(inner, exp.Cast) else inner, exp.Null)
    return lit(otherwise) if unknown else call("coalesce", inner, lit(otherwise))


_OPS: dict[str, type[exp.Binary]] = {
    "is": exp.EQ, "is not": exp.NEQ, ">=": exp.GTE, "<=": exp.LTE, ">": exp.GT, "<": exp.LT,
    "+": exp.Add, "-": exp.Sub, "*": exp.Mul, "//": exp.IntDiv, "%": exp.Mod,
}  # fmt: skip


def op(word: str, left: Sql, right: Sql) -> Sql:
    decided = _decided(word, left, right)
    if decided is not None:
        return lit(decided)
    if word in _COMPARE:
        left, right = _bare(left), _bare(right)
    return exp.Paren(this=_OPS[word](this=paren(left), expression=paren(right)))


def _bare(inner: Sql) -> Sql:
    """A whole number that is compared needs no width of its own."""
    return inner.this if isinstance(inner, exp.Cast) and isinstance(_constant(inner), int) else inner


def _decided(word: str, left: Sql, right: Sql) -> bool | None:
    """What a comparison of two constants comes to; None for anything else."""
    compare = _COMPARE.get(word)
    if compare is None:
        return None
    if isinstance(left, exp.Literal) and isinstance(right, exp.Literal) and left.is_string and right.is_string:
        return compare(left.this, right.this) if word in ("is", "is not") else None
    a, b = _constant(left), _constant(right)
    return None if a is None or b is None else compare(a, b)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq, "is not": operator.ne, ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


def _constant(inner: Sql) -> int | dt.date | None:
    """The whole number or the day that a literal of `lit` says."""
    if not isinstance(inner, exp.Cast):
        return None
    bare, sign = (inner.this.this, -1) if isinstance(inner.this, exp.Neg) else (inner.this, 1)
    if not isinstance(bare, exp.Literal):
        return None
    if not bare.is_string:
        return sign * int(bare.this)
    return dt.date.fromisoformat(bare.this) if inner.to.this == exp.DataType.Type.DATE else None


def same(left: Sql, right: Sql) -> Sql:
    """Equal, where NULL equals NULL."""
    return exp.Paren(this=exp.NullSafeEQ(this=paren(left), expression=paren(right)))


def among(inner: Sql, values: Sequence[object]) -> Sql:
    if not values:
        return lit(False)
    return exp.Paren(this=exp.In(this=paren(inner), expressions=[lit(v) for v in values]))


def case(*pairs: tuple[Sql, Sql], default: Sql | None = None) -> Sql:
    """The value of the first condition that holds; conditions that are decided beforehand are not asked."""
    last = exp.null() if default is None else default
    kept = []
    for when, then in pairs:
        if says(when, True):
            last = then
            break
        if not says(when, False):
            kept.append(exp.If(this=when, true=then))
    return exp.Case(ifs=kept, default=last) if kept else last


def call(function: str, *args: Sql) -> Sql:
    """A DuckDB function by its name (GREATEST and LEAST pass over NULL)."""
    return exp.Anonymous(this=function, expressions=list(args))


def big(inner: Sql) -> Sql:
    return cast(inner, "BIGINT")


def filtered(aggregate: Sql, where: Sql) -> Sql:
    return exp.Filter(this=aggregate, expression=exp.Where(this=where))


def how_many(where: Sql | None = None) -> Sql:
    counted: Sql = exp.Count(this=exp.Star())
    return counted if where is None or says(where, True) else filtered(counted, where)


def total(inner: Sql) -> Sql:
    """A sum, cast back: DuckDB's sum of BIGINT is HUGEINT, which Parquet would make a DOUBLE."""
    return big(call("coalesce", exp.Sum(this=inner), lit(0)))


def over(aggregate: Sql, by: Sequence[Sql], order: Sequence[Sql] = (), rows: str = "") -> Sql:
    """A window.  rows: `before` (all earlier), `after` (all later), `to here`, or all."""
    spec: exp.WindowSpec | None = None
    ends = {
        "before": ("UNBOUNDED", "PRECEDING", lit_number(1), "PRECEDING"),
        "after": (lit_number(1), "FOLLOWING", "UNBOUNDED", "FOLLOWING"),
        "to here": ("UNBOUNDED", "PRECEDING", "CURRENT ROW", None),
    }
    if rows:
        start, start_side, end, end_side = ends[rows]
        spec = exp.WindowSpec(kind="ROWS", start=start, start_side=start_side, end=end, end_side=end_side)
    return exp.Window(
        this=aggregate,
        partition_by=list(by),
        order=exp.Order(expressions=[ascending(each) for each in order]) if order else None,
        spec=spec,
    )


def lit_number(value: int) -> Sql:
    return exp.Literal.number(value)


def ascending(inner: Sql) -> Sql:
    return inner if isinstance(inner, exp.Ordered) else exp.Ordered(this=inner, nulls_first=False)


def half_up(value: Sql, numerator: Sql, denominator: Sql) -> Sql:
    """`value · numerator / denominator` rounded half up in whole numbers, floored like Python's `//`."""
    whole = op("+", op("*", op("*", lit(2), value), numerator), denominator)
    by = op("*", lit(2), denominator)
    rest = op("%", op("+", op("%", whole, by), by), by)
    return op("//", op("-", whole, rest), by)
