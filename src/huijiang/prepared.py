"""Statements of our own that every page asks: PostgreSQL plans each once for a connection, then only values travel.

Django's cursors write the values into the text, so that each call is planned anew, and composing a query from
models takes longer than answering it.  What is asked on every page is therefore written out and run here; all
else stays with the models.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection


def rows(statement: bytes, *values: Any) -> list[tuple[Any, ...]]:
    """What a statement (`$1`, `$2` … for the values) gives, in the transaction that is open.

    A value keeps one type from call to call, or is told one in the statement: another type is another plan.
    """
    connection.close_if_health_check_failed()  # as Django's own cursors do: this may be the first of a request
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.RawCursor(connection.connection) as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(statement, values, prepare=True).fetchall()
    return found
