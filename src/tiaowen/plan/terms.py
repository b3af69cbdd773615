"""Typed expressions: what conditions, amounts and keys are made of in the plan.

Every execution (the case evaluator, SQL) gives each term the same meaning:
a value in base units, *unknown* (`None`, SQL NULL) or *known to be absent*
(`NONE`).  Terms are immutable and compare by value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from tiaowen.vocabulary.types import BOOL, Type

# Slot 0 holds the event date, slot 1 the day of the instalment inside a schedule,
# slot 2 what the run is about (the facts); rows of tables stand from slot 3 on.
# The event row is always slot 3.
EVENT_DATE, PERIOD, SCOPE, EVENT = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Term:
    type: Type


@dataclass(frozen=True, slots=True)
class Const(Term):
    """A value in base units; for regions the code, for lists a tuple."""

    value: object


@dataclass(frozen=True, slots=True)
class RowOf(Term):
    """The row in a slot, followed through reference columns."""

    slot: int
    hops: tuple[str, ...]
    root: str


@dataclass(frozen=True, slots=True)
class Column(Term):
    """A column of the row that `hops` lead to; `table` is where the column stands."""

    slot: int
    hops: tuple[str, ...]
    column: str
    table: str
    root: str

    @property
    def path(self) -> str:
        return ".".join((*self.hops, self.column))


@dataclass(frozen=True, slots=True)
class Moment(Term):
    """`event_date` or, inside a schedule, the first day of the period."""

    slot: int


@dataclass(frozen=True, slots=True)
class Open(Term):
    """A condition the text leaves to others (`set elsewhere`, `judged by X`): unknown."""

    how: str
    by: str


@dataclass(frozen=True, slots=True)
class Both(Term):
    """Kleene `and` (op `and`) or `or` over parts."""

    op: str
    parts: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Negation(Term):
    inner: Term


@dataclass(frozen=True, slots=True)
class Comparison(Term):
    """op: is, is not, >=, <=, >, <.  `codes` is the ladder for ordered code lists."""

    op: str
    left: Term
    right: Term
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IsAbsent(Term):
    inner: Term
    negated: bool


@dataclass(frozen=True, slots=True)
class InRegion(Term):
    inner: Term
    region: Term
    negated: bool


@dataclass(frozen=True, slots=True)
class InValues(Term):
    inner: Term
    values: tuple[object, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class InDirectory(Term):
    """Whether a code stood in a dated directory on the event date."""

    inner: Term
    directory: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Sum(Term):
    """op: + - * on quantities in base units."""

    op: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Percent(Term):
    """`numerator / denominator` of a non-negative quantity, rounded half up."""

    numerator: int
    denominator: int
    inner: Term


@dataclass(frozen=True, slots=True)
class Later(Term):
    """A date plus (sign 1) or minus (sign -1) a number of months or days."""

    date: Term
    by: Term
    sign: int


@dataclass(frozen=True, slots=True)
class Call(Term):
    """year, month, city, province, min, max, years_between, months_between."""

    name: str
    args: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class ParameterAt(Term):
    """The figure of a dated parameter in force on a day (for a key, if it has one)."""

    parameter: str
    key: Term | None
    day: Term


@dataclass(frozen=True, slots=True)
class Closure:
    """What must be covered for "no such row" to be known.

    Rows of `table` whose columns equal the given terms, in `place` (a region code,
    empty for anywhere), dated from `low` to `high` (None: unbounded).
    """

    table: str
    keys: tuple[tuple[str, Term], ...]
    place: str
    low: Term | None
    high: Term | None


@dataclass(frozen=True, slots=True)
class Exists(Term):
    """Whether some row (in `slot`) satisfies `where`; False only if the closure is covered."""

    table: str
    slot: int
    where: Term
    closure: Closure


@dataclass(frozen=True, slots=True)
class Aggregate(Term):
    """op: count, sum, highest, lowest, earliest, latest over rows of a table."""

    op: str
    table: str
    slot: int
    value: Term | None
    where: Term | None
    closure: Closure
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthsInRow(Term):
    """Whole months covered without a gap from a day on, by the spells that satisfy `where`."""

    table: str
    slot: int
    begin: Term
    where: Term | None
    first: str
    last: str
    closure: Closure


@dataclass(frozen=True, slots=True)
class Covers(Term):
    """Whether a spell covers a day, or shares a day with a month."""

    slot: int
    hops: tuple[str, ...]
    table: str
    first: str
    last: str
    when: Term


@dataclass(frozen=True, slots=True)
class Eligible(Term):
    """Another benefit's verdict for the same event row, after conditions and threshold."""

    benefit: str


@dataclass(frozen=True, slots=True)
class StillOpen(Term):
    """Whether the day asked has not passed a deadline; true when no day is asked."""

    deadline: Term


@dataclass(frozen=True, slots=True)
class Stated(Term):
    """A column where it is known, else the derived value."""

    stated: Term
    otherwise: Term


def children(term: Term) -> Iterator[Term]:
    """The terms directly inside a term."""
    for each in fields(term):
        value = getattr(term, each.name)
        if isinstance(value, Term):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Term):
                    yield item


def walk(term: Term) -> Iterator[Term]:
    """The term and every term inside it, outermost first."""
    yield term
    for inner in children(term):
        yield from walk(inner)


def slots_used(term: Term) -> frozenset[int]:
    """Slots of rows that a term reads from outside itself."""
    used: set[int] = set()
    bound: set[int] = set()
    for each in walk(term):
        if isinstance(each, RowOf | Column | Covers | Moment):
            used.add(each.slot)
        elif isinstance(each, Exists | Aggregate | MonthsInRow):
            bound.add(each.slot)
    return frozenset(used - bound)


def conjuncts(term: Term | None) -> tuple[Term, ...]:
    """The parts that must all hold."""
    if term is None:
        return ()
    if isinstance(term, Both) and term.op == "and":
        return tuple(part for inner in term.parts for part in conjuncts(inner))
    return (term,)


def all_of(parts: tuple[Term, ...]) -> Term:
    """Their Kleene `and`; true when there are none."""
    if not parts:
        return Const(BOOL, True)
    return parts[0] if len(parts) == 1 else Both(BOOL, "and", parts)


def is_wide(term: Term) -> bool:
    """Whether its value can be a bound pair: an aggregate over a table that may lack rows."""
    return any(isinstance(each, Aggregate | MonthsInRow) for each in walk(term)) and (
        term.type.kind in ("quantity", "int", "date", "code", "year", "month")
    )
