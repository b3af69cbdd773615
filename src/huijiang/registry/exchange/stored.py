"""Between the registry and a profile's rows: taking out what a region keeps, and saying what was wrong with a file.

Taking out opens identity numbers; it is done on the machine, by a named account, and leaves an event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from huijiang import audit
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.exchange.profiles import Profile
from huijiang.registry.imports import direct
from huijiang.registry.models import MODELS, IdentityDocument
from huijiang.registry.vocabulary import vocabulary
from tiaowen.vocabulary.model import Column

if TYPE_CHECKING:
    from huijiang.accounts.models import User
    from huijiang.regions.models import Region


def taken_out(profile: Profile, region: Region, by: User) -> list[dict[str, str]]:
    """The rows that a region manages, field → value as the registry's own file writes it."""
    found = MODELS[profile.table]._default_manager.filter(managed_by=region).order_by("pk")
    for name, value in profile.constant.items():
        found = found.filter(**{name: value})
    rows = [_row(profile, each) for each in found]
    audit.record(by, "registry.exchange_out", f"profile:{profile.id}", region.code, rows=len(rows))
    return rows


def _row(profile: Profile, row: Any) -> dict[str, str]:
    told = dict(profile.constant)
    for path in (each.field for each in profile.columns if each.field):
        value = _value(row, profile.table, path.split("."))
        if value:
            told[path] = value
    return told


def _value(row: Any, table: str, path: list[str]) -> str:
    """Follow a field's path; empty where it is unknown."""
    name, *rest = path
    if name == "id_number":
        document = IdentityDocument.objects.filter(person=row).order_by("pk").first()
        return document.number.open() if document is not None else ""
    column = vocabulary().tables[table].columns[name]
    if column.type.or_none and getattr(row, name + NONE_SUFFIX):
        return direct.NONE
    value = getattr(row, name)
    if value is None:
        return ""
    return _value(value, column.type.name, rest) if rest else _written(column, value)


def _written(column: Column, value: Any) -> str:
    kind = column.type
    if kind.kind == "region":
        return str(value.code)
    if kind.kind == "quantity" and kind.name == "fen":
        return f"{value // 100}.{value % 100:02d}"
    if isinstance(value, dt.date):
        return f"{value:%Y-%m}" if kind.kind == "month" else value.isoformat()
    return direct.written(value)


def faults_of(stored: direct.Stored) -> Iterator[str]:
    """What was wrong, a line each: the row of the file, the column, what was seen and expected."""
    for each in stored.outcome.faults.kept:
        yield f"第 {each.row} 行 row · {each.column}: {each.seen}；应为 expected {each.expected}"
