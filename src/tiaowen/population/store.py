"""Facts as a folder of Parquet: one file (or folder of files) per table, and what each covers.

`<folder>/<table>.parquet`, columns as in the vocabulary, `id` first.  Months are
counted since year 0, durations in months or days, money in fen.  Unknown is NULL,
`none` is written as `expr` says.  `coverage.json` holds `on` (the day of the
question, or null) and `covers`: a list of {table, by, place, since, until}.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from tiaowen.evaluate.facts import Coverage, Facts, Row
from tiaowen.population.bound import for_database
from tiaowen.population.errors import PopulationError
from tiaowen.population.expr import (
    ABSENT_DATE,
    ABSENT_TEXT,
    Sql,
    among,
    call,
    cast,
    col,
    filtered,
    is_null,
    lit,
    name,
    named,
    not_null,
    null,
    sql_type,
)
from tiaowen.population.program import filter_, one, select
from tiaowen.population.soundness import check_rows, claims
from tiaowen.population.world import facts_of
from tiaowen.vocabulary.model import Table, Vocabulary
from tiaowen.vocabulary.types import NONE, Type

MANIFEST = "coverage.json"
PARTS = "*.parquet"  # of a table that is a folder of files
STANDS = "stands at"  # the place of a row in its file, from 0
Connection = duckdb.DuckDBPyConnection
# steps of planning that a statement over few rows is still worth
PLANNED = ("expression_rewriter", "filter_pushdown", "unused_columns", "deliminator", "unnest_rewriter", "join_order")


def sql(query: exp.Expression | exp.Query) -> str:
    """The text of a query.  Its tree was made for this alone, so nothing is copied first."""
    return query.sql(dialect="duckdb", copy=False)


def connect(memory: str, folder: Path, threads: int | None = None) -> Connection:
    """A database of its own, in memory; spills to a folder that the caller throws away.

    `memory` bounds this process, not just the database.  Raises PopulationError for what is no bound.
    """
    settings: dict[str, Any] = {
        "memory_limit": for_database(memory),
        "temp_directory": str(folder / "spill"),
        "preserve_insertion_order": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if threads is not None:
        settings["threads"] = threads
    try:
        connection = duckdb.connect(config=settings)
    except duckdb.Error as error:
        raise PopulationError(
            f"memory {memory}, threads {threads or '—'}: {error}；应为 expected 600MB, 2GB; 1, 2, …"
        ) from error
    connection.execute("SET parquet_metadata_cache = true")  # a file is read by several statements
    return connection


@contextmanager
def planned_quickly(connection: Connection) -> Iterator[None]:
    """For statements over few rows, which it takes longer to plan than to run: only what keeps a plan small is done.

    So few rows are one thread's work: a second one would only wait for it.
    """
    every = connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()
    spared = ",".join(str(each) for (each,) in every if each not in PLANNED)
    ((threads,),) = connection.execute("SELECT current_setting('threads')").fetchall()
    connection.execute(f"SET disabled_optimizers = '{spared}'")
    connection.execute("SET threads = 1")
    try:
        yield
    finally:
        connection.execute(f"SET threads = {threads}")
        connection.execute("RESET disabled_optimizers")


def create(connection: Connection, relation: str, query: exp.Query, kind: str = "TABLE") -> int:
    """Make a relation of a query; gives how many rows a table has."""
    made = connection.execute(created(relation, query, kind)).fetchall()
    return int(made[0][0]) if made else 0


def created(relation: str, query: exp.Query, kind: str = "TABLE") -> str:
    """The text that makes it.  A table lasts as long as the connection: it is spilled, never compressed nor logged."""
    passing = exp.Properties(expressions=[exp.TemporaryProperty()]) if kind == "TABLE" else None
    made = exp.Create(this=exp.Table(this=name(relation)), kind=kind, expression=query, replace=True)
    made.set("properties", passing)
    return sql(made)


def inserted(connection: Connection, relation: str, query: exp.Query) -> int:
    """Put the rows of a query into a table with the same columns; how many they are."""
    found = connection.execute(sql(exp.Insert(this=exp.Table(this=name(relation)), expression=query))).fetchall()
    return int(found[0][0])


def write(connection: Connection, query: exp.Query, path: Path) -> None:
    """Write the rows of a query as one Parquet file."""
    parquet = exp.CopyParameter(this=exp.Var(this="FORMAT"), expression=exp.Var(this="parquet"))  # whatever its name
    file = exp.Literal.string(str(path))
    connection.execute(sql(exp.Copy(this=exp.Subquery(this=query), kind=False, files=[file], params=[parquet])))


def renamed(connection: Connection, relation: str, to: str) -> None:
    """The same table under another name."""
    rename = exp.AlterRename(this=exp.Table(this=name(to)))
    connection.execute(sql(exp.Alter(this=exp.Table(this=name(relation)), kind="TABLE", actions=[rename])))


# -- writing -------------------------------------------------------------------------
def write_facts(facts: Facts, folder: Path, connection: Connection | None = None) -> None:
    """Write the rows of a case as Parquet, with its coverage.  Rows keep no order but their id's."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = duckdb.connect() if connection is None else connection
    for table_id, rows in facts.tables.items():
        if rows:
            _write_table(writer, facts.vocabulary.tables[table_id], rows, folder)
    if connection is None:
        writer.close()
    covers = [
        {"table": each.table, "by": list(each.by), "place": each.place, "since": _iso(each.since),
         "until": _iso(each.until)}
        for each in facts.coverage
    ]  # fmt: skip
    manifest = {"on": _iso(facts.on), "covers": covers}
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _write_table(connection: Connection, table: Table, rows: list[Row], folder: Path) -> None:
    lists: list[list[object]] = [[row.id for row in rows]]
    chosen: list[Sql] = [named(_column(1, "VARCHAR"), "id")]
    for column in table.columns.values():
        if column.derived is None:
            lists.append([stored(row.values.get(column.name), column.type) for row in rows])
            chosen.append(named(_column(len(lists), sql_type(column.type)), column.name))
    query = exp.Select(expressions=chosen)
    relation = connection.sql(sql(query), params=lists)
    relation.write_parquet(str(folder / f"{table.id}.parquet"))


def _column(number: int, to: str) -> Sql:
    values = exp.Parameter(this=exp.Literal.number(number))
    return exp.Unnest(expressions=[exp.Cast(this=values, to=exp.DataType.build(f"{to}[]", dialect="duckdb"))])


def stored(value: object, kind: Type) -> object:
    """A fact as it stands in a column."""
    if value is NONE:
        return ABSENT_DATE if kind.kind == "date" else ABSENT_TEXT
    return value.id if isinstance(value, Row) else value


# -- reading -------------------------------------------------------------------------
def read_manifest(folder: Path) -> tuple[tuple[Coverage, ...], dt.date | None]:
    """What the folder covers.  No manifest: nothing is covered, so nothing is known to be absent."""
    path = folder / MANIFEST
    if not path.is_file():
        return (), None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        covers = tuple(
            Coverage(
                str(each["table"]), tuple(str(column) for column in each.get("by") or ()),
                str(each.get("place") or ""), _day(each.get("since")), _day(each.get("until")),
            )
            for each in found.get("covers", [])
        )  # fmt: skip
        return covers, _day(found.get("on"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PopulationError(
            f'{MANIFEST}: {error}；应为 expected {{"on": "2025-03-01", "covers": [{{"table": …, "by": [], '
            f'"place": "", "since": null, "until": null}}]}}'
        ) from error


def _day(text: object) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(str(text))


WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}


def open_tables(
    connection: Connection, vocabulary: Vocabulary, folder: Path, only: Iterable[str] | None = None,
    checked: Iterable[str] = (), sound: Collection[str] = (), placed: bool = False,
    present: Mapping[str, Mapping[str, str]] | None = None,
) -> list[str]:  # fmt: skip
    """One view per table of the vocabulary (or just some); a table without a file has no rows.

    The rows of `checked` tables are not looked at: whoever names them has done so.  `sound`: claims
    about rows that are known to hold (`soundness`); gives those that now hold too.  `placed`: each row
    says where in its file it stands.  `present`: what the files hold (`schemas_of`), for a connection that is not DuckDB's.

    Raises PopulationError for a folder that is not there, a file that is no Parquet, a column
    that is no column of the table or has another type (a decimal number is no money), an id that
    is missing or stands twice, and a reference to a row that is not there.
    """
    tables = [vocabulary.tables[each] for each in (vocabulary.tables if only is None else only)]
    if present is None:
        present = schemas_of(connection, folder, [table.id for table in tables])
    for table in tables:
        _open(connection, table, source_of_table(folder, table.id), present.get(table.id), placed)
    known = set(checked)
    opened = {each.id for each in tables}
    looked = [table for table in tables if table.id not in known]
    check_rows(connection, [table for table in looked if table.id in present], opened, sound)
    return [claim for table in looked for claim in claims(table, opened)]


def source_of_table(folder: Path, table: str) -> Path | None:
    """The file of a table, or the pattern of its folder's files; None where there is neither."""
    path = folder / f"{table}.parquet"
    if not path.exists():
        return None
    return path / PARTS if path.is_dir() else path


def files_of_table(folder: Path, table: str) -> list[str]:
    """Every file of a table.  Raises PopulationError for a folder without one: its rows are lost, not none."""
    source = source_of_table(folder, table)
    if source is None:
        return []
    files = sorted(source.parent.glob(source.name)) if source.name == PARTS else [source]
    if not files:
        raise PopulationError(
            f"{table}.parquet: 文件夹里没有 {PARTS} a folder without a file; 没有行请去掉文件夹 remove it if there are no rows"
        )
    return [str(each) for each in files]


def schemas_of(connection: Connection, folder: Path, tables: Iterable[str]) -> dict[str, dict[str, str]]:
    """Table → column → type, of the tables that have a file; all in one look.

    Raises PopulationError for a file that is no Parquet.
    """
    if not folder.is_dir():
        raise PopulationError(f"{folder.name}: 没有这个文件夹 no such folder")
    files = {file: table for table in tables for file in files_of_table(folder, table)[:1]}
    found: dict[str, dict[str, str]] = {table: {} for table in files.values()}
    query = exp.Select(expressions=[col("file_name"), col("name"), col("duckdb_type")])
    query.set("from_", exp.From(this=exp.Table(this=call("parquet_schema", _listed(files)))))
    for file, column, kind in _footers_say(connection, query, files):
        if kind is not None:  # the root of the file's tree has none
            found[files[str(file)]][str(column)] = str(kind)
    return found


def _footers_say(connection: Connection, query: exp.Select, files: Mapping[str, str]) -> list[tuple[Any, ...]]:
    """What a query finds in the footers of files (file → table).  Raises PopulationError, which names the file."""
    try:
        return connection.execute(sql(query)).fetchall() if files else []
    except duckdb.Error:
        _unreadable(connection, files)
        raise


def _unreadable(connection: Connection, files: Mapping[str, str]) -> None:
    """Name the file that can't be read."""
    for file, table in files.items():
        try:
            connection.read_parquet(file)
        except duckdb.Error as error:
            raise PopulationError(f"{table}.parquet: 读不了 can't be read as Parquet: {error}") from error


def _listed(files: Iterable[str]) -> Sql:
    return exp.Array(expressions=[exp.Literal.string(each) for each in files])


def _open(
    connection: Connection, table: Table, path: Path | None, present: Mapping[str, str] | None, placed: bool
) -> None:
    """A view over one table; `present`: the columns of its file and their types."""
    kinds = {c.name: c.type for c in table.columns.values() if c.derived is None}
    if path is None or present is None:
        empty = [named(null("VARCHAR"), "id"), *(named(null(sql_type(k)), n) for n, k in kinds.items())]
        empty += [named(null("BIGINT"), STANDS)] if placed else []
        query = exp.Select(expressions=empty)
        query.set("where", exp.Where(this=lit(False)))
        create(connection, facts_of(table.id), query, "VIEW")
        return
    file = f"{table.id}.parquet"
    unknown = sorted(present.keys() - {"id", *kinds})
    if "id" not in present or unknown:
        fault = (
            "没有 id 列 no column id" if "id" not in present else f"没有这些列 no such columns: {'、'.join(unknown)}"
        )
        raise PopulationError(f"{file}: {fault}；应有 expected: id、{'、'.join(kinds)}")
    chosen = [_as("id", present["id"], "VARCHAR")]
    for column, kind in kinds.items():
        expected = sql_type(kind)
        if column not in present:
            chosen.append(named(null(expected), column))
            continue
        fits = WHOLE if expected == "BIGINT" else {expected, *(WHOLE if kind.kind == "row" else ())}
        if present[column] not in fits:
            raise PopulationError(f"{file} {column}: {present[column]}；应为 expected {expected}（{kind.words}）")
        chosen.append(_as(column, present[column], expected))
    chosen += [named(col("file_row_number"), STANDS)] if placed else []
    query = exp.Select(expressions=chosen)
    query.set("from_", exp.From(this=exp.Table(this=call("read_parquet", exp.Literal.string(str(path))))))
    create(connection, facts_of(table.id), query, "VIEW")


def _as(column: str, kind: str, expected: str) -> Sql:
    """A column as the vocabulary has it; one that is so already is only named."""
    return col(column) if kind == expected else named(cast(col(column), expected), column)


class Lacks:
    """Whether some row of a table does not know a column; each is counted once.

    With the folder of the facts the counts that Parquet keeps are taken where it has them, of `tables` in one look.
    """

    def __init__(self, connection: Connection, folder: Path | None = None, tables: Iterable[str] = ()) -> None:
        self.connection = connection
        self.folder = folder
        self.tables = list(tables)
        self.known: dict[tuple[str, str], bool] = {}
        self._told: set[str] = set()
        self._vague: dict[tuple[str, str, tuple[str, ...]], bool] = {}

    def __call__(self, table: str, column: str) -> bool:
        key = (table, column)
        if key not in self.known and self.folder is not None and table not in self._told:
            together = {table, *self.tables} - self._told
            self._told |= together
            self._footers(self.folder, together)
        if key not in self.known:
            counted = filtered(exp.Count(this=exp.Star()), is_null(col(column)))
            ((found,),) = self.connection.execute(sql(select([counted], facts_of(table)))).fetchall()
            self.known[key] = found > 0
        return self.known[key]

    def vague(self, table: str, column: str, codes: tuple[str, ...]) -> bool:
        """Whether some row's column is one of these codes; each is looked for once."""
        key = (table, column, codes)
        if key not in self._vague:
            found = filter_(select([col("id")], facts_of(table)), among(col(column), codes))
            self._vague[key] = bool(self.connection.execute(sql(one(found))).fetchall())
        return self._vague[key]

    def _footers(self, folder: Path, tables: Iterable[str]) -> None:
        """What the footers of the files say of every column, where each part says it."""
        files = {file: table for table in tables for file in files_of_table(folder, table)}
        nulls = col("stats_null_count")
        query = exp.Select(
            expressions=[col("file_name"), col("path_in_schema"), call("sum", nulls), call("bool_and", not_null(nulls))]
        )
        query.set("from_", exp.From(this=exp.Table(this=call("parquet_metadata", _listed(files)))))
        query.set("group", exp.Group(expressions=[col("file_name"), col("path_in_schema")]))
        missing: dict[tuple[str, str], int] = {}
        silent = set()
        for file, column, many, told in _footers_say(self.connection, query, files):
            key = (files[str(file)], str(column))
            missing[key] = missing.get(key, 0) + int(many or 0)
            if not told:
                silent.add(key)
        self.known.update(
            {key: many > 0 for key, many in missing.items() if key not in silent and key not in self.known}
        )
