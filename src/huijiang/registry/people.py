"""What Person and Organisation have beyond their columns of the vocabulary."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Func, IntegerField, Q, Value
from django.db.models.functions import Mod, StrIndex, Substr

# GB 32100: no I, O, S, V, Z; a character is worth its place in this row.
CODE_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_FORM: Final = r"^[0-9ANY][0-9A-Z]\d{6}[0-9A-HJ-NPQRTUWXY]{10}$"


def identity_fields() -> dict[str, models.Field[Any, Any]]:
    """The external id, and the name in its three forms."""
    return {
        "uid": models.UUIDField("外部编号", default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False),
        "name": models.CharField("名称", max_length=200),
        "name_key": models.CharField("比对用名", max_length=200, default="", db_default=""),
        "pinyin": models.CharField("拼音", max_length=200, default="", db_default=""),
    }


def name_indexes(table: str) -> list[models.Index]:
    return [
        models.Index(name=f"{table}_name_key", fields=("name_key",)),
        models.Index(name=f"{table}_pinyin", fields=("pinyin",), opclasses=("text_pattern_ops",)),
        models.Index(name=f"{table}_managed_by", fields=("managed_by",)),
    ]


def code_checks() -> list[models.BaseConstraint]:
    """Form and check character of the unified social credit code, in the database itself."""
    total = sum(
        (_worth(place) * Value(pow(3, place - 1, 31)) for place in range(2, 18)),
        start=_worth(1),
    )
    return [
        models.CheckConstraint(
            name="organisation_uscc_form", condition=Q(uscc__isnull=True) | Q(uscc__regex=CODE_FORM)
        ),
        models.CheckConstraint(
            name="organisation_uscc_check",
            condition=Q(uscc__isnull=True)
            | Q(IsNought(Mod(total + _worth(18), Value(31), output_field=IntegerField()))),
        ),
    ]


def _worth(place: int) -> StrIndex | models.expressions.CombinedExpression:
    return StrIndex(Value(CODE_ALPHABET), Substr(F("uscc"), Value(place), Value(1))) - Value(1)


class IsNought(Func):
    """Whether a number is nought."""

    template = "(%(expressions)s) = 0"
    output_field = models.BooleanField()
    conditional = True
