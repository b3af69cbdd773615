"""A file held against the registry: what is new, what changes, what is wrong; and storing it, whole or not at all.

The preview and the storing are the same run: the preview is rolled back at its end.  Rows go through COPY
into a stage; the rest is a fixed number of statements over it, whatever the number of rows.
A blank cell says nothing: it leaves what the registry knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from psycopg import sql

from huijiang.registry import names
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.imports.cells import Cells, None_
from huijiang.registry.imports.faults import Fault, Faults, masked, of_refusal
from huijiang.registry.imports.reading import FileError, Opened, opened
from huijiang.registry.imports.references import Resolver
from huijiang.registry.imports.template import DOCUMENT, ORGANISATION, OWN_NUMBER, PERSON, Leaf, template
from huijiang.registry.laws import LAWS
from huijiang.registry.models import IdentityDocument, ImportBatch
from huijiang.registry.staging import Stage, refusals
from huijiang.registry.vocabulary import stored_columns, vocabulary
from huijiang.sealed import keyed_hash, seal
from huijiang.sealed.fields import sealed_context
from huijiang.sealed.keys import ring

EVERY: Final = 1_000  # rows between two reports of progress
Report = Callable[[int], None]


@dataclass
class Outcome:
    """Counts of rows, and the faults; with any fault nothing was stored."""

    new: int
    changed: int
    same: int
    faults: Faults
    read: int

    @property
    def wrong(self) -> int:
        return len(self.faults.rows)


def run(batch: ImportBatch, path: Path, store: bool, report: Report = lambda _: None) -> Outcome:
    """Hold a file against the registry; with `store`, and no fault, keep it in the transaction under way."""
    with transaction.atomic():
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            try:
                outcome = _Applying(cursor, batch, report).run(path, store)
            except FileError as error:
                faults = Faults(list(error.faults), {each.row for each in error.faults})
                outcome = Outcome(0, 0, 0, faults, 0)
        if not store or outcome.wrong:
            transaction.set_rollback(True)
    return outcome


class _Applying:
    def __init__(self, cursor: Any, batch: ImportBatch, report: Report) -> None:
        self.cursor, self.batch, self.report = cursor, batch, report
        self.told = template(batch.table)
        self.stage = Stage(cursor, batch.table)
        self.faults = Faults()
        self.sheet = ""
        self.read = 0
        self.numbers = tuple(sealed_context(IdentityDocument, each) for each in ("number", "matched"))
        table = vocabulary().tables[batch.table]
        self.facts = [
            name
            for column in stored_columns(table)
            for name in (
                f"{column.name}_id" if column.type.kind in ("row", "region") else column.name,
                *([column.name + NONE_SUFFIX] if column.type.or_none else []),
            )
        ]
        self.named = batch.table in (PERSON, ORGANISATION)

    def run(self, path: Path, store: bool) -> Outcome:
        self.stage.create()
        resolver = Resolver(self.cursor, self.stage, self.told)
        resolver.add_columns()
        with opened(path, self.batch.file_name, self.told) as file:
            self.sheet = file.sheet
            for fault in file.faults:
                self.faults.add(fault)
            if not file.faults:
                self._copy(file)
        for line, header in resolver.resolve():
            self.faults.add(Fault(self.sheet, line, header, "", "登记库里有且只有一行与此相符；先导入那张表"))
        self._match()
        self._merge()
        self.stage.refuse()
        for refusal in refusals(self.cursor):
            self.faults.add(of_refusal(refusal, self.sheet))
        new, changed, same = self._count()
        if store and not self.faults.rows:
            self._store()
        self.stage.drop()
        return Outcome(new, changed, same, self.faults, self.read)

    # -- reading ---------------------------------------------------------------------
    def _copy(self, file: Opened) -> None:
        columns = self._columns(list(file.columns.values()))
        query = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(self.stage.name), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with self.cursor.copy(query) as copy:
            for row in self._rows(file, columns):
                copy.write_row(row)
        self.cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(self.stage.name)))

    def _columns(self, leaves: list[Leaf]) -> list[str]:
        found = ["line", "managed_by_id", "source", "as_of", "batch_id"]
        found += [name for leaf in leaves for name in (leaf.stage, leaf.none) if name]
        if self.named:
            found += ["name_key", "pinyin"]
        if self.batch.table == PERSON:
            found += ["x_number", "x_matched"]
        return list(dict.fromkeys(found))

    def _rows(self, file: Opened, columns: list[str]) -> Iterator[list[object]]:
        cells = Cells(self.batch.as_of, file.from_1904)
        nones = [leaf.none for leaf in file.columns.values() if leaf.none]
        for number, row in file.rows:
            self.read += 1
            if self.read % EVERY == 0:
                self.report(self.read)
            values: dict[str, object] = dict.fromkeys(nones, False)
            values |= {
                "line": number, "managed_by_id": self.batch.managed_by_id, "source": self.batch.source,
                "as_of": self.batch.as_of, "batch_id": self.batch.pk,
            }  # fmt: skip
            if self._read_row(file, number, row, cells, values):
                yield [values.get(each) for each in columns]

    def _read_row(self, file: Opened, number: int, row: Any, cells: Cells, values: dict[str, object]) -> bool:
        """Whether the row can be staged."""
        good = True
        for position, leaf in file.columns.items():
            cell = row.get(position)
            said: list[str] = []
            value = cells.read(cell, leaf, said.append) if cell is not None else None
            if leaf.written.required and value is None and not said:
                said.append("必填")
            for expected in said:
                seen = masked(leaf.written.kind, cell.text) if cell is not None else ""
                self.faults.add(Fault(self.sheet, number, file.letter(position), seen, expected[:300]))
                good = False
            if isinstance(value, None_):
                values.update({leaf.none: True} if leaf.none else {})
            elif leaf.written.kind == DOCUMENT and value is not None:
                self._number(leaf, value, values)
            elif value is not None:
                values[leaf.stage] = value
        if good and self.named:
            name = str(values["name"])
            values["name_key"], values["pinyin"] = names.matched(name), names.sounded(name, self.batch.table == PERSON)
        return good

    def _number(self, leaf: Leaf, read: Any, values: dict[str, object]) -> None:
        number, matched = self.numbers
        hashed = keyed_hash(read.matched, matched, ring().active)
        values[leaf.stage] = f"{read.kind}:{hashed.hex()}"
        if leaf.path == (OWN_NUMBER,):
            values["x_number"], values["x_matched"] = seal(read.number, number).data, seal(read.matched, matched).data

    # -- comparing -------------------------------------------------------------------
    def _match(self) -> None:
        """Find the stored row that a staged one is about."""
        if self.batch.table == PERSON:
            self._run(
                """UPDATE {stage} AS s SET id = d.person_id FROM registry_identitydocument AS d
                   WHERE d.kind = split_part(s.x_id_number, ':', 1)
                     AND d.matched_hash = decode(split_part(s.x_id_number, ':', 2), 'hex')"""
            )
            self._astray("""SELECT s.line FROM {stage} AS s JOIN {target} AS t USING (id)
                            WHERE t.managed_by_id <> s.managed_by_id""", "由本地区管理的人")  # fmt: skip
            self._astray("""SELECT line FROM (SELECT line, row_number() OVER (PARTITION BY x_id_number ORDER BY line) AS n
                            FROM {stage}) AS a WHERE n > 1""", "每人一行")  # fmt: skip
            return
        same = self._same()
        self._run(
            """UPDATE {stage} AS s SET id = t.id
               FROM (SELECT line, {same} AS k, row_number() OVER (PARTITION BY {same} ORDER BY line) AS n FROM {stage}) AS a
               JOIN (SELECT id, {same} AS k, row_number() OVER (PARTITION BY {same} ORDER BY id) AS n FROM {target}
                     WHERE managed_by_id = {region}) AS t USING (k, n)
               WHERE s.line = a.line""",
            same=same,
            region=sql.Literal(self.batch.managed_by_id),
        )

    def _same(self) -> sql.Composable:
        """What tells rows apart: the key where it is known, else the whole content."""
        whole = sql.SQL("'=' || jsonb_build_array({})::text").format(self._list(self.facts))
        law = LAWS[self.batch.table]
        if not law.key:
            return whole
        columns = vocabulary().tables[self.batch.table].columns
        parts, known = [], []
        for name in law.key:
            kind = columns[name].type
            own = f"{name}_id" if kind.kind in ("row", "region") else name
            parts.append(own)
            told = sql.SQL("{} IS NOT NULL").format(sql.Identifier(own))
            if kind.or_none:
                parts.append(name + NONE_SUFFIX)
                told = sql.SQL("({} OR {})").format(told, sql.Identifier(name + NONE_SUFFIX))
            known.append(told)
        return sql.SQL("CASE WHEN {known} THEN '#' || jsonb_build_array({key})::text ELSE {whole} END").format(
            known=sql.SQL(" AND ").join(known), key=self._list(parts), whole=whole
        )

    def _astray(self, query: str, expected: str) -> None:
        for (line,) in self._run(query).fetchall():
            self.faults.add(Fault(self.sheet, line, "", "", expected))

    def _merge(self) -> None:
        """What the file does not say stays as it is known."""
        told: list[sql.Composable] = []
        for column in stored_columns(vocabulary().tables[self.batch.table]):
            own = sql.Identifier(f"{column.name}_id" if column.type.kind in ("row", "region") else column.name)
            if not column.type.or_none:
                told.append(sql.SQL("{0} = coalesce(s.{0}, t.{0})").format(own))
                continue
            none = sql.Identifier(column.name + NONE_SUFFIX)
            silent = sql.SQL("s.{} IS NULL AND NOT s.{}").format(own, none)
            told.append(sql.SQL("{0} = CASE WHEN {1} THEN t.{0} ELSE s.{0} END").format(own, silent))
            told.append(sql.SQL("{0} = CASE WHEN {1} THEN t.{0} ELSE s.{0} END").format(none, silent))
        if self.named:
            told.append(sql.SQL("uid = t.uid"))
        self._run("UPDATE {stage} AS s SET {told} FROM {target} AS t WHERE t.id = s.id", told=sql.SQL(", ").join(told))
        self._run("ALTER TABLE {stage} ADD x_state text")
        self._run(
            """UPDATE {stage} AS s SET x_state = CASE WHEN s.id IS NULL THEN 'new' WHEN EXISTS
                 (SELECT FROM {target} AS t WHERE t.id = s.id AND ({t}) IS NOT DISTINCT FROM ({s})) THEN 'same'
                 ELSE 'changed' END""",
            t=self._list(self.facts, "t"), s=self._list(self.facts, "s"),
        )  # fmt: skip

    def _count(self) -> tuple[int, int, int]:
        found = dict(self._run("SELECT x_state, count(*) FROM {stage} GROUP BY 1").fetchall())
        return found.get("new", 0), found.get("changed", 0), found.get("same", 0)

    # -- storing ---------------------------------------------------------------------
    def _store(self) -> None:
        own = [*self.facts, "source", "as_of", "batch_id", *(["name_key", "pinyin"] if self.named else [])]
        told = sql.SQL(", ").join(sql.SQL("{0} = s.{0}").format(sql.Identifier(each)) for each in own)
        self._run(
            "UPDATE {target} AS t SET {told} FROM {stage} AS s WHERE t.id = s.id AND s.x_state = 'changed'", told=told
        )
        self._run(
            """UPDATE {stage} AS s SET id = n.id FROM
                 (SELECT line, nextval(pg_get_serial_sequence({word}, 'id')) AS id FROM
                   (SELECT line FROM {stage} WHERE x_state = 'new' ORDER BY line) AS o) AS n WHERE n.line = s.line"""
        )
        self._run(
            "INSERT INTO {target} ({names}) SELECT {names} FROM {stage} WHERE x_state = 'new' ORDER BY line",
            names=self._list(["id", "managed_by_id", *own, *(["uid"] if self.named else [])]),
        )
        if self.batch.table == PERSON:
            self._run(
                """INSERT INTO registry_identitydocument (person_id, kind, number, matched, matched_hash, source, as_of)
                   SELECT id, split_part(x_id_number, ':', 1), x_number, x_matched,
                          decode(split_part(x_id_number, ':', 2), 'hex'), source, as_of
                   FROM {stage} WHERE x_state = 'new' ORDER BY line"""
            )

    def _list(self, columns: list[str], of: str = "") -> sql.Composable:
        return sql.SQL(", ").join(sql.Identifier(of, each) if of else sql.Identifier(each) for each in columns)

    def _run(self, text: str, **parts: sql.Composable) -> Any:
        query = sql.SQL(text).format(
            stage=sql.Identifier(self.stage.name),
            target=sql.Identifier(self.stage.target),
            word=sql.Literal(self.stage.target),
            **parts,
        )
        return self.cursor.execute(query)
