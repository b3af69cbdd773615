"""Which rows of a folder have come, gone or changed since an earlier run, table by table.

`moved <table>` holds their ids, `left <table>` the rows as they were, `come <table>` as they
are.  Only columns that somebody reads are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlglot import exp

from tiaowen.population.expr import (
    ABSENT_TEXT,
    Sql,
    all_of,
    any_of,
    call,
    col,
    how_many,
    is_null,
    name,
    named,
    no,
    not_null,
    op,
    same,
)
from tiaowen.population.program import filter_, join, one, select, union
from tiaowen.population.store import Connection, create, open_tables, sql
from tiaowen.population.world import facts_of
from tiaowen.vocabulary.model import Column, Vocabulary

WAS = "was"  # the schema in which the earlier facts stand under the same names


def moved(table_id: str) -> str:
    return f"moved {table_id}"


def left(table_id: str) -> str:
    return f"left {table_id}"


def come(table_id: str) -> str:
    return f"come {table_id}"


def keys_of(table_id: str) -> str:
    return f"keys {table_id}"


def inside(value: Sql, ids: str, column: str = "id") -> Sql:
    """Whether a value is one of a relation's."""
    return exp.Paren(this=exp.In(this=value, query=exp.Subquery(this=select([col(column)], ids))))


def was(relation: str) -> exp.Table:
    return exp.Table(this=name(relation), db=name(WAS))


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
        self.tables = list(tables)
        self.many: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        self.differing: dict[str, set[str]] = {}  # columns that some row changed
        self.only: dict[str, bool] = {}  # whether some row is in one state only
        self.parts: dict[tuple[str, frozenset[str]], tuple[str, int]] = {}
        self.keyed: dict[str, set[str]] = {}
        self.differ = [each for each in self.tables if each not in same]
        open_tables(connection, vocabulary, folder, self.tables, checked=self.tables)
        connection.execute(sql(exp.Create(this=exp.Table(this=name(WAS)), kind="SCHEMA", exists=True)))
        connection.execute(f"USE {WAS}")
        try:
            open_tables(connection, vocabulary, earlier, self.differ, checked=self.differ)
        finally:
            connection.execute("USE main")
        sound = [self._compare(each, columns.get(each, set())) for each in self.differ]
        if not all(sound) or not all(self._refer(each) for each in self.tables):
            open_tables(connection, vocabulary, folder, self.tables)  # says what is wrong

    def references(self, table_id: str) -> list[Column]:
        """The columns that refer to rows of tables that are open."""
        columns = self.vocabulary.tables[table_id].columns.values()
        return [each for each in columns
                if each.derived is None and each.type.kind == "row" and each.type.name in self.tables]  # fmt: skip

    def _compare(self, table_id: str, columns: set[str]) -> bool:
        """Find the rows that moved; whether every id stands once."""
        connection, relation = self.connection, facts_of(table_id)
        compared = sorted(columns | {each.name for each in self.references(table_id)})
        differs = any_of(
            [is_null(col("id", "a")), is_null(col("id", "b")),
             *(no(same(col(each, "a"), col(each, "b"))) for each in compared)]
        )  # fmt: skip
        there, here = not_null(col("id", "a")), not_null(col("id", "b"))
        query = select(
            [named(call("coalesce", col("id", "a"), col("id", "b")), "id"), named(there, "was"), named(here, "now"),
             *(named(no(same(col(each, "a"), col(each, "b"))), f"moved {each}") for each in compared),
             *(named(col(each, side), f"{side} {each}") for each in compared for side in ("a", "b"))],
            relation, "b",
        )  # fmt: skip
        before = was(relation)
        before.set("alias", exp.TableAlias(this=name("a")))
        query.append("joins", exp.Join(this=before, on=op("is", col("id", "a"), col("id", "b")), side="FULL"))
        create(connection, moved(table_id), filter_(query, differs))
        for rows, side, state in ((come(table_id), "b", "now"), (left(table_id), "a", "was")):
            chosen = [col("id"), *(named(col(f"{side} {each}"), each) for each in compared)]
            create(connection, rows, filter_(select(chosen, moved(table_id)), col(state)))
        self.many[table_id] = count(connection, moved(table_id))
        both = all_of([col("was"), col("now")])
        told = select([how_many(both), *(how_many(all_of([both.copy(), col(f"moved {each}")])) for each in compared)],
                      moved(table_id))  # fmt: skip
        ((pairs, *differing),) = connection.execute(sql(told)).fetchall()
        self.differing[table_id] = {each for each, many in zip(compared, differing, strict=True) if many}
        self.only[table_id] = int(pairs) < self.many[table_id]
        self.rows[table_id] = count(connection, relation)
        counted = exp.Select(expressions=[how_many()])
        counted.set("from_", exp.From(this=was(relation)))
        earlier = int(connection.execute(sql(counted)).fetchall()[0][0])
        new, gone = no(col("was")), no(col("now"))
        fresh = filter_(
            select([how_many(), exp.Count(this=exp.Distinct(expressions=[col("id")]))], moved(table_id)), new
        )
        ((entered, different),) = connection.execute(sql(fresh)).fetchall()
        vanished = count(connection, moved(table_id), all_of([gone, not_null(col("id"))]))
        return bool(entered == different and self.rows[table_id] - entered == earlier - vanished)

    def _refer(self, table_id: str) -> bool:
        """Whether every reference still leads to a row: those of new rows, and those to rows that have gone."""
        for column in self.references(table_id):
            target = column.type.name
            if self.moves(table_id):
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
            create(self.connection, relation, filter_(select([col("id")], moved(table_id)), where))
            self.parts[key] = (relation, count(self.connection, relation))
        return self.parts[key]

    def size(self, table_id: str) -> int:
        """Rows of a table as it is now."""
        if table_id not in self.rows:
            self.rows[table_id] = count(self.connection, facts_of(table_id))
        return self.rows[table_id]

    def key(self, table_id: str) -> None:
        """Take ids and references of a table out of its file: rows will be found by them again and again."""
        if table_id not in self.keyed:
            names = ["id", *(each.name for each in self.references(table_id))]
            create(self.connection, keys_of(table_id), select([col(each) for each in names], facts_of(table_id)))
            self.keyed[table_id] = set(names)

    def rows_of(self, table_id: str, *asked: Sql | None) -> str:
        """The relation of a table that has the columns that are asked for, whole or its keys only."""
        names = {each.name for one in asked if one is not None for each in one.find_all(exp.Column)}
        return keys_of(table_id) if names <= self.keyed.get(table_id, set()) else facts_of(table_id)

    def moving_rows(self, columns: Iterable[Sql], table_id: str) -> exp.Query:
        """The rows that moved as they are, and as they were."""
        chosen = list(columns)
        return union([select(chosen, come(table_id)), select([each.copy() for each in chosen], left(table_id))])

    def both(self, columns: Iterable[Sql], table_id: str, where: Sql | None = None) -> exp.Query:
        """Rows of a table as they are, with those that moved as they were."""
        chosen = list(columns)
        parts: list[exp.Query] = [filter_(select(chosen, self.rows_of(table_id, *chosen, where)), where)]
        if self.moves(table_id):
            condition = where.copy() if where is not None else None
            parts.append(filter_(select([each.copy() for each in chosen], left(table_id)), condition))
        return union(parts)


def _absent() -> Sql:
    return exp.Literal.string(ABSENT_TEXT)
