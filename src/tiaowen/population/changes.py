"""Which rows of a folder have come, gone or changed since an earlier run, table by table.

`moved <table>` holds their ids, `left <table>` the rows as they were, `come <table>` as they
are.  Only columns that somebody reads are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlglot import exp

from tiaowen.population.compared import WAS, find_moved, moved, of, was
from tiaowen.population.expr import (
    ABSENT_TEXT,
    Sql,
    all_of,
    any_of,
    col,
    filtered,
    how_many,
    is_null,
    name,
    named,
    no,
    not_null,
    op,
)
from tiaowen.population.program import filter_, join, one, select, union
from tiaowen.population.standing import Standing, standing
from tiaowen.population.store import Connection, create, open_tables, source_of_table, sql
from tiaowen.population.world import facts_of
from tiaowen.vocabulary.model import Column, Vocabulary


def left(table_id: str) -> str:
    return f"left {table_id}"


def come(table_id: str) -> str:
    return f"come {table_id}"


def inside(value: Sql, ids: str, column: str = "id") -> Sql:
    """Whether a value is one of a relation's."""
    return exp.Paren(this=exp.In(this=value, query=exp.Subquery(this=select([col(column)], ids))))


def count(connection: Connection, relation: str, where: Sql | None = None) -> int:
    found = connection.execute(sql(filter_(select([how_many()], relation), where))).fetchall()
    return int(found[0][0])


class Changes:
    """The tables that two folders of facts differ in.

    `same`: tables known to be the same in both.  `columns`: table → the columns that matter.
    """

    def __init__(
        self, connection: Connection, vocabulary: Vocabulary, folder: Path, earlier: Path,
        tables: Iterable[str], same: set[str], columns: dict[str, set[str]],
    ) -> None:  # fmt: skip
        self.connection, self.vocabulary = connection, vocabulary
        self.folder, self.earlier = folder, earlier
        self.tables = list(tables)
        self.columns = columns
        self.many: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        self.differing: dict[str, set[str]] = {}  # columns that some row changed
        self.only: dict[str, bool] = {}  # whether some row is in one state only
        self.parts: dict[tuple[str, frozenset[str]], tuple[str, int]] = {}
        self.differ = [each for each in self.tables if each not in same]
        open_tables(connection, vocabulary, folder, self.tables, checked=self.tables, placed=True)
        connection.execute(sql(exp.Create(this=exp.Table(this=name(WAS)), kind="SCHEMA", exists=True)))
        connection.execute(f"USE {WAS}")
        try:
            open_tables(connection, vocabulary, earlier, self.differ, checked=self.differ, placed=True)
        finally:
            connection.execute("USE main")
        sound = [self._compare(each) for each in self.differ]
        if not all(sound) or not all(self._refer(each) for each in self.tables):
            open_tables(connection, vocabulary, folder, self.tables)  # says what is wrong

    def references(self, table_id: str) -> list[Column]:
        """The columns that refer to rows of tables that are open."""
        columns = self.vocabulary.tables[table_id].columns.values()
        return [each for each in columns
                if each.derived is None and each.type.kind == "row" and each.type.name in self.tables]  # fmt: skip

    def needed(self, table_id: str) -> list[str]:
        """The columns of a table that matter, and those by which its rows are found."""
        return sorted(self.columns.get(table_id, set()) | {each.name for each in self.references(table_id)})

    def _compare(self, table_id: str) -> bool:
        """Find the rows that moved; whether every id stands once."""
        connection = self.connection
        compared = self.needed(table_id)
        before, now = (source_of_table(folder, table_id) for folder in (self.earlier, self.folder))
        stands = Standing() if before is None or now is None else standing(connection, before, now, compared)
        beside = find_moved(connection, table_id, compared, stands)
        for rows, side, state in ((come(table_id), "b", "now"), (left(table_id), "a", "was")):
            chosen = [col("id"), *(named(col(f"{side} {each}"), each) for each in compared)]
            create(connection, rows, filter_(select(chosen, moved(table_id)), col(state)))
        both, new = all_of([col("was"), col("now")]), no(col("was"))
        told = select(
            [how_many(), how_many(both), how_many(new),
             filtered(exp.Count(this=exp.Distinct(expressions=[col("id")])), new.copy()),
             how_many(all_of([no(col("now")), not_null(col("id"))])),
             *(how_many(all_of([both.copy(), col(f"moved {each}")])) for each in compared)],
            moved(table_id),
        )  # fmt: skip
        ((many, pairs, entered, different, vanished, *differing),) = connection.execute(sql(told)).fetchall()
        self.many[table_id] = int(many)
        self.differing[table_id] = {each for each, some in zip(compared, differing, strict=True) if some}
        self.only[table_id] = pairs < many
        if beside and entered:  # one that comes under the id of a row that has stayed stands twice
            stayed = exp.Paren(this=exp.In(this=col("id"), query=exp.Subquery(this=_ids(was(facts_of(table_id))))))
            if count(connection, moved(table_id), all_of([new.copy(), stayed])):
                return False
        self.rows[table_id] = count(connection, facts_of(table_id))
        earlier = of([how_many()], was(facts_of(table_id)))
        ((before,),) = connection.execute(sql(earlier)).fetchall()
        return bool(entered == different and self.rows[table_id] - entered == before - vanished)

    def _refer(self, table_id: str) -> bool:
        """Whether every reference still leads to a row: those of new rows, and those to rows that have gone."""
        for column in self.references(table_id):
            target = column.type.name
            if self.moves(table_id) and (self.only[table_id] or column.name in self.differing[table_id]):
                query = select([col(column.name, "r")], come(table_id), "r")
                join(query, facts_of(target), "j", op("is", col(column.name, "r"), col("id", "j")), left=True)
                astray = [not_null(col(column.name, "r")), op("is not", col(column.name, "r"), _absent()),
                          is_null(col("id", "j"))]  # fmt: skip
                if self.connection.execute(sql(one(filter_(query, all_of(astray))))).fetchall():
                    return False
            if self.moves(target):
                gone = filter_(select([col("id")], moved(target)), no(col("now")))
                if self.connection.execute(sql(one(gone.copy()))).fetchall():
                    lost = exp.Paren(this=exp.In(this=col(column.name), query=exp.Subquery(this=gone)))
                    if count(self.connection, facts_of(table_id), lost):
                        return False
        return True

    def moves(self, table_id: str) -> bool:
        """Whether any row of a table has moved."""
        return self.many.get(table_id, 0) > 0

    def moving(self, table_id: str, columns: frozenset[str]) -> tuple[str, int]:
        """Ids of the rows that moved in one of these columns, or came or went: relation, and how many."""
        if not self.moves(table_id):
            return moved(table_id), 0
        mine = columns & self.differing[table_id]
        if mine == self.differing[table_id]:
            return moved(table_id), self.many[table_id]
        if not mine and not self.only[table_id]:
            return moved(table_id), 0
        key = (table_id, frozenset(mine))
        if key not in self.parts:
            relation = f"moved {table_id} {len(self.parts)}"
            where = any_of([no(col("was")), no(col("now")), *(col(f"moved {each}") for each in sorted(mine))])
            many = create(self.connection, relation, filter_(select([col("id")], moved(table_id)), where))
            self.parts[key] = (relation, many)
        return self.parts[key]

    def size(self, table_id: str) -> int:
        """Rows of a table as it is now."""
        if table_id not in self.rows:
            self.rows[table_id] = count(self.connection, facts_of(table_id))
        return self.rows[table_id]

    def moving_rows(self, columns: Iterable[Sql], table_id: str, where: Sql | None = None) -> exp.Query:
        """Rows that moved as they are, and as they were."""
        sides = [select([each.copy() for each in columns], side(table_id)) for side in (come, left)]
        return union([filter_(side, where.copy() if where is not None else None) for side in sides])

    def before(self, columns: Iterable[Sql], table_id: str, where: Sql | None = None) -> list[exp.Query]:
        """The rows that moved as they were: a query, or none where no row has."""
        return [filter_(select(columns, left(table_id)), where)] if self.moves(table_id) else []

    def both(self, columns: Iterable[Sql], table_id: str, where: Sql | None = None) -> exp.Query:
        """Rows of a table as they are, with those that moved as they were."""
        chosen = list(columns)
        condition = where.copy() if where is not None else None
        parts: list[exp.Query] = [filter_(select(chosen, facts_of(table_id)), where)]
        return union([*parts, *self.before([each.copy() for each in chosen], table_id, condition)])


def _ids(source: exp.Expression) -> exp.Select:
    return of([col("id")], source)


def _absent() -> Sql:
    return exp.Literal.string(ABSENT_TEXT)
