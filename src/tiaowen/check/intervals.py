"""Whether one amount lies inside another, row by row: what a local rule may choose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tiaowen.check.amounts import bounds
from tiaowen.plan import amounts as a
from tiaowen.plan import terms as t
from tiaowen.vocabulary.model import Vocabulary

Ends = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A row whose amount leaves the interval; `found` is empty where the forms can't be compared."""

    label: str
    found: str
    allowed: str


def misfits(vocabulary: Vocabulary, allowed: a.Amount, fixed: a.Amount, label: str = "") -> Iterator[Misfit]:
    """Rows of `fixed` that are not inside the row of `allowed` that they fix."""
    match allowed, fixed:
        case a.ByCode(), a.ByCode() if allowed.term == fixed.term:
            yield from _by_code(vocabulary, allowed, fixed)
        case _, a.ByCode(_, rows, otherwise):
            for codes, row in rows:
                yield from misfits(vocabulary, allowed, row, "、".join(codes))
            if otherwise is not None:
                yield from misfits(vocabulary, allowed, otherwise, "otherwise")
        case a.FirstTrue(rows), a.FirstTrue(mine) if _cases(rows) == _cases(mine):
            for (name, row, _), (_, other, _) in zip(rows, mine, strict=True):
                yield from misfits(vocabulary, row, other, name)
        case _, a.FirstTrue(mine):
            for name, row, _ in mine:
                yield from misfits(vocabulary, allowed, row, name)
        case a.ByCode(_, rows, otherwise), _:
            for _, row in rows:
                yield from misfits(vocabulary, row, fixed, label)
            if otherwise is not None:
                yield from misfits(vocabulary, otherwise, fixed, label)
        case a.FirstTrue(rows), _:
            for _, row, _ in rows:
                yield from misfits(vocabulary, row, fixed, label)
        case a.Added(rows), a.Added(mine) if [name for name, _ in rows] == [name for name, _ in mine]:
            for (name, row), (_, other) in zip(rows, mine, strict=True):
                yield from misfits(vocabulary, row, other, name)
        case a.PerCount(), a.PerCount() if _counting(allowed) == _counting(fixed):
            yield from misfits(vocabulary, allowed.amount, fixed.amount, label)
        case a.Provided(), a.Provided() if allowed.when == fixed.when:
            yield from misfits(vocabulary, allowed.amount, fixed.amount, label)
        case a.Worth(), a.Worth():
            if not _worth_inside(allowed, fixed):
                yield Misfit(label, "", "—")
        case _:
            yield from _plain(vocabulary, allowed, fixed, label)


def _by_code(vocabulary: Vocabulary, allowed: a.ByCode, fixed: a.ByCode) -> Iterator[Misfit]:
    """Code by code; `otherwise` against `otherwise` and against every code that only it settles."""
    theirs = {code: row for codes, row in allowed.rows for code in codes}
    mine = {code: row for codes, row in fixed.rows for code in codes}
    listed = vocabulary.codes[allowed.term.type.name]
    for code in dict.fromkeys([*listed.codes, *theirs, *mine]):
        limit, choice = theirs.get(code, allowed.otherwise), mine.get(code, fixed.otherwise)
        if limit is not None and choice is not None:
            yield from misfits(vocabulary, limit, choice, code)
    if listed.open and allowed.otherwise is not None and fixed.otherwise is not None:
        yield from misfits(vocabulary, allowed.otherwise, fixed.otherwise, "otherwise")


def _cases(rows: tuple[tuple[str, a.Amount, t.Term | None], ...]) -> list[tuple[str, t.Term | None]]:
    return [(label, when) for label, _, when in rows]


def _counting(amount: a.PerCount) -> tuple[str, int, bool]:
    return amount.mode, amount.figure, amount.persons


def _worth_inside(allowed: a.Worth, fixed: a.Worth) -> bool:
    """Percentages of one and the same sum compare; anything else must be word for word the same."""
    low = allowed.low is None or (fixed.low is not None and _at_most(allowed.low, fixed.low))
    high = allowed.high is None or (fixed.high is not None and _at_most(fixed.high, allowed.high))
    return (allowed.kind == "up to" or low) and high


def _at_most(small: t.Term, large: t.Term) -> bool:
    if small == large:
        return True
    if isinstance(small, t.Percent) and isinstance(large, t.Percent) and small.inner == large.inner:
        return small.numerator * large.denominator <= large.numerator * small.denominator
    return False


def _plain(vocabulary: Vocabulary, allowed: a.Amount, fixed: a.Amount, label: str) -> Iterator[Misfit]:
    counted = a.PerCount | a.Added | a.Provided | a.Worth
    if isinstance(allowed, counted):  # another counting, other rows or another base: not the same sum
        yield Misfit(label, "", "—")
        return
    low, high = _ends(vocabulary, allowed)
    mine_low, mine_high = _ends(vocabulary, fixed)
    over = high is not None and (mine_high is None or mine_high > high)
    refused = isinstance(allowed, a.Refused) != isinstance(fixed, a.Refused) and isinstance(allowed, a.Refused)
    if mine_low < low or over or refused:
        yield Misfit(label, show(mine_low, mine_high), show(low, high))


def _ends(vocabulary: Vocabulary, amount: a.Amount) -> Ends:
    """The ends in fen; a standard that is published lies between its own figures."""
    if isinstance(amount, a.StandardRate):
        values = [row.value for row in vocabulary.parameters[amount.parameter].rows]
        return (min(values), max(values)) if values else (0, None)
    return bounds(amount)


def show(low: int, high: int | None) -> str:
    """`1800 元`, `[0, 1500] 元`, `[0, …) 元`."""
    if high is None:
        return f"[{_yuan(low)}, …) 元"
    return f"{_yuan(low)} 元" if low == high else f"[{_yuan(low)}, {_yuan(high)}] 元"


def _yuan(fen: int) -> str:
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


__all__ = ["Misfit", "misfits", "show"]
