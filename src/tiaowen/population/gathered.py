"""Rows as they are now, taken out of their files once: those that some ids name, and those that refer to them.

A file is read from end to end each time that something is looked for in it, whatever little is found; so what is
found is kept with all its columns, and asked first.
"""

from __future__ import annotations

from sqlglot import exp

from tiaowen.population.changes import Changes, count, inside
from tiaowen.population.compared import moved
from tiaowen.population.expr import Sql, all_of, col, no
from tiaowen.population.program import at_most, filter_, select, union
from tiaowen.population.reading import PERSON
from tiaowen.population.store import create, inserted, sql
from tiaowen.population.world import facts_of

SHARE = 4  # more than a quarter of the rows are not taken out
FEW = 1_000  # …unless the table is small anyway


def gathered(table_id: str) -> str:
    return f"gathered {table_id}"


class Gathered:
    """`found`: table, column, relation of ids → where all rows are whose column is one of them."""

    def __init__(self, changes: Changes) -> None:
        self.changes, self.connection = changes, changes.connection
        self.found: dict[tuple[str, str, str], str] = {}
        self.referred: dict[tuple[str, str], list[str]] = {}  # table, column → ids whose rows are taken out
        self.begun: set[str] = set()

    def most(self, table_id: str) -> int:
        """Rows of a table that may be taken out at a time."""
        return max(FEW, self.changes.size(table_id) // SHARE)

    def within(self, table_id: str, column: str, ids: str) -> str:
        """The relation that has every row, as it is now, whose column is one of the ids: the file if they are many."""
        key = (table_id, column, ids)
        if key not in self.found:
            few = self._named(table_id, ids) if column == "id" else self._referring(table_id, column, ids)
            self.found[key] = gathered(table_id) if few else facts_of(table_id)
        return self.found[key]

    def many(self, table_id: str, column: str, ids: str) -> bool:
        """Whether so many rows refer to the ids that they were not taken out."""
        return self.within(table_id, column, ids) == facts_of(table_id)

    def both(self, columns: list[Sql], table_id: str, column: str, ids: str) -> exp.Query:
        """Of the rows whose column is one of the ids: as they are, and those that moved, as they were."""
        here = filter_(select(columns, self.within(table_id, column, ids)), inside(col(column), ids))
        return union(
            [here, *self.changes.before([each.copy() for each in columns], table_id, inside(col(column), ids))]
        )

    def _named(self, table_id: str, ids: str) -> bool:
        if count(self.connection, ids) > self.most(table_id):
            return False
        asked = ids
        if table_id in self.begun:
            where = [no(inside(col("id"), gathered(table_id)))]
            if self.changes.moves(table_id):
                gone = filter_(select([col("id")], moved(table_id)), no(col("now")))
                where.append(no(exp.Paren(this=exp.In(this=col("id"), query=exp.Subquery(this=gone)))))
            asked = f"asked {table_id}"
            if not create(self.connection, asked, filter_(select([col("id")], ids), all_of(where))):
                return True
        self._take(table_id, inside(col("id"), asked))
        return True

    def _referring(self, table_id: str, column: str, ids: str) -> bool:
        """Few rows share a person; how many share something else is counted before they are taken out."""
        most = self.most(table_id)
        known = self.referred.setdefault((table_id, column), [])
        if known:
            more = f"more {table_id}.{column} {len(known)}"
            if not create(self.connection, more, filter_(
                    select([col("id")], ids), all_of([no(inside(col("id"), each)) for each in known]))):  # fmt: skip
                return True
            ids = more
        where = inside(col(column), ids)
        kind = self.changes.vocabulary.tables[table_id].columns[column].type
        if kind.kind != "row" or kind.name != PERSON:
            some = at_most(filter_(select([col(column)], facts_of(table_id)), where.copy()), most + 1)
            counted = exp.Select(expressions=[exp.Count(this=exp.Star())])
            counted.set("from_", exp.From(this=exp.Subquery(this=some)))
            if self.connection.execute(sql(counted)).fetchall()[0][0] > most:
                return False
        if self._take(table_id, where, most + 1) > most:
            return False
        known.append(ids)
        return True

    def _take(self, table_id: str, where: Sql, most: int | None = None) -> int:
        """Take rows out that are not there yet; gives how many."""
        chosen = [col(each) for each in ("id", *self.changes.needed(table_id))]
        into = gathered(table_id)
        if table_id in self.begun:
            where = all_of([where, no(inside(col("id"), into))])
        query = filter_(select(chosen, facts_of(table_id)), where)
        if most is not None:
            at_most(query, most)
        if table_id not in self.begun:
            self.begun.add(table_id)
            return create(self.connection, into, query)
        return inserted(self.connection, into, query)
