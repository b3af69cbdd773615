"""What a clause pays, read from its block alone: rows of the amount, its reach, its caps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tiaowen.plan import amounts as a
from tiaowen.plan.rules import Rule
from tiaowen.vocabulary.model import Vocabulary

Ends = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class SumRow:
    """One row of an amount.  `how`: fixed, once N, beyond N, each, standard, worked out, undetermined.

    `low`, `high` in fen (`high` None: open); `figure` the N; `name` the standard's.
    """

    label: str
    how: str
    low: int
    high: int | None
    figure: int = 0
    name: str = ""


def rows_of(rule: Rule, vocabulary: Vocabulary) -> list[SumRow]:
    """The rows of a benefit's amount or instalments, in the block's order; refusals are left out."""
    if rule.amount is not None:
        return list(_rows(rule.amount, "", vocabulary))
    return [row for part in rule.instalments for row in _rows(part.amount, part.label, vocabulary)]


def _rows(amount: a.Amount, label: str, vocabulary: Vocabulary) -> Iterator[SumRow]:
    match amount:
        case a.Refused():
            return
        case a.Fixed(low, high):
            yield SumRow(label, "undetermined" if not low and high is None else "fixed", low, high)
        case a.StandardRate(name, shown):
            low, high = reach(amount, vocabulary)
            yield SumRow(label, "standard", low, high, name=shown or name)
        case a.Worth():
            yield SumRow(label, "worked out", 0, None)
        case a.ByCode(_, rows, otherwise):
            for codes, row in rows:
                yield from _rows(row, _joined(label, "、".join(codes)), vocabulary)
            if otherwise is not None:
                yield from _rows(otherwise, _joined(label, "其他"), vocabulary)
        case a.FirstTrue(choices):
            for name, row, _ in choices:
                yield from _rows(row, _joined(label, name), vocabulary)
        case a.Added(added):
            for name, row in added:
                yield from _rows(row, _joined(label, f"＋{name}"), vocabulary)
        case a.Provided(inner):
            yield from _rows(inner, label, vocabulary)
        case a.PerCount(inner, mode, figure):
            for each in _rows(inner, label, vocabulary):
                yield SumRow(each.label, mode, each.low, each.high, figure, each.name)


def _joined(one: str, other: str) -> str:
    return f"{one}·{other}" if one else other


def reach(amount: a.Amount | None, vocabulary: Vocabulary) -> Ends:
    """The widest interval of one payment; a published standard lies between its own figures."""
    match amount:
        case a.StandardRate(name):
            values = [row.value for row in vocabulary.parameters[name].rows] if name in vocabulary.parameters else []
            return (min(values), max(values)) if values else (0, None)
        case a.Fixed(low, high):
            return low, high
        case a.ByCode(_, rows, otherwise):
            parts = [reach(row, vocabulary) for _, row in rows]
            return _hull([*parts, reach(otherwise, vocabulary)] if otherwise is not None else parts)
        case a.FirstTrue(choices):
            return _hull([reach(row, vocabulary) for _, row, _ in choices])
        case a.Added(added):
            return _total([reach(row, vocabulary) for _, row in added])
        case a.Provided(inner):
            return 0, reach(inner, vocabulary)[1]
        case a.PerCount(inner, mode):
            return 0, reach(inner, vocabulary)[1] if mode == "once" else None
        case a.Refused():
            return 0, 0
    return 0, None


def ceiling(rule: Rule, vocabulary: Vocabulary) -> Ends:
    """From how much to how much one event (or group) brings in all: periods and caps of money counted in."""
    if rule.amount is not None:
        low, high = reach(rule.amount, vocabulary)
    else:
        low, high = _total([reach(part.amount, vocabulary) for part in rule.instalments])
    schedule = rule.schedule
    if schedule is not None and not schedule.spread:
        high = high * schedule.most if high is not None and schedule.most is not None else None
    caps = [limit.most for limit in rule.limits if limit.kind == "money"]
    for cap in caps:
        high = cap if high is None else min(high, cap)
    return (low if high is None else min(low, high)), high


def _hull(parts: list[Ends]) -> Ends:
    highs = [high for _, high in parts]
    if not parts:
        return 0, 0
    return min(low for low, _ in parts), None if None in highs else max(h for h in highs if h is not None)


def _total(parts: list[Ends]) -> Ends:
    highs = [high for _, high in parts]
    return sum(low for low, _ in parts), None if None in highs else sum(h for h in highs if h is not None)
