"""The vocabulary: tables, columns, code lists, derived facts, units, places.

The engine knows nothing of skilled workers; all of that is read from files.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tiaowen.problems import Spot
from tiaowen.vocabulary.regions import Regions
from tiaowen.vocabulary.types import Type
from tiaowen.vocabulary.units import Units


@dataclass(slots=True)
class Derived:
    """A fact worked out from others, defined once: parameters, expression, stated column."""

    takes: tuple[tuple[str, Type], ...]
    means: str
    stated_by: str
    spot: Spot


@dataclass(slots=True)
class Column:
    """One column: English name, Chinese label, type, source and who may see it."""

    table: str
    name: str
    label: str
    type: Type
    source: str
    visible: str
    spot: Spot
    derived: Derived | None = None
    note: str = ""


@dataclass(slots=True)
class Table:
    """One table of facts.

    `event` is the column of the date that decides version and year, `person` the
    column that counts distinct people, `place` the path that decides where a row
    belongs, `spell` the columns of a span of time.
    """

    id: str
    label: str
    noun: str
    event: str
    person: str
    place: str
    spell: tuple[str, str] | None
    columns: dict[str, Column]
    source: str
    spot: Spot
    title: str = ""


@dataclass(slots=True)
class CodeList:
    """A code list; in an ordered one later means higher."""

    id: str
    label: str
    ordered: bool
    open: bool
    codes: dict[str, str]
    also: dict[str, str]
    spot: Spot

    def rank(self, code: str) -> int:
        return list(self.codes).index(code)


@dataclass(slots=True)
class ParameterRow:
    """A figure from a date on; `key` is empty or the value of the `by` column."""

    since: dt.date
    key: str
    value: int
    verified: bool
    source: str


@dataclass(slots=True)
class Parameter:
    """A dated figure that texts point to.  `unit` as printed, values in base units."""

    id: str
    label: str
    unit: str
    dimension: str
    by: str
    rows: list[ParameterRow]
    source: str
    spot: Spot


@dataclass(slots=True)
class DirectoryRow:
    since: dt.date
    until: dt.date | None
    code: str
    label: str
    verified: bool


@dataclass(slots=True)
class Directory:
    """A dated list of codes.  A code missing from an incomplete one is unknown."""

    id: str
    label: str
    complete: bool
    rows: list[DirectoryRow]
    source: str
    spot: Spot


@dataclass(slots=True, eq=False)
class Vocabulary:
    tables: dict[str, Table] = field(default_factory=dict)
    codes: dict[str, CodeList] = field(default_factory=dict)
    units: Units = field(default_factory=Units)
    regions: Regions = field(default_factory=Regions)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    directories: dict[str, Directory] = field(default_factory=dict)
    compiled: Any = field(default=None, repr=False)  # the evaluator's own, made once
