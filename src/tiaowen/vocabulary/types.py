"""Types of facts and expressions.

A value in base units is always an `int` for quantities: money in fen, counts as
they are, durations in months or in days (two dimensions that never mix).
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Type:
    """kind: bool, date, month, year, int, text, region, quantity, code, row, list, any.

    `name` is the code list, the table, or the dimension of a quantity (`fen`,
    `months`, `days`, or a counting noun).  `or_none` says that "known to be
    absent" is a value of the type.
    """

    kind: str
    name: str = ""
    or_none: bool = False
    unit: str = ""

    def absent_too(self) -> Type:
        return replace(self, or_none=True)

    def present(self) -> Type:
        return replace(self, or_none=False)

    @property
    def words(self) -> str:
        """How a message names the type."""
        base = {
            "code": f"代码表 {self.name}",
            "row": f"表 {self.name}",
            "quantity": f"数量（{self.unit or self.name}）",
        }.get(self.kind, self.kind)
        return f"{base} or none" if self.or_none else base


BOOL = Type("bool")
DATE = Type("date")
MONTH = Type("month")
YEAR = Type("year")
INT = Type("int")
TEXT = Type("text")
REGION = Type("region")
ANY = Type("any")
MONEY = Type("quantity", "fen", unit="元")
MONTHS = Type("quantity", "months", unit="个月")
DAYS = Type("quantity", "days", unit="天")
AGE = Type("quantity", "months", unit="岁")

ORDERED_KINDS = {"date", "month", "year", "int", "quantity"}


class Absent:
    """The value `none`: known to be absent.  One instance, `NONE`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "none"

    def __reduce__(self) -> str:
        return "NONE"


NONE = Absent()
