"""Facts as a determination keeps them: exactly the rows that the engine was given, as canonical JSON, and back.

People's names and numbers are left out (no rule reads them); rows are known by their surrogate ids.  Money is fen,
months are counted (year * 12 + month - 1), as the engine has them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cryptography.hazmat.primitives import hashes

from huijiang.registry.facts import Origin, RegistryCase
from tiaowen.evaluate.facts import Coverage, Facts, Row
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import NONE

LEFT_OUT: Final = frozenset({("person", "name"), ("person", "id_number")})
DECLARED: Final = "申报"

Origins = dict[tuple[str, str], Origin]


def canonical(value: object) -> str:
    """The one text of a value: sorted keys, no spaces, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SM3, hexadecimal."""
    work = hashes.Hash(hashes.SM3())
    work.update(text.encode())
    return work.finalize().hex()


def frozen(case: RegistryCase, answers: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The rows of a case, what they cover, where they come from, and what was declared beside them."""
    rows = {
        table: [[row.id, {name: kept(value) for name, value in sorted(row.values.items()) if (table, name) not in LEFT_OUT}]
                for row in found]
        for table, found in sorted(case.facts.tables.items())
    }  # fmt: skip
    origins = [
        [table, row, o.source, o.as_of.isoformat(), o.managed_by] for (table, row), o in sorted(case.origins.items())
    ]
    covers = sorted(
        [each.table, list(each.by), each.place, _day(each.since), _day(each.until)] for each in case.facts.coverage
    )
    return {"on": _day(case.facts.on), "rows": rows, "covers": covers, "origins": origins, "answers": list(answers)}


def thawed(told: Mapping[str, Any], words: Vocabulary) -> tuple[Facts, Origins]:
    """The facts again, with the declared ones where no register has a value."""
    by_id: dict[tuple[str, str], Row] = {}
    tables: dict[str, list[Row]] = {}
    for table, found in told["rows"].items():
        tables[table] = [by_id.setdefault((table, row), Row(table, row, {})) for row, _ in found]
    for table, found in told["rows"].items():
        for row, values in found:
            by_id[table, row].values.update({name: _again(value, by_id) for name, value in values.items()})
    covers = [
        Coverage(t, tuple(by), place, _date(since), _date(until)) for t, by, place, since, until in told["covers"]
    ]
    origins = {(t, row): Origin(source, dt.date.fromisoformat(day), at) for t, row, source, day, at in told["origins"]}
    for each in told["answers"]:
        if each.get("complete"):
            person = words.tables[each["table"]].person
            covers.append(Coverage(each["table"], (person,) if person not in ("", "none", "self") else ()))
        elif each.get("value") is not None and (each["table"], each["row"]) in by_id:
            by_id[each["table"], each["row"]].values.setdefault(each["column"], _again(each["value"], by_id))
    return Facts(words, tables, covers, _date(told["on"])), origins


def kept(value: object) -> object:
    """A fact as JSON."""
    if isinstance(value, Row):
        return {"row": [value.table, value.id]}
    if value is NONE:
        return {"none": True}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if isinstance(value, bool | int | str):
        return value
    raise TypeError(f"{type(value).__name__}: 事实里没有这种值 no such value in facts")


def _again(value: Any, by_id: Mapping[tuple[str, str], Row]) -> object:
    if not isinstance(value, dict):
        return value
    if "row" in value:
        return by_id[value["row"][0], value["row"][1]]
    return NONE if "none" in value else dt.date.fromisoformat(value["date"])


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _date(said: str | None) -> dt.date | None:
    return dt.date.fromisoformat(said) if said is not None else None
