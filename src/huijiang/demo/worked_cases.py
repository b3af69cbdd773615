"""The hand-worked cases of a document as rows of the registry: what they grant and refuse can then be claimed.

for worked in cases_of("xiaoshan-2025-3", "trainer-grant", refused=False): ...     sentence, facts, day, label
rows = settle(worked.facts, region, "certificate")                                 (table, id of the case) → row
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from huijiang.accounts.viewers import today
from huijiang.documents import library
from huijiang.regions.models import Region
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.models import MODELS
from tiaowen.cases.suite import Case, FactBuilder, Suite, read_suite
from tiaowen.evaluate.facts import Facts, Row
from tiaowen.files import default_folder
from tiaowen.vocabulary.types import NONE

REFUSED: Final = "not paid"
PARTIES: Final = ("person", "organisation")
CASES: Final = ".cases.yaml"
Naming = Callable[[Row], str]


@dataclass(frozen=True)
class Worked:
    """One sentence about one benefit.  `label`: for what it is refused; empty where it is granted.  `on`: the day of the
    question, None where the case asks at no certain day."""

    sentence: str
    facts: Facts
    on: dt.date | None
    label: str

    @property
    def day(self) -> dt.date:
        return self.on or today()


@cache
def with_cases() -> frozenset[str]:
    """The documents that came with the software and have worked cases beside them."""
    return frozenset(each.name.removesuffix(CASES) for each in default_folder().glob(f"**/*{CASES}"))


@cache
def suite_of(document: str) -> Suite:
    (path,) = default_folder().glob(f"**/{document}{CASES}")
    return read_suite(path.read_text(encoding="utf-8"), path.name)


def cases_of(document: str, rule: str, refused: bool) -> Iterator[Worked]:
    """The cases that grant a benefit (by certain facts), or refuse it for a named condition; those first that need
    nothing to be incomplete and have the fewest rows."""
    found = []
    for case in suite_of(document).cases:
        said = _said(case, rule)
        if said is not None and said.startswith(REFUSED) == refused and not said.startswith("unknown"):
            found.append((case, said, FactBuilder(library.current().vocabulary).build(case)))
    small = sorted(found, key=lambda each: (bool(each[0].covers), sum(map(len, each[2].tables.values()))))
    for case, said, facts in small:
        yield Worked(case.sentence, facts, facts.on, said.partition(", for ")[2] if refused else "")


def _said(case: Case, rule: str) -> str | None:
    """What is expected of a rule: of several sentences or readings, the first."""
    for key, value in case.expect.items():
        if key.split(" ")[0] == rule:
            while not isinstance(value, str):
                value = next(iter(value.values() if isinstance(value, dict) else value), "")
            return value
    return None


def parties(event: Row, hops: int = 3) -> list[Row]:
    """The people and bodies of an event, the nearest first."""
    found, near = [event], [event]
    for _hop in range(hops):
        near = [each for row in near for each in row.values.values() if isinstance(each, Row) and each not in found]
        found += near
    return [each for each in dict.fromkeys(found) if each.table in PARTIES]


def mentioned(facts: Facts, about: str) -> set[Row]:
    """The rows of a table, and people and bodies that other rows name: a document's cases suppose many more."""
    found = [row for table, rows in facts.tables.items() for row in rows if table == about or table not in PARTIES]
    for row in found:
        found += [each for each in row.values.values() if isinstance(each, Row) and each not in found]
    return set(found)


def settle(facts: Facts, place: Region, about: str, name: Naming = lambda row: row.id) -> dict[tuple[str, str], Any]:
    """Write what bears on the rows of a table into the registry, managed by a place; gives what was made, by table and the
    case's own name.  `name`: what people and bodies are called there."""
    made: dict[tuple[str, str], Any] = {}
    refers: list[tuple[Any, str, Row]] = []
    wanted = mentioned(facts, about)
    for table, rows in facts.tables.items():
        columns = facts.vocabulary.tables[table].columns
        for row in rows:
            if row not in wanted:
                continue
            values: dict[str, Any] = {"managed_by": place, "source": "登记", "as_of": today()}
            for column, value in row.values.items():
                kind = columns[column].type.kind
                if value is NONE:
                    values[f"{column}{NONE_SUFFIX}"] = True
                elif kind == "month":
                    values[column] = dt.date(value // 12, value % 12 + 1, 1)  # type: ignore[operator]
                elif kind == "region":
                    values[f"{column}_id"] = value
                elif kind != "row":
                    values[column] = value
            if table in PARTIES:
                values["name"] = name(row)
                values.pop("id_number", None)
            held = made[table, row.id] = MODELS[table]._default_manager.create(**values)
            refers += [(held, column, value) for column, value in row.values.items() if isinstance(value, Row)]
    changed: dict[Any, list[str]] = {}
    for held, column, value in refers:
        setattr(held, f"{column}_id", made[value.table, value.id].pk)
        changed.setdefault(held, []).append(column)
    for held, columns_ in changed.items():
        held.save(update_fields=columns_)
    return made
