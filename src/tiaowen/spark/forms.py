"""Forms of the population SQL that Spark says otherwise, rewritten on the tree.

Every node of a statement is either in `KNOWN`, meaning the same in both engines as it
stands, or has a rewrite here.  Anything else is refused by name: a form that Spark might
read differently must not slip through.  Division by zero is NULL in DuckDB and an error
in Spark's ANSI mode, so divisors that are no literals pass through NULLIF.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from tiaowen.population.errors import PopulationError

Sql = exp.Expr

KNOWN: frozenset[type[Sql]] = frozenset({
    # statements
    exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Distinct, exp.With, exp.CTE, exp.Union,
    exp.Order, exp.Ordered, exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Star,
    # values
    exp.Literal, exp.Boolean, exp.Null, exp.Neg, exp.Cast, exp.DataType, exp.DataTypeParam, exp.Paren, exp.Array,
    # three-valued logic
    exp.And, exp.Or, exp.Not, exp.Is, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.In, exp.NullSafeEQ,
    exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least,
    # arithmetic; dates plus days and differences of dates go by type in both engines
    exp.Add, exp.Sub, exp.Mul, exp.DPipe, exp.Year, exp.Month, exp.Day, exp.LastDay, exp.ArrayAppend,
    # aggregates and windows
    exp.Count, exp.Sum, exp.Min, exp.Max, exp.LogicalAnd, exp.LogicalOr, exp.Window, exp.WindowSpec, exp.RowNumber,
})  # fmt: skip


class NoForm(PopulationError):
    """A form that has no counterpart here: `form` is its name and text."""

    def __init__(self, node: Sql) -> None:
        text = node.sql(dialect="duckdb")
        shown = text if len(text) <= 120 else f"{text[:117]}..."
        self.form = f"{type(node).__name__}: {shown}"
        super().__init__(f"{self.form} 没有对应的 Spark 写法 (no Spark form for this)")


def rewritten(tree: Sql) -> Sql:
    """The tree in forms that Spark has.  Raises NoForm."""

    def one(node: Sql) -> Sql:
        rewrite = REWRITES.get(type(node))
        if rewrite is not None:
            return rewrite(node)
        if type(node) not in KNOWN:
            raise NoForm(node)
        return node

    # innermost first, so that a rewrite sees arguments that are done
    for node in reversed(list(tree.walk())):
        made = one(node)
        if made is not node:
            if node is tree:
                tree = made
            else:
                node.replace(made)
    return tree


# -- aggregates ------------------------------------------------------------------------
def _filtered(node: Sql) -> Sql:
    """`f(x) FILTER (WHERE c)`: Spark has it, but not over a window.  These aggregates pass over NULL."""
    aggregate, condition = node.this, node.expression.this
    if not isinstance(aggregate, exp.Count | exp.Sum | exp.Min | exp.Max | exp.LogicalAnd | exp.LogicalOr):
        raise NoForm(node)
    held = aggregate.this
    if isinstance(held, exp.Distinct):
        held, inner = held.expressions[0], held.expressions
        if len(inner) != 1:
            raise NoForm(node)
    value = exp.Literal.number(1) if isinstance(held, exp.Star) else held.copy()
    chosen = exp.Case(ifs=[exp.If(this=condition.copy(), true=value)])
    held.replace(chosen)
    return aggregate


def _windowed(node: Sql) -> Sql:
    """Spark counts no different values over a window; the size of their set is the same number."""
    aggregate = node.this
    if not (isinstance(aggregate, exp.Count) and isinstance(aggregate.this, exp.Distinct)):
        return node
    values = aggregate.this.expressions
    if len(values) != 1 or node.args.get("order"):
        raise NoForm(node)
    window = node.copy()
    window.set("this", exp.Anonymous(this="COLLECT_SET", expressions=[values[0].copy()]))
    size = exp.Anonymous(this="SIZE", expressions=[window])
    return exp.Cast(this=size, to=exp.DataType.build("BIGINT"))


def _outermost(node: Sql) -> Sql:
    """The value of the row that comes first (or last).  In a ROW, DuckDB puts NULL last and Spark first."""
    if node.args.get("count") is not None:
        raise NoForm(node)
    order = node.expression
    if isinstance(order, exp.Anonymous):
        fields = [made for each in order.expressions for made in (_is_null(each), each.copy())]
        order = exp.Anonymous(this="STRUCT", expressions=fields)
    name = "MIN_BY" if isinstance(node, exp.ArgMin) else "MAX_BY"
    return exp.Anonymous(this=name, expressions=[node.this.copy(), order.copy()])


def _is_null(node: Sql) -> Sql:
    return exp.Is(this=exp.Paren(this=node.copy()), expression=exp.null())


# -- arithmetic and dates ----------------------------------------------------------------
def _divided(node: Sql) -> Sql:
    """Both cut towards zero; a divisor of zero gives NULL."""
    divisor = node.expression
    if not _is_number(divisor):
        node.set("expression", exp.Nullif(this=divisor.copy(), expression=exp.Literal.number(0)))
    return node


def _is_number(node: Sql) -> bool:
    bare = node.unnest()
    while isinstance(bare, exp.Cast | exp.Neg):
        bare = bare.this.unnest()
    return isinstance(bare, exp.Literal) and not bare.is_string and int(bare.this) != 0


def _date(node: Sql) -> Sql:
    """MAKE_DATE takes INT here."""
    for part in ("year", "month", "day"):
        node.set(part, exp.Cast(this=node.args[part].copy(), to=exp.DataType.build("INT")))
    return node


def _widest(node: Sql) -> Sql:
    """The greatest of one value is that value; Spark asks for two."""
    return node if node.expressions else node.this.copy()


def _among(node: Sql) -> Sql:
    """Whether a list written out has a value; NULL has no answer in either."""
    if not isinstance(node.this, exp.Array):
        raise NoForm(node)
    values = [each.copy() for each in node.this.expressions]
    return exp.Paren(this=exp.In(this=exp.Paren(this=node.expression.copy()), expressions=values))


def _appended(node: Sql) -> Sql:
    return exp.Anonymous(this="ARRAY_APPEND", expressions=[node.this.copy(), node.expression.copy()])


def _named_function(node: Sql) -> Sql:
    """TO_MONTHS, the one function that the tree knows by name only; ROW to order by is seen to there."""
    if node.name.upper() in MADE_HERE or (
        node.name.upper() == "ROW" and isinstance(node.parent, exp.ArgMin | exp.ArgMax)
    ):
        return node
    if node.name.upper() != "TO_MONTHS":
        raise NoForm(node)
    months = [exp.Literal.number(0), *(each.copy() for each in node.expressions)]
    return exp.Anonymous(this="MAKE_YM_INTERVAL", expressions=months)


MADE_HERE = frozenset(
    {"COLLECT_SET", "SIZE", "ARRAY_APPEND", "MAKE_YM_INTERVAL", "SEQUENCE", "STRUCT", "MIN_BY", "MAX_BY"}
)


# -- rows from a number -------------------------------------------------------------------
def _counted_up(node: Sql) -> Sql:
    """`range(n)`: 0 to n - 1.  A SEQUENCE that ends before it starts would count down."""
    first, last = node.args.get("start"), node.args.get("end")
    if not node.args.get("is_end_exclusive") or first is None or last is None or node.args.get("step") is not None:
        raise NoForm(node)
    big = exp.DataType.build("BIGINT")
    begin = exp.Cast(this=first.copy(), to=big)
    end = exp.Sub(this=exp.Paren(this=last.copy()), expression=exp.Literal.number(1))
    numbers = exp.Anonymous(this="SEQUENCE", expressions=[begin, end])
    some = exp.GT(this=exp.Paren(this=last.copy()), expression=begin.copy())
    none = exp.Cast(this=exp.Array(expressions=[]), to=exp.DataType.build("ARRAY<BIGINT>", dialect="spark"))
    return exp.Case(ifs=[exp.If(this=some, true=numbers)], default=none)


def _same(node: Sql) -> Sql:
    return node


def _from_only(node: Sql) -> Sql:
    """A query as a source of rows; as a value it might be correlated."""
    if not isinstance(node.parent, exp.From | exp.Join):
        raise NoForm(node)
    return node


REWRITES: dict[type[Sql], Callable[[Sql], Sql]] = {
    exp.Filter: _filtered,
    exp.Window: _windowed,
    exp.ArgMin: _outermost,
    exp.ArgMax: _outermost,
    exp.IntDiv: _divided,
    exp.Mod: _divided,
    exp.DateFromParts: _date,
    exp.Greatest: _widest,
    exp.Least: _widest,
    exp.ArrayAppend: _appended,
    exp.ArrayContains: _among,
    exp.Anonymous: _named_function,
    exp.GenerateSeries: _counted_up,
    exp.Explode: _same,
    exp.Subquery: _from_only,
}
