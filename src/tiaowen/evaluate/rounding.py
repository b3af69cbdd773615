"""The one rounding of money: half up, on non-negative whole numbers."""

from __future__ import annotations


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` rounded half up; both non-negative, no float in between."""
    return (2 * numerator + denominator) // (2 * denominator)
