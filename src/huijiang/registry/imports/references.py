"""From what a file writes for another row to that row's number, set by set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import sql

from huijiang.registry.columns import CODE, NONE_SUFFIX, TEXT
from huijiang.registry.imports.template import DOCUMENT, PERSON, Reference, Template
from huijiang.registry.models import MODELS
from huijiang.registry.staging import Stage

TYPES = {"date": "date", "month": "date", "year": "smallint", "int": "integer", "quantity": "bigint", "bool": "boolean"}


class Resolver:
    """The references of one staged file."""

    def __init__(self, cursor: Any, stage: Stage, told: Template) -> None:
        self.cursor, self.stage, self.told = cursor, stage, told

    def add_columns(self) -> None:
        """The stage's further columns: what the file wrote for references, and what was found."""
        added: dict[str, str] = {}
        for leaf in self.told.leaves:
            if leaf.stage.startswith("x_"):
                text = f"varchar({CODE if leaf.column.type.kind == 'code' else TEXT})"
                added[leaf.stage] = "text" if leaf.written.kind == DOCUMENT else TYPES.get(leaf.column.type.kind, text)
        for reference in self.told.references:
            if reference.stage.startswith("x_"):
                added[reference.stage] = "bigint"
        if self.told.table.id == PERSON:
            added |= {"x_number": "bytea", "x_matched": "bytea"}
        for name, kind in added.items():
            self._run("ALTER TABLE {stage} ADD {name} {kind}", name=sql.Identifier(name), kind=sql.SQL(kind))

    def resolve(self) -> Iterator[tuple[int, str]]:
        """Look every reference up; gives the lines and headers of those that mean no row, or several."""
        for reference in self.told.references:
            if reference.target == PERSON:
                self._person(reference)
            else:
                self._by_key(reference)
            yield from self._astray(reference)

    def _person(self, reference: Reference) -> None:
        self._run(
            """UPDATE {stage} AS s SET {found} = d.person_id FROM registry_identitydocument AS d
               WHERE d.kind = split_part(s.{said}, ':', 1)
                 AND d.matched_hash = decode(split_part(s.{said}, ':', 2), 'hex')""",
            found=sql.Identifier(reference.stage),
            said=sql.Identifier(reference.parts[0][1]),
        )

    def _by_key(self, reference: Reference) -> None:
        told, known = [], []
        for column, staged in reference.parts:
            own = f"{column.name}_id" if column.type.kind in ("row", "region") else column.name
            told.append(sql.SQL("t.{} = s.{}").format(sql.Identifier(own), sql.Identifier(staged)))
            if column.type.or_none:
                told[-1] = sql.SQL("({} OR (s.{} IS NULL AND t.{}))").format(
                    told[-1], sql.Identifier(staged), sql.Identifier(column.name + NONE_SUFFIX)
                )
            known.append(sql.SQL("s.{} IS NOT NULL").format(sql.Identifier(staged)))
        self._run(
            """UPDATE {stage} AS s SET {found} = f.id FROM
                 (SELECT s.line, min(t.id) AS id FROM {stage} AS s JOIN {to} AS t ON {told} WHERE {known}
                  GROUP BY s.line HAVING count(*) = 1) AS f WHERE f.line = s.line""",
            found=sql.Identifier(reference.stage),
            to=sql.Identifier(MODELS[reference.target]._meta.db_table),
            told=sql.SQL(" AND ").join(told),
            known=sql.SQL(" OR ").join(known),
        )

    def _astray(self, reference: Reference) -> Iterator[tuple[int, str]]:
        said = sql.SQL(" OR ").join(sql.SQL("{} IS NOT NULL").format(sql.Identifier(s)) for _, s in reference.parts)
        found = self._run(
            "SELECT line FROM {stage} WHERE {found} IS NULL AND ({said}) ORDER BY line",
            found=sql.Identifier(reference.stage),
            said=said,
        )
        for (line,) in found.fetchall():
            yield line, reference.header

    def _run(self, text: str, **parts: sql.Composable) -> Any:
        return self.cursor.execute(sql.SQL(text).format(stage=sql.Identifier(self.stage.name), **parts))
