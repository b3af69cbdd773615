"""Statements of our own that every page asks: PostgreSQL plans each once for a connection, then only values travel.

Django's cursors write the values into the text, so that each call is planned anew, and composing a query from
models takes longer than answering it.  What is asked on every page is therefore written out and run here; all
else stays with the models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def rows(statement: bytes, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """What a statement (`%(name)s` for each value) gives, in the transaction that is open.

    A value keeps one type from call to call, or is told one in the statement: another type is another plan.
    """
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(statement, values, prepare=True).fetchall()
    return found
