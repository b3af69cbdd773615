"""The models of the fact tables, made from the vocabulary: what the vocabulary says, the database keeps.

Columns come from `columns.py`, what one table refuses beyond them from `laws.py`.  A row of facts always
says who manages it, which register it comes from and as of which day.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import BigIntegerField, Case, CharField, DateField, F, Func, Q, Value, When
from django.db.models.functions import Now, Upper

from huijiang.registry.columns import NONE_SUFFIX, checks_of, fields_of, model_name
from huijiang.registry.history import with_history
from huijiang.registry.laws import LAWS, Law
from huijiang.registry.vocabulary import stored_columns
from tiaowen.vocabulary.model import Table

MODELS_MODULE = "huijiang.registry.models"


class Fact(models.Model):
    """What every row of facts has: the region whose bureau manages it, its register and its day."""

    managed_by = models.ForeignKey("regions.Region", models.PROTECT, related_name="+", db_index=False)
    source = models.CharField("来源", max_length=64)
    as_of = models.DateField("数据日期")
    batch = models.ForeignKey(
        "registry.ImportBatch", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        abstract = True


def make_model(table: Table, extra: dict[str, models.Field[Any, Any]], constraints: list[models.BaseConstraint],
               indexes: list[models.Index], words: str) -> type[models.Model]:  # fmt: skip
    """The model of one table.  `extra` replaces or adds columns; `words` is its docstring."""
    law = LAWS.get(table.id, Law())
    fields: dict[str, models.Field[Any, Any]] = {}
    for column in stored_columns(table):
        fields.update(fields_of(column))
    fields.update(extra)
    checks = [check for column in stored_columns(table) for check in checks_of(column)]
    meta = type("Meta", (), {
        "app_label": "registry",
        "constraints": (*checks, *_laws(table, law), *constraints),
        "indexes": tuple(indexes),
    })  # fmt: skip
    attributes: dict[str, Any] = {
        "__module__": MODELS_MODULE,
        "__doc__": words or f"{table.label}，见词汇表 {table.id}。",
        "__str__": _named,
        "Meta": meta,
        **fields,
    }
    made = type(model_name(table.id), (Fact,), attributes)
    return with_history(made)


def _named(self: models.Model) -> str:
    return f"{self._meta.model_name}:{self.pk}"


def unknown_indexes(table: Table) -> list[models.Index]:
    """The rows that may be anybody's: the engine asks for them each time, and they are few."""
    found = []
    for column in stored_columns(table):
        if column.type.kind == "row":
            unknown = Q(**{f"{column.name}__isnull": True})
            if column.type.or_none:
                unknown &= Q(**{column.name + NONE_SUFFIX: False})
            mark = hashlib.sha256(f"{table.id}.{column.name}".encode()).hexdigest()[:6]
            name = f"unknown_{table.id[:8]}_{column.name[:6]}_{mark}"
            found.append(models.Index(name=name, fields=("id",), condition=unknown))
    return found


def plain_number() -> Func:
    """A certificate's number as it is compared: letters and digits alone, capitals."""
    letters = Func(
        F("number"), Value("[^0-9A-Za-z]"), Value(""), Value("g"), function="regexp_replace", output_field=CharField()
    )
    return Upper(letters, output_field=CharField())


def _laws(table: Table, law: Law) -> list[models.BaseConstraint]:
    found: list[models.BaseConstraint] = [
        models.CheckConstraint(name=f"{table.id}_{name}", condition=condition) for name, condition in law.checks.items()
    ]
    if table.spell is not None:
        first, last = table.spell
        found.append(models.CheckConstraint(name=f"{table.id}_dates_agree", condition=Q(**{f"{first}__lte": F(last)})))
    if law.key and law.unique:
        found.append(models.UniqueConstraint(*(_told(table, name) for name in law.key), name=f"{table.id}_key"))
    if law.apart and table.spell is not None:
        found.append(_apart(table, law, table.spell))
    return found


def _told(table: Table, name: str) -> Any:
    """A column in which `none` is a value like others; unknown is equal to nothing."""
    kind = table.columns[name].type
    if not kind.or_none:
        return F(name)
    like = BigIntegerField() if kind.kind == "row" else CharField()
    nothing = Value(0 if kind.kind == "row" else "")
    return Case(When(**{name + NONE_SUFFIX: True}, then=nothing), default=F(name), output_field=like)


def _apart(table: Table, law: Law, spell: tuple[str, str]) -> ExclusionConstraint:
    """No two spells of the same thing overlap.  A spell with an unknown end is held to its first day."""
    first, last = spell
    until: F | Case = F(last)
    if table.columns[last].type.or_none:
        until = Case(
            When(**{last + NONE_SUFFIX: True}, then=Value(None, output_field=DateField())),
            When(**{f"{last}__isnull": True}, then=F(first)),
            default=F(last),
            output_field=DateField(),
        )
    lasting = Func(F(first), until, Value("[]"), function="DATERANGE", output_field=DateRangeField())
    return ExclusionConstraint(
        name=f"{table.id}_spells_apart",
        expressions=[
            # What must be equal stands first: an index that is led by the dates has to look at everybody's spells.
            *((_told(table, name), RangeOperators.EQUAL) for name in law.apart),
            (lasting, RangeOperators.OVERLAPS),
        ],
        condition=Q(**{f"{first}__isnull": False}),
    )
