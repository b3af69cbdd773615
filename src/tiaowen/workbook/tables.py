"""The rows that a workbook gives, whom their ids stand for, and where each came from."""

from collections import defaultdict
from dataclasses import dataclass, field

Fact = str | bool | int
FIRM = "O0001"


@dataclass(frozen=True, slots=True)
class Person:
    """How a person is shown: never in the facts."""

    number: str
    name: str
    document: str


@dataclass(slots=True)
class Facts:
    """The tables of a case, who the ids stand for, and where each row came from."""

    tables: dict[str, list[dict[str, Fact]]] = field(default_factory=lambda: defaultdict(list))
    people: dict[str, Person] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)
    origin: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
