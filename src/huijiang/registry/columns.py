"""One column of the vocabulary as columns of the database.

| vocabulary | database |
|---|---|
| bool | boolean |
| date | date |
| month | date, the first of the month |
| year | smallint |
| int | integer |
| text | varchar(200) |
| region | foreign key to regions |
| code list | varchar(64); CHECK for a closed list |
| table | foreign key, PROTECT |
| quantity | bigint ≥ 0, in base units (money in fen) |
| quantity in 个月 or 天 | integer ≥ 0 |

NULL is unknown.  Where the vocabulary says `or none`, a second column `<name>_none` says "known to be
absent", and both at once are refused.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from django.db.models import Q

from huijiang.registry.vocabulary import vocabulary
from tiaowen.vocabulary.model import Column
from tiaowen.vocabulary.types import Type

TEXT: Final = 200
CODE: Final = 64
DURATIONS: Final = frozenset({"months", "days"})
NONE_SUFFIX: Final = "_none"


def model_name(table: str) -> str:
    """`organisation_honour` → `OrganisationHonour`."""
    return "".join(word.capitalize() for word in table.split("_"))


def is_duration(kind: Type) -> bool:
    return kind.kind == "quantity" and kind.name in DURATIONS


def fields_of(column: Column) -> dict[str, models.Field[Any, Any]]:
    """The fields that keep a column, by name."""
    found: dict[str, models.Field[Any, Any]] = {column.name: _field(column.type)}
    if column.type.or_none:
        found[column.name + NONE_SUFFIX] = models.BooleanField(default=False, db_default=False)
    return found


def _field(kind: Type) -> models.Field[Any, Any]:
    match kind.kind:
        case "bool":
            return models.BooleanField(null=True, blank=True)
        case "date" | "month":
            return models.DateField(null=True, blank=True)
        case "year":
            return models.SmallIntegerField(null=True, blank=True)
        case "int":
            return models.IntegerField(null=True, blank=True)
        case "text":
            return models.CharField(max_length=TEXT, null=True, blank=True)
        case "code":
            return models.CharField(max_length=CODE, null=True, blank=True)
        case "region":
            return models.ForeignKey(
                "regions.Region", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
            )
        case "row":
            return models.ForeignKey(
                f"registry.{model_name(kind.name)}", models.PROTECT, null=True, blank=True, related_name="+"
            )
        case "quantity":
            whole = models.IntegerField if is_duration(kind) else models.BigIntegerField
            return whole(null=True, blank=True)
    raise TypeError(f"{kind.words}: 数据库里没有这种列 no such column in the database")


def checks_of(column: Column) -> list[models.CheckConstraint]:
    """What the database refuses in this column."""
    name, kind = column.name, column.type
    found: dict[str, Q] = {}
    match kind.kind:
        case "month":
            found["first_of_month"] = Q(**{f"{name}__day": 1})
        case "year":
            found["year"] = Q(**{f"{name}__range": (1900, 2200)})
        case "int" | "quantity":
            found["not_negative"] = Q(**{f"{name}__gte": 0})
        case "text":
            found["not_empty"] = ~Q(**{name: ""})
        case "code":
            listed = vocabulary().codes[kind.name]
            found["listed" if not listed.open else "not_empty"] = (
                ~Q(**{name: ""}) if listed.open else Q(**{f"{name}__in": list(listed.codes)})
            )
    if kind.or_none:
        found["known_or_none"] = Q(**{f"{name}__isnull": True}) | Q(**{name + NONE_SUFFIX: False})
    return [
        models.CheckConstraint(name=f"{column.table}_{name}_{which}", condition=condition)
        for which, condition in found.items()
    ]
