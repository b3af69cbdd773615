"""Units: what a printed unit counts, and how it is written in base units."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tiaowen.language.syntax import Number


class UnitError(ValueError):
    """A unit that is unknown, or a figure that its base unit can't hold exactly."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Unit:
    """One printed unit; `factor` base units of `dimension` each."""

    name: str
    dimension: str
    factor: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in base units: 2.5 万元/人·月 is 2_500_000 fen per (人, 月)."""

    value: int
    dimension: str
    per: tuple[str, ...]
    unit: str


@dataclass(slots=True)
class Units:
    known: dict[str, Unit] = field(default_factory=dict)

    def add(self, unit: Unit) -> None:
        self.known[unit.name] = unit

    def unit(self, name: str) -> Unit:
        """The unit of this name.  Raises UnitError with the nearest known one."""
        found = self.known.get(name)
        if found is None:
            raise UnitError("unknown-unit", unit=name, known="、".join(sorted(self.known)))
        return found

    def figure(self, number: Number) -> Figure:
        """A printed number in base units.  Raises UnitError."""
        if not number.unit:
            if number.value != int(number.value):
                raise UnitError("not-whole", number=number.digits)
            return Figure(int(number.value), "", (), "")
        first, *rest = number.unit.split("/")
        per = tuple(part for group in rest for part in group.split("·"))
        unit = self.unit(first)
        for part in per:
            self.unit(part)
        value = number.value * Decimal(unit.factor)
        if value != value.to_integral_value():
            raise UnitError("not-whole", number=f"{number.digits} {number.unit}")
        return Figure(int(value), unit.dimension, per, number.unit)
