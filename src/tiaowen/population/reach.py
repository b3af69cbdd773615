"""Event rows whose lines may differ from those of an earlier run: the rows that see a row that
moved, and whatever shares a key with them.  Sets of ids, found by semi-joins; never too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp

from tiaowen.population.changes import Changes, count, inside, left
from tiaowen.population.compared import moved
from tiaowen.population.expr import any_of, call, col, how_many, is_null, lit, name, named, no
from tiaowen.population.gathered import Gathered
from tiaowen.population.program import filter_, select, union
from tiaowen.population.reading import Look, Path, Source, Tie, Unbounded
from tiaowen.population.seen import differing
from tiaowen.population.store import create, sql
from tiaowen.population.world import World, facts_of

ROUNDS = 8  # of keys that lead from row to row


class Reach:
    """Sets of ids over both states of the facts, each worked out once."""

    def __init__(self, changes: Changes, world: World) -> None:
        self.changes, self.world = changes, world
        self.connection = changes.connection
        self.gathered = Gathered(changes)
        self.found: dict[tuple[Source, tuple[str, ...]], tuple[str, int]] = {}
        self.closed: dict[str, dict[str, str]] = {}
        self.kept: dict[str, tuple[str, int]] = {}
        self.alone: set[str] = set()  # relations of nothing but rows of one table that moved
        self.alike: dict[tuple[int, str], list[str]] = {}  # how many ids of which type → relations of so many

    def touched(self, source: Source, columns: Mapping[str, frozenset[str]]) -> tuple[str, int]:
        """Ids of the rows of a source that see a row that moved, in either state: relation, and how many.

        `columns`: table → the columns in which it matters.
        """
        every = [self.changes.moving(each, columns.get(each, frozenset())) for each in self.tables(source)]
        mine, moving = self._moving(source, columns.get(source.table, frozenset()))
        key = (source, (mine, *sorted(relation for relation, many in every if many)))
        if key not in self.found:
            parts = self._by_reference(source, columns)
            for look in source.looks:
                keys = self._by_look(look, source, columns)
                if keys and not look.key:  # the rows that ask are named themselves
                    parts.append(select([col("id")], keys))
                elif keys:
                    parts.append(self.leading(source.table, look.key, keys))
            if not parts:
                self.found[key] = (mine, moving)
                return self.found[key]
            if moving:
                parts.append(select([col("id")], mine))
            self.found[key] = self.keep(union(parts))
        return self.found[key]

    def _moving(self, source: Source, columns: frozenset[str]) -> tuple[str, int]:
        """Ids of the rows of a source that moved in what is seen of them."""
        relation, many = self.changes.moving(source.table, columns)
        if source.sees is None or not many:
            return relation, many
        apart = differing(self.world, source.table, source.sees, columns, set(self.changes.needed(source.table)))
        some = any_of([no(col("was")), no(col("now")), *apart])
        found = self.keep(filter_(select([col("id")], moved(source.table)), some))
        self.alone.add(found[0])
        return found

    def tables(self, source: Source) -> set[str]:
        """The tables whose rows a source's rows may see."""
        found = {source.table} | {self.world.target(source.table, path) for path in source.paths}
        return found.union(*(self.tables(look.source) for look in source.looks))

    def _by_reference(self, source: Source, columns: Mapping[str, frozenset[str]]) -> list[exp.Query]:
        """Rows from which a reference that is followed leads to a row that moved."""
        found: list[exp.Query] = []
        for column in sorted({path[0] for path in source.paths}):
            target = self.world.target(source.table, (column,))
            further = tuple(path[1:] for path in source.paths if path[0] == column and len(path) > 1)
            relation, many = self.touched(Source(target, further, ()), columns)
            if many:
                found.append(self.leading(source.table, (column,), relation))
        return found

    def _by_look(self, look: Look, source: Source, columns: Mapping[str, frozenset[str]]) -> str:
        """The keys of the rows found there that may differ; empty where none does."""
        relation, many = self.touched(look.source, columns)
        if not many:
            return ""
        self._known(source.table, look.key)
        wanted = [named(col(look.column), "id")]
        if relation == moved(look.source.table):
            keys, _ = self.keep(self.changes.moving_rows(wanted, look.source.table))
        elif relation in self.alone:
            keys, _ = self.keep(self.changes.moving_rows(wanted, look.source.table, inside(col("id"), relation)))
        else:
            keys, _ = self.keep(self.gathered.both(wanted, look.source.table, "id", relation))
        if count(self.connection, keys, is_null(col("id"))):
            raise Unbounded(
                f"{look.source.table}.{look.column}: 变了的行不知道属于谁 a row that moved may be anybody's"
            )
        return keys

    def _known(self, table_id: str, path: Path) -> None:
        """A row that does not know its key may go with any."""
        for at in range(len(path)):
            here = self.world.target(table_id, path[:at])
            if self.lacks(here, path[at]):
                raise Unbounded(f"{here}.{path[at]}: 有的行没有 not known for some rows")

    def lacks(self, table_id: str, column: str) -> bool:
        """Whether some row does not know a column, now or before."""
        if column == "id":
            return False
        if self.world.lacks(table_id, column):
            return True
        return self.changes.moves(table_id) and count(self.connection, left(table_id), is_null(col(column))) > 0

    def leading(self, table_id: str, path: Path, ids: str) -> exp.Query:
        """Ids of the rows whose references lead to one of the ids (rows that moved are there anyway)."""
        column, *further = path
        if further:
            ids, _ = self.keep(self.leading(self.world.target(table_id, path[:1]), tuple(further), ids))
        rows = self.gathered.within(table_id, column, ids)
        return filter_(select([col("id")], rows), inside(col(column), ids))

    # -- rows that affect each other ------------------------------------------------------
    def closure(
        self, start: dict[str, str], ties: Sequence[Tie], tables: dict[str, str], loose: bool = False
    ) -> dict[str, str]:
        """Add every row that shares a key with a row of the set, and so on.  `tables`: rule → its event table.

        `loose`: a row that does not know its key leads nowhere, instead of everywhere.
        """
        known = repr((sorted(start.items()), [sorted((tables[r], c) for r, c in tie.items()) for tie in ties], loose))
        if known not in self.closed:
            self.closed[known] = self._closure(start, ties, tables, loose)
        return dict(self.closed[known])

    def _closure(
        self, start: dict[str, str], ties: Sequence[Tie], tables: dict[str, str], loose: bool
    ) -> dict[str, str]:
        reached = dict(start)
        every = [sorted({(tables[rule], column) for rule, column in tie.items()}) for tie in ties]
        tied = [places for at, places in enumerate(every) if places not in every[:at] and not _itself(places)]
        sizes = {table_id: count(self.connection, relation) for table_id, relation in reached.items()}
        for _ in range(ROUNDS):
            grown = False
            for places in tied:
                values = self._values(places, reached, loose)
                for table_id, column in places:
                    if self.gathered.many(table_id, column, values):
                        raise Unbounded(
                            f"{table_id}.{column}: > {self._most(table_id)} / {self.changes.size(table_id)}"
                        )
                    more = self.gathered.both([col("id")], table_id, column, values)
                    relation, many = self.keep(union([more, select([col("id")], reached[table_id])]))
                    self._bounded(table_id, many)
                    grown |= many > sizes[table_id]
                    reached[table_id], sizes[table_id] = relation, many
            if not grown or len(tied) < 2:
                return reached
        raise Unbounded("键一个接一个 keys that lead on and on")

    def _values(self, places: Iterable[tuple[str, str]], reached: dict[str, str], loose: bool) -> str:
        parts = [self.changes.moving_rows([named(col(column), "id")], table_id)
                 if reached[table_id] == moved(table_id)
                 else self.gathered.both([named(col(column), "id")], table_id, "id", reached[table_id])
                 for table_id, column in places]  # fmt: skip
        values, _ = self.keep(union(parts))
        if not loose and count(self.connection, values, is_null(col("id"))):
            raise Unbounded("触及的行不知道自己的键 a row that is reached does not know its key")
        return values

    def bounded(self, reached: dict[str, str]) -> None:
        """Raise Unbounded for a reach that is no saving."""
        for table_id, relation in reached.items():
            self._bounded(table_id, count(self.connection, relation))

    def _bounded(self, table_id: str, many: int) -> None:
        most = self._most(table_id)
        if many > most:
            raise Unbounded(f"{table_id}: > {most} / {self.changes.size(table_id)}")

    def _most(self, table_id: str) -> int:
        """Rows of a table that may be reached: beyond that a full run costs as little."""
        return self.gathered.most(table_id)

    def strays(self, ties: Sequence[Tie], tables: dict[str, str]) -> dict[str, list[exp.Query]]:
        """Rows that do not know a key that ties them: they count for others wherever they may belong."""
        places = sorted({(tables[rule], column) for tie in ties for rule, column in tie.items()})
        lacking = [(table_id, column) for table_id, column in places if self.lacks(table_id, column)]
        if lacking and len(places) > 1:
            raise Unbounded("键不止一个，有的不知道 several keys, some of them unknown")
        return {table_id: [filter_(select([col("id")], facts_of(table_id)), is_null(col(column)))]
                for table_id, column in lacking}  # fmt: skip

    def rows(self, ids: Sequence[str]) -> exp.Query:
        """Ids as a query."""
        listed = exp.Array(expressions=[lit(each) for each in ids])
        return exp.Select(expressions=[named(exp.Unnest(expressions=[listed]), "id")])

    def keep(self, query: exp.Query) -> tuple[str, int]:
        """Different ids of a query as a table, made once; how many.  The same ids have one name."""
        text = sql(query)
        if text not in self.kept:
            relation = f"reach {len(self.kept) + 1}"
            distinct = exp.Select(expressions=[col("id")], distinct=exp.Distinct())
            distinct.set("from_", exp.From(this=exp.Subquery(this=query, alias=exp.TableAlias(this=name("q")))))
            create(self.connection, relation, distinct)
            told = select([how_many(), call("any_value", call("typeof", col("id")))], relation)
            ((many, kind),) = self.connection.execute(sql(told)).fetchall()
            alike = self.alike.setdefault((many, kind), []) if many else []
            same = next((each for each in alike if self._same(each, relation)), "")
            if not same:
                alike.append(relation)
            self.kept[text] = same or relation, many
        return self.kept[text]

    def _same(self, one: str, other: str) -> bool:
        """Whether two relations of as many different ids hold the same."""
        apart = exp.Except(this=select([col("id")], one), expression=select([col("id")], other))
        return not self.connection.execute(sql(apart)).fetchall()


def _itself(places: list[tuple[str, str]]) -> bool:
    """Whether a tie leads from a row to nothing but itself."""
    return {column for _, column in places} == {"id"} and len({table_id for table_id, _ in places}) == 1
