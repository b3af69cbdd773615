"""A value known only within bounds: what an aggregate gives when rows may be missing."""

from __future__ import annotations

from collections.abc import Callable


class Bound:
    """From `low` to `high`; None at an end means open.  Never both ends equal."""

    __slots__ = ("high", "low")

    def __init__(self, low: object, high: object) -> None:
        self.low = low
        self.high = high

    def __repr__(self) -> str:
        return f"[{self.low}, {self.high}]"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bound) and (self.low, self.high) == (other.low, other.high)

    def __hash__(self) -> int:
        return hash((self.low, self.high))


def bound(low: object, high: object) -> object:
    """A plain value when both ends agree, unknown when both are open."""
    if low is None and high is None:
        return None
    return low if low == high else Bound(low, high)


def ends(value: object) -> tuple[object, object]:
    """Both ends of a plain, bounded or unknown value."""
    if isinstance(value, Bound):
        return value.low, value.high
    return value, value


def compare_bounds(op: str, a: object, b: object, key: Callable[[object], int]) -> bool | None:
    """Three-valued comparison of values known within bounds; `key` gives their order."""
    a_low, a_high = ends(a)
    b_low, b_high = ends(b)
    if op in ("<=", "<"):
        return compare_bounds(">=" if op == "<=" else ">", b, a, key)
    if op in (">=", ">"):
        strict = op == ">"
        if a_low is not None and b_high is not None:
            x, y = key(a_low), key(b_high)
            if x > y or (x == y and not strict):
                return True
        if a_high is not None and b_low is not None:
            x, y = key(a_high), key(b_low)
            if x < y or (x == y and strict):
                return False
        return None
    apart = compare_bounds(">", a, b, key) is True or compare_bounds("<", a, b, key) is True
    same: bool | None = False if apart else None
    if not apart and None not in (a_low, a_high, b_low, b_high):
        if a_low == a_high == b_low == b_high:
            same = True
    if op == "is":
        return same
    return None if same is None else not same
