"""Rows before they are facts: copied into a table of their own, held against every law, then stored at once.

The laws are read from the database's own catalogue, so that what is listed here is what would be refused
there.  `line` is the row's place in what was read, `origin` its name there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from psycopg import sql

from huijiang.registry.models import MODELS

STAGE = "stage_"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that a law refuses.  `law` is the constraint's name."""

    table: str
    line: int
    origin: str
    law: str


@dataclass(frozen=True, slots=True)
class Keys:
    """A unique index or an exclusion constraint: its expressions, and on which rows it holds."""

    law: str
    expressions: tuple[str, ...]
    where: str


class Stage:
    """The staged rows of one table, in the transaction of `cursor` (a cursor of psycopg)."""

    def __init__(self, cursor: Any, table: str) -> None:
        self.cursor, self.table = cursor, table
        self.target = MODELS[table]._meta.db_table
        self.name = STAGE + table
        self.columns = [each.column for each in MODELS[table]._meta.concrete_fields]

    def create(self) -> None:
        """An empty stage, gone with the transaction."""
        self._run(
            "CREATE TEMP TABLE {stage} (LIKE {target} INCLUDING DEFAULTS, line bigint NOT NULL, origin text) ON COMMIT DROP",
        )
        self._run("ALTER TABLE {stage} ALTER id DROP NOT NULL")
        self._run(
            "CREATE TEMP TABLE IF NOT EXISTS refused (tab text, line bigint, origin text, law text) ON COMMIT DROP"
        )

    def refuse(self) -> int:
        """Take out the rows that a law refuses; their places stand in `refusals`.  Gives how many rows."""
        self._references()
        self._checks()
        self._drop_refused()
        for keys in self._keys("u"):
            self._twice(keys)
        self._drop_refused()
        for keys in self._keys("x"):
            while self._overlapping(keys):
                self._drop_refused()
        return int(self._run("SELECT count(DISTINCT line) FROM refused WHERE tab = {tab}").fetchone()[0])

    def store(self, columns: list[str]) -> int:
        """Make the rows that are left facts."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        done = self._run("INSERT INTO {target} ({names}) SELECT {names} FROM {stage}", names=names)
        return int(done.rowcount)

    def drop(self) -> None:
        """Clear away, for the next file in the same transaction."""
        self._run("DROP TABLE IF EXISTS {stage}, refused")

    # -- laws ------------------------------------------------------------------------
    @cached_property
    def _catalogue(self) -> list[tuple[str, str, str, str]]:
        """Checks and references: kind, name, expression or column, target."""
        return list(self._run("""
            SELECT contype::text, conname::text,
                   CASE contype WHEN 'c' THEN pg_get_expr(conbin, conrelid)
                     ELSE (SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) END,
                   coalesce(confrelid::regclass::text, '')
            FROM pg_constraint WHERE conrelid = {word}::regclass AND contype IN ('c', 'f')
              AND coalesce(array_length(conkey, 1), 0) > 0""").fetchall())  # fmt: skip

    def _keys(self, kind: str) -> Iterator[Keys]:
        found = self._run(
            """
            SELECT relname::text,
                   array(SELECT pg_get_indexdef(indexrelid, n, true) FROM generate_series(1, indnkeyatts) AS n),
                   coalesce(pg_get_expr(indpred, indrelid), 'true')
            FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE indrelid = {word}::regclass AND NOT indisprimary
              AND CASE {kind} WHEN 'u' THEN indisunique ELSE indisexclusion END ORDER BY 1""",
            kind=sql.Literal(kind),
        ).fetchall()
        for law, expressions, where in found:
            if expressions != ["uid"]:
                yield Keys(law, tuple(expressions), where)

    def _checks(self) -> None:
        tests = [
            sql.SQL("({law}, ({test}) IS FALSE)").format(law=sql.Literal(law), test=sql.SQL(test))
            for kind, law, test, _ in self._catalogue
            if kind == "c"
        ]
        if tests:
            self._run(
                """INSERT INTO refused SELECT {tab}, line, origin, law FROM {stage}
                   CROSS JOIN LATERAL (VALUES {tests}) AS held (law, broken) WHERE broken""",
                tests=sql.SQL(", ").join(tests),
            )

    def _references(self) -> None:
        for kind, law, column, to in self._catalogue:
            if kind != "f":
                continue
            here = sql.SQL("SELECT id FROM {}").format(sql.Identifier(self.name)) if to == self.target else None
            known = sql.SQL("SELECT {key} FROM {to}").format(
                key=sql.Identifier("code" if to == "regions_region" else "id"), to=sql.Identifier(to)
            )
            known = sql.SQL("{} UNION ALL {}").format(known, here) if here is not None else known
            self._run(
                """INSERT INTO refused SELECT {tab}, line, origin, {law} FROM {stage} AS s
                   WHERE s.{column} IS NOT NULL
                     AND NOT EXISTS (SELECT FROM ({known}) AS k (key) WHERE k.key = s.{column})""",
                law=sql.Literal(law), column=sql.Identifier(column), known=known,
            )  # fmt: skip

    def _twice(self, keys: Keys) -> None:
        """Rows whose key an earlier row of the stage has, or a stored row that no staged one replaces."""
        many = [f"k{n}" for n in range(len(keys.expressions))]
        self._run(
            """INSERT INTO refused SELECT {tab}, line, origin, {law} FROM (
                 SELECT line, origin, row_number() OVER (PARTITION BY {names} ORDER BY line) AS nth FROM (
                   SELECT line, origin, {told} FROM {stage} WHERE {where}) AS a WHERE {known}) AS b WHERE nth > 1""",
            **self._told(keys, many),
        )
        self._run(
            """INSERT INTO refused SELECT {tab}, a.line, a.origin, {law} FROM (
                 SELECT id, line, origin, {told} FROM {stage} WHERE {where}) AS a
               JOIN (SELECT id, {told} FROM {target} WHERE {where}) AS t USING ({names})
               WHERE t.id <> coalesce(a.id, 0) AND t.id NOT IN (SELECT id FROM {stage} WHERE id IS NOT NULL)""",
            **self._told(keys, many),
        )

    def _overlapping(self, keys: Keys) -> int:
        """Spells that begin before the one before them has ended.  The later of two staged ones goes; of a
        stored and a staged one the staged.  One round; once no neighbours overlap, none do."""
        *same, _ = (f"k{n}" for n in range(len(keys.expressions)))
        many = [*same, "spell"]  # the dates stand last
        found = self._run(
            """WITH told AS (SELECT id, line, origin, {told} FROM {stage} WHERE {where}),
                 every AS (SELECT line, origin, {names} FROM told WHERE {known}
                   UNION ALL SELECT NULL, NULL, {names} FROM (SELECT id, {told} FROM {target} WHERE {where}) AS t
                   WHERE {known} AND id NOT IN (SELECT id FROM told WHERE id IS NOT NULL)
                     AND EXISTS (SELECT FROM told WHERE ({same_t}) = ({same_told}))),
                 paired AS (SELECT *, lag(spell) OVER w AS before, lag(line) OVER w AS before_line,
                                   lag(origin) OVER w AS before_origin
                            FROM every WINDOW w AS (PARTITION BY {same} ORDER BY lower(spell), line NULLS FIRST)),
                 bad AS (SELECT coalesce(line, before_line) AS line, coalesce(origin, before_origin) AS origin
                         FROM paired WHERE before && spell)
               INSERT INTO refused SELECT DISTINCT {tab}, line, origin, {law} FROM bad WHERE line IS NOT NULL""",
            **self._told(keys, many),
            same=sql.SQL(", ").join(map(sql.Identifier, same)),
            same_t=sql.SQL(", ").join(sql.Identifier("t", each) for each in same),
            same_told=sql.SQL(", ").join(sql.Identifier("told", each) for each in same),
        )
        return int(found.rowcount)

    def _told(self, keys: Keys, names: list[str]) -> dict[str, sql.Composable]:
        told = [
            sql.SQL("({}) AS {}").format(sql.SQL(expression), sql.Identifier(name))
            for expression, name in zip(keys.expressions, names, strict=True)
        ]
        return {
            "law": sql.Literal(keys.law),
            "told": sql.SQL(", ").join(told),
            "names": sql.SQL(", ").join(map(sql.Identifier, names)),
            "known": sql.SQL(" AND ").join(sql.SQL("{} IS NOT NULL").format(sql.Identifier(each)) for each in names),
            "where": sql.SQL(keys.where),
        }

    def _drop_refused(self) -> None:
        self._run("DELETE FROM {stage} USING refused WHERE refused.tab = {tab} AND refused.line = {stage}.line")

    def _run(self, text: str, **parts: sql.Composable) -> Any:
        query = sql.SQL(text).format(
            stage=sql.Identifier(self.name),
            target=sql.Identifier(self.target),
            tab=sql.Literal(self.table),
            word=sql.Literal(self.target),
            **parts,
        )
        return self.cursor.execute(query)


def refusals(cursor: Any, most: int | None = None) -> list[Refusal]:
    """What was refused in this transaction, in the order of the rows."""
    query = "SELECT tab, line, coalesce(origin, ''), law FROM refused ORDER BY tab, line, law"
    cursor.execute(query if most is None else f"{query} LIMIT {most:d}")
    return [Refusal(*row) for row in cursor.fetchall()]
