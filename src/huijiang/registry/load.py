"""`huijiang load FOLDER`: a whole county into an empty registry, in one transaction.

Large tables are filled without their indexes and references, which are then made again over all rows: the
database checks them as strictly, in a fraction of the time.  Rows that a law refuses are counted and listed.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from huijiang import present
from huijiang.regions.models import Region
from huijiang.registry.county import County, in_order
from huijiang.registry.models import Coverage, IdentityDocument, Organisation, Person
from huijiang.registry.sealing import COLUMNS, Sealing, processes_for
from huijiang.registry.staging import Refusal, Stage, refusals
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed.fields import sealed_context
from huijiang.sealed.keys import ring

LARGE = 100_000  # rows from which on indexes are made afterwards
BLOCK = 1 << 20


class LoadError(RuntimeError):
    """The folder can't be loaded into this registry; nothing was stored."""


@dataclass
class Loaded:
    """Rows stored by table, and what was refused: whole rows, or a number that is none (`value`)."""

    rows: dict[str, int] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    values: list[Refusal] = field(default_factory=list)
    documents: int = 0

    @property
    def laws(self) -> Counter[str]:
        """How many rows or values each law refused."""
        return Counter(each.law for each in (*self.refused, *self.values))


def load(
    folder: Path, managed_by: Region, as_of: dt.date | None = None, memory: str = "1GB",
    progress: Callable[[str], None] = lambda _: None,
) -> Loaded:  # fmt: skip
    """Load a folder.  Raises LoadError (the registry is not empty) and PopulationError (the folder)."""
    if Person.objects.exists() or Organisation.objects.exists():
        raise LoadError(
            "登记库里已有数据 the registry holds rows already；整县导入只进空库 a county goes into an empty one"
        )
    with tempfile.TemporaryDirectory(prefix="huijiang-load-") as made:
        county = County(folder, Path(made), memory)
        try:
            with transaction.atomic():
                connection.ensure_connection()
                with connection.connection.cursor() as cursor:
                    done = _Load(cursor, county, managed_by, as_of or county.on or present.today()).run(progress)
        finally:
            county.close()
    measure()
    return done


def measure() -> None:
    """Have PostgreSQL look at how much there is in every table with rows.  One that is looked at while it is empty is
    taken for empty from then on: a statement that fills it would read it row by row for each row that it writes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(relname), ', ') FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 0"
        )
        (filled,) = cursor.fetchone()
        if filled:
            cursor.execute(f"ANALYZE {filled}")  # names as the database itself quoted them


class _Load:
    def __init__(self, cursor: Any, county: County, managed_by: Region, as_of: dt.date) -> None:
        self.cursor, self.county, self.managed_by, self.as_of = cursor, county, managed_by, as_of
        self.done = Loaded()
        self.later: list[str] = []

    def run(self, progress: Callable[[str], None]) -> Loaded:
        # A table whose rows still wait for a deferred check can't be altered.
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        counts = {table: self.county.number(table, 1) for table in in_order()}
        for table in in_order():
            if counts[table]:
                self._table(table, counts[table])
                progress(table)
        for statement in self.later:
            self.cursor.execute(statement)
        self._documents(counts["person"])
        progress("identity_document")
        self._coverage()
        self.done.refused = refusals(self.cursor)
        return self.done

    def _table(self, table: str, count: int) -> None:
        if table == "organisation":
            doubtful = self.county.codes_in_doubt()
            self.done.values += [Refusal(table, pk, origin, law) for pk, origin, law in doubtful]
        if table in ("person", "organisation"):
            self.county.names_of(table)
        stage = Stage(self.cursor, table)
        stage.create()
        fixed = {
            "managed_by_id": self.managed_by.code,
            "source": vocabulary().tables[table].source,
            "as_of": self.as_of.isoformat(),
        }
        path = self.county.scratch / f"{table}.csv"
        columns = self.county.write(table, fixed, path)
        copy_in(self.cursor, stage.name, columns, path)
        path.unlink()
        self.cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(stage.name)))
        stage.refuse()
        if count >= LARGE:
            self.later += _without_indexes(self.cursor, stage.target)
        self.done.rows[table] = stage.store([each for each in columns if each not in ("line", "origin")])
        self.cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(stage.name)))
        self._advance(stage.target)

    def _advance(self, target: str) -> None:
        self.cursor.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {} HAVING max(id) > 0").format(
                sql.Identifier(target)
            ),
            [target],
        )

    def _documents(self, count: int) -> None:
        """Identity numbers, sealed.  A number that is none, or that another person has, is refused."""
        self.cursor.execute(
            "CREATE TEMP TABLE papers (person_id bigint, origin text, kind text, number bytea, matched bytea,"
            " matched_hash bytea, matched_hash_next bytea) ON COMMIT DROP"
        )
        number, matched = (sealed_context(IdentityDocument, each) for each in ("number", "matched"))
        sealing = Sealing(number, matched, ring(), self.as_of)
        query = sql.SQL("COPY papers ({}) FROM STDIN (FORMAT csv)").format(
            sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
        )
        with self.cursor.copy(query) as copy:
            for papers in sealing.spread(self.county.documents(), processes_for(count)):
                copy.write(papers.lines)
                self.done.values += [
                    Refusal("person", pk, origin, f"identity_number_{reason}") for pk, origin, reason in papers.refused
                ]
        later = _without_indexes(self.cursor, IdentityDocument._meta.db_table) if count >= LARGE else []
        self.cursor.execute(
            """WITH first AS (SELECT DISTINCT ON (kind, matched_hash) * FROM papers
                              WHERE person_id IN (SELECT id FROM registry_person)
                              ORDER BY kind, matched_hash, person_id)
               INSERT INTO registry_identitydocument
                 (person_id, kind, number, matched, matched_hash, matched_hash_next, source, as_of)
               SELECT person_id, kind, number, matched, matched_hash, matched_hash_next, %s, %s FROM first""",
            [vocabulary().tables["person"].source, self.as_of],
        )
        self.done.documents = self.cursor.rowcount
        for statement in later:
            self.cursor.execute(statement)
        self.cursor.execute(
            """SELECT person_id, origin FROM papers AS p WHERE NOT EXISTS
                 (SELECT FROM registry_identitydocument AS d WHERE d.person_id = p.person_id) ORDER BY 1"""
        )
        self.done.values += [
            Refusal("person", pk, origin, "identity_number_once") for pk, origin in self.cursor.fetchall()
        ]

    def _coverage(self) -> None:
        Coverage.objects.bulk_create(
            Coverage(
                table=each.table, region_id=each.place or None, by=" ".join(sorted(each.by)), since=each.since,
                until=each.until, complete=True, source=vocabulary().tables[each.table].source, as_of=self.as_of,
            )
            for each in self.county.covers
        )  # fmt: skip


def copy_in(cursor: Any, table: str, columns: Sequence[str], path: Path) -> None:
    """A CSV file into a table."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, NULL '\\N')").format(sql.Identifier(table), names)
    with path.open("rb") as source, cursor.copy(query) as copy:
        while block := source.read(BLOCK):
            copy.write(block)


def _without_indexes(cursor: Any, table: str) -> list[str]:
    """Drop the references and indexes of a table; gives the statements that make them again."""
    cursor.execute(
        """SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE conrelid = %s::regclass AND contype IN ('f', 'u', 'x') ORDER BY contype DESC, conname""",
        [table],
    )
    again: list[str] = []
    for name, definition in cursor.fetchall():
        told = [sql.Identifier(table), sql.Identifier(name)]
        cursor.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(*told))
        again.append(
            sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(*told, sql.SQL(definition)).as_string(cursor)
        )
    cursor.execute(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
           WHERE indrelid = %s::regclass AND NOT indisprimary""",
        [table],
    )
    for name, definition in cursor.fetchall():
        cursor.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
        again.append(definition)
    return again
