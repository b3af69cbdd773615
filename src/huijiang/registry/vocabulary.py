"""The vocabulary that the fact tables are made from: one reading for the whole process."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from tiaowen.files import read_folder
from tiaowen.problems import PolicyError
from tiaowen.vocabulary.load import load_vocabulary
from tiaowen.vocabulary.model import Column, Table, Vocabulary

NOT_FACTS = frozenset({("person", "id_number")})  # sealed, in IdentityDocument; no rule reads it


@cache
def vocabulary() -> Vocabulary:
    """Tables, code lists and places of `policies/vocabulary`.  Raises PolicyError when it has errors."""
    found, problems = load_vocabulary(read_folder(settings.POLICIES / "vocabulary"))
    if any(each.severity == "error" for each in problems):
        raise PolicyError(problems)
    return found


def stored_columns(table: Table) -> list[Column]:
    """The columns that the database keeps: no derived ones, no sealed ones."""
    return [
        column
        for column in table.columns.values()
        if column.derived is None and (table.id, column.name) not in NOT_FACTS
    ]


def references(table: Table, to: str) -> list[Column]:
    """The stored columns that point to rows of another table."""
    return [c for c in stored_columns(table) if c.type.kind == "row" and c.type.name == to]
