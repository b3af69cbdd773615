"""What can go wrong with a population: every message says where, what was seen, how to mend it."""

from __future__ import annotations


class PopulationError(Exception):
    """A folder, a file or a column does not fit the vocabulary."""


class Unsupported(PopulationError):
    """A construct that SQL does not carry yet: names the rule and the construct.  Never dropped."""

    def __init__(self, rule: str, construct: str) -> None:
        super().__init__(
            f"{rule}: {construct} 尚不能在人群上运行，请用逐案求值"
            f" (not yet runnable over populations; evaluate it case by case)"
        )
        self.rule = rule
        self.construct = construct
