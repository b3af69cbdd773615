"""PostgreSQL as the tests use it: between tests that commit, only the tables that hold something are emptied.

The laws in the database refuse to delete what must stay (events, releases, signatures); emptying steps over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.core.management.color import Style
from django.db import transaction
from django.db.backends.postgresql import base, operations

MADE_BY_MIGRATIONS: Final = frozenset({"django_content_type", "auth_permission"})
"""What every start of the platform would make again, the same."""


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, style: Style, tables: Sequence[str], **how: Any) -> list[str]:
        """To empty a table is dear however small it is, so the empty ones are found first, with one question."""
        quoted = {name: self.quote_name(name) for name in tables if name not in MADE_BY_MIGRATIONS}
        if not quoted:
            return []
        asked = " UNION ALL ".join(
            f"SELECT %s WHERE EXISTS (SELECT FROM {name})"  # noqa: S608 - quoted names of our own tables
            for name in quoted.values()
        )
        with self.connection.cursor() as cursor:
            cursor.execute(asked, list(quoted))
            held = [name for (name,) in cursor.fetchall()]
        return [f"DELETE FROM {quoted[name]}" for name in held]  # noqa: S608

    def execute_sql_flush(self, sql_list: Sequence[str]) -> None:
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in sql_list:
                cursor.execute(statement)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
