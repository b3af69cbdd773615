"""What a condition asks of one column, and whether several such demands leave any value.

A demand is exact over known values: the values worth trying are those that the
demands name, their neighbours, and one that none of them names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from tiaowen.plan import terms as t
from tiaowen.problems import Spot
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import BOOL, NONE

OTHER = "\0other"  # a value that no demand names
FLIPPED = {"is": "is", "is not": "is not", ">=": "<=", "<=": ">=", ">": "<", "<": ">"}
OPPOSITE = {"is": "is not", "is not": "is", ">=": "<", "<": ">=", "<=": ">", ">": "<="}


@dataclass(frozen=True, slots=True)
class Demand:
    """`holds` says which values of `subject` meet it; `named` are the values it speaks of."""

    subject: t.Term
    label: str
    spot: Spot
    named: tuple[Any, ...]
    holds: Callable[[Any], bool]

    @property
    def subject_words(self) -> str:
        """The subject as a message names it."""
        if isinstance(self.subject, t.Column):
            return f"{self.subject.root}.{self.subject.path}"
        columns = [each.path for each in t.walk(self.subject) if isinstance(each, t.Column)]
        return columns[0] if columns else "—"


def demands_of(term: t.Term, label: str, spot: Spot, vocabulary: Vocabulary) -> list[Demand]:
    """The demands that a condition makes; none where it is not about one column and fixed values."""
    found = []
    for part in t.conjuncts(term):
        one = _demand(part, vocabulary)
        if one is not None:
            subject, named, holds = one
            found.append(Demand(standard_form(subject), label, spot, named, holds))
    return found


def exclude(demands: list[Demand], vocabulary: Vocabulary) -> bool:
    """Whether no value can meet all demands; they must be about one subject to exclude each other."""
    if len({each.subject for each in demands}) != 1:
        return False
    subject = demands[0].subject
    return not any(all(each.holds(value) for each in demands) for value in _values(subject, demands, vocabulary))


def _values(subject: t.Term, demands: list[Demand], vocabulary: Vocabulary) -> Iterable[Any]:
    kind = subject.type
    absent: list[Any] = [NONE] if kind.or_none else []
    if kind.kind == "bool":
        return [True, False]
    if kind.kind == "code" and not vocabulary.codes[kind.name].open:
        return [*vocabulary.codes[kind.name].codes, *absent]
    if kind.kind == "region":
        return [*vocabulary.regions.by_code, OTHER, *absent]
    named = {value for each in demands for value in each.named}
    if kind.kind in ("code", "text"):
        return [*named, OTHER, *absent]
    near: set[Any] = set()
    for value in named:
        if isinstance(value, dt.date):
            near |= {dt.date.fromordinal(n) for n in _near(value.toordinal(), dt.date.max.toordinal())}
        else:
            near |= {value - 1, value, value + 1}
    return [*near, *absent]


def _near(number: int, most: int) -> list[int]:
    return [n for n in (number - 1, number, number + 1) if 1 <= n <= most]


Asked = tuple[t.Term, tuple[Any, ...], Callable[[Any], bool]]


def _demand(term: t.Term, vocabulary: Vocabulary) -> Asked | None:
    match term:
        case t.Comparison(_, op, left, t.Const(_, value), codes):
            return _compared(op, left, value, codes)
        case t.Comparison(_, op, t.Const(_, value), right, codes):
            return _compared(FLIPPED[op], right, value, codes)
        case t.IsAbsent(_, inner, negated):
            return inner, (), lambda value: (value is NONE) != negated
        case t.InValues(_, inner, values, negated):
            return inner, values, lambda value: (value in values) != negated
        case t.InRegion(_, inner, t.Const(_, place), negated):
            inside = vocabulary.regions.inside(str(place))
            # "somewhere in the city" is neither in the district nor outside it
            above = frozenset(vocabulary.regions.above(str(place)))
            return inner, (place,), lambda value: (value in inside) != negated and value not in above
        case t.Column() | t.Covers() | t.InDirectory() if term.type.kind == "bool":
            return term, (), lambda value: value is True
        case t.Negation(_, inner):
            return _inverted(_demand(inner, vocabulary))
        case t.Both(_, op, parts):
            return _joined(op, [_demand(part, vocabulary) for part in parts])
    return None


def _compared(op: str, subject: t.Term, constant: Any, codes: tuple[str, ...]) -> Asked | None:
    if isinstance(subject, t.Const):
        return None

    def holds(value: Any) -> bool:
        if value is NONE or value == OTHER:
            return op == "is not"
        a, b = (codes.index(value), codes.index(constant)) if codes else (value, constant)
        return {"is": a == b, "is not": a != b}.get(op) if op.startswith("is") else _ordered(op, a, b)  # type: ignore[return-value]

    return subject, (constant,), holds


def _ordered(op: str, a: Any, b: Any) -> bool:
    if op in (">=", "<"):
        return bool(a >= b) is (op == ">=")
    return bool(a <= b) is (op == "<=")


def _inverted(asked: Asked | None) -> Asked | None:
    if asked is None:
        return None
    subject, named, holds = asked
    return subject, named, lambda value: not holds(value)


def _joined(op: str, asked: list[Asked | None]) -> Asked | None:
    """Parts of an `and` or `or` that are all about one subject."""
    known = [each for each in asked if each is not None]
    if len(known) < len(asked) or len({standard_form(subject) for subject, _, _ in known}) != 1:
        return None
    take = all if op == "and" else any
    named = tuple(value for _, values, _ in known for value in values)
    return known[0][0], named, lambda value: take(holds(value) for _, _, holds in known)


def complement(term: t.Term) -> t.Term:
    """The condition that is true just where this one is false."""
    match term:
        case t.Negation(_, inner):
            return inner
        case t.Comparison(_, op):
            return replace(term, op=OPPOSITE[op])
        case t.IsAbsent(_, _, negated) | t.InRegion(_, _, _, negated) | t.InValues(_, _, _, negated):
            return replace(term, negated=not negated)
        case t.InDirectory(_, _, _, negated):
            return replace(term, negated=not negated)
    return t.Negation(BOOL, term)


def standard_form(term: t.Term) -> t.Term:
    """The term with the slots that it binds itself numbered by order, so that equal meaning is equal."""
    bound: dict[int, int] = {}
    for each in t.walk(term):
        if isinstance(each, t.Exists | t.Aggregate | t.MonthsInRow) and each.slot not in bound:
            bound[each.slot] = -1 - len(bound)
    return _renumbered(term, bound) if bound else term


def _renumbered(value: Any, bound: dict[int, int]) -> Any:
    if isinstance(value, tuple):
        return tuple(_renumbered(each, bound) for each in value)
    if not isinstance(value, t.Term | t.Closure):
        return value
    changes = {each.name: _renumbered(getattr(value, each.name), bound) for each in fields(value)}
    slot = changes.get("slot")
    if isinstance(slot, int) and slot in bound:
        changes["slot"] = bound[slot]
    return type(value)(**changes)
