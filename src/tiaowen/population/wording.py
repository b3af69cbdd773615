"""What a unit's statements are made from, told without making them.

Statements are made from the rules, the vocabulary, what the facts cover, the day, and of the rows
only from which columns lack values.  So where all of these are the same, by the same engine, an
earlier run knows the address of the definition and the columns that are read: no statement is
made before it has to be run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from importlib.metadata import version
from pathlib import Path

import tiaowen
from tiaowen.population.units import Unit
from tiaowen.population.world import World

TOLD = ("vocabulary", "coverage", "on", "lacks")
MAKERS = ("evaluate", "language", "plan", "population", "vocabulary")  # packages that have a part in statements


class Wordings:
    """The wording of units over one world, as SHA-256."""

    def __init__(self, world: World) -> None:
        unknown = [
            each.name for each in fields(world) if each.name not in TOLD and getattr(world, each.name) is not None
        ]
        if unknown:  # whatever else a world knows of the rows must be told here, and noted with `lacks`
            raise TypeError(f"World {'、'.join(unknown)}: no part of a wording")
        self._world = _digest([_engine(), repr(world.vocabulary), repr(world.coverage), repr(world.on)])

    def of(self, unit: Unit) -> str:
        """All that the unit says; what is made once for the evaluator (`compiled`) is no part of it."""
        rules = [unit.plan.rules[name] for name in unit.rules]
        return _digest([self._world, *(repr(each) for each in rules), *(repr(each) for each in unit.stackings)])


@cache
def _engine() -> str:
    """The text of the engine itself: a checkout changes without a new number."""
    home = Path(tiaowen.__file__).parent
    texts = [path.read_bytes() for package in MAKERS for path in sorted((home / package).rglob("*.py"))]
    told = [hashlib.sha256(each).hexdigest() for each in texts]
    return _digest([version("duckdb"), version("sqlglot"), *told])


def _digest(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()
